"""Pack files: any list of one term per line, with or without a head."""

from pathlib import Path

import pytest

from familypair.packs import About, PackError, load, read
from familypair.rules.search import Packs

HEAD = "# category: drugs\n# severity: 2\n# language: en\n# licence: CC0-1.0\n# version: 7\n"
ABOUT = About(name="mine")


def faults(text: str, about: About = ABOUT) -> list[str]:
    """What is wrong with a file."""
    with pytest.raises(PackError) as raised:
        read(text, about)
    return [str(fault) for fault in raised.value.faults]


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    """Head, terms, notes after a tab, tags, what passes; a BOM and CRLF are no part of it."""
    file = tmp_path / "mine.txt"
    raw = f"{HEAD}# a remark\n\nbuy  weed\ta note\n#plug\n!buy weed killer\n".replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + raw.encode())
    pack = load(file)
    assert (pack.name, pack.category, pack.severity, pack.version) == ("mine", "drugs", 2, "7")
    assert (pack.terms, pack.passes) == (("#plug", "buy weed"), ("buy weed killer",))
    packs = Packs.of([pack])
    assert packs.categories(packs.read("buy weed killer")) == frozenset()
    assert packs.categories(packs.read("buy weed")) == {"drugs"}


def test_the_caller_can_say_it_for_a_plain_list() -> None:
    """What the caller says wins; equal content has an equal digest, whatever its order."""
    said = About(name="mine", category="hate", severity=3, language="en", licence="MIT")
    one, other = read("a\nb\n", said), read("b\na", said)
    assert one == other
    assert len(one.digest) == 64
    assert read("a\nc", said).digest != one.digest
    assert read(HEAD + "a", said).category == "hate"


def test_every_bad_line_is_named() -> None:
    """With its number; all of them at once."""
    text = f"{HEAD}good\nbad\u202eword\n{'x' * 101}\n...\ngood\n"
    assert faults(text) == [
        "line 7: has characters that cannot be seen or are not text",
        "line 8: has 101 letters; at most 100",
        "line 9: has no letter to look for",
        "line 10: repeats line 6",
    ]


def test_what_is_missing_is_named() -> None:
    """Category, severity, language, licence, and at least one term."""
    found = faults("", About(category="chess"))
    assert [one.split(" ")[0] for one in found] == [
        "category",
        "severity",
        "name",
        "language",
        "licence",
        "no",
    ]


@pytest.mark.parametrize("severity", ["9" * 5_000, "22", "two", "-1", ""])
def test_a_severity_is_one_digit(severity: str) -> None:
    """However it is written, the file is refused with words and never with another error."""
    text = HEAD.replace("severity: 2", f"severity: {severity}") + "good"
    assert faults(text) == ["severity is 1 (mild), 2 (plain) or 3 (strong)"]


def test_what_is_no_text_is_no_pack(tmp_path: Path) -> None:
    """The first bad line is named."""
    file = tmp_path / "x.txt"
    file.write_bytes(HEAD.encode() + b"ok\n\xff\xfe\n")
    with pytest.raises(PackError) as raised:
        load(file)
    assert str(raised.value) == "line 7: is not UTF-8 text"
