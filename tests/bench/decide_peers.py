"""The peers of B1 with the same policy: Cedar, Casbin, CEL, and the rule alone in Python."""

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bench.decide import Asked

Peer = Callable[[int], bool]
"""The answer to a question by its number."""
Json = dict[str, Any]
cedarpy: Any = importlib.import_module("cedarpy")
cel: Any = importlib.import_module("cel")

CEDAR: Final = """
permit(principal is Teen, action == Action::"message.receive", resource)
when { principal.audience == "everyone" };
permit(principal is Teen, action == Action::"message.receive", resource)
when { principal.audience == "friends" && context.follows_me && context.i_follow };
forbid(principal is Teen, action == Action::"message.receive", resource)
when { principal.blocked.contains(context.account) };
permit(principal is Teen, action == Action::"search.query", resource);
forbid(principal is Teen, action == Action::"search.query", resource)
when { principal.terms.containsAny(context.words) };
permit(principal is Teen, action == Action::"app.use", resource)
when { context.used < principal.limit && context.minute >= principal.opens
       && context.minute < principal.closes };
"""
CASBIN: Final = """
[request_definition]
r = s, act, c
[policy_definition]
p = act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && ok(r.s, r.act, r.c)
"""
CEL: Final = (
    '(act == "message.receive" && !(c.account in s.blocked) && (s.audience == "everyone"'
    ' || (s.audience == "friends" && c.follows_me && c.i_follow)))'
    ' || (act == "search.query" && !c.words.exists(w, w in s.terms))'
    ' || (act == "app.use" && c.used < s.limit && c.minute >= s.opens && c.minute < s.closes)'
)


def peers(families: Sequence[Mapping[str, Any]], asked: Sequence["Asked"]) -> dict[str, Peer]:
    """Every peer, ready to be asked by the number of a question."""
    teens = [_effective(one) for one in families]
    contexts = [_context(one) for one in asked]
    return {
        "cedarpy": _cedar(teens, asked, contexts),
        "pycasbin": _casbin(teens, asked, contexts),
        "CEL": _cel(teens, asked, contexts),
        "the rule without reasons": _bare(teens, asked, contexts),
    }


def _effective(family: Mapping[str, Any]) -> Json:
    """What holds, which the peers need not work out."""
    rules = family["guardians"][0]["values"]
    block = rules["schedule"]["blocks"][0]
    return {
        "audience": rules["messages"]["audience"],
        "blocked": [one["account"] for one in family["teen"]["contacts"]["blocked"]],
        "terms": rules["search"]["blocked_terms"],
        "limit": 60 * rules["screen_time"]["daily_minutes"]["wed"],
        "opens": _minute(block["end"]),
        "closes": _minute(block["start"]),
    }


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _context(one: "Asked") -> Json:
    return {
        "account": one.account,
        "follows_me": one.follows_me,
        "i_follow": one.i_follow,
        "words": one.text.split(),
        "used": one.used,
        "minute": one.now_ms // 60_000 % 1440,
    }


def _cedar(teens: Sequence[Json], asked: Sequence["Asked"], contexts: Sequence[Json]) -> Peer:
    policies = cedarpy.PolicySet.from_str(CEDAR)
    handles = [cedarpy.Entities.from_json_str(_entity(number, t)) for number, t in enumerate(teens)]

    def ask(number: int) -> bool:
        one = asked[number]
        request = {
            "principal": f'Teen::"{one.teen}"',
            "action": f'Action::"{one.action}"',
            "resource": 'App::"main"',
            "context": contexts[number],
        }
        return bool(cedarpy.is_authorized(request, policies, handles[one.teen]).allowed)

    return ask


def _entity(number: int, attributes: Json) -> str:
    uid = {"type": "Teen", "id": str(number)}
    return json.dumps([{"uid": uid, "attrs": attributes, "parents": []}])


def _casbin(teens: Sequence[Json], asked: Sequence["Asked"], contexts: Sequence[Json]) -> Peer:
    casbin: Any = importlib.import_module("casbin")
    model: Any = importlib.import_module("casbin.model").Model()
    model.load_model_from_text(CASBIN)
    enforcer = casbin.Enforcer(model)
    for action in ("message.receive", "search.query", "app.use"):
        enforcer.add_policy(action)
    enforcer.add_function("ok", _allowed)
    ready = [_sets(one) for one in teens]
    return lambda number: bool(
        enforcer.enforce(ready[asked[number].teen], asked[number].action, contexts[number])
    )


def _cel(teens: Sequence[Json], asked: Sequence["Asked"], contexts: Sequence[Json]) -> Peer:
    program = cel.compile(CEL)

    def ask(number: int) -> bool:
        one = asked[number]
        values = {"s": teens[one.teen], "act": one.action, "c": contexts[number]}
        return bool(program.execute(values))

    return ask


def _bare(teens: Sequence[Json], asked: Sequence["Asked"], contexts: Sequence[Json]) -> Peer:
    ready = [_sets(one) for one in teens]
    return lambda number: _allowed(
        ready[asked[number].teen], asked[number].action, contexts[number]
    )


def _sets(one: Json) -> Json:
    return {**one, "blocked": frozenset(one["blocked"]), "terms": frozenset(one["terms"])}


def _allowed(teen: Json, action: str, context: Json) -> bool:
    """The rule, and nothing else."""
    if action == "message.receive":
        if context["account"] in teen["blocked"]:
            return False
        friend = context["follows_me"] and context["i_follow"]
        return bool(teen["audience"] == "everyone" or (teen["audience"] == "friends" and friend))
    if action == "search.query":
        return bool(teen["terms"].isdisjoint(context["words"]))
    open_ = teen["opens"] <= context["minute"] < teen["closes"]
    return bool(open_ and context["used"] < teen["limit"])
