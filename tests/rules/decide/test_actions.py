"""Every action of section 11, with twins that differ in one field, fact or setting."""

from typing import Any, Final

import pytest

from familypair.rules.decide import ACTIONS, Decision, Question, Use, decide
from familypair.rules.decide.actions import TABLE
from familypair.settings import Band, Facts, encode_values
from familypair.testing.families import NOON, family, guardian
from support.deciding import compiled, document_of

FRIEND: Final = {"follows_me": True, "i_follow": True}
STRANGER: Final[dict[str, bool]] = {}
FOLLOWER: Final = {"follows_me": True}
OPEN: Final[dict[str, Any]] = {
    "messages": {"audience": "everyone", "media": "on"},
    "interactions": {"comments": "everyone", "duet": "everyone", "stitch": "everyone"},
    "privacy": {"private_account": "off", "searchable": "on", "downloads": "on"},
    "search": {"restricted_mode": "off"},
}
"""A teen of 16 who keeps nothing closed that is theirs to open."""


def answer(
    action: str,
    facts: dict[str, bool] | None = None,
    *,
    teen: dict[str, Any] | None = None,
    parent: dict[str, Any] | None = None,
    band: Band = Band.ADULT,
    account: str = "zoe",
    part: str = "",
    text: str = "",
    restricted: bool = True,
) -> Decision:
    """At noon, nothing used: one layer of the teen's over open ones, and one guardian."""
    policy = family(
        *([guardian("A", parent)] if parent else []),
        teen={**OPEN, **{k: {**OPEN.get(k, {}), **v} for k, v in (teen or {}).items()}},
        band=band,
    )
    snapshot = compiled(document_of(policy, NOON, restricted=restricted))
    asked = Question(
        action=action, account=account, facts=Facts(**(facts or {})), part=part, text=text
    )
    return decide(snapshot, Use(0, 0), asked, NOON)


def said(one: Decision) -> tuple[str, str, str, str, str]:
    """Outcome, reason, who, and what the teen could ask for."""
    return one.outcome, one.reason.value, one.decided_by.value, one.ask, one.field


def wish(path: str) -> tuple[str, str]:
    """The hint of a setting."""
    return "settings", path


AUDIENCE: Final = "messages.audience"
Twin = tuple[str, dict[str, Any], dict[str, bool], dict[str, bool], str, str]
TWINS: Final[list[Twin]] = [
    # action, a guardian's rule, facts that pass it, facts that do not, reason, path
    *[
        (
            action,
            {"messages": {"audience": "friends"}},
            FRIEND,
            FOLLOWER,
            "not_in_audience",
            AUDIENCE,
        )
        for action in ("message.receive", "message.send", "message.media")
    ],
    (
        "message.receive",
        {"messages": {"audience": "friends_who_messaged"}},
        {**FRIEND, "has_messaged": True},
        FRIEND,
        "not_in_audience",
        AUDIENCE,
    ),
    (
        "message.receive",
        {"messages": {"audience": "suggested_and_friends"}},
        {"suggested": True},
        {"has_messaged": True},
        "not_in_audience",
        AUDIENCE,
    ),
    *[
        (
            action,
            {"interactions": {name: "friends"}},
            FRIEND,
            {"i_follow": True},
            "not_in_audience",
            f"interactions.{name}",
        )
        for action, name in (
            ("comment.receive", "comments"),
            ("mention.receive", "mentions"),
            ("duet.create", "duet"),
            ("stitch.create", "stitch"),
        )
    ],
    (
        "profile.view",
        {"privacy": {"private_account": "on"}},
        FOLLOWER,
        {"i_follow": True},
        "private_account",
        "privacy.private_account",
    ),
    (
        "profile.find",
        {"privacy": {"searchable": "off"}},
        {"i_follow": True},
        {"suggested": True},
        "not_searchable",
        "privacy.searchable",
    ),
]


@pytest.mark.parametrize("twin", TWINS)
def test_an_account_passes_by_its_facts(twin: Twin) -> None:
    """The same rule, two accounts that differ in one fact; without the rule both pass."""
    action, rule, good, bad, reason, path = twin
    assert answer(action, good, parent=rule).allowed
    assert said(answer(action, bad, parent=rule)) == ("deny", reason, "guardian", *wish(path))
    assert answer(action, bad).allowed


