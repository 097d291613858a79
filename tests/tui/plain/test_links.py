"""`end`, `resume`, `keep`, `safety-exit`, `link-scopes`, `sharing`: the life of a link."""

from datetime import timedelta

import msgspec
import pytest

from client.fake import START
from familypair.schema.links import ExitDone, HelpLine, KeptRules, LinkPhase, Links, LinkState
from familypair.schema.scopes import Scope
from familypair.schema.teens import Access, AccessLog, SharedItem, SharedWith, Sharing

from .desk import Desk
from .made import DISCLOSURE, LINK

ENDING = msgspec.structs.replace(
    LINK,
    state=LinkState.ENDING,
    phase=LinkPhase.NOTICE,
    notice_until=START + timedelta(hours=48),
    resume_by="teen",
)
EXIT = ExitDone(
    link=LINK,
    help_lines=(
        HelpLine(
            name="Childline",
            contact="1800 66 66 66",
            hours="always",
            source="childline.ie",
            checked_on="2026-11-01",
        ),
    ),
    undo_until=START + timedelta(hours=24),
)


def desk_of(kind: str) -> Desk:
    """Dana or Mia, linked."""
    here = Desk() if kind == "guardian" else Desk(kind="teen", account="acc_mia", name="Mia")
    here.server.will("GET", "/v1/links", Links(items=(LINK,)))
    here.server.will("GET", "/v1/links/lnk_1", LINK)
    return here


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        ("guardian", "mia", "You stop seeing and setting anything at once"),
        ("teen", "dana", "Time rules stay for a notice period"),
        ("guardian", "lnk_1", "You stop seeing"),
    ],
)
def test_end_says_what_follows_before_it_asks(kind: str, said: str, words: str) -> None:
    """Each side hears its own consequences, and a yes ends the link that was named."""
    desk = desk_of(kind)
    desk.server.will("POST", "/v1/links/lnk_1/end", ENDING)
    ran = desk.run("end", said, answers="2")
    assert ran.code == 0
    assert words in ran.out
    assert "ending; time rules stay until 24 Nov 12:00." in ran.out
    assert desk.sent("POST", "/v1/links/lnk_1/end") == [{"not_my_guardian": False}]


def test_on_the_first_day_no_notice_period_is_promised() -> None:
    """During the first 24 hours the time rules end at once; nothing else is said."""
    desk = desk_of("teen")
    first = msgspec.structs.replace(LINK, phase=LinkPhase.PROBATION)
    desk.server.will("GET", "/v1/links", Links(items=(first,)))
    ran = desk.run("end", "dana", answers="1")
    assert "their time rules end at once too" in ran.out
    assert "notice period" not in ran.out


def test_end_answered_no() -> None:
    """The first option keeps the link."""
    desk = desk_of("teen")
    assert desk.run("end", "dana", answers="1").code == 1
    assert desk.server.count("POST", "/v1/links/lnk_1/end") == 0


def test_not_my_guardian_is_sent() -> None:
    """The flag of the first 24 hours goes along."""
    desk = desk_of("teen")
    desk.server.will("POST", "/v1/links/lnk_1/end", ENDING)
    desk.run("end", "dana", "--not-my-guardian", "--yes")
    assert desk.sent("POST", "/v1/links/lnk_1/end") == [{"not_my_guardian": True}]


def test_resume_confirms_a_proposal_of_the_other_side() -> None:
    """The teen proposed: the guardian agrees; the teen's own command proposes again."""
    for kind, said, route in (
        ("guardian", "mia", "/v1/links/lnk_1/resume/confirm"),
        ("teen", "dana", "/v1/links/lnk_1/resume"),
    ):
        desk = desk_of(kind)
        desk.server.will("GET", "/v1/links", Links(items=(ENDING,)))
        desk.server.will("POST", route, LINK)
        assert desk.run("resume", said, "--yes").code == 0
        assert desk.server.count("POST", route) == 1


def test_resume_of_a_link_that_does_not_end() -> None:
    """Nothing to take back is a sentence, not a request."""
    ran = desk_of("teen").run("resume", "dana", "--yes")
    assert (ran.code, ran.err) == (
        1,
        "The link with Dana is not ending, so there is nothing to take back.\n",
    )


def test_a_proposal_is_told_to_the_one_who_has_to_agree() -> None:
    """The other side gets the command; the proposer is told to wait."""
    for kind, words in (
        ("guardian", "Mia proposes to take the end back: familypair resume mia"),
        ("teen", "You proposed to take the end back; Dana has to agree."),
    ):
        desk = desk_of(kind)
        desk.server.will("GET", "/v1/links", Links(items=(ENDING,)))
        assert words in desk.run("links").out


def test_keep_names_what_was_kept() -> None:
    """Named fields are sent; the answer is what became one's own."""
    desk = desk_of("teen")
    desk.server.will("POST", "/v1/links/lnk_1/keep-rules", KeptRules(fields=("feed.stem",)))
    ran = desk.run("keep", "dana", "feed.stem", "--yes")
    assert ran.out == "Kept as your own: feed.stem.\n"
    assert desk.sent("POST", "/v1/links/lnk_1/keep-rules") == [{"fields": ["feed.stem"]}]


