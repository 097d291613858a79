"""The session: one refresh at a time, lost answers, reuse, and what is on disk when."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest

from familypair.client import NotSignedIn, Saved, TokenStore, Unreachable
from familypair.client.store import MemoryStore
from familypair.reasons import Reason
from familypair.testing import ManualClock

from .fake import DANA, ISSUER, START, FakeServer, answer, problem, saved, world
from .sockets import http_server


async def test_a_fresh_token_is_used_as_it_is() -> None:
    """Nothing is refreshed while the access token is good."""
    here = world()
    assert await here.client.me() == DANA
    assert here.server.refreshes == 0
    assert here.server.requests[0].headers["authorization"] == "Bearer fpa_1"


async def test_twenty_tasks_make_one_refresh() -> None:
    """Twenty calls that find the token over share one refresh and all succeed."""
    here = world(session=saved(ends_in=10))
    found = await asyncio.gather(*(here.client.me() for _ in range(20)))
    assert found == [DANA] * 20
    assert here.server.refreshes == 1
    assert here.server.count("POST", "/oauth/token") == 1


async def test_a_token_that_the_server_calls_stale_is_renewed_once() -> None:
    """A 401 on a token that looked good leads to one refresh and one more try."""
    here = world()
    here.server.will("GET", "/v1/me", problem(401, Reason.UNAUTHENTICATED), answer(DANA))
    assert await here.client.me() == DANA
    assert here.server.refreshes == 1


async def test_the_new_token_is_stored_before_it_is_used() -> None:
    """When the first request with the new token arrives, the file already holds it."""
    store = MemoryStore(saved(ends_in=0))
    here = world(store=store)
    seen: list[str] = []

    def look(request: httpx2.Request) -> httpx2.Response:
        kept = store.load()
        assert kept is not None
        seen.append(kept.access_token)
        assert request.headers["authorization"] == f"Bearer {kept.access_token}"
        return answer(DANA)

    here.server.will("GET", "/v1/me", look)
    await here.client.me()
    assert seen == ["fpa_2"]


async def test_a_lost_answer_is_asked_for_again_with_the_old_token() -> None:
    """The refresh took effect but its answer was lost: the same successor comes again."""
    here = world(session=saved(ends_in=0))
    here.server.lost_answers = 2
    assert await here.client.me() == DANA
    assert here.server.refreshes == 1
    assert here.server.count("POST", "/oauth/token") == 3


async def test_a_server_that_stays_away_does_not_cost_the_session() -> None:
    """When no answer comes at all the call fails as unreachable and the session is kept."""
    here = world(session=saved(ends_in=0))
    here.server.will("POST", "/oauth/token", httpx2.ConnectError("refused"))
    with pytest.raises(Unreachable):
        await here.client.me()
    assert here.store.load() == saved(ends_in=0)
    assert here.clock() < START + timedelta(seconds=30)


async def test_reuse_signs_out_with_a_sentence_that_names_the_next_command() -> None:
    """A token whose successor was used elsewhere ends the session, here too."""
    here = world(session=saved(ends_in=0, refresh="fpr_stolen"))
    with pytest.raises(NotSignedIn, match=r"two places.*familypair login"):
        await here.client.me()
    assert here.store.load() is None
    with pytest.raises(NotSignedIn, match="Nobody is signed in here"):
        await here.client.me()


async def test_a_busy_token_endpoint_does_not_sign_out() -> None:
    """A 503 is no verdict about the token."""
    here = world(session=saved(ends_in=0))
    here.server.will("POST", "/oauth/token", httpx2.Response(503))
    with pytest.raises(Unreachable):
        await here.client.me()
    assert here.store.load() is not None


async def test_a_cancelled_caller_does_not_lose_the_refresh() -> None:
    """The task that started the refresh is cancelled; the new token is still stored."""
    here = world(session=saved(ends_in=0))
    first = asyncio.create_task(here.client.me())
    await asyncio.sleep(0)
    first.cancel()
    assert await here.client.me() == DANA
    assert here.server.refreshes == 1


async def test_sign_out_forgets_here_and_ends_the_family_there() -> None:
    """After sign-out nothing is stored and the server was told the refresh token."""
    here = world()
    await here.client.sign_out()
    assert here.store.load() is None
    assert here.server.revoked == ["fpr_1"]
    with pytest.raises(NotSignedIn):
        await here.client.me()


_CHILD = """
import asyncio, sys
from pathlib import Path
from familypair.client import FamilyPairing

