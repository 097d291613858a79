"""The shape of the words for one code."""

import msgspec


class Words(msgspec.Struct, frozen=True):
    """A short title, the sentence for a guardian, and the teen's where it should differ."""

    title: str
    guardian: str
    teen: str = ""
