# ruff: noqa: RUF001 - letters that look like others are the subject
"""Which letters look like which: how a text that hides its letters is read."""

from collections.abc import Mapping
from typing import Final

import msgspec


def _pairs(shown: str, meant: str) -> dict[int, str]:
    return {ord(one): other for one, other in zip(shown, meant, strict=True)}


_CYRILLIC: Final = _pairs("абвгдеікмнопрстухџьѕјһԁԛԝѵ", "abbrdeikmhonpctyxubsjhdqwv")
_LOOKS: Final = {
    **_CYRILLIC,
    ord("п"): "n",
    ord("и"): "u",
    **_pairs("αβγδεηικνοπρστυχω", "abydenikvonpotuxw"),
    **_pairs("АВЕКМНОРСТУХІЈЅԌ", "abekmhopctyxijsg"),
    **_pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"),
    **_pairs("ցօսհոյ", "gouhnj"),
    **_pairs("ɑɡıɩʀɴʟɢʙʜᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢɪʏꜱꜰ", "agiirnlgbhacdejkmoptuvwziysf"),
    **_pairs("øđħłŧƀ", "odhltb"),
    **{first + at: chr(97 + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)},
}
"""A small table for where no full one is at hand. Each looks like its Latin letter."""

TO_CYRILLIC: Final = {
    ord(latin): cyrillic
    for latin, cyrillic in zip("abcehikmnoprtuxy", "авсенікмпоргтиху", strict=True)
}
"""Latin letters inside a Cyrillic word, read as Cyrillic ones."""


class Folding(msgspec.Struct, frozen=True, gc=False):
    """How hidden letters are read."""

    looks: Mapping[int, str]
    """Code point to the Latin letter that it looks like (TR39 confusables)."""
    known: frozenset[str] = frozenset()
    """Words that are no evasion although one letter less makes another word: `good`, `shoot`."""


BUILT_IN: Final = Folding(_LOOKS)
