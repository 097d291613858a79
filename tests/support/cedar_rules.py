"""The rules of product.md section 4, 5, 7 and 11 once more, as Cedar policies.

Nothing here is shared with the product: caps and defaults are typed from the table of section 4,
layers are attributes of the teen's entity (`teen`, `hold`, `g1` .. `g3`), and what holds is what no
layer forbids: Cedar's own "forbid wins" is R0. A question is put twice: as asked, and with
`context.asking`, in which only what cannot be asked for forbids. An answer that is allowed only
then is `ask`.
"""

import re
from collections.abc import Iterator
from typing import Final

GUARDIANS: Final = ("g1", "g2", "g3")
LAYERS: Final = ("teen", "hold", *GUARDIANS)

_FRIEND: Final = "(context.follows_me && context.i_follow)"
_YOUNG: Final = 'principal.band == "13-15"'
_OLD: Final = 'principal.band == "16-17"'
_MINOR: Final = 'principal.band != "18+"'

TIMED: Final = ("app.use", "search.query", "message.send", "live.host", "live.watch", "gift.send")
_CONTACTS: Final = (
    "message.receive",
    "message.send",
    "message.media",
    "comment.receive",
    "mention.receive",
    "duet.create",
    "stitch.create",
    "profile.view",
)
_AUDIENCE: Final = {
    "no_one": "true",
    "only_me": "true",
    "friends_who_messaged": f"!({_FRIEND} && context.has_messaged)",
    "friends": f"!{_FRIEND}",
    "suggested_and_friends": f"!({_FRIEND} || context.suggested)",
}
"""A level to whom it shuts out."""
_ON_OFF: Final = {"off": "true"}

Levels = dict[str, str]
Row = tuple[tuple[str, ...], str, str, Levels, tuple[str, str], tuple[str, str], str]
"""Actions, a layer's attribute, the scope, who is shut out at each level, caps and defaults of
13-15 and 16-17, and the reason that an app reads. Cap or default: the level, or nothing."""

TABLE: Final[tuple[Row, ...]] = (
    (
        ("message.receive", "message.send", "message.media"),
        "audience",
        "set_messages",
        _AUDIENCE,
        ("no_one", ""),
        ("", "no_one"),
        "not_in_audience",
    ),
    (("message.media",), "media", "set_messages", _ON_OFF, ("off", ""), ("", "off"), "media_off"),
    (
        ("comment.receive",),
        "comments",
        "set_messages",
        _AUDIENCE,
        ("friends", ""),
        ("", "friends"),
        "not_in_audience",
    ),
    (
        ("duet.create",),
        "duet",
        "set_messages",
        _AUDIENCE,
        ("no_one", ""),
        ("", "friends"),
        "not_in_audience",
    ),
    (
        ("stitch.create",),
        "stitch",
        "set_messages",
        _AUDIENCE,
        ("no_one", ""),
        ("", "friends"),
        "not_in_audience",
    ),
    (
        ("mention.receive",),
        "mentions",
        "set_messages",
        _AUDIENCE,
        ("", ""),
        ("friends", "friends"),
        "not_in_audience",
    ),
    (
        ("post.download",),
        "downloads",
        "set_privacy",
        _ON_OFF,
        ("off", ""),
        ("", "off"),
        "downloads_off",
    ),
    (
        ("post.recommend",),
        "recommended",
        "set_privacy",
        _ON_OFF,
        ("off", ""),
        ("", ""),
        "not_recommended",
    ),
    (
        ("profile.view",),
        "private",
        "set_privacy",
        {"on": "!context.follows_me"},
        ("", ""),
        ("on", "on"),
        "private_account",
    ),
    (
        ("profile.view",),
        "liked",
        "set_privacy",
        {level: f'context.part == "liked_list" && {out}' for level, out in _AUDIENCE.items()},
        ("", ""),
        ("only_me", "only_me"),
        "list_not_shown",
    ),
    (
        ("profile.view",),
        "following",
        "set_privacy",
        {level: f'context.part == "following_list" && {out}' for level, out in _AUDIENCE.items()},
        ("", ""),
        ("only_me", "only_me"),
        "list_not_shown",
    ),
    (
        ("profile.suggest",),
        "suggest",
        "set_privacy",
        _ON_OFF,
        ("", ""),
        ("off", "off"),
        "not_suggested",
    ),
    (
        ("profile.find",),
        "searchable",
        "set_privacy",
        {"off": "!(context.follows_me || context.i_follow)"},
        ("", ""),
        ("off", ""),
        "not_searchable",
    ),
    (("live.host",), "live", "set_messages", _ON_OFF, ("off", "off"), ("", ""), "live_off"),
    (
        ("gift.send", "gift.receive"),
        "gifts",
        "set_messages",
        _ON_OFF,
        ("off", "off"),
        ("", ""),
        "gifts_off",
    ),
    (
        ("search.query",),
        "search",
        "set_search",
        {"off": "!context.help"},
        ("", ""),
        ("", ""),
        "search_off",
    ),
)

