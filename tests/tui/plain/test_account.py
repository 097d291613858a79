"""`login`, `logout`, `whoami`, the overview, `watch`, and how the command starts."""

import subprocess
import sys
from pathlib import Path

import httpx2
import msgspec
import pytest

from client.fake import DANA, token_answer
from familypair.schema.events import EntryEvent, GoneEvent
from familypair.schema.invitations import Invitations
from familypair.schema.links import Links
from familypair.schema.oauth import DeviceCode
from familypair.schema.teens import Teens
from familypair_tui.plain.parser import COMMANDS, build
from familypair_tui.plain.run import run

from .desk import Desk
from .made import CLAIMED, ENTRY, INVITATION, LINK, TEENS

CODE = DeviceCode(
    device_code="dev_1",
    user_code="BCDF-GHJK",
    verification_uri="http://127.0.0.1:8085/device",
    expires_in=600,
)


def test_login_shows_the_code_and_warns_of_phishing() -> None:
    """Address, code on its own line, how long, and who should type it; then who it is."""
    desk = Desk(signed_in=False)
    desk.server.will("POST", "/oauth/device_authorization", CODE)
    desk.server.will("POST", "/oauth/token", token_answer("fpa_9", "fpr_9"))
    ran = desk.run("login")
    assert ran.code == 0
    assert "\n    BCDF-GHJK\n" in ran.out
    assert "Only type it if you started this yourself." in ran.out
    assert ran.out.endswith(
        "Signed in as Dana (guardian) at http://127.0.0.1:8085. Next: familypair invite\n"
    )


def test_login_without_a_server_says_how_to_name_one() -> None:
    """On a fresh machine the address is only a guess: the option and the variable are named."""
    desk = Desk(signed_in=False)
    desk.server.will("POST", "/oauth/device_authorization", httpx2.ConnectError("refused"))
    ran = desk.run("login")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        "No server answers at http://127.0.0.1:8085. "
        "Name yours with --issuer URL, or set FAMILYPAIR_ISSUER.\n"
    )


def test_demo_has_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Its story is sentences; asking for JSON is wrong usage and starts nothing."""
    assert run(["demo", "--json"]) == 2
    assert "no --json" in capsys.readouterr().err


def test_login_twice_says_who_is_there() -> None:
    """A second sign-in does not silently replace the first."""
    ran = Desk().run("login")
    assert ran.code == 1
    assert "Already signed in as Dana" in ran.err


def test_logout_forgets_and_tells_the_server() -> None:
    """After it the next command is not signed in."""
    desk = Desk()
    assert desk.run("logout").out == "Signed out Dana.\n"
    assert desk.server.revoked == ["fpr_1"]
    assert desk.run("whoami").code == 3
    assert desk.run("logout").code == 3


def test_whoami() -> None:
    """Who, the name to sign in with, where, and the zone; the JSON is the account."""
    ran = Desk().run("whoami")
    assert ran.out.splitlines()[0] == (
        "Dana (guardian), sign-in name dana-4821, at http://127.0.0.1:8085."
    )
    assert Desk().run("whoami", "--json").json() == msgspec.to_builtins(DANA)


def test_overview_in_sentences() -> None:
    """Without a command: who, each teen, open invitations, and how to see all commands."""
    desk = Desk()
    desk.server.will("GET", "/v1/teens", TEENS)
    desk.server.will("GET", "/v1/links", Links(items=()))
    desk.server.will("GET", "/v1/invitations", Invitations(items=(INVITATION,)))
    out = desk.run().out
    assert out.startswith("Dana, guardian, at http://127.0.0.1:8085.\nMia, 13-15: it is Sun 12:00")
    assert "Waiting for the other side to type BCDF-GHJK." in out
    assert out.endswith("All commands: familypair --help\n")


def test_overview_of_a_new_teen() -> None:
    """A teen without links hears that nobody sees anything, and of what waits for them."""
    desk = Desk(kind="teen", account="acc_mia", name="Mia")
    desk.server.will("GET", "/v1/teens", Teens(items=()))
    desk.server.will("GET", "/v1/links", Links(items=()))
    desk.server.will("GET", "/v1/invitations", Invitations(items=(CLAIMED,)))
    out = desk.run().out
    assert "Nobody is linked with you." in out
    assert "1 invitation waits for you: familypair accept" in out


def test_watch_prints_events_and_stops_at_the_count() -> None:
    """One line an event; with --json one object a line that names the event."""
    desk = Desk()
    entry = msgspec.json.encode(EntryEvent(entry=ENTRY)).decode()
    gone = msgspec.json.encode(GoneEvent(teen="acc_mia")).decode()
    stream = f"event: entry\ndata: {entry}\n\nevent: gone\ndata: {gone}\n\n"
    reply = httpx2.Response(
        200, content=stream.encode(), headers={"Content-Type": "text/event-stream"}
    )
    desk.server.will("GET", "/v1/events", reply)
    desk.server.will("GET", "/v1/links", Links(items=(LINK,)))
    ran = desk.run("watch", "--count", "2")
    assert ran.out.splitlines() == [
        (
            "Mia: 2. 22 Nov 12:00: You set the limit on Monday to 45 min. "
            "Undo: familypair undo acc_mia 2"
        ),
        "Mia is no longer yours to see.",
    ]
    lines = desk.run("watch", "--count", "2", "--json").out.splitlines()
    assert [msgspec.json.decode(line)["event"] for line in lines] == ["entry", "gone"]


def test_watch_says_a_drop_once_and_the_return_once() -> None:
    """Three failed tries are one line on stderr, and so is the connection that holds."""
    desk = Desk()
    gone = msgspec.json.encode(GoneEvent(teen="acc_mia")).decode()
    reply = httpx2.Response(
        200,
        content=f"event: gone\ndata: {gone}\n\n".encode(),
        headers={"Content-Type": "text/event-stream"},
    )
    away = httpx2.ConnectError("refused")
    desk.server.will("GET", "/v1/links", Links(items=(LINK,)))
    desk.server.will("GET", "/v1/events", away, away, away, reply)
    assert desk.run("watch", "--count", "1").err.splitlines() == [
        "The connection dropped; trying again.",
        "Connected again; nothing was missed.",
    ]


def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """--help of each command ends with a line that can be typed, and the parser takes it."""
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            build().parse_args([command.name, "--help"])
        assert ended.value.code == 0
        assert command.example in capsys.readouterr().out
        parsed = build().parse_args(command.example.split()[1:])
        assert parsed.command == command.name


def test_wrong_usage_is_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command ends with code 2."""
    with pytest.raises(SystemExit) as ended:
        build().parse_args(["frobnicate"])
    assert ended.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


