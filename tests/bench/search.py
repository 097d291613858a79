"""B11: word filters side by side: what they catch, what they stop by mistake, how fast they are.

All look for the same words: the single words of LDNOOBW (English), written plainly and in every way
of hiding them. False stops are counted on a dictionary (`FAMILYPAIR_WORDS`, or Debian's
`wamerican`) without the listed words, and on the questions of children (kid-FRIEND). Peers are run
in the same rounds: better-profanity, and a regex of whole words over TR39 skeletons.

The evasions are the ones of the comparison that the limits come from: its digits for letters are
`aeiost` as `431057`. Four words of the list are numbers then (`455`, `717`), which nobody can tell
from numbers.
"""

import importlib
import os
import random
import re
import statistics
import string
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bench.runner import Row
from familypair.packs import folding, standard
from familypair.rules.search import Matcher, Packs, normal

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
WORDS: Final = Path(os.environ.get("FAMILYPAIR_WORDS", "/usr/share/dict/american-english"))
TERMS: Final = 10_000
MANY: Final = 100_000
ROUNDS: Final = 7
SECONDS: Final = 0.3

profanity: Any = importlib.import_module("better_profanity").profanity
confusables: Any = importlib.import_module("confusable_homoglyphs.confusables")
Filter = Callable[[str], object]
Evasion = Callable[[str], str]


def _shift(first: int, low: str, high: str) -> Evasion:
    return lambda word: "".join(
        chr(first + ord(c) - ord(low)) if low <= c <= high else c for c in word
    )


def _swap(letters: str, others: str) -> Evasion:
    table = str.maketrans(letters, others)
    return lambda word: word.translate(table)


EVASIONS: Final[dict[str, Evasion]] = {
    "plain": str,
    "leet": _swap("aeiost", "431057"),
    "symbols": _swap("aios", "@!0$"),
    "homoglyph": _swap("aeopcxyi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456"),
    "full-width": _shift(0xFF01, "!", "~"),
    "spaced": " ".join,
    "dotted": ".".join,
    "doubled": lambda word: re.sub("([aeiou])", r"\1\1", word),
    "zero-width": "\u200b".join,
    "accents": _swap("aeiou", "\u00e1\u00e9\u00ed\u00f3\u00fa"),
    "math letters": _shift(0x1D41A, "a", "z"),
}


def _skeletons() -> dict[int, str]:
    alike: dict[str, list[dict[str, str]]] = confusables.confusables_data
    return {
        ord(one["c"]): letter
        for letter in string.ascii_lowercase
        for one in alike.get(letter, ())
        if len(one["c"]) == 1
    }


def _skeleton_filter(terms: Sequence[str]) -> Filter:
    table = _skeletons()

    def skeleton(text: str) -> str:
        plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text)).casefold()
        kept = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Mn"})
        return kept.translate(table)

    known = sorted({re.escape(skeleton(term)) for term in terms}, key=len, reverse=True)
    search = re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)").search
    return lambda text: search(skeleton(text))


def _ours(terms: Sequence[str]) -> Filter:
    matcher, letters = Matcher.of(terms), folding()
    return lambda text: matcher.hits(normal(text, letters))


def _made_up(count: int) -> list[str]:
    source = random.Random(11)  # noqa: S311 - words that mean nothing
    letters = string.ascii_lowercase
    return ["".join(source.choices(letters, k=source.randint(6, 11))) for _ in range(count)]


def _dictionary(listed: Sequence[str]) -> list[str]:
    """Words that are not listed, nor a plural of a listed one; empty where there is none."""
    if not WORDS.exists():
        return []
    known = set(listed)
    words = (line.strip() for line in WORDS.read_text(encoding="utf-8").splitlines())
    return [
        word
        for word in words
        if not word.endswith("'s") and not {word.lower(), word.lower().rstrip("s")} & known
    ]


def _questions() -> list[str]:
    text = (DATA / "kidfriend" / "topics.en.xml").read_text(encoding="utf-8")
    return re.findall(r"<query>\s*(.*?)\s*</query>", text, re.DOTALL)


