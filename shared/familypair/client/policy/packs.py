"""The word packs that documents refer to: those that ship, those on disk, those fetched."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from familypair.client.errors import BadAnswer
from familypair.packs import About, folding, made, shipped, standard
from familypair.rules.search import Pack, Packs
from familypair.schema.packs import WordPack

_KEPT = 4
"""Sets of packs that are held compiled; there is one, and two while a server changes its own."""


class PackRoom:
    """Packs by digest, and compiled sets of them that teens share."""

    def __init__(self, packs: Iterable[Pack], fetch: Callable[[str], Awaitable[WordPack]]) -> None:
        self._fetch = fetch
        self._packs = {one.digest: one for one in (*shipped(), *packs)}
        self._sets: dict[frozenset[tuple[str, str]], Packs] = {}

    def learn(self, raw: bytes, digest: str) -> None:
        """Take a pack that was kept. Raises `BadAnswer` unless it has this digest."""
        try:
            self._take(msgspec.json.decode(raw, type=WordPack), digest)
        except msgspec.DecodeError as error:
            raise BadAnswer("What came is no word pack.") from error

    async def fetch(self, digest: str) -> bytes:
        """Fetch and take one pack; what came, to keep it. Raises `ClientError`."""
        sent = await self._fetch(digest)
        self._take(sent, digest)
        return msgspec.json.encode(sent)

    def _take(self, sent: WordPack, digest: str) -> None:
        about = About(**{name: getattr(sent, name) for name in About.__struct_fields__})
        pack = made(about, sent.terms, sent.passes)
        if pack.digest != digest:
            raise BadAnswer("The word pack that came is not the one that was asked for.")
        self._packs[digest] = pack

    def lacking(self, named: Mapping[str, str]) -> list[str]:
        """The digests of packs that are not here."""
        return self.lacking_of(named.values())

    def lacking_of(self, digests: Iterable[str]) -> list[str]:
        """Those that are not here."""
        return [digest for digest in digests if digest not in self._packs]

    def of(self, named: Mapping[str, str]) -> Packs:
        """The packs with these digests together, compiled once. `KeyError` when one is lacking."""
        if dict(named) == dict(standard().digests):
            return standard()
        key = frozenset(named.items())
        found = self._sets.get(key)
        if found is None:
            while len(self._sets) >= _KEPT:
                del self._sets[next(iter(self._sets))]
            found = Packs.of([self._packs[digest] for _, digest in sorted(key)], folding())
            self._sets[key] = found
        return found
