"""The fast writing of answers is the schema's own, member for member."""

from random import Random

import msgspec
import pytest

from familypair.reasons import Reason
from familypair.rules.decide.model import Decision
from familypair.schema.decisions import Evaluated
from familypair.schema.policies import By, Help
from familypair.settings.search_fields import CATEGORIES
from familypair.wording_decisions import DECISIONS
from familypair_server.decisions import written as module
from familypair_server.decisions.written import plainly, written

BASE = 1_795_000_000_000
ANSWER = msgspec.json.Decoder(Evaluated, strict=True)


def decision(random: Random) -> Decision:
    """Any values beside each other, also those that no rule puts together."""
    pick = random.choice
    instants = (None, BASE, BASE + 999, BASE + random.randrange(10**10))
    return Decision(
        outcome=pick(("allow", "ask", "deny")),
        reason=pick(list(DECISIONS)),
        decided_by=pick(list(By)),
        policy_version=random.randrange(10**9),
        valid_until_ms=BASE + random.randrange(10**6),
        minutes_left=pick((None, 0, 7, 15, "more_than_15")),
        use_as_of_ms=pick(instants),
        until_ms=pick(instants),
        restricted=pick((False, True)),
        calm=pick((False, True)),
        kind=pick(("", "sleep")),
        category=pick(("", CATEGORIES[0].name, CATEGORIES[-1].name)),
        term=pick(("", "", "", 'a "quoted" \\ wörd')),
        help=pick((None, None, None, Help(country="IE"))),
        ask=pick(("", "minutes", "settings")),
        field=pick(("", "messages.audience")),
    )


def test_an_answer_is_what_the_schema_says() -> None:
    """2,000 mixed decisions read back as the value that the schema makes of them."""
    random = Random(7)  # noqa: S311 - test data
    for _ in range(2_000):
        one = decision(random)
        assert ANSWER.decode(written(one)) == ANSWER.decode(plainly(one)), one
        assert written(one) == written(one)


def test_what_is_kept_for_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many different answers there are."""
    monkeypatch.setattr(module, "_MOST", 10)
    heads: dict[object, bytes] = {}
    monkeypatch.setattr(module, "_heads", heads)
    random = Random(8)  # noqa: S311 - test data
    for _ in range(100):
        written(decision(random))
    assert 0 < len(heads) <= 10


def test_another_way_of_writing_instants_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are cut out of what the schema writes; a change there must not pass in silence."""
    monkeypatch.setattr(module, "_heads", {})

    def otherwise(_: Decision) -> bytes:
        return b'{"decision":true,"context":{}}'

    monkeypatch.setattr(module, "plainly", otherwise)
    one = Decision(
        outcome="allow",
        reason=Reason.ALLOWED,
        decided_by=By.PLATFORM,
        policy_version=1,
        valid_until_ms=BASE,
    )
    with pytest.raises(AssertionError, match="otherwise"):
        written(one)
