"""Settings over HTTP: what holds, my own layer, preview, undo, templates."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get, patch, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, Parameter

from familypair.schema.settings import (
    CopyAsk,
    Draft,
    EffectiveSettings,
    LayerDocument,
    LayerSaved,
    Preview,
    PreviewAsk,
    TemplateAsk,
    Templates,
)
from familypair.settings import Patch, parse_patch
from familypair.settings.json_schema import policy_file_schema
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.idempotency import Key, provide_key
from familypair_server.problems import Refused
from familypair_server.settings_api import drafts, edits, previews, reads, undo
from familypair_server.settings_api.bodies import if_match, json_body
from familypair_server.settings_api.edits import Judge, Parts, Write
from familypair_server.settings_api.reads import Reader
from familypair_server.settings_api.repeats import write_once
from familypair_server.settings_api.settling import run_settled
from familypair_server.settings_api.templates import TEMPLATES
from familypair_server.teens.looks import Page, record

TAGS = ["settings"]
FAMILY = [requires("guardian", "teen", "adult")]
KEYED = {"key": Provide(provide_key)}
"""Routes that write without a version: `Idempotency-Key` makes repeating them safe."""
DAY = CacheControlHeader(max_age=86_400, public=True)
"""The schema changes with a release only."""
Seq = Annotated[int, Parameter(ge=1, le=2**53)]


@get("/v1/teens/{teen_id:str}/settings", guards=FAMILY, tags=TAGS)
async def get_settings(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> Response[EffectiveSettings]:
    """What holds for this teen, field by field with its reason, as far as the caller may see."""
    seen = await ctx.store.read(reads.settings(_reader(ctx, caller, teen_id), ctx.clock()))
    await record(ctx, caller, teen_id, Page.SETTINGS)
    return Response(seen, headers={"ETag": seen.etag})


@get("/v1/teens/{teen_id:str}/layers/mine", guards=FAMILY, tags=TAGS)
async def get_layer(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> Response[LayerDocument]:
    """The caller's own layer; a field that is absent is silence."""
    seen = await ctx.store.read(reads.layer(_reader(ctx, caller, teen_id), ctx.clock()))
    return Response(seen, headers={"ETag": seen.etag})


@patch("/v1/teens/{teen_id:str}/layers/mine", guards=FAMILY, tags=TAGS)
async def patch_layer(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
) -> Response[LayerSaved]:
    """Change the caller's own layer by a JSON merge patch (RFC 7396), with `If-Match`.

    Absent fields stay, `null` removes one. 428 without `If-Match`, 412 when it is stale, 429 after
    60 writes in an hour. Every refused field is named by its pointer, and then nothing changes.
    """
    tags = if_match(request)
    change = _parsed(await json_body(request))
    ask = Write(teen_id=teen_id, caller_id=caller.account_id, if_match=tags)
    return await _write(ctx, ask, edits.by_patch(change))


@post(
    "/v1/teens/{teen_id:str}/layers/mine/keep",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def keep_today(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
) -> Response[LayerSaved]:
    """Keep today's values as the caller's own rule, wherever they have set none.

    Repeating it changes nothing more.
    """
    ask = Write(teen_id=teen_id, caller_id=caller.account_id)
    return await _write(ctx, ask, edits.by_todays_values, key)


@post(
    "/v1/teens/{teen_id:str}/ledger/{seq:int}/revert",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def revert(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
    seq: FromPath[Seq],
) -> Response[LayerSaved]:
    """Undo one of the caller's own writes, named by its number in the caller's inbox.

    `changed_since` names each field that was touched later; then nothing changes.
    """
    ask = Write(teen_id=teen_id, caller_id=caller.account_id)
    return await _write(ctx, ask, undo.by_entry(seq), key)


@post("/v1/teens/{teen_id:str}/preview", guards=FAMILY, tags=TAGS, status_code=200)
async def preview(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    data: JSONBody[PreviewAsk],
) -> Preview:
    """What a draft of the caller's layer would change; nothing is saved.

    For a draft of time: the next 7 days hour by hour, and with `see_time` the real use of the last
    28 days replayed under it and under today's rules.
    """
    draft = _parsed(data.patch)
    ask = _reader(ctx, caller, teen_id)
    found = await ctx.store.read(previews.preview(ask, draft, ctx.clock()))
    return await asyncio.to_thread(previews.worked_out, found)


@post("/v1/teens/{teen_id:str}/drafts/template", guards=FAMILY, tags=TAGS, status_code=200)
async def template_draft(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    data: JSONBody[TemplateAsk],
) -> Draft:
    """A template as a draft of the caller's layer, with its diff; nothing is saved."""
    ask = _reader(ctx, caller, teen_id)
    return await ctx.store.read(drafts.from_template(ask, data, ctx.clock()))


@post("/v1/teens/{teen_id:str}/drafts/copy", guards=FAMILY, tags=TAGS, status_code=200)
async def copy_draft(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    data: JSONBody[CopyAsk],
) -> Draft:
    """The caller's layer of another of their teens as a draft, with its diff; nothing is saved.

    What this teen's band or this link's permissions do not allow is skipped, with the reason.
    """
    ask = _reader(ctx, caller, teen_id)
    return await ctx.store.read(drafts.from_sibling(ask, data, ctx.clock()))


@get("/schema/policy.json", tags=["service"], opt={"public": True}, cache_control=DAY)
async def policy_schema() -> dict[str, Any]:
    """The JSON Schema of a policy file, for editors and checks (`familypair policy pull`)."""
    return policy_file_schema()


@get("/v1/templates", guards=FAMILY, tags=TAGS)
async def templates() -> Templates:
    """Named sets of values per age band, to start a layer from."""
    return TEMPLATES


async def _write(
    ctx: Context, ask: Write, judge: Judge, key: Key | None = None
) -> Response[LayerSaved]:
    parts = Parts(
        keys=ctx.keys, random=ctx.random, writes_per_hour=ctx.settings.layer_writes_per_hour
    )
    now = ctx.clock()
    saved = await run_settled(ctx, write_once(parts, ask, judge, now, key), now)
    return Response(saved, headers={"ETag": saved.layer.etag})


def _parsed(document: object) -> Patch:
    parsed = parse_patch(document)
    if isinstance(parsed, Patch):
        return parsed
    raise Refused(*parsed)


def _reader(ctx: Context, caller: Caller, teen_id: str) -> Reader:
    return Reader(teen_id=teen_id, caller_id=caller.account_id, keys=ctx.keys)


ROUTES = [
    get_settings,
    get_layer,
    patch_layer,
    keep_today,
    revert,
    preview,
    template_draft,
    copy_draft,
    templates,
    policy_schema,
]
