"""The demonstration is the main job from end to end, so it is also a test."""

import subprocess
import sys

import pytest


@pytest.mark.timeout(120)
def test_the_demo_tells_its_story_and_every_step_holds(database_url: str) -> None:
    """`make demo` without a terminal: a transcript, every step checked, exit 0, on both engines."""
    command = [sys.executable, "-m", "familypair_tui", "demo", "--database", database_url]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "steps held" in done.stdout
    assert "FAIL" not in done.stdout
