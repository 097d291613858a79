"""Every screen and dialog of the client, and the keys that lead to it: the tests walk this list."""

from collections.abc import Callable
from dataclasses import dataclass

from familypair.schema.invitations import InvitationForm
from familypair.schema.links import LinkPhase
from familypair.schema.oauth import DeviceCode
from tui_fake.api import FakeApi
from tui_fake.family import guardian_api, new_offer, teen_api

CODE = DeviceCode(
    device_code="d",
    user_code="WDJB-MJHT",
    verification_uri="https://pair.example/device",
    expires_in=900,
)


@dataclass(frozen=True)
class Stop:
    """One place to look at."""

    name: str
    api: Callable[[], FakeApi]
    keys: tuple[str, ...] = ()


def offering(form: InvitationForm = InvitationForm.CODE) -> FakeApi:
    """A guardian for whom a new invitation can be made."""
    api = guardian_api()
    api.made = new_offer(form)
    return api


def signing_in() -> FakeApi:
    """Nobody is signed in; a code is shown and nobody types it."""
    import asyncio

    api = guardian_api()
    api.signed_in = False
    api.gate = asyncio.Event()
    api.device = [CODE]
    return api


def nobody() -> FakeApi:
    """A guardian without any teen."""
    api = guardian_api()
    api.cards, api.my_links, api.invites = {}, [], {}
    return api


def settled_teen() -> FakeApi:
    """A teen whose link is past its first day."""
    return teen_api(phase=LinkPhase.ACTIVE)


CHANGED = ("2", "right", "minus", "right", "right", "right", "right", "right", "plus")

TOUR = (
    Stop("sign-in", signing_in),
    Stop("overview", guardian_api),
    Stop("overview-empty", nobody),
    Stop("rules-time", guardian_api, ("2",)),
    Stop("rules-schedule", guardian_api, ("2", "s")),
    Stop("rules-search", guardian_api, ("2", "s", "s")),
    Stop("rules-messages", guardian_api, ("2", "s", "s", "s")),
    Stop("rules-privacy", guardian_api, ("2", "S")),
    Stop("rules-typing", guardian_api, ("2", "enter")),
    Stop("why", guardian_api, ("2", "full_stop")),
    Stop("review", guardian_api, (*CHANGED, "ctrl+s")),
    Stop("not-saved", guardian_api, (*CHANGED, "1")),
    Stop("history", guardian_api, ("3",)),
    Stop("links", guardian_api, ("4",)),
    Stop("permissions", guardian_api, ("4", "p")),
    Stop("end-guardian", guardian_api, ("4", "E")),
    Stop("new-invitation", guardian_api, ("i",)),
    Stop("code", offering, ("i", "I")),
    Stop("link", lambda: offering(InvitationForm.LINK), ("i", "down", "I")),
    Stop("phrase", guardian_api, ("tab", "tab", "tab", "enter")),
    Stop("claim", guardian_api, ("e",)),
    Stop("help", guardian_api, ("question_mark",)),
    Stop("home", teen_api),
    Stop("home-settled", settled_teen),
    Stop("pending", teen_api, ("enter",)),
    Stop("decline", teen_api, ("enter", "D")),
    Stop("teen-rules", teen_api, ("2",)),
    Stop("teen-history", teen_api, ("3",)),
    Stop("teen-links", settled_teen, ("4",)),
    Stop("end-teen", settled_teen, ("4", "E")),
    Stop("exit", teen_api, ("4", "S")),
    Stop("help-lines", teen_api, ("4", "S", "S")),
    Stop("not-my-guardian", teen_api, ("N",)),
)
