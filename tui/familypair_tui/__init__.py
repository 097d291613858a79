"""The terminal client of Family Pairing: full screen, plain commands and the demonstration."""
