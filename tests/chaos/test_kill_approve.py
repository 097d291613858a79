"""A killed server leaves no half consent; `make chaos` does the same 200 times."""

from pathlib import Path

import pytest

from chaos.kill_approve import AT_ONCE, run

KILLS = 5


@pytest.mark.timeout(120)
async def test_kill_during_the_approval(empty_database_url: str, tmp_path: Path) -> None:
    """Never a link without consent, a consent without its entry, or an answer that was lost."""
    figures = await run(empty_database_url, tmp_path, KILLS)
    assert figures.approvals == KILLS * AT_ONCE
    assert figures.sound, figures
