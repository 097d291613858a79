"""How many searches word packs stopped: a weekly band, never what was searched for."""
