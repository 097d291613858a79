"""Who applies which version: a device's word goes out with every new one, and every few hours."""

from collections.abc import Callable
from typing import Final

AGAIN: Final = 6 * 3600.0
"""Seconds after which a device says it again; after 24 h in silence the family reads `unknown`."""


class Devices:
    """Registered devices, and what each has said. `register` is for any thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._teens: dict[str, str] = {}
        self._said: dict[str, tuple[str, int, float]] = {}

    def register(self, device: str, teen: str) -> None:
        """From now on `device` enforces the rules of `teen` as this cache has them."""
        self._teens[device] = teen

    def release(self, device: str) -> None:
        """It does not any more."""
        self._teens.pop(device, None)
        self._said.pop(device, None)

    def due(self, version: Callable[[str], int]) -> list[tuple[str, str, int]]:
        """(device, teen, version) of every word that is to be said; `version` is what applies."""
        now = self._monotonic()
        found: list[tuple[str, str, int]] = []
        for device, teen in list(self._teens.items()):
            applies = version(teen)
            said = self._said.get(device)
            if applies and (said is None or said[:2] != (teen, applies) or now - said[2] >= AGAIN):
                found.append((device, teen, applies))
        return found

    def said(self, device: str, teen: str, version: int) -> None:
        """The server has taken this word, or refused it: either way it is not said again soon."""
        self._said[device] = (teen, version, self._monotonic())
