"""`invite`, `accept`, `invitations`, `decline`, `cancel`: the handshake in numbered questions."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from client.fake import DANA, ISSUER, problem, token_answer
from familypair.reasons import Reason
from familypair.schema.accounts import Kind
from familypair.schema.invitations import (
    Invitation,
    InvitationForm,
    Invitations,
    InvitationState,
    OtherSide,
)
from familypair.schema.links import Links
from familypair_tui.plain import account

from .desk import Desk
from .made import CLAIMED, DISCLOSURE, HOSTILE, INVITATION, LINK

APPROVE = "/v1/invitations/inv_1/approve"
APPROVED = msgspec.structs.replace(CLAIMED, state=InvitationState.APPROVED, link="lnk_1")
MIA_SIDE = OtherSide(name="Mia", kind=Kind.TEEN)


@pytest.fixture
def teen() -> Desk:
    """Mia, who typed Dana's code."""
    here = Desk(kind="teen", account="acc_mia", name="Mia")
    here.server.will("POST", "/v1/invitations/claim", CLAIMED)
    here.server.will("GET", "/v1/invitations", Invitations(items=(CLAIMED,)))
    here.server.will("POST", "/v1/invitations/inv_1/disclosure", DISCLOSURE)
    here.server.will("POST", APPROVE, APPROVED)
    declined = msgspec.structs.replace(CLAIMED, state=InvitationState.DECLINED)
    here.server.will("POST", "/v1/invitations/inv_1/decline", declined)
    return here


def test_invite_shows_the_code_and_the_next_step() -> None:
    """The code stands on its own line; how long it works and what to do next are said."""
    desk = Desk()
    desk.server.will("POST", "/v1/invitations", INVITATION)
    ran = desk.run("invite", "--needs", "see_time")
    assert "\n    BCDF-GHJK\n" in ran.out
    assert "It works once, for 10 minutes." in ran.out
    assert desk.sent("POST", "/v1/invitations")[0]["needed"] == ["see_time"]


def test_an_invitation_link_is_opened_and_not_read_aloud() -> None:
    """Nobody types 26 characters: a link is sent, and a code is given by voice."""
    desk = Desk()
    url = "http://127.0.0.1:8085/pair#0123456789abcdefghjkmnpqrs"
    link = msgspec.structs.replace(INVITATION, form=InvitationForm.LINK, code=None, url=url)
    desk.server.will("POST", "/v1/invitations", link)
    ran = desk.run("invite", "--link")
    assert "Your teen opens this link" in ran.out
    assert f"\n    {url}\n" in ran.out
    assert "voice" not in ran.out


def test_invite_asks_for_what_it_needs_too() -> None:
    """A needed scope that was not named is asked for, in the order of the registry."""
    desk = Desk()
    desk.server.will("POST", "/v1/invitations", INVITATION)
    desk.run("invite", "--scopes", "set_time", "--needs", "see_time")
    assert desk.sent("POST", "/v1/invitations")[0]["scopes"] == ["see_time", "set_time"]


def test_invite_wait_says_the_phrase_and_the_end() -> None:
    """The guardian sees the phrase when the teen typed the code, and then the link."""
    desk = Desk()
    desk.server.will("POST", "/v1/invitations", INVITATION)
    claimed = msgspec.structs.replace(
        INVITATION, state=InvitationState.CLAIMED, other=MIA_SIDE, phrase="calm fox 42"
    )
    done = msgspec.structs.replace(claimed, state=InvitationState.APPROVED)
    desk.server.will("GET", "/v1/invitations/inv_1", INVITATION, claimed, claimed, done)
    ran = desk.run("invite", "--wait")
    assert "Mia (teen). Say these words to your teen, by voice: calm fox 42" in ran.out
    assert ran.out.count("calm fox 42") == 1
    assert ran.out.endswith("Linked. See: familypair links\n")
    assert desk.waits.asked == [2.0] * 4


def test_invite_wait_of_a_teen_ends_when_it_is_their_turn(teen: Desk) -> None:
    """The teen's own invitation is waited for until the guardian said that they are their teen."""
    mine = msgspec.structs.replace(INVITATION, started_by=Kind.TEEN)
    teen.server.will("POST", "/v1/invitations", mine)
    ready = msgspec.structs.replace(
        mine, state=InvitationState.CONFIRMED, other=DISCLOSURE.guardian
    )
    teen.server.will("GET", "/v1/invitations/inv_1", mine, ready)
    lines = teen.run("invite", "--wait").out.splitlines()
    assert lines[-2].endswith("Read what they would see and decide: familypair accept")
    assert lines[-1] == "It is your turn now."


