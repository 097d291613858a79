"""Orders of sets: minutes of warnings, search terms, blocked contacts."""

from typing import Any, Final, cast

from familypair.reasons import Reason
from familypair.settings.bands import Kind
from familypair.settings.faults import Faults, pointer_token
from familypair.settings.orders.base import SetOrder, as_list
from familypair.settings.orders.scalar import read_integer, read_text
from familypair.settings.text import clean
from familypair.settings.values import Contact

MAX_TERMS: Final = 10_000
MAX_TERM: Final = 100
MAX_CONTACTS: Final = 1_000
MAX_NAME: Final = 128


def read_clean(raw: object, pointer: str, faults: Faults, most: int) -> str | None:
    """Cleaned text of at most `most` characters, or a refusal."""
    text = read_text(raw, pointer, faults)
    if text is None:
        return None
    if len(text) > most:
        faults.add(Reason.TOO_LONG, pointer, most=most)
        return None
    cleaned = clean(text)
    if cleaned is None:
        faults.add(Reason.BAD_TEXT, pointer)
    return cleaned


class Numbers(SetOrder[int]):
    """A few whole minutes; `always` belongs to every value and cannot be removed (A17)."""

    kind = Kind.NUMBERS

    def __init__(self, *, high: int, most: int, always: int) -> None:
        self.high = high
        self.most = most
        self.always = always

    @property
    def loosest(self) -> frozenset[int]:
        return frozenset({self.always})

    def parse(self, raw: object, pointer: str, faults: Faults) -> frozenset[int] | None:
        known = len(faults.found)
        numbers = {self.always}
        for at, item in enumerate(as_list(raw, pointer, faults, self.most)):
            number = read_integer(item, f"{pointer}/{at}", faults)
            if number is not None and not 0 <= number <= self.high:
                faults.add(Reason.OUT_OF_RANGE, f"{pointer}/{at}", low=0, high=self.high)
            elif number is not None:
                numbers.add(number)
        if len(faults.found) > known:
            return None
        if len(numbers) > self.most:
            faults.add(Reason.TOO_LONG, pointer, most=self.most)
            return None
        return frozenset(numbers)

    def encode(self, value: frozenset[int]) -> list[int]:
        return sorted(value, reverse=True)


class Terms(SetOrder[str]):
    """Words, phrases and #tags, cleaned, at most 10,000 of 100 characters."""

    kind = Kind.TERMS

    def parse(self, raw: object, pointer: str, faults: Faults) -> frozenset[str] | None:
        known = len(faults.found)
        terms: set[str] = set()
        for at, item in enumerate(as_list(raw, pointer, faults, MAX_TERMS)):
            term = read_clean(item, f"{pointer}/{at}", faults, MAX_TERM)
            if term is not None:
                terms.add(term)
        return frozenset(terms) if len(faults.found) == known else None

    def encode(self, value: frozenset[str]) -> list[str]:
        return sorted(value)


class Contacts(SetOrder[Contact]):
    """Blocked accounts as `{host, account}`; a teen's own may be `private` (A19)."""

    kind = Kind.CONTACTS

    def covers(self, strict: frozenset[Contact], loose: frozenset[Contact]) -> bool:
        return keys(strict) >= keys(loose)

    def meet(self, values: Any) -> frozenset[Contact]:
        return keys(super().meet(values))

    def parse(self, raw: object, pointer: str, faults: Faults) -> frozenset[Contact] | None:
        known = len(faults.found)
        found: dict[Contact, Contact] = {}
        for at, item in enumerate(as_list(raw, pointer, faults, MAX_CONTACTS)):
            contact = _read_contact(item, f"{pointer}/{at}", faults)
            if contact is not None:
                key = Contact(contact.host, contact.account)
                if found.setdefault(key, contact) != contact:
                    faults.add(Reason.OUT_OF_RANGE, f"{pointer}/{at}", expected="unique")
        return frozenset(found.values()) if len(faults.found) == known else None

    def encode(self, value: frozenset[Contact]) -> list[dict[str, object]]:
        return [_encode_contact(contact) for contact in sorted(value)]


def _encode_contact(contact: Contact) -> dict[str, object]:
    found: dict[str, object] = {"host": contact.host, "account": contact.account}
    return found | {"private": True} if contact.private else found


def keys(contacts: frozenset[Contact]) -> frozenset[Contact]:
    """The contacts without their owner's marks: what is blocked, not how it is shown."""
    return frozenset(Contact(c.host, c.account) for c in contacts)


def read_object(
    raw: object, pointer: str, faults: Faults, known: frozenset[str]
) -> dict[str, object] | None:
    """A JSON object whose keys are all known, or refusals that name each unknown one."""
    if not isinstance(raw, dict):
        faults.add(Reason.WRONG_TYPE, pointer, expected="object")
        return None
    members = cast("dict[str, object]", raw)
    for key in members:
        if key not in known:
            faults.add(Reason.UNKNOWN_FIELD, f"{pointer}/{pointer_token(key)}")
    return members


_CONTACT: Final = frozenset({"host", "account", "private"})


def _read_contact(raw: object, pointer: str, faults: Faults) -> Contact | None:
    members = read_object(raw, pointer, faults, _CONTACT)
    if members is None:
        return None
    host = read_clean(members.get("host"), f"{pointer}/host", faults, MAX_NAME)
    account = read_clean(members.get("account"), f"{pointer}/account", faults, MAX_NAME)
    private = members.get("private", False)
    if not isinstance(private, bool):
        faults.add(Reason.WRONG_TYPE, f"{pointer}/private", expected="boolean")
        return None
    return Contact(host, account, private) if host and account else None
