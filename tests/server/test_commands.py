"""`familypair-server` as an operator uses it: commands, exit codes, one sentence on stderr."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from familypair_server.__main__ import main
from support.live_server import LiveServer, command, environment, serving


def run(
    *arguments: str, database: str, folder: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        command(*arguments),
        env=environment(database, folder, **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it says on stderr: exactly one line, with the program's name, and never a stack."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("familypair-server: ")
    return lines[0]


BAD = [
    ({"PORT": "many"}, "FAMILYPAIR_PORT"),
    ({"PORT": "65536"}, "FAMILYPAIR_PORT"),
    ({"PRT": "1"}, "did you mean FAMILYPAIR_PORT?"),
    ({"COUNTRY": "Ireland"}, "FAMILYPAIR_COUNTRY"),
    ({"DATABASE": "mysql://root:secret@h/x"}, "FAMILYPAIR_DATABASE"),
    ({"ISSUER": "pair.example"}, "FAMILYPAIR_ISSUER"),
    ({"ISSUER": "https://pair.example/under"}, "FAMILYPAIR_ISSUER"),
    ({"TRUSTED_PROXIES": "10.0.0.0/8,proxy"}, "FAMILYPAIR_TRUSTED_PROXIES"),
    ({"LOG_LEVEL": "loud"}, "FAMILYPAIR_LOG_LEVEL"),
    ({"CONFIG": "missing.toml"}, "missing.toml"),
    ({"HOST": "0.0.0.0"}, "FAMILYPAIR_DEMO"),  # noqa: S104 - refused
    ({"HOST": "0.0.0.0", "DEMO": "false"}, "FAMILYPAIR_ISSUER"),  # noqa: S104 - refused
]


@pytest.mark.parametrize(("settings", "named"), BAD, ids=str)
def test_a_bad_setting_stops_the_start_and_names_itself(
    tmp_path: Path,
    settings: dict[str, str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, the variable's name, no secret, and no database was made."""
    database = f"sqlite:///{tmp_path / 'x.db'}"
    for name, value in environment(database, tmp_path, **settings).items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("familypair-server: ")
    assert len(said.splitlines()) == 1
    assert named in said
    assert "secret" not in said
    assert list(tmp_path.glob("x.db*")) == []


def test_an_option_is_judged_like_a_setting(tmp_path: Path) -> None:
    """`--host` is no way around the rule that a demonstration stays on this machine."""
    database = f"sqlite:///{tmp_path / 'x.db'}"
    flags = ("serve", "--host", "0.0.0.0")  # noqa: S104 - refused
    done = run(*flags, database=database, folder=tmp_path, ISSUER="https://pair.example")
    assert (done.returncode, "FAMILYPAIR_DEMO" in sentence(done)) == (2, True)


@pytest.mark.parametrize("arguments", [(), ("bogus",), ("serve", "--bogus"), ("check", "extra")])
def test_wrong_usage_is_exit_code_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that is not there, or an option that is not."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_migrate_runs_once_and_check_agrees(empty_database_url: str, tmp_path: Path) -> None:
    """Before: `check` says what is pending, exit 1. After: nothing is, exit 0; again: no work."""
    before = run("check", "--json", database=empty_database_url, folder=tmp_path)
    assert before.returncode == 1
    pending = json.loads(before.stdout)["pending"]
    first = run("migrate", "--json", database=empty_database_url, folder=tmp_path)
    assert (first.returncode, json.loads(first.stdout)["ran"]) == (0, pending)
    again = run("migrate", database=empty_database_url, folder=tmp_path)
    assert again.stdout.strip() == "nothing to do: the database is current"
    after = run("check", "--json", database=empty_database_url, folder=tmp_path)
    report = json.loads(after.stdout)
    # The PostgreSQL of the tests does not sync, and `check` is right to say so.
    assert [one for one in report["problems"] if not one.startswith("fsync is off")] == []
    assert report["pending"] == []
    assert after.returncode == bool(report["problems"])
    words = run("check", database=empty_database_url, folder=tmp_path)
    assert "pending: none" in words.stdout
    assert "jobs: 0 waiting, 0 due, 0 late, 0 failing; next none; run by nobody" in words.stdout
    assert report["jobs"]["waiting"] == 0
    assert json.loads(before.stdout)["jobs"] is None


