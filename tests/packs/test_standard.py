"""The project's own packs: what they stop, what they let pass, and the searches for help."""

import re
from pathlib import Path

import pytest

from familypair.packs import folding, shipped, standard
from familypair.rules.search import Matcher
from familypair.rules.search.packs import HELP
from familypair.settings import CATEGORIES

DATA = Path(__file__).parents[3] / "shared" / "data" / "kidfriend" / "topics.en.xml"
HONEST = (
    "what is a period",
    "when will my breasts grow",
    "how do i put on a condom",
    "is it normal to have pubic hair",
    "what is masturbation",
    "what is sex",
    "what is porn",
    "what does wtf mean",
    "am i gay",
    "breast cancer",
    "the nazi party 1933",
    "holocaust memorial",
    "weapons of the first world war",
    "drugs and the brain",
    "effects of alcohol on teenagers",
    "how to stop vaping",
    "dick whittington",
    "moby dick",
    "cockatoo",
    "Scunthorpe United",
    "Essex cricket",
    "a glass of class",
    "blue tit bird",
    "chicken breast recipe",
    "hoe garden",
    "subway surfers",
    "fire safety challenge",
    "buy weed killer",
    "nude colour lipstick",
    "shooting stars",
    "suicide squad game",
    "virginia woolf",
    "wie bekommt man die tage",
    "was ist sex",
    "por qué tengo la regla",
)


def found(text: str) -> set[str]:
    """The categories of a text."""
    packs = standard()
    return set(packs.categories(packs.read(text)))


def test_every_category_has_words_in_three_languages() -> None:
    """And help in more; every pack says what it is."""
    have = {(pack.category, pack.language) for pack in shipped()}
    want = {(one.name, language) for one in CATEGORIES for language in ("en", "de", "es")}
    assert have >= want | {(HELP, language) for language in ("en", "de", "es", "fr", "tr", "ar")}
    assert all(pack.source and pack.version and pack.terms for pack in shipped())
    assert all(pack.licence == "Apache-2.0" for pack in shipped())


def test_every_term_is_found_in_its_category() -> None:
    """No term of a pack is dead, and none lets itself pass."""
    packs = standard()
    for pack in shipped():
        for term in pack.terms:
            text = packs.read(term)
            if pack.category == HELP:
                assert packs.is_help(text), (pack.name, term)
            else:
                assert pack.category in packs.categories(text), (pack.name, term)
                assert not packs.is_help(text), (pack.name, term)


@pytest.mark.parametrize("text", HONEST)
def test_honest_questions_pass(text: str) -> None:
    """Health, school, names and places."""
    assert found(text) == set()


def test_the_questions_of_children_pass() -> None:
    """All of kid-FRIEND, with the longer descriptions; says so when the data is absent."""
    if not DATA.exists():
        pytest.skip(f"no {DATA}")
    pattern = r"<(?:query|description)>\s*(.*?)\s*</"
    texts = re.findall(pattern, DATA.read_text(encoding="utf-8"), re.DOTALL)
    assert len(texts) >= 100
    assert {text: found(text) for text in texts if found(text)} == {}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("free p0rn", "sexual_content"),
        ("porn what is porn videos", "sexual_content"),
        ("pro-ana tips", "eating_disorder_promotion"),
        ("buy w e e d", "drugs"),
        ("Online-Casino", "gambling"),
        ("how to make a b0mb", "weapons"),
        ("suicide methods", "self_harm_promotion"),
        ("tide pod challenge", "dangerous_challenges"),
    ],
)
def test_what_a_pack_is_for_is_stopped(text: str, category: str) -> None:
    """In plain evasions too; an honest question beside it opens nothing."""
    assert category in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "childline",
        "child-line number",
        "suicide hotline uk",
        "i want to die",
        "I WANT TO KILL MYSELF",
        "how to stop self harm",
        "my dad hits me what do i do",
        "was i raped",
        "am i being groomed",
        "blackmailed with nudes",
        "nummer gegen kummer",
        "ich will sterben",
        "je veux mourir",
        "quiero morir",
        "хочу умереть",
        "我想死",
        "أريد أن أموت",
    ],
)
def test_searches_for_help_are_help(text: str) -> None:
    """In several languages, and in other words around them."""
    packs = standard()
    assert packs.is_help(packs.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is 17 + 4",
        "suicide methods",
        "porsche 911",
        "dance",
        "hotline miami gameplay",
        "hotline bling lyrics",
        "bullying song",
        "overdose lyrics",
        "chantage shakira",
    ],
)
def test_what_is_no_search_for_help(text: str) -> None:
    """Words near to help are not help."""
    packs = standard()
    assert not packs.is_help(packs.read(text))


def test_help_passes_with_other_words_and_they_are_noticed() -> None:
    """Nobody blocks a search for help; what stands beside it is no way round the rules."""
    packs = standard()
    mixed, plain = packs.read("childline porn"), packs.read("childline number")
    assert packs.is_help(mixed)
    assert packs.beside_help(mixed)
    assert packs.is_help(plain)
    assert not packs.beside_help(plain)
    assert packs.beside_help(plain, [Matcher.of(["number"])])
    assert not packs.beside_help(plain, [Matcher.of(["childline"])])


@pytest.mark.parametrize(
    "text",
    [
        "suicide squad full movie",
        "childline miami",
        "notrufnummer hamburg film",
        "自杀 电影",
        "suicidio canción",
    ],
)
def test_a_search_for_help_with_other_words_is_about_something_else_too(text: str) -> None:
    """It passes, and the host shows only what suits the age."""
    packs = standard()
    asked = packs.read(text)
    assert packs.is_help(asked)
    assert packs.beside_help(asked)


@pytest.mark.parametrize(
    "text",
    [
        "suicide hotline uk",
        "how to get help for self harm please",
        "what is the number of childline?",
        "my dad hits me what do i do",
        "i am being bullied at my school",
        "自杀怎么办",
        "我想死",
        "nummer gegen kummer telefon",
        "où trouver de l'aide je veux mourir",
    ],
)
def test_filler_beside_help_is_nothing_else(text: str) -> None:
    """`how`, `number`, `please`: the search is for help alone."""
    packs = standard()
    asked = packs.read(text)
    assert packs.is_help(asked)
    assert not packs.beside_help(asked)


def test_every_phrase_for_help_is_about_help_alone() -> None:
    """As it stands."""
    packs = standard()
    phrases = [term for one in shipped() if one.category == HELP for term in one.terms]
    assert [term for term in phrases if packs.beside_help(packs.read(term))] == []


def test_an_allowed_term_opens_only_what_lies_inside_it() -> None:
    """A12: `sex tape museum` opens that, and not a second match beside it."""
    packs = standard()
    allowed = Matcher.of(["sex tape museum", "casino"])
    assert packs.categories(packs.read("the sex tape museum"), allowed) == frozenset()
    both = packs.read("sex tape museum sex tape")
    assert packs.categories(both, allowed) == {"sexual_content"}
    assert packs.categories(packs.read("online casino"), allowed) == {"gambling"}


def test_the_words_that_are_no_evasion_are_loaded() -> None:
    """Only words: what the file says about itself is none. Without them `good` would be `god`."""
    known = folding().known
    assert len(known) > 500
    assert {"good", "shoot", "hölle", "perro"} <= known
    assert all(word.isalpha() and word == word.lower() for word in known)
    assert not Matcher.of(["god"]).hits(standard().read("good"))
    assert Matcher.of(["god"]).hits(standard().read("goood"))
