"""An invitation as one of its two people may see it."""

from familypair.rules import handshake
from familypair.rules.actors import Actor
from familypair.rules.disclosure import Disclosure
from familypair.schema.accounts import Assurance, Kind
from familypair.schema.invitations import Disclosure as WireDisclosure
from familypair.schema.invitations import Invitation, InvitationForm, InvitationState, OtherSide
from familypair_server.accounts.statements import AccountRow
from familypair_server.invitations import codes
from familypair_server.invitations.records import Stored
from familypair_server.links.desk import Desk
from familypair_server.times import instant

BOTH_HERE = frozenset({InvitationState.CLAIMED, InvitationState.CONFIRMED})


def invitation(
    stored: Stored,
    viewer_id: str,
    desk: Desk,
    *,
    other: AccountRow | None = None,
    teens_linked: int | None = None,
) -> Invitation:
    """The invitation for its issuer or claimer; the phrase is in a guardian's answer alone."""
    rule = stored.rule
    side = stored.actor(viewer_id)
    secret = _secret(stored, viewer_id, desk)
    return Invitation(
        id=stored.id,
        state=rule.state,
        form=rule.form,
        started_by=Kind(rule.started_by.value),
        mine=stored.issuer_id == viewer_id,
        created_at=rule.created_at,
        expires_at=rule.expires_at,
        code=secret if rule.form is InvitationForm.CODE else None,
        url=None if secret is None else f"{desk.base_url}/pair#{secret}",
        scopes=tuple(sorted(rule.asked)),
        needed=tuple(sorted(rule.needed)),
        other=None if other is None else other_side(stored, other, teens_linked),
        phrase=_phrase(stored, side, desk),
        arm_at=handshake.arm_at(rule) if side is Actor.TEEN else None,
        tries_left=handshake.tries_left(rule) if side is Actor.TEEN else None,
        link=stored.link_id,
    )


def other_side(stored: Stored, account: AccountRow, teens_linked: int | None) -> OtherSide:
    """Who is on the other side; through an invitation link only initials until approval."""
    hidden = stored.rule.form is InvitationForm.LINK
    guardian = account.id == stored.guardian_id
    name = _name_of(stored, account, guardian=guardian)
    if hidden and stored.rule.state is not InvitationState.APPROVED:
        name = initials(name)
    return OtherSide(
        name=name,
        kind=Kind.GUARDIAN if guardian else Kind.TEEN,
        assurance=Assurance(account.assurance) if guardian else None,
        account_since=instant(account.created_at).strftime("%Y-%m") if guardian else None,
        teens_linked=teens_linked if guardian else None,
    )


def _name_of(stored: Stored, account: AccountRow, *, guardian: bool) -> str:
    """As they are called while it is open; what they are called later is told by a link alone."""
    if stored.rule.state in BOTH_HERE:
        return account.name
    return (stored.guardian_name if guardian else stored.teen_name) or account.name


def initials(name: str) -> str:
    """`Dana Smith` as `D. S.`: enough to know, too little to look somebody up."""
    return " ".join(f"{word[0]}." for word in name.split())


def _secret(stored: Stored, viewer_id: str, desk: Desk) -> str | None:
    if stored.issuer_id != viewer_id or stored.rule.state is not InvitationState.OFFERED:
        return None
    return codes.shown(desk.keys, stored.id, stored.rule.form)


def _phrase(stored: Stored, side: Actor | None, desk: Desk) -> str | None:
    if side is not Actor.GUARDIAN or stored.rule.state not in BOTH_HERE:
        return None
    return codes.phrase(desk.keys, stored.id)


def disclosure(
    stored: Stored, text: Disclosure, guardian: AccountRow, teens_linked: int
) -> WireDisclosure:
    """The text that the teen reads, with when it was first served and when a yes is possible."""
    rule = stored.rule
    return WireDisclosure(
        invitation=stored.id,
        version=text.version,
        hash=text.hash,
        guardian=other_side(stored, guardian, teens_linked),
        scopes=text.scopes,
        never=text.never,
        you_can=text.you_can,
        history=text.history,
        arm_at=handshake.arm_at(rule) or rule.expires_at,
        expires_at=rule.expires_at,
    )