def test_verify_ledger_has_nothing_to_say_about_an_empty_database(
    database_url: str, tmp_path: Path
) -> None:
    """No ledger, no fault; the words for it, and an empty object."""
    done = run("verify-ledger", database=database_url, folder=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "there is no ledger yet")
    done = run("verify-ledger", "--json", database=database_url, folder=tmp_path)
    assert json.loads(done.stdout) == {}


def test_an_unknown_ledger_is_one_sentence(database_url: str, tmp_path: Path) -> None:
    """A mistyped id is not a ledger that holds."""
    done = run("verify-ledger", "acc_nobody", database=database_url, folder=tmp_path)
    assert done.returncode == 1
    assert sentence(done) == "familypair-server: there is no ledger of acc_nobody"


def test_a_registered_server_may_introspect(database_url: str, tmp_path: Path) -> None:
    """`clients add` shows an id and a secret that `/oauth/introspect` takes, and no other.

    With `--host` it is a host app's, which gets a token of its own.
    """
    done = run("clients", "add", "Chat", "--json", database=database_url, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    address = ("--redirect", "https://loop.example/cb", "--scope", "usage:write")
    args = ("clients", "add", "Loop", "--host", *address, "--json")
    host = json.loads(run(*args, database=database_url, folder=tmp_path).stdout)
    with serving(database_url, tmp_path) as server:
        for scope, status in (("usage:write", 200), ("policy:read", 400)):
            answer = httpx2.post(
                f"{server.url}/oauth/token",
                data={"grant_type": "client_credentials", "scope": scope},
                auth=(host["client_id"], host["client_secret"]),
                trust_env=False,
            )
            assert answer.status_code == status, answer.text
        for secret, status in ((made["client_secret"], 200), ("wrong", 401)):
            answer = httpx2.post(
                f"{server.url}/oauth/introspect",
                data={"token": "fpa_nothing"},
                auth=(made["client_id"], secret),
                trust_env=False,
            )
            assert answer.status_code == status, answer.text


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """Exit code 1 and what to do; a stack helps no operator."""
    database = f"sqlite:///{tmp_path / 'none.db'}"
    done = run("verify-ledger", database=database, folder=tmp_path)
    assert done.returncode == 1
    assert "familypair-server migrate" in sentence(done)
    unreachable = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    done = run("serve", database=unreachable, folder=tmp_path)
    assert done.returncode == 1
    assert sentence(done)


def test_the_commands_work_beside_a_running_server(live_server: LiveServer) -> None:
    """`check` and `verify-ledger` only look."""
    for name in ("check", "verify-ledger"):
        done = run(name, database=live_server.database, folder=live_server.folder)
        assert (done.stderr, bool(done.stdout)) == ("", True)
    assert httpx2.get(live_server.url + "/readyz", trust_env=False).json() == {"status": "ready"}


@pytest.mark.engine("sqlite")
def test_a_second_process_on_the_same_file_is_refused(live_server: LiveServer) -> None:
    """One process per SQLite file: exit code 1, the holder's process id; the first serves on."""
    done = run("serve", database=live_server.database, folder=live_server.folder)
    assert done.returncode == 1
    assert str(live_server.running.pid) in sentence(done)
    assert httpx2.get(live_server.url + "/readyz", trust_env=False).status_code == 200


def test_a_port_that_is_taken_is_one_sentence(live_server: LiveServer, tmp_path: Path) -> None:
    """Exit code 1 with the address."""
    database = f"sqlite:///{tmp_path / 'other.db'}"
    port = str(urlsplit(live_server.url).port)
    done = run("serve", "--port", port, database=database, folder=tmp_path)
    assert done.returncode == 1
    assert f"port {port}" in sentence(done)


def test_a_server_that_is_asked_to_stop_is_done(database_url: str, tmp_path: Path) -> None:
    """SIGTERM: exit code 0, nothing on stderr at this level, and the file is free again."""
    with serving(database_url, tmp_path) as server:
        assert server.stop() == 0
        assert server.log == ""
        server.start()
        assert httpx2.get(server.url + "/readyz", trust_env=False).status_code == 200


def test_a_server_that_was_killed_starts_again_on_the_same_data(live_server: LiveServer) -> None:
    """kill -9 leaves a lock and a log behind that stop nobody."""
    live_server.kill()
    live_server.start()
    assert httpx2.get(live_server.url + "/readyz", trust_env=False).status_code == 200
