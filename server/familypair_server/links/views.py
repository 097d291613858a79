"""A link as one of its two people may see it."""

from datetime import datetime

import msgspec

from familypair.rules.actors import Actor
from familypair.rules.link_views import (
    Link,
    as_seen_by,
    ended_by,
    exit_is_told,
    hold_until,
    phase,
    probation_until,
    without_exit,
)
from familypair.schema import links as wire
from familypair.schema.accounts import Assurance
from familypair.schema.links import LinkState
from familypair_server.accounts import statements as accounts
from familypair_server.accounts.statements import AccountRow
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.settings_api.tags import tag
from familypair_server.storage import Txn


def view(desk: Desk, stored: StoredLink, viewer: Actor, now: datetime) -> Txn[wire.Link]:
    """The link at `now` for that side, with its ETag."""
    teen = yield from accounts.by_id.get(id=stored.teen_id)
    guardian = yield from accounts.by_id.get(id=stored.guardian_id)
    return shape(desk, stored, viewer, teen=teen, guardian=guardian, now=now)


def shape(
    desk: Desk,
    stored: StoredLink,
    viewer: Actor,
    *,
    teen: AccountRow,
    guardian: AccountRow,
    now: datetime,
) -> wire.Link:
    """The link in wire form; after a silent exit its guardian sees it unchanged."""
    seen = as_seen_by(stored.link, viewer, now=now)
    known = wire.Link(
        id=stored.id,
        teen=wire.Person(id=teen.id, name=stored.teen_name or teen.name),
        guardian=wire.Person(
            id=guardian.id,
            name=stored.guardian_name or guardian.name,
            assurance=Assurance(guardian.assurance),
        ),
        state=seen.state,
        phase=phase(seen, now=now),
        scopes=tuple(sorted(seen.scopes)),
        asked=tuple(sorted(seen.asked)),
        activated_at=seen.activated_at,
        probation_until=probation_until(seen),
        share_history=seen.share_history,
        ending_at=seen.ending_at,
        notice_until=seen.notice_until,
        ended_at=seen.ended_at,
        hold_until=hold_until(seen),
        ended_by=ended_by(stored.link, viewer, now=now),
        resume_by=_proposer(seen),
        undo_exit_until=_undo_until(stored.link, viewer, now),
        note=_note(stored.link, viewer, desk, now),
    )
    return msgspec.structs.replace(known, etag=_etag(desk, known, viewer))


def _proposer(seen: Link) -> str | None:
    """An end keeps no proposal."""
    if seen.state is LinkState.ENDED or seen.resume_by is None:
        return None
    return seen.resume_by.value


def _undo_until(link: Link, viewer: Actor, now: datetime) -> datetime | None:
    if viewer is not Actor.TEEN or link.exit is None or now >= link.exit.undo_until:
        return None
    if without_exit(link, now=now).state is LinkState.ENDED:
        return None
    return link.exit.undo_until


def _note(link: Link, viewer: Actor, desk: Desk, now: datetime) -> str:
    """The generic notice after a safety exit (product.md section 3): no cause, and whom to ask."""
    if viewer is not Actor.GUARDIAN or not exit_is_told(link, now=now):
        return ""
    return f"This link is over. If you have questions, ask {desk.contact}."


def _etag(desk: Desk, known: wire.Link, viewer: Actor) -> str:
    text = msgspec.json.encode(known, order="deterministic").decode()
    return tag(desk.keys, viewer, "link", text)
