"""Making an account: the neutral age screen, names, passwords, places (product.md section 2)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from familypair.testing.forms import read_forms
from familypair_server.accounts import statements as sql
from familypair_server.storage import Store, Txn, open_store, transaction
from support.server import PASSWORD, Person, Running, running

TODAY = "2026-11-22"


@transaction
def counted(day: str) -> Txn[int | None]:
    """How many sign-ups the age screen refused on a day."""
    return (yield from sql.refusals.one(day=day))


async def new_person(server: Running) -> Person:
    """A browser that nobody signed in with."""
    return Person(server, await server.browser())


async def test_everybody_is_asked_for_the_birth_date_first(server: Running) -> None:
    """The first page asks it and nothing else, and gives no hint of a threshold."""
    person = await new_person(server)
    text = (await person.web.get("/signup")).text
    form = read_forms(text)[0]
    assert set(form.fields) == {"csrf", "next", "birth_date"}
    for hint in ("13", "18", "adult", "teen", "old enough", "min=", "max="):
        assert hint not in text.replace(form.fields["csrf"], "")


@pytest.mark.parametrize(
    ("birth", "kind"),
    [
        ("2013-11-22", "teen"),
        ("2008-11-23", "teen"),
        ("2008-11-22", "guardian"),
        ("1950-01-01", "guardian"),
    ],
)
async def test_the_birth_date_decides_the_kind(server: Running, birth: str, kind: str) -> None:
    """13 today is a teen, 17 and 364 days too; 18 today is a guardian by declaration."""
    person = await new_person(server)
    await person.sign_up(birth_date=birth)
    await person.sign_in_app()
    me = (await person.me()).json()
    assert me["kind"] == kind
    assert me.get("assurance") == ("declared" if kind == "guardian" else None)


@pytest.mark.parametrize(
    ("birth", "band", "changes_on"),
    [
        ("2012-05-04", "13-15", "2028-06-01"),
        ("2010-11-22", "13-15", "2026-12-01"),
        ("2010-10-31", "16-17", "2028-11-01"),
        ("2008-12-31", "16-17", "2027-01-01"),
    ],
)
async def test_only_the_band_and_its_change_are_kept(
    server: Running, birth: str, band: str, changes_on: str
) -> None:
    """The band changes on the first day of the month after the birthday."""
    person = await new_person(server)
    await person.sign_up(birth_date=birth)
    await person.sign_in_app()
    me = (await person.me()).json()
    assert (me["band"], me["band_changes_on"]) == (band, changes_on)


async def test_under_thirteen_keeps_nothing_but_a_count(server: Running) -> None:
    """One day short of 13: a polite page, no account, one more on the day's counter."""
    person = await new_person(server)
    refused = await person.submit("/signup", {"birth_date": "2013-11-23"})
    assert refused.status_code == 403
    assert "We cannot make an account for you now" in refused.text
    assert await server.store.read(counted(TODAY)) == 1
    cookie = refused.headers.get_list("set-cookie")[-1]
    assert cookie.startswith("__Host-fp_wait=")
    assert "Max-Age=86400" in cookie


async def test_another_date_within_a_day_gets_the_same_refusal(server: Running) -> None:
    """The retry is refused with the same bytes and not counted; after 25 h it is asked anew."""
    person = await new_person(server)
    page = await person.web.get("/signup")
    refused = await person.send(page, {"birth_date": "2013-11-23"})
    again = await person.send(page, {"birth_date": "1984-02-29"})
    assert (again.status_code, again.text) == (refused.status_code, refused.text)
    assert (await person.web.get("/signup")).text == refused.text
    assert await server.store.read(counted(TODAY)) == 1
    server.clock.tick(timedelta(hours=25))
    assert (await person.submit("/signup", {"birth_date": "1984-02-29"})).status_code == 200


async def test_the_cookie_identifies_nobody(server: Running) -> None:
    """Two people who are refused within one hour carry the very same cookie."""
    cookies: list[str] = []
    for minutes in (0, 30):
        server.clock.tick(timedelta(minutes=minutes))
        person = await new_person(server)
        await person.submit("/signup", {"birth_date": "2016-01-01"})
        cookies.append(person.web.cookies["__Host-fp_wait"])
    assert cookies[0] == cookies[1]


async def test_a_forged_cookie_means_nothing(server: Running) -> None:
    """Nobody can be locked out by a made-up cookie."""
    person = await new_person(server)
    person.web.cookies.set("__Host-fp_wait", "99999999.00", domain="pair.example", path="/")
    assert (await person.submit("/signup", {"birth_date": "1984-02-29"})).status_code == 200


async def test_a_slip_in_the_date_is_asked_again(server: Running) -> None:
    """No date, a future one, an impossible one: the field says so and nothing is counted."""
    person = await new_person(server)
    for birth in ("", "yesterday", "2026-11-23", "1900-01-01", "2012-02-30", "2012"):
        reply = await person.submit("/signup", {"birth_date": birth})
        assert reply.status_code == 400, birth
        assert "year-month-day" in reply.text
    assert await server.store.read(counted(TODAY)) is None


