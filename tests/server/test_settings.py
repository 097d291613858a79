"""Configuration: a bad value stops the start and says which one and why."""

from pathlib import Path

import pytest

from familypair_server.settings import SettingsError, load


def test_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """The environment wins over the file, and the file over the defaults."""
    file = tmp_path / "familypair.toml"
    file.write_text('port = 9000\ncountry = "DE"\n')
    settings = load({"FAMILYPAIR_CONFIG": str(file), "FAMILYPAIR_PORT": "9001"})
    assert (settings.port, settings.country, settings.host) == (9001, "DE", "127.0.0.1")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"FAMILYPAIR_PRT": "1"}, "FAMILYPAIR_PORT"),
        ({"FAMILYPAIR_PORT": "many"}, "FAMILYPAIR_PORT: Expected `int`"),
        ({"FAMILYPAIR_NOTICE_HOURS": "169"}, "FAMILYPAIR_NOTICE_HOURS: Expected `int` <= 168"),
        ({"FAMILYPAIR_DEMO": "true", "FAMILYPAIR_HOST": "0.0.0.0"}, "loopback only"),  # noqa: S104 - refused
        ({"FAMILYPAIR_DEMO_DAYS": "28"}, "FAMILYPAIR_DEMO_DAYS: only the clock of a demonstration"),
        ({"FAMILYPAIR_CONFIG": "missing.toml"}, "missing.toml"),
        ({"FAMILYPAIR_ISSUER": "ftp://pair.example"}, "FAMILYPAIR_ISSUER"),
        ({"FAMILYPAIR_DATABASE": "mysql://h/x"}, "FAMILYPAIR_DATABASE"),
        ({"FAMILYPAIR_TRUSTED_PROXIES": "proxy"}, "FAMILYPAIR_TRUSTED_PROXIES"),
    ],
)
def test_a_bad_value_names_itself(environ: dict[str, str], words: str) -> None:
    """Name, fault and the nearest valid name are in one sentence."""
    with pytest.raises(SettingsError, match=words.replace("(", r"\(")):
        load(environ)


def test_a_command_line_wins_and_is_judged_too() -> None:
    """An option is a setting like any other: over the environment, and refused when it is bad."""
    environ = {"FAMILYPAIR_PORT": "9001", "FAMILYPAIR_DEMO": "true"}
    assert load(environ, {"port": 9002}).port == 9002
    with pytest.raises(SettingsError, match="loopback only"):
        load(environ, {"host": "192.0.2.1"})


def test_proxies_are_a_list_without_holes() -> None:
    """Blanks and a comma at the end do not make a proxy that is nobody."""
    listed = load({"FAMILYPAIR_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16,"}).trusted_proxies
    assert listed == ("10.0.0.5", "10.1.0.0/16")


def test_client_variables_are_not_server_settings() -> None:
    """The terminal client's own variables do not stop a server on the same machine."""
    assert load({"FAMILYPAIR_HOME": "somewhere", "FAMILYPAIR_PROFILE": "dana"}).port == 8085


def test_issuer_defaults_to_the_address() -> None:
    """Links and metadata name where the server really is."""
    assert load({"FAMILYPAIR_PORT": "9001"}).base_url() == "http://127.0.0.1:9001"