ACTIONS: Final = tuple(
    sorted({a for row in TABLE for a in row[0]} | {*TIMED, "notification.push", "safety.use"})
)
_SEARCHED: Final = "!context.help"
_NOT_ASKING: Final = "!context.asking"


def policies(action: str) -> str:
    """The policies that name an action, one a line, each with `@by` and `@reason` for a reader."""
    return "\n".join(one for one in _everything() if f'Action::"{action}"' in one)


def _everything() -> Iterator[str]:
    named = ", ".join(f'Action::"{one}"' for one in ACTIONS if one != "safety.use")
    yield f"permit(principal is Teen, action in [{named}], resource);"
    yield 'permit(principal, action == Action::"safety.use", resource);'
    for part in (_settings, _contacts, _search, _time, _quiet):
        yield from part()


def labels(text: str) -> list[tuple[str, str]]:
    """Who and why, of every policy in its order; empty for permits."""
    parts = re.findall(
        r'^(?:@by\("(.*?)"\) @reason\("(.*?)"\) )?(?:permit|forbid)\(', text, re.MULTILINE
    )
    return [(by, reason) for by, reason in parts]


def _forbid(by: str, reason: str, actions: tuple[str, ...], when: str) -> str:
    named = ", ".join(f'Action::"{one}"' for one in actions)
    head = f'@by("{by}") @reason("{reason}") '
    return f"{head}forbid(principal is Teen, action in [{named}], resource) when {{ {when} }};"


def _speaks(layer: str, scope: str) -> str:
    """When a layer has a say: a guardian under a granted scope, a hold until it ends."""
    if layer in GUARDIANS:
        return f'principal has {layer} && principal.{layer}.scopes.contains("{scope}")'
    if layer == "hold":
        return "principal has hold && context.now < principal.hold.until"
    return "principal has teen"


def _by(layer: str) -> str:
    if layer in GUARDIANS:
        return "guardian"
    return "teen" if layer == "teen" else "platform"


def _settings() -> Iterator[str]:
    for actions, name, scope, levels, caps, defaults, reason in TABLE:
        for layer in LAYERS:
            said = f"{_speaks(layer, scope)} && principal.{layer} has {name}"
            for level, out in levels.items():
                when = f'{said} && principal.{layer}.{name} == "{level}" && {out}'
                yield _forbid(_by(layer), reason, actions, when)
        silent = f"!(principal has teen && principal.teen has {name})"
        for band, cap, start in zip((_YOUNG, _OLD), caps, defaults, strict=True):
            if cap:
                yield _forbid("platform", reason, actions, f"{band} && {levels[cap]}")
            if start:
                yield _forbid("platform", reason, actions, f"{band} && {silent} && {levels[start]}")


def _contacts() -> Iterator[str]:
    for layer in ("teen", *GUARDIANS):
        when = f"{_speaks(layer, 'set_messages')} && principal.{layer} has contacts"
        when += f" && principal.{layer}.contacts.contains(context.account)"
        yield _forbid(_by(layer), "blocked_contact", _CONTACTS, when)


