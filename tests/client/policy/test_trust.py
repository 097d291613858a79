"""Only the issuer's word about this teen to this host is taken, and never an older one."""

from collections.abc import Callable

import httpx2
import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey
from msgspec.structs import replace

from client.fake import answer
from familypair.client.policy import PolicyCache
from familypair.schema.policies import PolicyDocument, PolicySynced

from .issuer import key_of, sign
from .timeline import until
from .world import World

MIA = "sub_mia"
SYNC = "/v1/policies/sync"
KEYS = "/.well-known/jwks.json"
Forge = Callable[[PolicyDocument], str]


def _unsigned(made: PolicyDocument) -> str:
    good = sign(made, key_of("one")).split(".")
    return ".".join([good[0], good[1], ""])


def _no_algorithm(made: PolicyDocument) -> str:
    parts = _unsigned(made).split(".")
    head = jws.serialize_compact({"alg": "HS256"}, b"", OctKey.import_key("x" * 32)).split(".")[0]
    return ".".join([head, parts[1], ""])


def _as_secret(made: PolicyDocument) -> str:
    """The public key taken for a shared secret (RFC 8725 section 2.1)."""
    secret = OctKey.import_key(str(key_of("one").as_dict(private=False)["x"]))
    head = {"alg": "HS256", "kid": "one", "typ": "familypair-policy+jws"}
    return jws.serialize_compact(head, msgspec.json.encode(made), secret)


def _changed(made: PolicyDocument) -> str:
    """The payload of another document under a true signature."""
    good = sign(made, key_of("one")).split(".")
    other = sign(replace(made, restricted=not made.restricted), key_of("one")).split(".")
    return ".".join([good[0], other[1], good[2]])


FORGERIES: dict[str, Forge] = {
    "signed by a stranger": lambda made: sign(made, OKPKey.generate_key("Ed25519", {"kid": "one"})),
    "signed with an unknown key": lambda made: sign(made, key_of("stranger")),
    "not signed": _unsigned,
    "with no algorithm": _no_algorithm,
    "with the public key as a secret": _as_secret,
    "changed after it was signed": _changed,
    "a receipt": lambda made: sign(made, key_of("one"), typ="familypair-receipt+jws"),
    "of another issuer": lambda m: sign(replace(m, issuer="https://evil.example"), key_of("one")),
    "for another host": lambda made: sign(replace(made, host="cli_other"), key_of("one")),
    "of another teen": lambda made: sign(replace(made, teen="sub_leo"), key_of("one")),
    "of another version": lambda made: sign(replace(made, version=99), key_of("one")),
    "an older one": lambda made: sign(replace(made, version=1), key_of("one")),
    "of a later format": lambda made: sign(replace(made, format=2), key_of("one")),
    "not a document": lambda _: "a.b.c",
    "nothing": lambda _: "",
}


@pytest.mark.parametrize("kind", sorted(FORGERIES))
async def test_a_document_that_is_not_the_issuers_word_is_refused(kind: str) -> None:
    """The policy that was confirmed stays; the true one is taken when it comes."""
    world = World()
    world.issuer.rule(MIA, "strict")

    async def forge(request: httpx2.Request) -> httpx2.Response:
        true = msgspec.json.decode(world.net.through(request).content, type=PolicySynced)
        forged = FORGERIES[kind](world.issuer.teens[MIA])
        teens = tuple(replace(one, document=forged) for one in true.teens)
        return answer(replace(true, teens=teens))

    async with world.open() as cache:
        await world.change(cache, MIA, "off")
        world.issuer.rule(MIA, "plain")
        world.net.on(SYNC, forge)
        world.issuer.hint("policy", teen=MIA, version=3)
        await until(lambda: "refused" in world.kinds())
        assert (cache.status_of(MIA).version, cache.status_of(MIA).state) == (2, "stale")
        assert cache.decide(MIA, "search.query", text="frogs").reason == "search_off"
        await world.time.run(31)
        assert (cache.status_of(MIA).version, world.same(cache, MIA)) == (3, True)


async def test_a_new_key_of_the_issuer_is_fetched_once_a_minute_at_most() -> None:
    """After a rotation the first document brings the new keys; a stranger's brings no storm."""
    world = World()
    world.issuer.rule(MIA)
    async with world.open() as cache:
        await world.time.run(61)
        world.issuer.keys = [key_of("two")]
        fetched = world.issuer.called.count(KEYS)
        await world.change(cache, MIA, "strict")
        assert world.issuer.called.count(KEYS) == fetched + 1
        world.issuer.keys = [key_of("two"), key_of("three")]
        for _ in range(20):
            world.issuer.rule(MIA)
            world.issuer.hint("policy", teen=MIA)
            await world.time.run(1)
        assert world.issuer.called.count(KEYS) == fetched + 1
        assert cache.status_of(MIA).version == 2
        await world.time.run(90)
        assert world.issuer.called.count(KEYS) <= fetched + 3
        assert world.same(cache, MIA)


async def _loaded(cache: PolicyCache, teen: str) -> None:
    await until(lambda: cache.status_of(teen).state == "fresh")


async def test_a_version_that_was_seen_outlives_its_eviction() -> None:
    """Two places for three teens; who comes back with an older policy is refused."""
    world = World()
    for teen in ("sub_a", "sub_b", "sub_c"):
        world.issuer.rule(teen)
        world.issuer.rule(teen)
    async with world.open(max_teens=2) as cache:
        assert sum(cache.status().teens.values()) == 2
        for teen in ("sub_a", "sub_b", "sub_c"):
            cache.decide(teen, "app.use")
            await _loaded(cache, teen)
        assert cache.status_of("sub_a").state == "unknown"
        assert cache.status_of("sub_a").version == 2
        old = world.issuer.teens["sub_a"]
        world.issuer.teens["sub_a"] = replace(old, version=1)
        cache.decide("sub_a", "app.use")
        await until(lambda: "refused" in world.kinds())
        assert cache.decide("sub_a", "app.use").reason == "policy_unknown"
        world.issuer.teens["sub_a"] = old
        await world.time.run(31)
        assert world.same(cache, "sub_a")
