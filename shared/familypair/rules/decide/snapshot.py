"""A policy document made ready to decide: time cut in advance, settings as small shared rules.

A server and a host keep one per teen, so what many teens have in common is held once.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from familypair.rules.decide.model import ms_of
from familypair.rules.decide.parts import (
    Day,
    No,
    Rule,
    Who,
    blocked,
    quiet,
    rules_of,
    rung,
    same,
    search_limited,
    search_off,
)
from familypair.rules.decide.tracks import Track, track_of
from familypair.rules.decide.voices import RANKS, Voice
from familypair.rules.search import Matcher, Packs
from familypair.schema.policies import By, Help, PolicyDay, PolicyDocument, SearchVoice

HostVoice: TypeAlias = Voice[Who, Matcher]


class PolicySnapshot(msgspec.Struct, frozen=True, kw_only=True, weakref=True):
    """One teen's rules at one host, compiled and immutable. Made with `of`."""

    version: int
    start_ms: int
    refresh_ms: int
    """When something changes that nobody writes."""
    until_ms: int
    """From then on nothing is known and the strictest holds."""
    rules: tuple[Rule, ...]
    """In the order of `actions.ROWS`."""
    open_time: Track
    """Blocked and calm time."""
    quiet_time: Track
    days: tuple[Day, ...]
    contacts: Mapping[str, By] | None
    """Blocked accounts of this host; None without any."""
    voices: tuple[HostVoice, ...]
    """What is said to searches."""
    search_off: No | None
    limited: No | None
    """Results are to be limited to what suits the age; said where the host cannot."""
    limits: bool
    """Whether the host can limit results."""
    packs: Packs
    help: Help

    @classmethod
    def of(cls, document: PolicyDocument, packs: Packs) -> "PolicySnapshot":
        """Compile a document; `packs` are the word packs of this process."""
        days = same(tuple(map(_day, document.days)))
        start = days[0].start_ms if days else ms_of(document.issued_at)
        return cls(
            version=document.version,
            start_ms=start,
            refresh_ms=ms_of(document.refresh_at),
            until_ms=days[-1].end_ms if days else start,
            rules=rules_of(document.settings),
            open_time=track_of(
                start, [(one, blocked(one.by, one.kind)) for one in document.blocked], document.calm
            ),
            quiet_time=track_of(start, [(one, quiet(one.by)) for one in document.quiet], ()),
            days=days,
            contacts={one.account: one.by for one in document.contacts} or None,
            voices=_voices(document.search),
            search_off=search_off(document.settings),
            limited=search_limited(document.settings),
            limits=document.restricted,
            packs=packs,
            help=same(document.help),
        )


def _day(day: PolicyDay) -> Day:
    rungs = tuple(rung(one.seconds, one.outcome, one.by, fixed=one.fixed) for one in day.rungs)
    return same(Day(ms_of(day.start), ms_of(day.end), same(rungs)))


Ranks: TypeAlias = tuple[tuple[str, int], ...]


def _voices(said: Sequence[SearchVoice]) -> tuple[HostVoice, ...]:
    """Voices without a list of their own are the same for many teens."""
    packs = tuple((_who(one), _ranks(one)) for one in said)
    if not any(one.terms or one.hidden_terms or one.allowed for one in said):
        return _of_packs(packs)
    return tuple(
        Voice(
            who,
            _matcher(one.terms),
            _matcher(one.hidden_terms),
            _mapping(ranks),
            _matcher(one.allowed),
        )
        for one, (who, ranks) in zip(said, packs, strict=True)
    )


@functools.lru_cache(maxsize=1024)
def _of_packs(packs: tuple[tuple[Who, Ranks], ...]) -> tuple[HostVoice, ...]:
    return tuple(Voice(who, None, None, _mapping(ranks), None) for who, ranks in packs)


def _who(one: SearchVoice) -> Who:
    return same(Who(one.by, one.fixed))


def _ranks(one: SearchVoice) -> Ranks:
    return tuple((name, RANKS[outcome]) for name, outcome in one.packs.items())


@functools.lru_cache(maxsize=1024)
def _mapping(ranks: Ranks) -> Mapping[str, int]:
    return dict(ranks)


def _matcher(terms: Sequence[str]) -> Matcher | None:
    return Matcher.of(terms) if terms else None
