"""Draw docs/overview.png from the real client on the demo family: `make pictures`.

It needs Chromium and a monospace font; the picture is made again whenever the overview changes.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from familypair_tui.demo.run import opened

DOCS = Path(__file__).parents[2] / "docs"
SIZE = (120, 36)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


async def overview() -> str:
    """The guardian's overview of the demo family as an SVG."""
    async with opened() as demo:
        app = await demo.app([demo.family.dana], speed=0)
        async with app.run_test(size=SIZE) as pilot:
            while not app.store.teens:
                await pilot.pause(0.1)
            await pilot.pause(1.0)
            app.clear_notifications()
            await pilot.pause(0.2)
            return app.export_screenshot(title="Family Pairing")


def png(svg: str, target: Path) -> None:
    """Paint an SVG with the system's Chromium; fonts come from the system, not from a network."""
    svg = re.sub(r"@font-face \{[^}]*\}", "", svg).replace("Fira Code", "DejaVu Sans Mono")
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (int(float(n)) + 1 for n in found.groups()) if found else (1500, 950)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f'<html><body style="margin:0;background:#0f1117">{svg}</body></html>')
        command = [
            shutil.which("chromium") or "chromium",
            *FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--window-size={width},{height}",
            f"--screenshot={target}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


def main() -> None:
    """Write every picture."""
    png(asyncio.run(overview()), DOCS / "overview.png")


if __name__ == "__main__":
    main()
