"""What holds on every screen: whole, reachable, and harmless whatever its texts hold."""

import unicodedata

from rich.cells import cell_len

from familypair_tui.app import FamilyPairApp
from familypair_tui.screens.base import Dialog, FamilyScreen
from familypair_tui.widgets.chrome import HintBar
from tui_fake.drive import Client


def assert_nothing_outside(client: Client) -> None:
    width, height = client.app.size
    for widget in client.screen.query("*"):
        region = widget.region
        if widget.is_on_screen and region.area:
            assert region.x >= 0, widget
            assert region.right <= width, widget
            assert region.y >= 0, widget
            assert region.bottom <= height, widget


def assert_footer_is_whole(client: Client) -> None:
    bar = client.app.screen_stack[1].query_one(HintBar)
    line = str(bar.render()).strip()
    assert len(line.split("  ")) <= 7
    assert "…" not in line.replace("Leave…", "")
    assert line


async def assert_all_reachable(client: Client) -> None:
    wanted = {
        widget for widget in client.screen.query("*") if widget.focusable and widget.region.area
    }
    seen = {client.app.focused}
    for _ in range(len(wanted) + 1):
        await client.pilot.press("tab")
        seen.add(client.app.focused)
    assert wanted <= seen


def assert_keys_are_in_help(client: Client) -> None:
    screen = client.screen
    assert isinstance(screen, FamilyScreen | Dialog)
    shown = {key.id for _, keys in screen.help_groups() for key in keys}
    known = screen._bindings  # pyright: ignore[reportPrivateUsage] - no public way
    for name, bindings in known.key_to_bindings.items():
        if name in {"tab", "shift+tab", "ctrl+c", "super+c"} or isinstance(screen, Dialog):
            continue  # Textual's own moves of the focus and copying of a selection
        for binding in bindings:
            assert binding.id, name
            if not binding.id.startswith("sign."):
                assert binding.id in shown, binding
    ids = [key.id for key in screen.KEYS]
    assert len(ids) == len(set(ids))


fired: list[str] = []


def listen(app: FamilyPairApp) -> None:
    """Hear when markup in a text makes an action run."""
    fired.clear()
    app.action_boom = lambda: fired.append("boom")  # type: ignore[attr-defined]  # only for this test


def assert_harmless(client: Client) -> None:
    for row in client.text().split("\n"):
        assert cell_len(row) <= client.app.size.width
        for char in row:
            assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}, repr(char)