SWITCHES: Final = [
    ("message.media", "messages.media", "media_off"),
    ("post.download", "privacy.downloads", "downloads_off"),
    ("post.recommend", "feed.recommended", "not_recommended"),
    ("profile.suggest", "privacy.suggest_account", "not_suggested"),
    ("live.host", "live.host", "live_off"),
    ("gift.send", "money.gifts", "gifts_off"),
    ("gift.receive", "money.gifts", "gifts_off"),
    ("search.query", "search.enabled", "search_off"),
]


@pytest.mark.parametrize(("action", "path", "reason"), SWITCHES)
def test_a_switch_is_decided_by_who_set_it(action: str, path: str, reason: str) -> None:
    """On passes; off by the teen or a guardian is named, and can be asked for."""
    group, leaf = path.split(".")
    on, off = {group: {leaf: "on"}}, {group: {leaf: "off"}}
    assert answer(action, FRIEND, teen=on).allowed
    assert said(answer(action, FRIEND, teen=off)) == ("deny", reason, "teen", *wish(path))
    both = answer(action, FRIEND, teen=on, parent=off)
    assert said(both) == ("deny", reason, "guardian", *wish(path))


def test_a_cap_cannot_be_asked_away_and_a_starting_value_can() -> None:
    """Both are the platform's; only the second has a hint."""
    capped = answer("live.host", band=Band.OLDER)
    assert said(capped) == ("deny", "live_off", "platform", "", "")
    starting = answer("profile.suggest", band=Band.OLDER)
    path = "privacy.suggest_account"
    assert said(starting) == ("deny", "not_suggested", "platform", *wish(path))
    assert "a rule of the platform" in capped.explanation
    assert "a starting value" in starting.explanation


BLOCKS: Final = {"contacts": {"blocked": [{"host": "cli_h", "account": "zoe"}]}}
WITH_CONTACTS: Final = sorted(action for action, row in TABLE.items() if row.contacts)


@pytest.mark.parametrize("action", WITH_CONTACTS)
def test_a_blocked_account_reaches_nobody(action: str) -> None:
    """The account that a guardian blocked at this host; not its neighbour, nor at another host."""
    blocked = answer(action, FRIEND, parent=BLOCKS)
    assert said(blocked) == ("deny", "blocked_contact", "guardian", "unblock", "")
    assert answer(action, FRIEND, parent=BLOCKS, account="zoey").allowed
    elsewhere = {"contacts": {"blocked": [{"host": "other", "account": "zoe"}]}}
    assert answer(action, FRIEND, parent=elsewhere).allowed


def test_which_actions_ask_about_the_account() -> None:
    """Messages, what others do with posts, and the profile; the other acts name nobody."""
    assert set(WITH_CONTACTS) == {
        "message.receive",
        "message.send",
        "message.media",
        "comment.receive",
        "mention.receive",
        "duet.create",
        "stitch.create",
        "profile.view",
    }


@pytest.mark.parametrize("part", ["liked_list", "following_list"])
def test_a_list_of_the_profile_has_its_own_audience(part: str) -> None:
    """Friends see it where the teen says so; of a private account followers at most."""
    shown = {"privacy": {part: "friends", "private_account": "off"}}
    assert answer("profile.view", FRIEND, teen=shown, part=part).allowed
    stranger = answer("profile.view", FOLLOWER, teen=shown, part=part)
    assert said(stranger) == ("deny", "list_not_shown", "teen", *wish(f"privacy.{part}"))
    everyone = {"privacy": {part: "everyone", "private_account": "on"}}
    assert answer("profile.view", FOLLOWER, teen=everyone, part=part).allowed
    hidden = answer("profile.view", STRANGER, teen=everyone, part=part)
    assert hidden.reason == "private_account"


def test_an_unknown_part_is_shown_to_nobody() -> None:
    """Never decided like the posts, which may be open where a list is not."""
    open_ = {"privacy": {"private_account": "off"}}
    for teen in (open_, {"privacy": {"private_account": "on"}}):
        found = answer("profile.view", FOLLOWER, teen=teen, part="new")
        assert (found.outcome, found.reason, found.ask) == ("deny", "list_not_shown", "")
    assert answer("profile.view", STRANGER, teen=open_).allowed


@pytest.mark.parametrize("action", ["app.use", "live.watch"])
def test_time_alone_decides_what_has_no_setting(action: str) -> None:
    """Nothing but blocked time and the limit stands in the way."""
    assert answer(action, band=Band.YOUNGER, account="").allowed


