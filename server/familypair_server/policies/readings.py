"""What each member of a family reads of the lists and packs behind a document.

A list that several people write is not the same for all of them: a guardian reads their own words
and the number of others', and feels no block that is not theirs to know. A thing of `sayings` per
reader makes pending for them exactly what moves in the settings that they read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from familypair.rules.layers import Policy, effective
from familypair.rules.layers.sight import Viewer, as_seen_by, see, viewer_of
from familypair.settings import CATEGORIES, Contact, field
from familypair_server.policies.building import Built
from familypair_server.policies.sayings import digest, things

CONTACTS: Final = "contacts.blocked"
LISTS: Final = ("search.blocked_terms", "search.blocked_terms_shown", "search.allowed_terms")
_PACKS: Final = tuple(f"search.packs.{one.name}" for one in CATEGORIES)


def thing_of(path: str, viewer_id: str) -> str:
    """The name of the thing that carries a path for this reader."""
    return f"{path} of {viewer_id}" if path == CONTACTS or path in LISTS else path


def things_of(built: Built, now: datetime) -> dict[str, str]:
    """Every thing that a document says, to all and to each; with a digest of it."""
    found = things(built.document)
    policy = built.policy
    for path, one in effective(policy, now=now, fields=_PACKS).items():
        found[path] = digest(field(path).order.encode(one.value))
    for owner in (policy.teen.owner, *(layer.owner for layer in policy.guardians)):
        viewer = viewer_of(policy, owner)
        if viewer is not None:
            found |= _read(built, viewer, now)
    return found


def _read(built: Built, viewer: Viewer, now: datetime) -> dict[str, str]:
    policy = as_seen_by(built.policy, viewer, now)
    said = {path: list(_sights(policy, viewer, path, now)) for path in LISTS}
    said[CONTACTS] = sorted(_accounts(policy, built.known_as, now))
    return {thing_of(path, viewer.id): digest(value) for path, value in said.items()}


def _sights(policy: Policy, viewer: Viewer, path: str, now: datetime) -> Iterator[Any]:
    """What everybody says in a list, as far as this reader may know."""
    for one in effective(policy, now=now, fields=(path,))[path].says:
        seen = see(policy, viewer, one, path)
        if seen is not None:
            value = sorted(seen.value) if isinstance(seen.value, frozenset) else seen.value
            yield viewer.owner_word(one.source), value, seen.hidden


def _accounts(policy: Policy, known_as: frozenset[str], now: datetime) -> set[str]:
    """The accounts at this host that are blocked."""
    return {
        contact.account
        for one in effective(policy, now=now, fields=(CONTACTS,))[CONTACTS].says
        if isinstance(one.value, frozenset)
        for contact in one.value
        if isinstance(contact, Contact) and contact.host.casefold() in known_as
    }
