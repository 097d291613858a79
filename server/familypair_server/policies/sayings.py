"""What a version says, thing by thing: since when a host must apply which of them.

A new version may say one thing anew and everything else as before. A family is told that a rule is
pending only where it is that rule which changed: the rest would tell a guardian that something
happened which is not theirs to know.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from familypair.schema.policies import PolicyDocument, TimeStretch

Said = dict[str, tuple[str, int, int]]
"""Thing to its digest, the version that said it first, and when that was given (milliseconds)."""

LIMIT: Final = "limit "
BLOCK: Final = "block "
CALM: Final = "calm "
QUIET: Final = "quiet "
HOST: Final = "host"
"""Everything but days, with who decided: news for a host may be none for a family."""
HOST_DAY: Final = "host day "
_DAILY: Final = (LIMIT, BLOCK, CALM, QUIET, HOST_DAY)

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Said)


def things(made: PolicyDocument) -> dict[str, str]:
    """Every thing that a document says to all alike, with a digest of it.

    Days are things of their own, and the last one is left out: a document of tomorrow covers one
    day more and says nothing new by that. Words and packs of search and blocked accounts are in
    `policies.readings`.
    """
    found: dict[str, Any] = {path: held.value for path, held in made.settings.items()}
    found[HOST] = [made.settings, made.search, made.contacts, made.restricted, made.packs]
    for day in made.days[:-1]:
        named = day.start.isoformat()
        inside = [
            [(*at, one.by, one.kind) for one, at in _within(stretches, day.start, day.end)]
            for stretches in (made.blocked, made.calm, made.quiet)
        ]
        found[HOST_DAY + named] = [day, inside]
        found[LIMIT + named] = [(rung.seconds, rung.outcome) for rung in day.rungs]
        for kind, stretches in ((BLOCK, made.blocked), (CALM, made.calm), (QUIET, made.quiet)):
            found[kind + named] = [at for _, at in _within(stretches, day.start, day.end)]
    return {name: digest(value) for name, value in found.items()}


def grown(before: Said, now: Mapping[str, str], version: int, *, at: int) -> Said:
    """What is said from `version` on: a thing keeps its version while it is what it was.

    A day that was not covered before is no change. `at` is 0 for a version that is not given yet.
    """
    after: Said = {}
    for name, said in now.items():
        known = before.get(name)
        if known is not None and known[0] == said:
            after[name] = known
        elif known is None and name.startswith(_DAILY) and before:
            after[name] = (said, 0, at)
        else:
            after[name] = (said, version, at)
    return after


def since(said: Said, names: Iterable[str]) -> int:
    """The version that a device must apply for these things; a prefix stands for its days."""
    return max((version for _, version, _ in _named(said, names)), default=0)


def said_at(said: Said, names: Iterable[str]) -> int:
    """When that version was given; 0 while it is not."""
    found = list(_named(said, names))
    newest = max((version for _, version, _ in found), default=0)
    return next((at for _, version, at in found if version == newest), 0)


def read(text: str | None) -> Said:
    """What was kept."""
    return _decoder.decode(text) if text else {}


def written(said: Said) -> str:
    """What is kept."""
    return _encoder.encode(said).decode()


def _named(said: Said, names: Iterable[str]) -> Iterable[tuple[str, int, int]]:
    wanted = tuple(names)
    exact, daily = set(wanted), tuple(name for name in wanted if name in _DAILY)
    for name, one in said.items():
        if name in exact or (daily and name.startswith(daily)):
            yield one


def _within(
    stretches: Iterable[TimeStretch], start: datetime, end: datetime
) -> Iterator[tuple[TimeStretch, tuple[datetime, datetime]]]:
    """What lies in a day: a night that began the day before says nothing new at midnight."""
    for one in stretches:
        if one.start < end and one.end > start:
            yield one, (max(one.start, start), min(one.end, end))


def digest(value: Any) -> str:
    """Of one thing."""
    return hashlib.sha256(_encoder.encode(value)).hexdigest()[:16]