def test_the_teen_reads_everything_before_any_question(teen: Desk) -> None:
    """The whole disclosure is printed first, and decline is the first option."""
    ran = teen.run("accept", "BCDF-GHJK", answers="1")
    assert ran.code == 1
    assert ran.err == "Declined. Nothing was linked.\n"
    for line in ("minutes a day", "daily limits", "what you write", "end this at any time"):
        assert ran.out.index(line) < ran.out.index("Do you want this link?")
    assert "1. No, decline" in ran.out
    assert "says to be an adult, not checked" in ran.out
    assert teen.server.count("POST", "/v1/invitations/inv_1/decline") == 1
    assert teen.server.count("POST", APPROVE) == 0


def test_the_teen_approves_scope_by_scope(teen: Desk) -> None:
    """Yes, one scope and history no: sent as chosen, not before the 5 s are over."""
    ran = teen.run("accept", "BCDF-GHJK", answers="2|2|1|calm fox 42")
    assert ran.code == 0
    assert teen.sent("POST", APPROVE) == [
        {"phrase": "calm fox 42", "scopes": ["set_time"], "share_history": False}
    ]
    assert teen.clock() >= DISCLOSURE.arm_at
    assert "Linked with Dana. They may set screen time." in ran.out


def test_leaving_out_a_needed_scope_is_explained(teen: Desk) -> None:
    """The teen hears that it declines the link, and may add it, decline or wait."""
    ran = teen.run("accept", "BCDF-GHJK", answers="2|1|3")
    assert "They need: Set your time. Without it there is no link." in ran.out
    assert ran.err == "Nothing was decided. Go on later with: familypair accept\n"
    ran = teen.run("accept", "BCDF-GHJK", answers="2|1|2|1|calm fox 42")
    assert teen.sent("POST", APPROVE)[-1]["scopes"] == ["see_time", "set_time"]


def test_a_wrong_phrase_may_be_typed_again(teen: Desk) -> None:
    """The server's sentence is shown and the question comes again."""
    wrong = problem(422, Reason.WRONG_PHRASE, "That is not the phrase; 2 tries left.")
    teen.server.will("POST", APPROVE, wrong, _json(APPROVED))
    ran = teen.run("accept", "BCDF-GHJK", answers="2|all|2|calm cat 42|calm fox 42")
    assert ran.code == 0
    assert "2 tries left" in ran.out
    assert [body["phrase"] for body in teen.sent("POST", APPROVE)] == ["calm cat 42", "calm fox 42"]
    assert teen.sent("POST", APPROVE)[0]["share_history"] is True


def test_the_teen_accepts_by_flags(teen: Desk) -> None:
    """A script gives every answer; without --yes the question is asked."""
    argv = ("accept", "BCDF-GHJK", "--scopes", "set_time", "--phrase", "calm fox 42")
    assert teen.run(*argv).code == 2
    ran = teen.run(*argv, "--yes", "--json")
    assert ran.code == 0
    assert ran.json()["link"] == "lnk_1"
    assert "minutes a day" in ran.err


def test_a_pasted_address_is_a_code(teen: Desk) -> None:
    """What follows the # is taken."""
    teen.run("accept", "https://pair.example/pair#BCDF-GHJK", answers="3")
    assert teen.sent("POST", "/v1/invitations/claim") == [{"code": "BCDF-GHJK"}]


def test_accept_without_code_takes_what_waits(teen: Desk) -> None:
    """An invitation that was claimed before is gone on with; nothing is claimed again."""
    ran = teen.run("accept", answers="3")
    assert "Do you want this link?" in ran.out
    assert teen.server.count("POST", "/v1/invitations/claim") == 0


class Browser:
    """Stands in for the browser that the command opens: signs in at once."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def __call__(self, url: str) -> bool:
        self.opened.append(url)
        query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        answer = {"code": "cod_1", "state": query["state"], "iss": ISSUER}
        httpx2.get(query["redirect_uri"], params=answer, trust_env=False)
        return True


def test_step_up_opens_a_browser_and_goes_on(teen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The approval that needs the password is sent again by itself after the sign-in."""
    browser = Browser()
    monkeypatch.setattr("webbrowser.open", browser)
    monkeypatch.setattr(account, "launches_browser", _always)
    monkeypatch.setattr("familypair_tui.plain.accept.launches_browser", _always)
    monkeypatch.setattr("familypair_tui.plain.accept.has_terminal", lambda: True)
    code = Reason.INSUFFICIENT_USER_AUTHENTICATION
    needed = problem(401, code, headers={"WWW-Authenticate": f'Bearer error="{code.value}"'})
    teen.server.will("POST", APPROVE, needed, _json(APPROVED))
    teen.server.will("POST", "/oauth/token", token_answer("fpa_9", "fpr_9"))
    mia = msgspec.structs.replace(DANA, id="acc_mia", name="Mia", kind=Kind.TEEN)
    teen.server.will("GET", "/v1/me", mia)
    ran = teen.run("accept", "BCDF-GHJK", answers="2|all|1|calm fox 42")
    assert ran.code == 0
    assert "please sign in again" in ran.out
    assert "max_age=0" in browser.opened[0]
    sent = [r for r in teen.server.requests if r.url.path == APPROVE]
    assert [r.headers["authorization"] for r in sent] == ["Bearer fpa_1", "Bearer fpa_9"]