_LOADED = """
import sys
try:
    import familypair_tui.plain.run as run
    code = run.run({argv!r})
except SystemExit as ended:
    code = ended.code
heavy = "textual rich authlib httpx litestar segno joserfc cryptography hypothesis".split()
print(code, [m for m in heavy if m in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("argv", "code"), [(["--help"], 0), (["--version"], 0), (["show", "mia", "--json"], 4)]
)
def test_commands_load_only_what_they_need(tmp_path: Path, argv: list[str], code: int) -> None:
    """A fresh interpreter: help, version and a real `show` load no heavy library."""
    from client.fake import saved
    from familypair.client import TokenStore

    session = msgspec.structs.replace(saved(), issuer="http://127.0.0.1:9", expires_at=1e11)
    TokenStore(home=tmp_path).save(session)
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(argv=argv)],
        capture_output=True,
        text=True,
        check=True,
        env={"FAMILYPAIR_HOME": str(tmp_path), "PATH": "", "TERM": "dumb"},
    )
    assert done.stderr.splitlines()[-1] == f"{code} []"


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    """`familypair ... | head -1` ends quietly although nobody reads the rest."""
    code = (
        "import sys; from familypair_tui.plain import run, dispatch\n"
        "async def talk(context):\n    context.console.say(*['line'] * 100_000)\n"
        "dispatch.handler = lambda _: talk\n"
        "sys.exit(run.run(['teens']))"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", f'{sys.executable} -c "{code}" | head -1'],
        capture_output=True,
        text=True,
        check=True,
        env={"FAMILYPAIR_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert (done.stdout, done.stderr) == ("line\n", "")


def test_an_interrupted_watch_is_done(tmp_path: Path) -> None:
    """Ctrl-C is how `watch` ends: code 0. Elsewhere it is one word and code 1; nothing dumps."""
    code = (
        "import sys, signal, resource; from familypair_tui.plain import dispatch\n"
        # who runs the suite in the background has Ctrl-C switched off for all that it starts
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "async def stop(context):\n    signal.raise_signal(signal.SIGINT)\n"
        "    await context.console.sleep(30)\n"
        "dispatch.handler = lambda _: stop\n"
        "from familypair_tui.__main__ import main\n"
        "try:\n    main()\n"
        "finally:\n    print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    for command, expected, words in (("watch", 0, ""), ("teens", 1, "Stopped.\n")):
        done = subprocess.run(
            [sys.executable, "-c", code, command],
            capture_output=True,
            text=True,
            check=False,
            env={"FAMILYPAIR_HOME": str(tmp_path)},
        )
        assert (done.returncode, done.stderr) == (expected, words)
        assert done.stdout == "(0, 0)\n"


def test_a_dumb_terminal_gets_sentences(tmp_path: Path) -> None:
    """No arguments and no tty: the mode and its cause are named, nothing full-screen starts."""
    done = subprocess.run(
        [sys.executable, "-m", "familypair_tui"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"FAMILYPAIR_HOME": str(tmp_path), "TERM": "dumb"},
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "plain mode: this is not a terminal that can show the full screen.",
        "Nobody is signed in here. Sign in with: familypair login",
    ]
