"""Sentences for what the server says: people, links, invitations."""

from collections.abc import Sequence

from familypair.schema.accounts import Assurance, Kind
from familypair.schema.invitations import Invitation, InvitationState, OtherSide
from familypair.schema.links import Link, LinkPhase, LinkState
from familypair.schema.scopes import Scope
from familypair_tui.plain.console import Console, counted, listed

SCOPE_WORDS = {
    Scope.SEE_TIME: "see screen time",
    Scope.SET_TIME: "set screen time",
    Scope.SET_SEARCH: "set search",
    Scope.SET_MESSAGES: "set messages",
    Scope.SET_PRIVACY: "set privacy",
    Scope.SEE_CONTACTS: "see contacts",
    Scope.SEE_SETTINGS: "see settings",
}


def scopes_words(scopes: Sequence[Scope]) -> str:
    """`see screen time and set search`; `nothing` for none."""
    return listed([w for scope, w in SCOPE_WORDS.items() if scope in scopes]) or "nothing"


def side_words(other: OtherSide) -> str:
    """Who is on the other side, with what is known and what is not."""
    parts = [f"{other.name} ({other.kind.value})"]
    if other.kind is Kind.GUARDIAN:
        verified = other.assurance is Assurance.VERIFIED
        parts.append("checked to be an adult" if verified else "says to be an adult, not checked")
    if other.account_since:
        parts.append(f"here since {other.account_since}")
    if other.teens_linked is not None:
        teens = counted(other.teens_linked, "teen") if other.teens_linked else "no teen"
        parts.append(f"linked with {teens} now")
    return ", ".join(parts)


def handle(name: str) -> str:
    """A name as it is typed in a command."""
    return f'"{name}"' if " " in name else name.lower()


def link_lines(link: Link, console: Console, *, guardian: bool) -> tuple[str, ...]:
    """One link as its person reads it."""
    name = link.teen.name if guardian else link.guardian.name
    lines = [f"{name}: {_phase_words(link, console)}{_allowed_words(link, guardian=guardian)}"]
    if link.asked:
        lines.append(f"  Asked for in addition: {scopes_words(link.asked)}.")
    if link.resume_by:
        lines.append(f"  {_resume_words(link, name, guardian=guardian)}")
    if link.note:
        lines.append(f"  {link.note}")
    lines.append(f"  id {link.id}, since {console.when(link.activated_at)}")
    return tuple(lines)


def _allowed_words(link: Link, *, guardian: bool) -> str:
    if link.state is LinkState.ENDED:
        return ""
    return f" {'You' if guardian else 'They'} may {scopes_words(link.scopes)}."


def _resume_words(link: Link, name: str, *, guardian: bool) -> str:
    if link.resume_by == ("guardian" if guardian else "teen"):
        return f"You proposed to take the end back; {name} has to agree."
    return f"{name} proposes to take the end back: familypair resume {handle(name)}"


def _phase_words(link: Link, console: Console) -> str:
    match link.phase:
        case LinkPhase.PROBATION:
            return f"linked, first 24 hours (until {console.when(link.probation_until)})."
        case LinkPhase.ACTIVE:
            return "linked."
        case LinkPhase.NOTICE if link.notice_until:
            return f"ending; time rules stay until {console.when(link.notice_until)}."
        case LinkPhase.HOLD if link.hold_until:
            held = console.when(link.hold_until)
            return f"ended; contact, privacy and search stay as they were until {held}."
        case LinkPhase.NOTICE | LinkPhase.HOLD | LinkPhase.ENDED:
            return "ended."


def invitation_lines(one: Invitation, console: Console, *, guardian: bool) -> tuple[str, ...]:
    """One invitation with what is next, and for whom."""
    who = side_words(one.other) if one.other else "nobody yet"
    started = "Started by you" if one.mine else "Started by the other side"
    return (
        f"{started}, {one.form.value}, {one.state.value}, other side: {who}.",
        f"  {next_words(one, guardian=guardian)}",
        f"  id {one.id}, over in {console.until(one.expires_at)}",
    )


def next_words(one: Invitation, *, guardian: bool) -> str:
    """The next step of an open invitation for this person."""
    match one.state:
        case InvitationState.OFFERED:
            return f"Waiting for the other side to type {one.code or 'the code'}."
        case InvitationState.CLAIMED if guardian and one.started_by is Kind.TEEN:
            return "Say whether this is your teen: familypair accept"
        case InvitationState.CLAIMED | InvitationState.CONFIRMED if guardian:
            return f"Say these words to your teen, by voice: {one.phrase or ''}"
        case InvitationState.CLAIMED if one.started_by is Kind.TEEN:
            return "Waiting for your guardian to say that you are their teen."
        case InvitationState.CLAIMED | InvitationState.CONFIRMED:
            return "Read what they would see and decide: familypair accept"
        case _:
            return f"It is over: {one.state.value}."
