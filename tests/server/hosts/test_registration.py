"""What an operator may register as a host app."""

import msgspec
import pytest

from familypair_server.__main__ import main
from familypair_server.auth.registration import BadHostError, NewHost, check_host

GOOD = NewHost(name="Loop", redirects=("https://loop.example/cb", "http://127.0.0.1/cb"))

ADDRESSES = [
    "http://loop.example/cb",
    "https://loop.example",
    "https:///cb",
    "https://user@loop.example/cb",
    "https://loop.example/cb?x=1",
    "https://loop.example/cb#x",
    "https://*.example/cb",
    "https://loop.example/c b",
    "https://loop.example/cb;form-action",
    "https://loop.example/'",
    "https://loop.example:port/cb",
    "https://löop.example/cb",
    "http://localhost/cb",
    "http://127.0.0.1:8000/cb",
    "http://127.0.0.1.evil.example/cb",
    "javascript:alert(1)",
    "app://cb",
    "",
]


def test_a_host_app_has_a_name_addresses_and_scopes() -> None:
    """The good one and its bad twins, each with one thing changed."""
    check_host(GOOD)
    check_host(msgspec.structs.replace(GOOD, scopes=("usage:write",)))
    twins: list[dict[str, object]] = [
        {"name": " "},
        {"name": "x" * 61},
        {"name": "a\u202eb"},
        {"redirects": ()},
        {"scopes": ()},
        {"scopes": ("family",)},
        {"scopes": ("teen.bind",)},
    ]
    for change in twins:
        with pytest.raises(BadHostError):
            check_host(msgspec.structs.replace(GOOD, **change))


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_is_sent_to_whole_safe_addresses_only(address: str) -> None:
    """TLS or the loopback literal, no port on it, nothing that a header or list could split at."""
    with pytest.raises(BadHostError, match=r"cannot be a redirect address"):
        check_host(msgspec.structs.replace(GOOD, redirects=(address,)))


def test_options_of_host_apps_are_for_host_apps(capsys: pytest.CaptureFixture[str]) -> None:
    """`--redirect` without `--host` would register something else than was meant: exit code 2."""
    assert main(["clients", "add", "Loop", "--redirect", "https://loop.example/cb"]) == 2
    assert "add --host" in capsys.readouterr().err