def _search() -> Iterator[str]:
    """Terms deny, packs ask or deny; `denied` and `asked` are a layer's words less what it opens.

    The teen's packs are completed with the defaults and so are judged under `start`.
    """
    for layer in (*LAYERS, "start"):
        said = "principal has start" if layer == "start" else _speaks(layer, "set_search")
        by = "platform" if layer == "start" else _by(layer)
        for name, reason, more in (
            ("terms", "blocked_term", "true"),
            ("denied", "blocked_category", "true"),
            ("asked", "blocked_category", _NOT_ASKING),
        ):
            when = f"{said} && principal.{layer} has {name} && {_SEARCHED} && {more}"
            when += f" && principal.{layer}.{name}.containsAny(context.words)"
            yield _forbid(by, reason, ("search.query",), when)
        when = f"{said} && principal.{layer} has restricted && principal.{layer}.restricted"
        when += f" && {_SEARCHED} && !principal.limits && {_NOT_ASKING}"
        yield _forbid(by, "restricted_mode", ("search.query",), when)
    when = f"{_YOUNG} && !(principal has teen && principal.teen has restricted)"
    when += f" && {_SEARCHED} && !principal.limits && {_NOT_ASKING}"
    yield _forbid("platform", "restricted_mode", ("search.query",), when)


def _time() -> Iterator[str]:
    """Blocks unite; each layer's `at_limit` acts at its own limit with its own postings (A4, A5).

    The default of 60 minutes, ask, is in force while neither the teen nor a guardian out of the
    first 24 hours has set a limit or `at_limit` (A2, A10); who is silent posts on it.
    """
    helped = '(action == Action::"search.query" && context.help)'
    for layer in ("teen", *GUARDIANS):
        said = f"!{helped} && {_speaks(layer, 'set_time')}"
        when = f"{said} && principal.{layer} has blocked"
        when += f" && principal.{layer}.blocked.contains(context.slot)"
        when += f" && !principal.{layer}.opened.contains(context.quarter)"
        yield _forbid(_by(layer), "blocked_time", TIMED, when)
        for outcome, more in (("stop", "true"), ("ask", _NOT_ASKING)):
            when = f'{said} && {_limits(layer)} && principal.{layer}.at_limit == "{outcome}"'
            when += f" && principal.{layer}.limit + principal.{layer}.posted <= context.used"
            yield _forbid(_by(layer), "limit_reached", TIMED, f"{when} && {more}")
    spoken = " || ".join(f"({_replaces(layer)})" for layer in ("teen", *GUARDIANS))
    total = " + ".join(["3600", *(f"({_given(layer)})" for layer in ("teen", *GUARDIANS))])
    when = f"{_MINOR} && !{helped} && !({spoken}) && {total} <= context.used && {_NOT_ASKING}"
    yield _forbid("platform", "limit_reached", TIMED, when)


def _limits(layer: str) -> str:
    return f"principal.{layer} has limit && principal.{layer}.limit >= 0"


def _replaces(layer: str) -> str:
    new = f" && !principal.{layer}.new" if layer in GUARDIANS else ""
    return f"{_speaks(layer, 'set_time')} && principal.{layer} has limit{new}"


def _given(layer: str) -> str:
    """Who is silent posts on the default, and who waits with a looser limit (A5, A10)."""
    said, limit = _speaks(layer, "set_time"), f"principal.{layer}.limit"
    posts = f"!(principal.{layer} has limit)"
    if layer in GUARDIANS:
        posts += f" || (principal.{layer}.new && ({limit} > 3600 || {limit} < 0))"
    return f"if {said} && ({posts}) then principal.{layer}.posted else 0"


def _quiet() -> Iterator[str]:
    """Quiet time unites; the platform's night is 21:00-08:00, from 16 on 22:00-08:00."""
    push = ("notification.push",)
    for band, start in ((_YOUNG, 21 * 60), (_OLD, 22 * 60)):
        when = f"{band} && (context.minute >= {start} || context.minute < 480)"
        yield _forbid("platform", "quiet_time", push, when)
    for layer in LAYERS:
        when = f"{_speaks(layer, 'set_time')} && principal.{layer} has quiet"
        when += f" && principal.{layer}.quiet.contains(context.slot)"
        yield _forbid(_by(layer), "quiet_time", push, when)
