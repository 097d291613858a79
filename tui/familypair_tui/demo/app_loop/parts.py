"""What the app is made of, and what it needs of the machine around it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from familypair.schema.decisions import DecisionContext
from familypair_tui.demo.app_loop.gate import Watched
from familypair_tui.demo.app_loop.meter import Used
from familypair_tui.demo.app_loop.sessions import Member, Session, Sessions
from familypair_tui.demo.app_loop.surfaces import Surface
from familypair_tui.demo.app_loop.world import World

ASKED_PATH = "/asked"
"""Where the pairing server sends the teen back to; registered with it."""
Report = Callable[[Member, Used], Awaitable[None]]


@dataclass
class Parts:
    """One running app."""

    issuer: str
    """The pairing server."""
    client_id: str
    members: Mapping[str, Member]
    """Who has an account here, by a short name."""
    gate: Watched
    clock: Callable[[], datetime]
    report: Report
    """Tells the pairing server of use."""
    log_token: str
    """Who knows it may read what was asked and answered."""
    world: World = field(default_factory=World)
    sessions: Sessions = field(default_factory=Sessions)
    address: str = ""
    """Where the app answers; known when it listens."""
    hint: str = ""
    """Said on the first page, such as the password of the made-up family."""

    def ask_address(
        self, session: Session, surface: Surface, fields: Mapping[str, str], said: DecisionContext
    ) -> str:
        """The pairing server's page on which the teen asks for what a no stands in the way of."""
        if said.ask is None:
            return ""
        about = fields.get(surface.account, "") if said.ask.wish == "unblock" else said.ask.field
        asked = {
            "app": self.client_id,
            "wish": said.ask.wish,
            "field": about,
            "teen": session.member.teen,
            "redirect_uri": f"{self.address}{ASKED_PATH}",
            "state": session.state_for(place_of(surface, fields)),
        }
        named = {name: value for name, value in asked.items() if value}
        return f"{self.issuer}/ask?{urlencode(named)}"


def place_of(surface: Surface, fields: Mapping[str, str]) -> str:
    """The page to go on with when the answer may have changed: the one that was stopped."""
    if surface.method != "GET":
        return "/feed" if not surface.account else "/messages"
    path = surface.path
    rest = dict(fields)
    for name in list(rest):
        if f"{{{name}:str}}" in path:
            path = path.replace(f"{{{name}:str}}", rest.pop(name))
    return f"{path}?{urlencode(rest)}" if rest else path
