"""Word packs of an operator: put in force, noticed by every process, fetched by hosts."""

import json
from pathlib import Path

import httpx2
import msgspec
import pytest

from familypair.packs import About, made, shipped
from familypair.reasons import Reason
from familypair.rules.search import Pack
from familypair_server.__main__ import main
from familypair_server.packs import service
from familypair_server.packs.kept import PacksKept
from familypair_server.problems import Refused
from support.homes import Home
from support.hosts import HostApp, host_app

ABOUT = About(
    name="chess",
    category="gambling",
    severity=1,
    language="en",
    licence="CC0-1.0",
    source="a test",
    version="1",
)
CHESS = made(ABOUT, ["blitz for money", "#chesscash"], ["what is blitz for money"])
NEWER = made(ABOUT, ["blitz for coins"])


async def get(host: HostApp, path: str) -> httpx2.Response:
    """A request as the host."""
    return await host.call("GET", path)


def categories(kept: PacksKept, text: str) -> set[str]:
    """What the packs of a process say to a text."""
    return set(kept.now.categories(kept.now.read(text)))


async def test_an_operators_pack_is_in_force_everywhere_and_can_be_fetched(home: Home) -> None:
    """Over one of the same name; the old one stays fetchable, and goes with its removal."""
    here, there = home.app.context.packs, PacksKept()
    heard: list[int] = []
    here.on_change(lambda: heard.append(1))
    assert not await here.look(home.store)
    await there.look(home.store)
    await home.store.run(service.add(CHESS, home.clock()))
    for kept in (here, there):
        assert await kept.look(home.store)
        assert not await kept.look(home.store)
        assert kept.now.digests["chess"] == CHESS.digest
        assert categories(kept, "#ChessCash") == {"gambling"}
        assert categories(kept, "what is blitz for money?") == set()
    assert heard == [1]

    host = await host_app(home)
    answer = await get(host, "/v1/packs")
    assert answer.status_code == 200, answer.text
    listed = answer.json()["items"]
    assert len(listed) == len(shipped()) + 1
    mine = next(one for one in listed if one["name"] == "chess")
    assert (mine["terms"], mine["licence"], mine["digest"]) == (2, "CC0-1.0", CHESS.digest)
    fetched = await get(host, f"/v1/packs/{CHESS.digest}")
    assert msgspec.json.decode(fetched.content, type=Pack) == CHESS
    assert fetched.json()["terms"] == list(CHESS.terms)
    own = shipped()[0]
    assert (await get(host, f"/v1/packs/{own.digest}")).json()["name"] == own.name
    unknown = await get(host, f"/v1/packs/{'0' * 64}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_pack")

    await home.store.run(service.add(NEWER, home.clock()))
    assert await here.look(home.store)
    assert here.now.digests["chess"] == NEWER.digest
    assert (await get(host, f"/v1/packs/{CHESS.digest}")).status_code == 200
    assert await home.store.run(service.remove("chess", home.clock()))
    assert not await home.store.run(service.remove("chess", home.clock()))
    assert await here.look(home.store)
    assert "chess" not in here.now.digests
    home.clock.tick(service.KEPT * 2)
    await home.store.run(service.add(CHESS, home.clock()))
    await host.sign_in()
    assert (await get(host, f"/v1/packs/{NEWER.digest}")).status_code == 404


@pytest.mark.engine("sqlite")
async def test_packs_are_for_hosts_that_read_policies(home: Home) -> None:
    """Neither without a token nor with another scope, nor for families."""
    host = await host_app(home, scope="usage:write")
    assert (await get(host, "/v1/packs")).status_code == 403
    assert (await home.web.get("/v1/packs")).status_code == 401
    guardian = await home.guardian()
    assert (await home.get(guardian, "/v1/packs")).status_code in {401, 403}