def test_safety_exit_has_one_question_and_help_lines() -> None:
    """One confirmation; then who can be called, where that comes from, and how to undo it."""
    desk = desk_of("teen")
    desk.server.will("POST", "/v1/links/lnk_1/safety-exit", EXIT)
    ran = desk.run("safety-exit", "dana", answers="2")
    assert ran.code == 0
    assert "Childline: 1800 66 66 66, always" in ran.out
    assert "checked on 2026-11-01, childline.ie" in ran.out
    assert desk.sent("POST", "/v1/links/lnk_1/safety-exit") == [{"confirm": True}]


def test_safety_exit_is_the_teens() -> None:
    """A guardian is told the ordinary way; nothing is sent."""
    desk = desk_of("guardian")
    assert desk.run("safety-exit", "mia", "--yes").code == 1
    assert desk.server.requests == []


def test_safety_exit_undo() -> None:
    """--undo takes it back without another question."""
    desk = desk_of("teen")
    desk.server.will("POST", "/v1/links/lnk_1/safety-exit/undo", LINK)
    assert desk.run("safety-exit", "lnk_1", "--undo").out == "Linked with Dana again.\n"


def test_scopes_are_shown_with_what_is_missing() -> None:
    """Without options the command only reads."""
    ran = desk_of("teen").run("link-scopes", "dana")
    assert "They may see screen time and set screen time." in ran.out
    assert "set search (set_search)" in ran.out


def test_the_teen_takes_a_scope_back() -> None:
    """The whole remaining set is sent with the tag of the link that was read."""
    desk = desk_of("teen")
    desk.server.will("PATCH", "/v1/links/lnk_1/scopes", LINK)
    assert desk.run("link-scopes", "dana", "--take-back", "set_time", "--yes").code == 0
    assert desk.sent("PATCH", "/v1/links/lnk_1/scopes")[0]["granted"] == ["see_time"]
    assert desk.server.requests[-1].headers["if-match"] == LINK.etag


def test_the_teen_reads_what_more_means_before_allowing_it() -> None:
    """Allowing more shows the disclosure and waits the 5 s before the question."""
    desk = desk_of("teen")
    desk.server.will("POST", "/v1/links/lnk_1/disclosure", DISCLOSURE)
    desk.server.will("PATCH", "/v1/links/lnk_1/scopes", LINK)
    ran = desk.run("link-scopes", "dana", "--allow", "set_search", answers="2")
    assert ran.code == 0
    assert ran.out.index("daily limits") < ran.out.index("From now on Dana may")
    assert desk.clock() >= DISCLOSURE.arm_at
    granted = desk.sent("PATCH", "/v1/links/lnk_1/scopes")[0]["granted"]
    assert granted == ["see_time", "set_time", "set_search"]


def test_the_guardian_asks_for_more() -> None:
    """A guardian asks; allowing is refused before anything is sent."""
    desk = desk_of("guardian")
    desk.server.will("PATCH", "/v1/links/lnk_1/scopes", LINK)
    assert desk.run("link-scopes", "mia", "--ask", "set_search").code == 0
    assert desk.sent("PATCH", "/v1/links/lnk_1/scopes")[0]["asked"] == ["set_search"]
    assert desk.run("link-scopes", "mia", "--allow", "set_search").code == 2


def test_sharing_shows_each_guardian_and_what_nobody_sees() -> None:
    """What they see and can change, with examples, when they looked, and the limits."""
    desk = desk_of("teen")
    shared = SharedWith(
        link=LINK,
        sees=(SharedItem(title="Minutes a day", example="95 min", scope=Scope.SEE_TIME),),
        changes=(SharedItem(title="Daily limits"),),
    )
    desk.server.will(
        "GET", "/v1/teens/acc_mia/sharing", Sharing(guardians=(shared,), never=("Messages",))
    )
    out = desk.run("sharing").out
    assert "Dana may see screen time and set screen time; has not looked yet." in out
    assert "  Sees: Minutes a day. 95 min." in out
    assert "  Can change: Daily limits" in out
    assert "  - Messages" in out


def test_the_access_log() -> None:
    """Who looked at what and when; nobody is a sentence."""
    desk = desk_of("teen")
    seen = Access(viewer="acc_dana", name="Dana", what="settings", at=START)
    desk.server.will("GET", "/v1/teens/acc_mia/access-log", AccessLog(items=(seen,)))
    assert desk.run("sharing", "--log").out == "22 Nov 12:00: Dana looked at settings.\n"
    desk.server.will("GET", "/v1/teens/acc_mia/access-log", AccessLog(items=()))
    assert desk.run("sharing", "--log").out == "Nobody has looked yet.\n"


def test_sharing_is_the_teens_page() -> None:
    """A guardian is told where their own page is."""
    assert desk_of("guardian").run("sharing").code == 1
