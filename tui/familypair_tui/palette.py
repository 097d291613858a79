"""The command palette: this screen's keys, views, teens, themes and the rest, as verbs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from familypair_tui.actions import Key
from familypair_tui.screens.base import GUARDIAN_TABS, TEEN_TABS, FamilyScreen
from familypair_tui.theme import THEME_NAMES

if TYPE_CHECKING:
    from familypair_tui.app import FamilyPairApp


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the palette."""

    title: str
    help: str
    run: Callable[[], object]


class FamilyCommands(Provider):
    """Our commands in our order: the nearest first, signing out and quitting last."""

    def _commands(self) -> list[Command]:
        return list(commands(cast("FamilyPairApp", self.app), self.screen))

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for one in self._commands():
            yield DiscoveryHit(Content(one.title), one.run, text=one.title, help=one.help)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for one in self._commands():
            score = matcher.match(one.title)
            if score > 0:
                # `Matcher.highlight` would read markup in a person's name
                yield Hit(score, Content(one.title), one.run, text=one.title, help=one.help)


def commands(app: "FamilyPairApp", screen: Screen[Any]) -> Iterable[Command]:
    """All of them. Names of people are plain text here as everywhere."""
    if isinstance(screen, FamilyScreen):
        for key in screen.KEYS:
            if screen.allows(key):
                yield Command(f"here: {key.word.lower()}", key.help, _runs(screen, key))
    if app.store.me is not None:
        tabs = TEEN_TABS if app.store.is_teen else GUARDIAN_TABS
        for number, tab in enumerate(tabs, 1):
            yield Command(f"view: {tab.title.lower()}", f"Key {number}.", _view(app, number))
        for teen, data in app.store.teens.items():
            words = f"teen: {data.card.name[:40]}"
            yield Command(words, "Open this teen's rules.", _teen(app, teen))
    for key in app.OWN_KEYS:
        yield Command(f"{app.OWN_PREFIX}: {key.word.lower()}", key.help, _own(app, key))
    for theme in THEME_NAMES:
        yield Command(f"theme: {theme}", "Change the colours.", _theme(app, theme))
    yield Command("help: keys", "Every key of this screen.", app.action_show_help)
    yield Command("help: about", "Version, server, who is signed in.", app.show_about)
    if app.store.me is not None:
        yield Command("account: sign out", "End this session here.", app.sign_out)
    yield Command("quit", "Leave the program.", app.action_leave_app)


def _runs(screen: FamilyScreen[Any], key: Key) -> Callable[[], object]:
    return lambda: screen.family.run_action(key.action, default_namespace=screen)


def _own(app: "FamilyPairApp", key: Key) -> Callable[[], object]:
    return lambda: app.run_action(key.action)


def _view(app: "FamilyPairApp", number: int) -> Callable[[], object]:
    return lambda: app.action_view(number)


def _teen(app: "FamilyPairApp", teen: str) -> Callable[[], object]:
    return lambda: app.when_free(lambda: app.open_teen(teen, "rules"))


def _theme(app: "FamilyPairApp", theme: str) -> Callable[[], object]:
    return lambda: app.set_theme(theme)
