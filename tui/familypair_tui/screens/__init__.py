"""The screens, and the main views by name; each is imported when it is first shown."""

from typing import Any

from textual.screen import Screen


def main_view(view: str, current: str, *, teen: bool) -> Screen[Any]:
    """The screen of a main view, for a teen or a guardian; `current` is the teen in view."""
    makers = {
        "rules": _rules,
        "history": _history,
        "family": _family,
        "today": _today,
        "week": _week,
        "requests": _asking if teen else _requests,
    }
    maker = makers.get(view)
    return maker(current) if maker else _first(teen=teen)


def _rules(current: str) -> Screen[Any]:
    from familypair_tui.screens.rules import RulesScreen

    return RulesScreen(current)


def _history(current: str) -> Screen[Any]:
    from familypair_tui.screens.history import HistoryScreen

    return HistoryScreen(current)


def _family(_current: str) -> Screen[Any]:
    from familypair_tui.screens.family import FamilyLinksScreen

    return FamilyLinksScreen()


def _today(current: str) -> Screen[Any]:
    from familypair_tui.screens.today import TodayScreen

    return TodayScreen(current)


def _week(current: str) -> Screen[Any]:
    from familypair_tui.screens.week import WeekScreen

    return WeekScreen(current)


def _requests(_current: str) -> Screen[Any]:
    from familypair_tui.screens.requests import RequestsScreen

    return RequestsScreen()


def _asking(_current: str) -> Screen[Any]:
    from familypair_tui.screens.asking import AskingScreen

    return AskingScreen()


def _first(*, teen: bool) -> Screen[Any]:
    if teen:
        from familypair_tui.screens.home import HomeScreen

        return HomeScreen()
    from familypair_tui.screens.overview import OverviewScreen

    return OverviewScreen()
