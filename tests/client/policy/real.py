"""The real application as a cache's server: requests and streams through ASGI, in one loop."""

import asyncio
from collections.abc import AsyncGenerator, MutableMapping
from typing import Any

import httpx2

STREAM = "/v1/policies/stream"


class _Body(httpx2.AsyncByteStream):
    """What the application sends, as it sends it; closing it hangs up."""

    def __init__(self, chunks: "asyncio.Queue[bytes | None]", hang_up: asyncio.Event) -> None:
        self._chunks = chunks
        self._hang_up = hang_up

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        while (chunk := await self._chunks.get()) is not None:
            yield chunk

    async def aclose(self) -> None:
        self._hang_up.set()


class AppNet(httpx2.AsyncBaseTransport):
    """A network to one application; it can be cut, and its streams dropped."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.cut = False
        self._plain = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self._streams: set[asyncio.Queue[bytes | None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.cut:
            raise httpx2.ConnectError("the network is cut")
        if request.url.path != STREAM:
            return await self._plain.handle_async_request(request)
        return await self._stream(request)

    def drop(self) -> None:
        """Break every open stream."""
        for chunks in self._streams:
            chunks.put_nowait(None)
        self._streams.clear()

    async def _stream(self, request: httpx2.Request) -> httpx2.Response:
        chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        hang_up = asyncio.Event()
        started: asyncio.Future[tuple[int, Any]] = asyncio.get_running_loop().create_future()

        async def receive() -> dict[str, Any]:
            await hang_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                started.set_result((message["status"], message["headers"]))
                return
            if message.get("body"):
                chunks.put_nowait(message["body"])
            if not message.get("more_body"):
                chunks.put_nowait(None)

        task = asyncio.create_task(self.app(_scope(request), receive, send))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        status, headers = await started
        self._streams.add(chunks)
        return httpx2.Response(status, headers=headers, stream=_Body(chunks, hang_up))


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("192.0.2.1", 1),
        "server": ("pair.example", 443),
    }
