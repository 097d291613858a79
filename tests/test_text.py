"""Names that people type: good ones pass as typed, hostile ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.reasons import Reason, Refusal
from familypair.text import NAME_LIMIT, clean_line


def clean(raw: str) -> str | Refusal:
    return clean_line(raw, pointer="/name")


@pytest.mark.parametrize(
    "name", ["Mia", "Zoë", "Ærøskøbing", "李雷", "محمد", "กัญญา", "O'Neil-Sørensen", "Mia 🦊"]
)
def test_real_names_pass_as_typed(name: str) -> None:
    """Names from real scripts are kept exactly, after NFC."""
    assert clean(name) == name


def test_decomposed_letters_become_one_form() -> None:
    """The same name typed in two Unicode forms is stored once (NFC)."""
    assert clean("Zoe\u0308") == clean("Zo\u00eb") == "Zo\u00eb"


def test_blanks_are_tidied() -> None:
    """Outer blanks go and inner runs become one."""
    assert clean("  Mia   Maria ") == "Mia Maria"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Mia\n",
        "Mi\ta",
        "\x1b[31mMia",
        "Mia\x00",
        "\u202eaiM",
        "M\u2066ia",
        "M\u200bia",
        "M\u200dia",
        "\ufeffMia",
        "\u3164",
        "\u2800",
        "M\u00a0ia",
        "M\u2028ia",
        "\U000e0041",
        "\ud800",
        "\ue000",
        "\u0301",
        "M" + "\u0316" * 5,
    ],
    ids=ascii,
)
def test_hostile_names_are_refused(name: str) -> None:
    """Controls, escape codes, bidi, zero-width, invisible and stacked characters are BAD_TEXT."""
    assert clean(name) == Refusal(Reason.BAD_TEXT, "/name")


@pytest.mark.parametrize(
    "name", ["hello [@click=app.pwn]Approve[/]", "[/b]", "<script>alert(1)</script>"]
)
def test_markup_is_only_text(name: str) -> None:
    """Brackets are ordinary characters: the text stays as typed and is never interpreted here."""
    assert clean(name) == name


def test_the_limit_counts_visible_characters() -> None:
    """40 characters pass, 41 do not; marks that belong to a letter do not count."""
    assert clean("x" * NAME_LIMIT) == "x" * NAME_LIMIT
    refused = clean("x" * (NAME_LIMIT + 1))
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.params) == (Reason.TOO_LONG, {"limit": NAME_LIMIT})
    assert clean("ก\u0e31" * NAME_LIMIT) != refused


@given(st.text(max_size=80))
def test_cleaning_is_stable_and_total(raw: str) -> None:
    """Any text is either refused or cleaned, and a clean text stays as it is."""
    once = clean(raw)
    assert isinstance(once, Refusal) or clean(once) == once
