"""Who is meant: a teen, a link or an invitation by id or by the beginning of a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from familypair.client.errors import ClientError, NotSignedIn
from familypair.client.tokens import SIGN_IN
from familypair.schema.accounts import Kind
from familypair.schema.links import Link, LinkState
from familypair_tui.plain.console import UsageError, listed
from familypair_tui.plain.dispatch import Context

TEEN_PREFIX = "acc_"
NO_TEENS_GUARDIAN = "No teen is linked with you now. Start with: familypair invite"


@dataclass(frozen=True, slots=True)
class TeenRef:
    """A teen's id, and the name as far as it is known."""

    id: str
    name: str


def my_kind(context: Context) -> str:
    """`guardian`, `teen` or `adult`. Raises `NotSignedIn`."""
    session = context.client.session
    if session is None:
        raise NotSignedIn(SIGN_IN)
    return session.kind


def i_am_guardian(context: Context) -> bool:
    """Whether the person signed in is a guardian. Raises `NotSignedIn`."""
    return my_kind(context) == Kind.GUARDIAN.value


async def find_teen(context: Context, said: str) -> TeenRef:
    """The teen that was meant: an id as it is, `me` for a teen, else the start of a name.

    Nothing said means oneself for a teen, and the only teen for a guardian.
    """
    session = context.client.session
    if session is None:
        raise NotSignedIn(SIGN_IN)
    if said.startswith(TEEN_PREFIX):
        return TeenRef(said, said)
    if said in {"me", ""} and session.kind != Kind.GUARDIAN.value:
        return TeenRef(session.account, session.name)
    cards = (await context.client.teens()).items
    if not cards:
        raise ClientError(NO_TEENS_GUARDIAN)
    names = [card.name for card in cards]
    if not said and len(cards) > 1:
        raise UsageError(f"Say which teen: {listed(names, last='or')}.")
    card = cards[_one(said, names, "teen")]
    return TeenRef(card.id, card.name)


async def find_teens(context: Context, said: str) -> list[TeenRef]:
    """The teen that was meant; nothing said means oneself, or every teen of a guardian."""
    if said or not i_am_guardian(context):
        return [await find_teen(context, said)]
    cards = [card for card in (await context.client.teens()).items if not card.unavailable]
    return [TeenRef(card.id, card.name) for card in cards]


async def zone_of(context: Context, teen: str) -> ZoneInfo:
    """The teen's home zone, in which wall times are meant."""
    return ZoneInfo((await context.client.teen(teen)).zone)


def other_of(link: Link, *, guardian: bool) -> str:
    """The name of the other person of a link."""
    return link.teen.name if guardian else link.guardian.name


async def find_link(context: Context, said: str, *, over: bool = False) -> Link:
    """The link that was meant; with `over` also among links that have ended."""
    if said.startswith("lnk_"):
        return await context.client.link(said)
    guardian = i_am_guardian(context)
    found = (await context.client.links()).items
    links = [one for one in found if over or one.state is not LinkState.ENDED]
    if not links:
        raise ClientError("No such link. Start one with: familypair invite")
    return links[_one(said, [other_of(one, guardian=guardian) for one in links], "link")]


def _one(said: str, names: Sequence[str], what: str) -> int:
    low = said.casefold()
    exact = [n for n, name in enumerate(names) if name.casefold() == low]
    found = exact or [n for n, name in enumerate(names) if name.casefold().startswith(low)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f'"{said}" fits {listed([names[n] for n in found])}; type more, or the id.'
        )
    raise ClientError(f'There is no {what} called "{said}". You have: {listed(list(names))}.')
