"""An invitation in words, by its state and its reader."""

from datetime import datetime

from textual.content import Content

from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair_tui.text import fit, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.when import countdown
from familypair_tui.widgets.scopes import SCOPE_WORDS


def invitation_title(item: Invitation, *, teen: bool) -> str:
    """The title of the panel."""
    name = item.other.name if item.other else ("a guardian" if teen else "a teen")
    titles = {
        InvitationState.OFFERED: f"Invite {'a guardian' if teen else 'a teen'}",
        InvitationState.CLAIMED: name,
        InvitationState.CONFIRMED: name,
        InvitationState.APPROVED: f"Linked with {name}",
        InvitationState.DECLINED: "Declined",
        InvitationState.CANCELLED: "Cancelled",
        InvitationState.EXPIRED: "Expired",
    }
    return titles[item.state]


def invitation_words(
    item: Invitation, width: int, ink: Ink, *, now: datetime, teen: bool
) -> list[Content]:
    """The lines of the panel."""
    match item.state:
        case InvitationState.OFFERED:
            return _offered(item, width, ink, now)
        case InvitationState.CLAIMED | InvitationState.CONFIRMED:
            if item.phrase is not None:
                return _phrase(item, width, ink, now)
            return _waiting(item, width, ink, teen=teen)
        case InvitationState.APPROVED:
            words = (
                "The link is active. "
                "In the first 24 hours, a guardian's rules can only get stricter."
            )
            return [Content(""), *hanging(words, width, ink.text)]
        case InvitationState.DECLINED:
            words = "They said no. You cannot ask again for some days; talk first."
        case InvitationState.CANCELLED:
            words = (
                "There is no link, and nothing was shared. i makes a new one."
                if item.mine
                else "It was taken back, or the phrase was wrong three times. Nothing was shared."
            )
        case _:
            words = "Nobody finished it in time. i makes a new one."
    return [Content(""), *hanging(words, width, ink.text)]


def big(text: str, width: int, ink: Ink) -> list[Content]:
    """A code or a phrase in a frame, spaced out, readable across a table."""
    spaced = " ".join(text) if 2 * len(text) + 7 <= width else text
    inner = min(width - 2, len(spaced) + 4)
    middle = fit(line("  ", (spaced, ink.key)), inner)
    return [
        line((f"╭{'─' * inner}╮", ink.accent)),
        line(("│", ink.accent), middle, ("│", ink.accent)),
        line((f"╰{'─' * inner}╯", ink.accent)),
    ]


def _offered(item: Invitation, width: int, ink: Ink, now: datetime) -> list[Content]:
    left = countdown(item.expires_at, now)
    rows = [Content("")]
    if item.form is InvitationForm.CODE and item.code:
        rows += hanging("Scan it with their phone, or type the code:", width, ink.text)
        rows += big(item.code, width, ink)
    else:
        rows += hanging("Scan it, or send this address:", width, ink.text)
    rows.append(line(("address ", ink.muted)))
    rows += (
        [
            line((item.url[start : start + width], ink.plain_value))
            for start in range(0, len(item.url or ""), width)
        ]
        if item.url
        else []
    )
    rows += [Content(""), line(("expires in ", ink.muted), (left, ink.strong)), Content("")]
    return rows + _asked(item, width, ink)


def _asked(item: Invitation, width: int, ink: Ink) -> list[Content]:
    if not item.scopes:
        return []
    rows = [line(("you ask for", ink.muted))]
    for scope in item.scopes:
        need = "  needed" if scope in item.needed else ""
        rows.append(fit(line((f"  {SCOPE_WORDS[scope][0]}", ink.text), (need, ink.muted)), width))
    return rows


def _phrase(item: Invitation, width: int, ink: Ink, now: datetime) -> list[Content]:
    name = item.other.name if item.other else "the teen"
    left = countdown(item.expires_at, now)
    return [
        Content(""),
        *hanging(f"Tell {name} this phrase, in person or by voice:", width, ink.text),
        *big(item.phrase or "", width, ink),
        Content(""),
        *hanging(
            "Only you see it. Do not write or send it: it shows that you are really you.",
            width,
            ink.muted,
        ),
        Content(""),
        *hanging(f"{name} now reads what you ask for and decides line by line.", width, ink.text),
        line(("time left ", ink.muted), (left, ink.strong)),
        Content(""),
        *_asked(item, width, ink),
    ]


def _waiting(item: Invitation, width: int, ink: Ink, *, teen: bool) -> list[Content]:
    name = item.other.name if item.other else "the other side"
    if not teen:
        words = f"{name} entered your name's code. Is this your teen? C says yes and asks."
        return [Content(""), *hanging(words, width, ink.text)]
    words = f"{name} checks that it is you. You decide after that; nothing is shared yet."
    return [Content(""), *hanging(words, width, ink.text)]
