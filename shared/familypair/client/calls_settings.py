"""What holds for a teen, my own layer of it, and drafts of it."""

from typing import Any

from familypair.client.calls_base import MERGE_PATCH, Calls, path_of
from familypair.client.wire import Call
from familypair.schema.policies import AppliedRules
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


class SettingsCalls(Calls):
    """Settings with their reasons, and changes of my own layer."""

    async def settings(self, teen: str) -> EffectiveSettings:
        """Every field that I may see: what holds, why, and who could change it."""
        return await self._wire.ask(self._get("teens", teen, "settings"), EffectiveSettings)

    async def applied(self, teen: str) -> AppliedRules:
        """How the bound apps stand with the rules: applied, pending, unknown or advice."""
        return await self._wire.ask(self._get("teens", teen, "applied"), AppliedRules)

    async def layer(self, teen: str) -> LayerDocument:
        """My own layer with its etag."""
        return await self._wire.ask(self._get("teens", teen, "layers", "mine"), LayerDocument)

    async def patch_layer(self, teen: str, patch: dict[str, Any], *, etag: str) -> LayerSaved:
        """Change my layer by a JSON merge patch (RFC 7396): null removes, absent stays."""
        path = path_of("teens", teen, "layers", "mine")
        call = Call(method="PATCH", path=path, body=patch, etag=etag, media=MERGE_PATCH)
        return await self._wire.ask(call, LayerSaved)

    async def keep_today(self, teen: str) -> LayerSaved:
        """Keep today's values as my own rule wherever I have set none."""
        return await self._wire.ask(self._post("teens", teen, "layers", "mine", "keep"), LayerSaved)

    async def preview(self, teen: str, patch: dict[str, Any]) -> Preview:
        """What a draft of my layer would change; nothing is saved."""
        body = PreviewAsk(patch=patch)
        return await self._wire.ask(self._post("teens", teen, "preview", body=body), Preview)

    async def revert(self, teen: str, seq: int) -> LayerSaved:
        """Undo the change of my own layer that is entry `seq` of my history."""
        return await self._wire.ask(self._post("teens", teen, "ledger", seq, "revert"), LayerSaved)

    async def templates(self) -> Templates:
        """Named sets of values to start a layer from."""
        return await self._wire.ask(self._get("templates"), Templates)

    async def template_draft(self, teen: str, template: str) -> Draft:
        """What my layer would become from a template; nothing is saved."""
        body = TemplateAsk(name=template)
        call = self._post("teens", teen, "drafts", "template", body=body)
        return await self._wire.ask(call, Draft)

    async def copy_draft(self, teen: str, from_teen: str, *, lists: bool = False) -> Draft:
        """What my layer would become as a copy of my layer of another teen; nothing is saved."""
        body = CopyAsk(from_teen=from_teen, lists=lists)
        return await self._wire.ask(self._post("teens", teen, "drafts", "copy", body=body), Draft)
