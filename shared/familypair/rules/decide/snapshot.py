"""A policy document made ready to decide: time cut in advance, settings as small shared rules.

A server and a host keep one per teen, so what many teens have in common is held once.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from familypair.rules.decide.model import UNREADABLE, ms_of
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
from familypair.rules.search import Matcher, Packs
from familypair.rules.search.voices import RANKS, Voice
from familypair.schema.policies import By, Help, PolicyDay, PolicyDocument, SearchVoice

HostVoice: TypeAlias = Voice[Who, Matcher]


class Times(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What holds when. One for all teens with the same hours and limits in a zone."""

    start_ms: int
    refresh_ms: int
    until_ms: int
    open_time: Track
    """Blocked and calm time."""
    quiet_time: Track
    days: tuple[Day, ...]


class Settings(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the settings say. One for all teens that have the same."""

    rules: tuple[Rule, ...]
    """In the order of `actions.ROWS`."""
    search_off: No | None
    limited: No | None
    """Results are to be limited to what suits the age; said where the host cannot."""
    limits: bool
    """Whether the host can limit results."""
    help: Help


class PolicySnapshot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One teen's rules at one host, compiled and immutable. Made with `of`.

    It is 64 bytes small, and most of what it leads to is other teens' as well.
    So an answer costs hardly more among many teens than among few.
    """

    version: int
    times: Times
    settings: Settings
    contacts: Mapping[str, By] | None
    """Blocked accounts of this host; None without any."""
    voices: tuple[HostVoice, ...]
    """What is said to searches."""
    packs: Packs

    @classmethod
    def of(cls, document: PolicyDocument, packs: Packs) -> "PolicySnapshot":
        """Compile a document; `packs` are the word packs of this process."""
        return cls(
            version=same(document.version),
            times=_times(document),
            settings=_settings(document),
            contacts=_contacts(document),
            voices=_voices(document.search),
            packs=packs,
        )

    @property
    def start_ms(self) -> int:
        """From then on the rules are known."""
        return self.times.start_ms

    @property
    def refresh_ms(self) -> int:
        """When something changes that nobody writes."""
        return self.times.refresh_ms

    @property
    def until_ms(self) -> int:
        """From then on nothing is known and the strictest holds."""
        return self.times.until_ms

    @property
    def days(self) -> tuple[Day, ...]:
        """The local days that are known."""
        return self.times.days

    @property
    def help(self) -> Help:
        """Where help is."""
        return self.settings.help


def _contacts(document: PolicyDocument) -> Mapping[str, By] | None:
    """Who is blocked; an account that cannot be read is, as soon as anybody is."""
    found = {one.account: one.by for one in document.contacts}
    return {**found, UNREADABLE: By.PLATFORM} if found else None


def _times(document: PolicyDocument) -> Times:
    days = tuple(map(_day, document.days))
    start = days[0].start_ms if days else ms_of(document.issued_at)
    stops = [(one, blocked(one.by, one.kind)) for one in document.blocked]
    return same(
        Times(
            start_ms=start,
            refresh_ms=same(ms_of(document.refresh_at)),
            until_ms=days[-1].end_ms if days else start,
            open_time=track_of(start, stops, document.calm),
            quiet_time=track_of(start, [(one, quiet(one.by)) for one in document.quiet], ()),
            days=days,
        )
    )


def _settings(document: PolicyDocument) -> Settings:
    return same(
        Settings(
            rules=rules_of(document.settings),
            search_off=search_off(document.settings),
            limited=search_limited(document.settings),
            limits=document.restricted,
            help=same(document.help),
        )
    )


def _day(day: PolicyDay) -> Day:
    rungs = tuple(rung(one.seconds, one.outcome, one.by, fixed=one.fixed) for one in day.rungs)
    return same(Day(same(ms_of(day.start)), same(ms_of(day.end)), same(rungs)))


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
