"""Countries and time zones to choose from, as the IANA data in this installation has them."""

import functools
from importlib.resources import files

from familypair.reasons import Reason, Refusal
from familypair.rules.zones import zone_names


@functools.cache
def countries() -> dict[str, str]:
    """Name by ISO 3166 alpha-2 code, ordered by name."""
    rows = [line.split("\t") for line in _lines("iso3166.tab")]
    return dict(sorted(((code, name) for code, name in rows), key=lambda row: row[1]))


@functools.cache
def zones() -> tuple[str, ...]:
    """Every zone that people live in, by name, and UTC."""
    return (*sorted(line.split("\t")[2] for line in _lines("zone.tab")), "UTC")


def country_fault(code: str, *, pointer: str) -> Refusal | None:
    """Why a country cannot be used, or None."""
    form = {"expected": "a country's two letters, such as IE"}
    return None if code in countries() else Refusal(Reason.OUT_OF_RANGE, pointer, form)


def zone_fault(name: str, *, pointer: str) -> Refusal | None:
    """Why a zone cannot be used, or None; old names of zones are fine."""
    form = {"expected": "a time zone's name, such as Europe/Dublin"}
    return None if name in zone_names() else Refusal(Reason.OUT_OF_RANGE, pointer, form)


def _lines(name: str) -> list[str]:
    text = (files("tzdata.zoneinfo") / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