async def main():
    async with FamilyPairing.open(home=Path(sys.argv[1])) as family:
        print((await family.me()).name)

asyncio.run(main())
"""


async def test_two_processes_make_one_refresh(tmp_path: Path) -> None:
    """Two processes with one token file take turns: one refreshes, the other reads the result."""
    server = FakeServer(ManualClock(START))
    async with http_server(server) as issuer:
        TokenStore(home=tmp_path).save(
            msgspec.structs.replace(saved(ends_in=-(10.0**9)), issuer=issuer)
        )
        children = await asyncio.gather(*(_child(tmp_path) for _ in range(2)))
    assert children == ["Dana", "Dana"]
    assert server.refreshes == 1
    assert server.count("POST", "/oauth/token") == 1


async def _child(home: Path) -> str:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, errors = await child.communicate()
    assert child.returncode == 0, errors.decode()
    return out.decode().strip()


def test_the_file_and_its_folder_are_private(tmp_path: Path) -> None:
    """The token file is 0600 in a folder 0700, and no draft is left beside it."""
    store = TokenStore(home=tmp_path / "new")
    store.save(saved())
    assert store.load() == saved()
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in store.folder.iterdir()] == ["default.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    """A token file with any bit for group or world is not used; the sentence says what to do."""
    from familypair.client import UnsafeStore

    store = TokenStore(home=tmp_path)
    store.save(saved())
    store.path.chmod(mode)
    with pytest.raises(UnsafeStore, match="chmod 600"):
        store.load()


def test_a_folder_that_others_may_open_is_refused(tmp_path: Path) -> None:
    """An open folder would let others replace the file: neither read nor written."""
    from familypair.client import UnsafeStore

    store = TokenStore(home=tmp_path)
    store.save(saved())
    store.folder.chmod(0o755)
    with pytest.raises(UnsafeStore, match="chmod 700"):
        store.load()
    with pytest.raises(UnsafeStore, match="chmod 700"):
        store.save(saved())


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    """A token file that is not what was written is an error, not an empty session."""
    from familypair.client import ClientError

    store = TokenStore(home=tmp_path)
    store.save(saved())
    store.path.write_bytes(b"{}")
    with pytest.raises(ClientError, match="damaged; sign in again"):
        store.load()


@pytest.mark.parametrize("name", ["../up", "", ".hidden", "a/b", "a" * 65])
def test_a_profile_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    """What is not a plain name is refused before it becomes a file name."""
    from familypair.client import ClientError

    with pytest.raises(ClientError, match="profile name"):
        TokenStore(name, home=tmp_path)


def test_the_token_goes_only_to_the_server_that_gave_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a profile for another issuer finds nobody signed in, and keeps the file."""
    from familypair.client import FamilyPairing

    monkeypatch.setenv("FAMILYPAIR_HOME", str(tmp_path))
    TokenStore().save(saved())
    mine = FamilyPairing.open()
    assert mine.issuer == ISSUER
    assert mine.session is not None
    assert FamilyPairing.open(issuer="https://other.example").session is None
    assert TokenStore().load() == saved()


def test_the_default_home_is_not_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without FAMILYPAIR_HOME the files go to the platform's data folder."""
    monkeypatch.delenv("FAMILYPAIR_HOME", raising=False)
    store = TokenStore("work")
    assert store.path.is_absolute()
    assert store.path.parts[-3:] == ("familypair", "profiles", "work.json")
    assert os.fspath(store.path).startswith(os.path.expanduser("~"))  # noqa: PTH111


def test_a_session_does_not_print_its_tokens() -> None:
    """What lands in a log or a traceback names the account, not the tokens."""
    shown = repr(saved()) + f"{saved()}"
    assert "fpa_1" not in shown
    assert "fpr_1" not in shown


def test_saved_sessions_of_newer_clients_are_read() -> None:
    """A field that this version does not know does not sign anybody out."""
    raw = msgspec.json.encode(msgspec.to_builtins(saved()) | {"later": 1})
    assert msgspec.json.decode(raw, type=Saved) == saved()
