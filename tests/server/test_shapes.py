"""Which values a place in a body may have."""

from typing import Annotated

import msgspec
import pytest

from familypair.reasons import Reason
from familypair.schema.invitations import NewInvitation
from familypair.schema.scopes import ALL_SCOPES
from familypair.wording import sentence
from familypair_server.problems import refusal_of_validation
from familypair_server.shapes import allowed_at


class Nested(msgspec.Struct):
    """A list of bodies, or none."""

    items: list[NewInvitation] | None = None


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (".form", "code, link"),
        (".scopes[0]", ", ".join(ALL_SCOPES)),
        (".nothing", ""),
        (".form.deeper", ""),
        ("", ""),
    ],
)
def test_the_values_of_an_enum_are_named(path: str, allowed: str) -> None:
    """At the place of an enum its values, elsewhere nothing."""
    assert allowed_at(NewInvitation, path) == allowed


def test_it_looks_inside_lists_and_unions() -> None:
    """The way leads through what may be absent."""
    assert allowed_at(Nested, ".items[...].form") == "code, link"


def test_a_value_that_looks_like_a_place_is_not_one() -> None:
    """What was sent may quote the parser's own words; the place is the last one."""
    sent = b'{"scopes":["x - at `$.form`"]}'
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(sent, type=NewInvitation)
    refusal = refusal_of_validation(caught.value, NewInvitation)
    assert refusal.pointer == "/scopes/0"
    assert refusal.params["allowed"] == ", ".join(ALL_SCOPES)


class Bounded(msgspec.Struct):
    """A list and a text, each with a least and a most."""

    items: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=2)] = (1,)
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=3)] = "abc"


@pytest.mark.parametrize(
    ("sent", "reason", "pointer", "said"),
    [
        (b'{"items":[]}', Reason.OUT_OF_RANGE, "/items", "outside what is allowed: at least 1."),
        (b'{"name":"a"}', Reason.OUT_OF_RANGE, "/name", "outside what is allowed: at least 2."),
        (b'{"items":[1,2,3]}', Reason.TOO_LONG, "/items", "too long"),
        (b'{"name":"abcd"}', Reason.TOO_LONG, "/name", "too long"),
    ],
)
def test_too_few_is_not_too_long(sent: bytes, reason: Reason, pointer: str, said: str) -> None:
    """A list or a text that is too short says how much it needs at least."""
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(sent, type=Bounded)
    refusal = refusal_of_validation(caught.value, Bounded)
    assert (refusal.reason, refusal.pointer) == (reason, pointer)
    assert said in sentence(refusal)
