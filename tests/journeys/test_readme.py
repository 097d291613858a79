"""The commands of the README's script, run as written."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from familypair_tui.demo.family import settle
from familypair_tui.demo.run import opened

README = Path(__file__).parents[2] / "README.md"
LINES = re.findall(r"^    familypair (.*)$", README.read_text(), re.MULTILINE)


async def _run(line: str, home: Path, url: str) -> subprocess.CompletedProcess[str]:
    variables = {"FAMILYPAIR_HOME": str(home), "FAMILYPAIR_PROFILE": "dana"}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "familypair_tui", *line.split()],
        env={**os.environ, **variables, "FAMILYPAIR_ISSUER": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.engine("sqlite")
@pytest.mark.timeout(120)
async def test_the_readme_script_works_as_written(database_url: str) -> None:
    """Somebody who copies the lines gets answers; signing in itself is a test of its own."""
    assert [line.split()[0] for line in LINES] == ["login", "teens", "time", "set", "explain"]
    async with opened(database_url) as demo:
        home = demo.server.folder / "home"
        await settle(demo.family, demo.loop, home=home)
        for line in LINES[1:]:
            done = await _run(line, home, demo.server.url)
            assert done.returncode == 0, (line, done.stderr)
            assert done.stdout.strip(), line
