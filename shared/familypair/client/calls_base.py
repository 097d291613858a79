"""What every group of calls needs: paths, bodies and keys."""

from dataclasses import replace
from urllib.parse import quote

from familypair.client.wire import Call, Wire
from familypair.schema.base import Ask

MERGE_PATCH = "application/merge-patch+json"


def path_of(*parts: str | int) -> str:
    """A path below /v1; every part is one segment whatever it holds."""
    return "/v1/" + "/".join(quote(str(part), safe="") for part in parts)


class Calls:
    """The base of the groups; `FamilyPairing` sets the wire."""

    _wire: Wire

    def _get(self, *parts: str | int, **query: str) -> Call:
        return Call(method="GET", path=path_of(*parts), query=query)

    def _post(self, *parts: str | int, body: Ask | None = None) -> Call:
        return Call(method="POST", path=path_of(*parts), body={} if body is None else body)

    def _create(self, *parts: str | int, body: Ask | None = None, key: str = "") -> Call:
        return replace(self._post(*parts, body=body), key=key or self._wire.around.key())

    def _delete(self, *parts: str | int) -> Call:
        return Call(method="DELETE", path=path_of(*parts))
