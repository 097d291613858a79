"""A network that a test can cut, slow down and make lie, between a cache and a server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx2

Fault = Callable[[httpx2.Request], Awaitable[httpx2.Response]]
HELLO = b'event: hello\ndata: {"now":"2026-11-23T10:00:00Z"}\n\n'


class _Body(httpx2.AsyncByteStream):
    """The bytes of a stream as they come; an exception in the queue is raised."""

    def __init__(self, net: "Net", queue: "asyncio.Queue[bytes | None]") -> None:
        self._net = net
        self._queue = queue

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    async def aclose(self) -> None:
        self._net.streams.discard(self._queue)


class Net(httpx2.AsyncBaseTransport):
    """Passes requests on to `serve`; faults are for the next request that fits."""

    def __init__(
        self,
        serve: Callable[[httpx2.Request], httpx2.Response],
        streams: "set[asyncio.Queue[bytes | None]]",
    ) -> None:
        self._serve = serve
        self.streams = streams
        self.cut = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self.hello = True
        """Whether a new stream is greeted, as the server does when it is registered."""
        self.faults: list[tuple[str, Fault]] = []
        self.asked: list[httpx2.Request] = []

    def on(self, path: str, *faults: Fault) -> None:
        """The next requests of a path meet these, one each."""
        self.faults += [(path, fault) for fault in faults]

    def drop(self) -> None:
        """Break every open stream."""
        for queue in list(self.streams):
            queue.put_nowait(None)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.loop = asyncio.get_running_loop()
        await request.aread()
        self.asked.append(request)
        if self.cut:
            raise httpx2.ConnectError("the network is cut")
        for place, (path, fault) in enumerate(self.faults):
            if path == request.url.path:
                del self.faults[place]
                return await fault(request)
        return self.through(request)

    def through(self, request: httpx2.Request) -> httpx2.Response:
        """What the server answers."""
        if request.url.path != "/v1/policies/stream":
            return self._serve(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        if self.hello:
            queue.put_nowait(HELLO)
        self.streams.add(queue)
        headers = {"Content-Type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=_Body(self, queue))

    async def lost(self, request: httpx2.Request) -> httpx2.Response:
        """The server acts, and its answer is lost."""
        self.through(request)
        raise httpx2.ReadError("the answer was lost")

    async def never(self, _: httpx2.Request) -> httpx2.Response:
        """The request is lost on its way."""
        raise httpx2.ConnectTimeout("the request was lost")

    async def doubled(self, request: httpx2.Request) -> httpx2.Response:
        """The server gets it twice; the second answer arrives."""
        self.through(request)
        return self.through(request)