def _always(_: object) -> bool:
    return True


def test_the_guardian_confirms_and_gets_the_phrase() -> None:
    """A teen's code: who it is, the question, then the phrase on its own line."""
    desk = Desk()
    theirs = msgspec.structs.replace(CLAIMED, started_by=Kind.TEEN, other=MIA_SIDE)
    desk.server.will("POST", "/v1/invitations/claim", theirs)
    done = msgspec.structs.replace(theirs, state=InvitationState.CONFIRMED, phrase="calm fox 42")
    desk.server.will("POST", "/v1/invitations/inv_1/confirm", done)
    ran = desk.run("accept", "BCDF-GHJK", "--needs", "see_time", answers="2")
    assert "On the other side: Mia (teen)." in ran.out
    assert "\n    calm fox 42\n" in ran.out
    assert desk.sent("POST", "/v1/invitations/inv_1/confirm")[0]["needed"] == ["see_time"]


def test_invitations_say_who_is_next(teen: Desk) -> None:
    """An open invitation names its state and the next command; none names how to start."""
    assert "Read what they would see and decide: familypair accept" in teen.run("invitations").out
    teen.server.will("GET", "/v1/invitations", Invitations(items=()))
    assert teen.run("invitations").out.startswith("No invitation is open.")


def test_the_only_open_invitation_is_meant(teen: Desk) -> None:
    """decline needs no id when one invitation waits; two are offered by number."""
    assert teen.run("decline", "--yes").code == 0
    other = msgspec.structs.replace(CLAIMED, id="inv_2")
    teen.server.will("GET", "/v1/invitations", Invitations(items=(CLAIMED, other)))
    teen.server.will("POST", "/v1/invitations/inv_2/decline", other)
    assert teen.run("decline", "--yes", answers="2").code == 0
    assert teen.server.count("POST", "/v1/invitations/inv_2/decline") == 1


def test_cancel_takes_mine(teen: Desk) -> None:
    """Only what the person started themselves can be cancelled."""
    assert teen.run("cancel", "--yes").code == 1
    desk = Desk()
    desk.server.will("GET", "/v1/invitations", Invitations(items=(INVITATION,)))
    desk.server.will("POST", "/v1/invitations/inv_1/cancel", INVITATION)
    assert "does not work any more" in desk.run("cancel", "--yes").out


def test_hostile_sides_are_printed_clean(teen: Desk) -> None:
    """A claimed name with control characters cannot rewrite the question above it."""
    side = msgspec.structs.replace(DISCLOSURE.guardian, name=HOSTILE)
    shown = msgspec.structs.replace(DISCLOSURE, guardian=side, never=(HOSTILE,))
    teen.server.will("POST", "/v1/invitations/inv_1/disclosure", shown)
    ran = teen.run("accept", "BCDF-GHJK", answers="3")
    assert not set(ran.out) & set("\x1b\x07\u202e\u2066\u200b")


def test_the_phrase_is_never_asked_of_the_teens_side(teen: Desk) -> None:
    """Nothing that the teen's commands print holds a phrase that they did not type."""
    waiting = msgspec.structs.replace(CLAIMED, started_by=Kind.TEEN, mine=True)
    teen.server.will("GET", "/v1/invitations", Invitations(items=(waiting,)))
    assert "Waiting for your guardian" in teen.run("invitations").out


def _json(value: Invitation) -> httpx2.Response:
    return httpx2.Response(200, content=msgspec.json.encode(value))


def test_links_and_empty_links() -> None:
    """A link says whose it is, its phase and what it allows; none names the next command."""
    desk = Desk()
    desk.server.will("GET", "/v1/links", Links(items=(LINK,)))
    assert "Mia: linked. You may see screen time and set screen time." in desk.run("links").out
    desk.server.will("GET", "/v1/links", Links(items=()))
    assert "familypair invite" in desk.run("links").out
