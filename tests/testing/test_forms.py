"""Reading forms as a browser without JavaScript does."""

from familypair.testing.forms import read_forms

PAGE = """
<form method="post" action="/one"><input type="hidden" name="csrf" value="a&amp;b">
<input name="typed"><input type="submit">
<select name="zone"><option value="x">X</option><option value="y" selected>Y</option></select>
<select name="none"><option value="x">X</option></select>
<button name="decision" value="deny">No</button><button>Go</button></form>
<input name="outside" value="1">
<form action="/two"><input name="second" value="2"></form>
"""


def test_every_form_with_what_it_would_send() -> None:
    """Hidden values, selected options and buttons; controls outside of forms do not count."""
    first, second = read_forms(PAGE)
    assert (first.action, first.method) == ("/one", "post")
    assert first.fields == {"csrf": "a&b", "typed": "", "zone": "y", "none": ""}
    assert first.buttons == [("decision", "deny"), ("", "")]
    assert (second.action, second.method, second.fields) == ("/two", "get", {"second": "2"})


def test_a_page_without_forms() -> None:
    """Has none."""
    assert read_forms("<p>Hello</p>") == []
