"""Pack files: lines `# key: value`, then one term per line; what follows a tab is a note.

A plain list without a head is a pack as well, when the caller says what it is about. A line that
starts with `# ` is a remark; `#tag` is a term; `!` before a phrase lets it pass: what the pack
finds inside of it is not stopped.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from familypair.rules.search.matcher import Matcher
from familypair.rules.search.packs import HELP, Pack
from familypair.settings import CATEGORIES
from familypair.settings.text import clean

MOST_TERMS: Final = 200_000
MOST_LETTERS: Final = 100
PASS: Final = "!"  # noqa: S105 - it lets a phrase pass
MOST_FAULTS: Final = 50
SEVERITIES: Final = (1, 2, 3)
KINDS: Final = frozenset({HELP, *(category.name for category in CATEGORIES)})
"""Every category that a pack may have."""
_MOST_ABOUT: Final = 200


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, and in which line (from 1; 0 means the file as a whole)."""

    line: int
    words: str

    def of(self, file: str) -> str:
        """The fault as a sentence about this file, without its full stop."""
        return f"line {self.line} of {file} {self.words}" if self.line else f"{file}: {self.words}"

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}" if self.line else self.words


class PackError(Exception):
    """The file is no pack."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack says about itself; what is empty here is taken from the file's head."""

    name: str = ""
    category: str = ""
    severity: int = 0
    language: str = ""
    licence: str = ""
    source: str = ""
    version: str = ""


def load(path: Path, about: About | None = None) -> Pack:
    """The pack in a UTF-8 file; its name is the file's, unless one is given. `PackError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PackError([Fault(line, "is not UTF-8 text")]) from None
    return read(text, _over(about or About(), {"name": path.stem}))


def read(text: str, about: About) -> Pack:
    """The pack in a text. What `about` says wins over the file's head. `PackError`."""
    head: dict[str, str] = {}
    terms: dict[str, int] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("# ", "#\t")) or line.strip() in {"", "#"}:
            key, colon, value = line[1:].partition(":")
            if colon and not terms:
                head.setdefault(key.strip(), value.strip())
            continue
        _read_term(line.partition("\t")[0], number, terms, faults)
    said = _over(about, head)
    faults += _wrong(said, terms)
    if faults:
        raise PackError(faults[:MOST_FAULTS])
    return made(
        said,
        (line for line in terms if not line.startswith(PASS)),
        (line.removeprefix(PASS) for line in terms if line.startswith(PASS)),
    )


def made(about: About, terms: Iterable[str], passes: Iterable[str] = ()) -> Pack:
    """The pack of checked parts, with its digest: equal content, equal digest."""
    pack = Pack(
        name=about.name,
        category=about.category,
        severity=about.severity,
        language=about.language,
        licence=about.licence,
        source=about.source,
        version=about.version,
        terms=tuple(sorted(set(terms))),
        passes=tuple(sorted(set(passes))),
    )
    raw = msgspec.json.encode(pack, order="deterministic")
    return msgspec.structs.replace(pack, digest=hashlib.sha256(raw).hexdigest())


def _read_term(raw: str, line: int, terms: dict[str, int], faults: list[Fault]) -> None:
    term = clean(raw)
    if term is None:
        faults.append(Fault(line, "has characters that cannot be seen or are not text"))
    elif len(term) > MOST_LETTERS:
        faults.append(Fault(line, f"has {len(term)} letters; at most {MOST_LETTERS}"))
    elif not Matcher.of([term]):
        faults.append(Fault(line, "has no letter to look for"))
    elif term in terms:
        faults.append(Fault(line, f"repeats line {terms[term]}"))
    else:
        terms[term] = line


def _over(about: About, head: dict[str, str]) -> About:
    said: dict[str, Any] = msgspec.structs.asdict(about)
    for key, value in head.items():
        if key in said and not said[key]:
            said[key] = _severity(value) if key == "severity" else value
    return About(**said)


def _severity(value: str) -> int:
    """The number, or 0, which is none of them; a digit of another script is a digit too."""
    return int(value) if len(value) == 1 and value.isdecimal() else 0


def _wrong(about: About, terms: dict[str, int]) -> list[Fault]:
    found: list[Fault] = []
    if about.category not in KINDS:
        found.append(Fault(0, f"category is none of: {', '.join(sorted(KINDS))}"))
    if about.severity not in SEVERITIES:
        found.append(Fault(0, "severity is 1 (mild), 2 (plain) or 3 (strong)"))
    missing = [name for name in ("name", "language", "licence") if not getattr(about, name)]
    found += [Fault(0, f"{name} is missing") for name in missing]
    if any(len(str(value)) > _MOST_ABOUT for value in msgspec.structs.asdict(about).values()):
        found.append(Fault(0, f"a value of the head is longer than {_MOST_ABOUT} characters"))
    if not terms:
        found.append(Fault(0, "no terms"))
    if len(terms) > MOST_TERMS:
        found.append(Fault(0, f"{len(terms)} terms; at most {MOST_TERMS}"))
    return found