def test_an_action_that_does_not_exist_is_no() -> None:
    """Named so, by the platform; its neighbour in the list exists."""
    assert said(answer("app.uses")) == ("deny", "unknown_action", "platform", "", "")
    assert answer("app.use").allowed


def test_the_list_of_actions_is_the_contract() -> None:
    """Quote of section 11, word by word."""
    words = (
        "app.use search.query message.receive message.send message.media comment.receive "
        "mention.receive duet.create stitch.create post.download post.recommend profile.view "
        "profile.suggest profile.find live.host live.watch gift.send gift.receive "
        "notification.push safety.use"
    )
    assert set(words.split()) == ACTIONS


TERMS: Final = {"search": {"blocked_terms": ["cake"]}}
HIDDEN: Final = {"search": {"blocked_terms": ["cake"], "blocked_terms_shown": "off"}}


def test_a_blocked_word_is_named_only_where_its_owner_shows_it() -> None:
    """The layer is named either way, the word and the way to ask only where it is shown."""
    shown = answer("search.query", text="birthday cake", parent=TERMS)
    assert said(shown)[:3] == ("deny", "blocked_term", "guardian")
    assert (shown.term, shown.ask) == ("cake", "settings")
    hidden = answer("search.query", text="birthday cake", parent=HIDDEN)
    assert said(hidden) == ("deny", "blocked_term", "guardian", "", "")
    assert hidden.term == ""
    assert answer("search.query", text="birthday party", parent=HIDDEN).allowed


@pytest.mark.parametrize(("outcome", "other"), [("ask", "hate"), ("deny", "hate")])
def test_a_category_asks_or_denies_with_a_way_to_ask(outcome: str, other: str) -> None:
    """The hint names the category; another category of the same text does not matter."""
    parent = {"search": {"packs": {"weapons": outcome, other: "allow"}}}
    found = answer("search.query", text="a knife", parent=parent)
    assert said(found) == (outcome, "blocked_category", "guardian", "search", "weapons")
    assert found.category == "weapons"
    assert answer("search.query", text="a spoon", parent=parent).allowed


def test_packs_stop_a_search_whatever_is_in_anybodys_list() -> None:
    """The category is there beside a word of a list: a one-word list is no probe of the band."""
    parent = {"search": {"packs": {"weapons": "deny"}, "blocked_terms": ["knife"]}}
    found = answer("search.query", text="a knife", parent=parent)
    assert (found.reason, found.category) == ("blocked_term", "weapons")


def test_a_word_that_is_shown_is_named_before_an_equal_no_of_the_platform() -> None:
    """The starting pack denies too; a hidden word leaves the naming to it (A13)."""
    words = {"blocked_terms": ["knife"]}
    shown = answer("search.query", text="a knife", parent={"search": words}, band=Band.YOUNGER)
    assert (shown.reason, shown.decided_by, shown.term) == ("blocked_term", "guardian", "knife")
    hidden = {"search": {**words, "blocked_terms_shown": "off"}}
    found = answer("search.query", text="a knife", parent=hidden, band=Band.YOUNGER)
    assert (found.reason, found.decided_by, found.term) == ("blocked_category", "platform", "")


def test_restricted_mode_needs_a_host_that_can_limit_results() -> None:
    """With it the search is open for fitting results, without it the teen asks."""
    teen = {"search": {"restricted_mode": "on"}}
    able = answer("search.query", text="dinosaurs", teen=teen)
    assert (able.outcome, able.reason, able.restricted) == ("allow", "allowed", True)
    unable = answer("search.query", text="dinosaurs", teen=teen, restricted=False)
    assert said(unable) == ("ask", "restricted_mode", "teen", *wish("search.restricted_mode"))
    assert answer("search.query", text="dinosaurs", restricted=False).restricted is False


def test_a_query_for_help_passes_with_search_off() -> None:
    """Help lines come with it; the same words without the help word do not pass."""
    off = {"search": {"enabled": "off", "blocked_terms": ["helpline"]}}
    found = answer("search.query", text="a helpline for me", parent=off)
    assert (found.outcome, found.reason, found.help is not None) == ("allow", "help_query", True)
    assert answer("search.query", text="a line for me", parent=off).reason == "search_off"


def test_what_the_open_teen_says_is_nothing_unknown() -> None:
    """The base of these tests is made of fields that exist."""
    policy = family(teen=OPEN, band=Band.ADULT)
    assert set(encode_values(policy.teen.values)) == set(OPEN)
