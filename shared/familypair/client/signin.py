"""Signing in: the device flow (RFC 8628) and code + PKCE with a loopback address (RFC 8252)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from secrets import compare_digest
from typing import Self
from urllib.parse import parse_qs, urlsplit

from familypair.client.around import Around
from familypair.client.errors import SignInFailed, Unreachable
from familypair.client.oauth import DEVICE_GRANT, SENTENCES, OAuth
from familypair.schema.oauth import DeviceCode, Token

SLOW_DOWN = 5
"""Seconds that each `slow_down` adds for good (RFC 8628 section 3.5)."""
_MOST_INTERVAL = 60
_BROWSER_WAIT = 600.0
"""Seconds that the person has on the pages."""
_LINE_LIMIT = 8192


async def device_token(oauth: OAuth, around: Around, show: Callable[[DeviceCode], None]) -> Token:
    """Show the code, poll until it was used. Raises `SignInFailed` when declined or expired."""
    code = await oauth.device_code()
    show(code)
    ends = around.clock() + timedelta(seconds=code.expires_in)
    fields = {"grant_type": DEVICE_GRANT, "device_code": code.device_code}
    interval = max(1, code.interval)
    while around.clock() < ends:
        await around.sleep(interval)
        try:
            return await oauth.token(fields)
        except Unreachable:
            interval = min(_MOST_INTERVAL, interval * 2)
        except SignInFailed as error:
            interval += _after_poll(error)
    raise SignInFailed("expired_token", SENTENCES["expired_token"])


def _after_poll(error: SignInFailed) -> int:
    match error.error:
        case "authorization_pending":
            return 0
        case "slow_down":
            return SLOW_DOWN
        case _:
            raise error


async def browser_token(
    oauth: OAuth, around: Around, show: Callable[[str], None], *, fresh: bool
) -> Token:
    """Let the person sign in on the server's pages; `show` gets the address to open."""
    state, verifier = around.key(), around.key() + around.key()
    async with _Loopback(state, oauth.transport.issuer) as loopback:
        show(
            oauth.authorize_url(
                redirect=loopback.address, state=state, verifier=verifier, fresh=fresh
            )
        )
        code = await loopback.code()
        redirect = loopback.address
    return await oauth.token(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
    )


class _Loopback:
    """A listener on 127.0.0.1 for one answer; anything that is not ours does not end the wait."""

    def __init__(self, state: str, issuer: str) -> None:
        self._state = state
        self._issuer = issuer
        self.address = ""

    async def __aenter__(self) -> Self:
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LINE_LIMIT)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/cb"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._code.cancel()
        await self._server.wait_closed()

    async def code(self) -> str:
        """The authorization code, once the browser brings it."""
        try:
            return await asyncio.wait_for(self._code, _BROWSER_WAIT)
        except TimeoutError as error:
            raise SignInFailed("expired_token", SENTENCES["expired_token"]) from error

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target = await _target(reader)
            status, words = self._answer(target)
            writer.write(_page(status, words))
            await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            pass  # a browser that hangs up or talks nonsense; the right answer may still come
        finally:
            writer.close()

    def _answer(self, target: str) -> tuple[str, str]:
        parts = urlsplit(target)
        fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = compare_digest(fields.get("state", "").encode(), self._state.encode())
        if parts.path != "/cb" or not ours or fields.get("iss") != self._issuer:
            return "400 Bad Request", "This is not the answer that familypair waits for."
        if self._code.done():
            return "200 OK", "Already done. You can close this page."
        if "code" in fields:
            self._code.set_result(fields["code"])
            return "200 OK", "Done. You can close this page and go back to the terminal."
        error = fields.get("error", "access_denied")
        sentence = SENTENCES.get(error, "The sign-in did not finish on the page.")
        self._code.set_exception(SignInFailed(error, sentence))
        return "200 OK", "Nothing was allowed. You can close this page."


async def _target(reader: asyncio.StreamReader) -> str:
    """The request target of a GET; reads the head to its end so that the answer is not reset."""
    async with asyncio.timeout(10):
        line = await reader.readline()
        while (await reader.readline()).strip():
            continue
    method, target, _ = line.decode("ascii").split(" ", 2)
    if method != "GET":
        raise ValueError(method)
    return target


def _page(status: str, words: str) -> bytes:
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Family Pairing</title><p>{words}</p>"
    ).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