async def test_the_age_screen_cannot_be_skipped_or_altered(server: Running) -> None:
    """The second form works with the sealed result of the first, for one hour."""
    person = await new_person(server)
    details = await person.submit("/signup", {"birth_date": "2012-05-04"})
    form = read_forms(details.text)[0]
    wish = {"name": "Mia", "login": "mia", "password": PASSWORD, "country": "IE", "zone": "UTC"}
    sealed = form.fields["age"]
    for age in ("", "00", sealed[:-1] + ("1" if sealed.endswith("0") else "0")):
        assert (await person.send(details, {**wish, "age": age})).status_code == 409
    server.clock.tick(timedelta(minutes=61))
    late = await person.send(details, wish)
    assert "start again" in late.text
    fresh = await person.submit("/signup", {"birth_date": "2012-05-04"})
    assert (await person.send(fresh, wish)).status_code == 303


async def test_the_sign_in_name_gets_digits(server: Running) -> None:
    """Two people may choose one name; both get it with digits and neither hears of the other."""
    names: set[str] = set()
    for _ in range(3):
        person = await new_person(server)
        await person.sign_up(login=" Mia ")
        names.add(person.login)
        assert person.login.startswith("mia-")
        assert person.login[4:].isdigit()
        assert len(person.login) == 8
    assert len(names) == 3


async def test_the_sign_in_name_is_shown_at_the_end(server: Running) -> None:
    """After sign-up the account page says it large, and how to go on."""
    person = await new_person(server)
    page = await person.web.get("/signup?next=device")
    details = await person.send(page, {"birth_date": "1984-02-29"})
    wish = {"name": "Dana", "login": "dana", "password": PASSWORD, "country": "IE", "zone": "UTC"}
    done = await person.send(details, wish)
    assert done.headers["location"] == "/account?new=1&next=device"
    text = (await person.web.get(done.headers["location"])).text
    assert "Write your sign-in name down now" in text
    assert 'href="/device"' in text


GOOD = {
    "name": "Mia Smith",
    "login": "mia",
    "password": PASSWORD,
    "country": "IE",
    "zone": "Europe/Dublin",
}


BAD = [
    ("name", ""),
    ("name", "   "),
    ("name", "\u202eaiM"),
    ("name", "Mia\x1b[31m"),
    ("name", "x" * 41),
    ("login", "m"),
    ("login", "x" * 25),
    ("login", "mia smith"),
    ("login", "<mia>"),
    ("login", "mi\u200ba"),
    ("password", "too short"),
    ("password", "x" * 257),
    ("password", "password password"),
    ("password", "123456789012345678"),
    ("password", "Mia Smith Mia Smith"),
    ("country", ""),
    ("country", "XX"),
    ("country", "ie"),
    ("zone", ""),
    ("zone", "Mars/Olympus"),
    ("zone", "../../etc/passwd"),
]


async def test_a_bad_field_is_named_and_nothing_is_made(server: Running) -> None:
    """The twin with the good value passes; a bad one gets a sentence beside its field."""
    person = await new_person(server)
    page = await person.submit("/signup", {"birth_date": "2012-05-04"})
    for field, value in BAD:
        page = await person.send(page, {**GOOD, field: value})
        assert page.status_code == 422, (field, value)
        assert f'id="{field}-problem"' in page.text
        assert page.text.count('class="problem"') == 1
        assert PASSWORD not in page.text
    assert (await person.send(page, GOOD)).status_code == 303


async def test_a_nul_is_refused(server: Running) -> None:
    """No field takes a NUL."""
    person = await new_person(server)
    details = await person.submit("/signup", {"birth_date": "2012-05-04"})
    assert (await person.send(details, {**GOOD, "name": "Mia\x00"})).status_code == 400


async def test_a_long_pasted_password_works(server: Running) -> None:
    """256 characters of any script, spaces included, in either Unicode form (NIST 800-63B-4)."""
    person = await new_person(server)
    long = "zu\u0308rich is a city of lakes " * 9
    await person.sign_up(password=long[:256])
    assert (await person.sign_in(long[:256].replace("u\u0308", "\u00fc"))).status_code == 303


async def test_no_birth_date_and_no_secret_is_at_rest(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """The stolen database file holds no password, token, code, cookie or birth date (t7b)."""
    shutil.copy(sqlite_template, tmp_path / "stolen.db")
    store: Store = await open_store(f"sqlite:///{tmp_path}/stolen.db")
    try:
        async with running(store, tmp_path) as server:
            person = await new_person(server)
            await person.sign_up(birth_date="2012-05-04")
            tokens = await person.sign_in_app()
            secrets = [PASSWORD, "2012-05-04", "13-15", "2028-06-01", *tokens.values()]
            secrets.append(person.web.cookies["__Host-fp_session"])
            await person.step_up()
            secrets += [person.tokens["access_token"], person.tokens["refresh_token"]]
            blob = everything_in(tmp_path)
            texts = [s for s in secrets if isinstance(s, str) and s not in {"Bearer", "family"}]
            assert [text for text in texts if text.encode() in blob] == []
    finally:
        await store.close()


def everything_in(folder: Path) -> bytes:
    """The database file and its journal."""
    return b"".join(file.read_bytes() for file in folder.glob("stolen.db*"))