def _rates(filters: dict[str, Filter], questions: Sequence[str]) -> dict[str, float]:
    """Queries a second of each, the median of interleaved rounds."""
    seen: dict[str, list[float]] = {name: [] for name in filters}
    for turn in range(ROUNDS):
        for name in list(filters)[:: 1 if turn % 2 == 0 else -1]:
            asked, look, start = 0, filters[name], time.perf_counter()
            while time.perf_counter() - start < SECONDS:
                for question in questions:
                    look(question)
                asked += len(questions)
            seen[name].append(asked / (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in seen.items()}


def _share(look: Filter, words: Sequence[str], hide: Evasion) -> float:
    return 100 * sum(bool(look(hide(word))) for word in words) / len(words)


def _packs_filter(packs: Packs) -> Filter:
    return lambda question: packs.categories(packs.read(question))


async def search() -> list[Row]:
    """Every figure of B11."""
    if not DATA.exists():
        note = f"not measured: {DATA} with the word lists of third parties is absent"
        return [Row(bench="B11", what="search match", ours=0, unit="", note=note)]
    lines = (DATA / "ldnoobw" / "en").read_text(encoding="utf-8").splitlines()
    listed = [line.strip().lower() for line in lines if line.strip()]
    words = [word for word in listed if " " not in word and word.isascii()]
    questions = _questions()
    profanity.load_censor_words(listed)
    peers: dict[str, Filter] = {
        "TR39+regex": _skeleton_filter(listed),
        "better-profanity": profanity.contains_profanity,
    }
    return [
        *_caught(_ours(listed), peers, words),
        *_false_stops({"ours": _ours(listed), **peers}, _dictionary(listed), questions),
        *_speed(listed, peers, questions),
    ]


def _caught(ours: Filter, peers: dict[str, Filter], words: Sequence[str]) -> list[Row]:
    return [
        Row(
            bench="B11",
            what=f"caught: {name}",
            ours=_share(ours, words, hide),
            unit="%",
            must=95,
            note=", ".join(f"{peer} {_share(f, words, hide):.0f} %" for peer, f in peers.items()),
        )
        for name, hide in EVASIONS.items()
    ]


def _false_stops(
    filters: dict[str, Filter], dictionary: Sequence[str], questions: Sequence[str]
) -> list[Row]:
    def count(texts: Sequence[str], look: Filter) -> int:
        return sum(bool(look(text)) for text in texts)

    def said(texts: Sequence[str]) -> str:
        others = [name for name in filters if name != "ours"]
        found = [f"{name} {count(texts, filters[name])}" for name in others]
        return f"of {len(texts)}; " + ", ".join(found)

    shared: dict[str, Any] = {"bench": "B11", "unit": "", "better": "lower"}
    rows = [
        Row(
            **shared,
            what="children's questions stopped by the project's packs",
            ours=count(questions, _packs_filter(standard())),
            must=0,
            note=f"of {len(questions)}; with the list of single words: {said(questions)}"
            f", ours {count(questions, filters['ours'])}",
        )
    ]
    if not dictionary:
        return [*rows, Row(**shared, what="false stops", ours=0, note=f"no {WORDS}: not measured")]
    stopped = count(dictionary, filters["ours"])
    return [
        *rows,
        Row(**shared, what="false stops, dictionary", ours=stopped, must=5, note=said(dictionary)),
    ]


def _speed(listed: Sequence[str], peers: dict[str, Filter], questions: Sequence[str]) -> list[Row]:
    more = [*listed, *_made_up(TERMS - len(listed))]
    many = [*listed, *_made_up(MANY - len(listed))]
    start = time.perf_counter()
    huge = _ours(many)
    loaded = time.perf_counter() - start
    rates = _rates({"ours": _ours(more), "huge": huge, **peers}, questions)
    few = f"with {len(listed)} terms"
    said = ", ".join(f"{name} {rates[name]:,.0f} {few}" for name in peers)
    return [
        Row(
            bench="B11", what="10,000 terms", ours=rates["ours"], unit="q/s", must=50_000, note=said
        ),
        Row(
            bench="B11",
            what="100,000 terms",
            ours=rates["huge"],
            unit="q/s",
            peer="ours, 10,000 terms",
            theirs=rates["ours"],
            must=0.8,
        ),
        Row(
            bench="B11", what="load 100,000 terms", ours=loaded, unit="s", must=1.0, better="lower"
        ),
    ]


BENCHES = {"B11": search}