def test_an_operator_adds_lists_checks_and_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One command each; a bad file says every line; nothing of it is in force then."""
    monkeypatch.setenv("FAMILYPAIR_DATABASE", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("FAMILYPAIR_SECRET_FILE", str(tmp_path / "secret"))
    file = tmp_path / "slang.txt"
    file.write_text("yeet\nyeet\nbad\u202eword\n", encoding="utf-8")
    about = ["--category", "profanity", "--severity", "1", "--language", "en"]

    def run(*arguments: str) -> tuple[int, str]:
        """The exit code and what was said: a fault on stderr only, anything else on stdout only."""
        code = main(["packs", *arguments])
        said = capsys.readouterr()
        assert not (said.out if code else said.err)
        return code, said.out + said.err

    assert main(["migrate"]) == 0
    capsys.readouterr()
    of = "familypair-server:"
    for more in ([], ["--json"]):
        code, said = run("check", str(file), *about, *more)
        assert code == 1
        assert said.splitlines() == [
            f"{of} line 2 of {file} repeats line 1",
            f"{of} line 3 of {file} has characters that cannot be seen or are not text",
            f"{of} {file}: licence is missing",
        ]
    assert run("add", str(file), *about, "--licence", "MIT", "--json")[0] == 1
    for act, path in (("check", tmp_path), ("add", tmp_path / "none.txt")):
        code, said = run(act, str(path), "--json")
        assert (code, said.startswith(f"familypair-server: {path} cannot be read: ")) == (1, True)
        assert "Errno" not in said
    file.write_text("yeet\nrizz\n", encoding="utf-8")
    assert run("check", str(file), *about, "--licence", "MIT")[1].startswith(f"{file} can be added")
    code, said = run("add", str(file), *about, "--licence", "MIT", "--json")
    assert (code, json.loads(said)["terms"]) == (0, 2)
    assert "slang (profanity, severity 1, en, MIT): 2 terms" in run("list")[1]
    assert len(json.loads(run("list", "--json")[1])["items"]) == len(shipped()) + 1
    assert run("remove", "slang") == (0, "removed slang\n")
    assert run("remove", "slang")[0] == 1
    assert run("add")[0] == 2


HELP_EN = next(pack for pack in shipped() if pack.name == "help.en")
TAKEN = (
    made(msgspec.structs.replace(ABOUT, name="help.en", category="drugs"), ["blitz"]),
    made(msgspec.structs.replace(ABOUT, name="help.en", category="help"), ["blitz"]),
    made(msgspec.structs.replace(ABOUT, name="drugs.en", category="help"), ["blitz"]),
)


@pytest.mark.engine("sqlite")
async def test_nobody_takes_the_searches_for_help_away(home: Home) -> None:
    """No pack takes the place of one for help, none for help that of another; more help is fine."""
    for pack in TAKEN:
        with pytest.raises(Refused) as caught:
            await home.store.run(service.add(pack, home.clock()))
        assert caught.value.refusals[0].reason is Reason.PACK_NOT_USABLE
    more = made(msgspec.structs.replace(ABOUT, name="help.local", category="help"), ["blitz line"])
    own = made(msgspec.structs.replace(ABOUT, name="drugs.en", category="drugs"), ["blitz"])
    for pack in (more, own):
        await home.store.run(service.add(pack, home.clock()))
    kept = PacksKept()
    await kept.look(home.store)
    for text in ("blitz line", "childline"):
        assert kept.now.is_help(kept.now.read(text))
    assert categories(kept, "blitz") == {"drugs"}


def test_a_pack_for_help_that_ships_holds_whatever_is_stored() -> None:
    """A row of an earlier version, from before the name shipped."""
    found = service.in_force(TAKEN)
    assert HELP_EN in found
    assert not any(pack in found for pack in TAKEN)


def test_a_pack_that_takes_help_away_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `check`, which opens no database, as by `add`."""
    monkeypatch.setenv("FAMILYPAIR_DATABASE", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("FAMILYPAIR_SECRET_FILE", str(tmp_path / "secret"))
    file = tmp_path / "x.txt"
    file.write_text("blitz\n", encoding="utf-8")
    about = ["--category", "drugs", "--severity", "1", "--language", "en", "--licence", "MIT"]
    for act in ("check", "add"):
        assert main(["packs", act, str(file), "--name", "help.en", *about]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err == (
            "familypair-server: This word pack cannot be used: help.en ships with the searches for "
            "help, and nothing takes its place\n"
        )
