"""Sending as transactions: claim addresses, take the next message, write down what became of it.

Nothing here waits for the network. A process that dies while it sends has written nothing: its
claim runs out, and the message is sent again under the same id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis
from familypair_server.webhooks import retries
from familypair_server.webhooks import statements as sql
from familypair_server.webhooks.statements import ClaimRow, TakenRow, WaitingRow

CLAIM: Final = timedelta(seconds=60)
"""After this the addresses of a process that has died are free again; longer than an attempt."""
_ABSURD: Final = timedelta(hours=2)
"""Nothing is held for this long: the clock that wrote it was ahead."""
_GONE: Final = 410


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended. An empty `error` is a yes."""

    status: int | None = None
    error: str = ""
    retry_after: str = ""
    """The header of the answer."""

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == _GONE


class Sending(msgspec.Struct, frozen=True):
    """One message, ready to be sent; secrets are sealed."""

    claim: ClaimRow
    taken: TakenRow
    message: WaitingRow


class Done(msgspec.Struct, frozen=True):
    """A message that was sent, and how that ended; `jitter` is from 0 to 1."""

    sending: Sending
    outcome: Outcome
    jitter: float


@transaction
def claim(most: int, now: datetime) -> Txn[Sequence[ClaimRow]]:
    """Addresses with something due, at most so many; each is this process's alone for a while."""
    return (
        yield from sql.claim.all(
            now=millis(now), until=millis(now + CLAIM), absurd=millis(now + _ABSURD), most=most
        )
    )


@transaction
def step(one: ClaimRow, done: Done | None, now: datetime) -> Txn[Sending | None]:
    """Write down what became of the last message, and take the next; None: the claim is over."""
    if done is not None and not (yield from _record(done, now)):
        return None
    taken = yield from sql.keep.one(id=one.id, fence=one.fence, until=millis(now + CLAIM))
    if taken is None:
        return None
    message = yield from sql.first_waiting.one(id=one.id, now=millis(now))
    if message is None:
        yield from sql.release.run(id=one.id, fence=one.fence)
        return None
    return Sending(one, taken, message)


@transaction
def release(one: ClaimRow) -> Txn[None]:
    """Let the address go as it is; what was not written down is sent again."""
    yield from sql.release.run(id=one.id, fence=one.fence)


class Standing(msgspec.Struct, frozen=True):
    """Whether there are webhooks, and when something can be sent next; None: nothing waits."""

    wanted: bool
    due: datetime | None


@transaction
def standing() -> Txn[Standing]:
    """How things stand; reads only."""
    if (yield from sql.any_enabled.one()) is None:
        return Standing(wanted=False, due=None)
    at = yield from sql.next_due.one()
    return Standing(wanted=True, due=None if at is None else instant(at))


def _record(done: Done, now: datetime) -> Txn[bool]:
    """Whether the address may get the next message at once."""
    sent, outcome, at = done.sending, done.outcome, millis(now)
    if not outcome.error:
        yield from sql.delivered.run(id=sent.message.id, status=outcome.status, now=at)
        yield from sql.answered.run(id=sent.claim.id, fence=sent.claim.fence)
        return True
    if outcome.gone:
        yield from _gone(done, now)
    else:
        yield from _not_now(done, now)
    return False


def _gone(done: Done, now: datetime) -> Txn[None]:
    sent, at = done.sending, millis(now)
    if (yield from sql.disable.run(id=sent.claim.id, fence=sent.claim.fence, now=at)):
        ended = {"status": done.outcome.status, "error": "gone", "now": at}
        yield from sql.failed.run(id=sent.message.id, **ended)
        yield from sql.fail_waiting.run(webhook=sent.claim.id, error="gone", now=at)


def _not_now(done: Done, now: datetime) -> Txn[None]:
    sent, message, outcome = done.sending, done.sending.message, done.outcome
    asked = retries.retry_after(outcome.retry_after, now) if outcome.retry_after else None
    until = instant(message.until_at)
    due = retries.next_try(message.attempts + 1, now=now, until=until, jitter=done.jitter)
    ended = {"status": outcome.status, "error": outcome.error, "now": millis(now)}
    if due is None:
        yield from sql.failed.run(id=message.id, **ended)
    else:
        at = millis(min(until, max(due, asked or due)))
        yield from sql.again.run(id=message.id, due=at, **ended)
        yield from sql.after_it.run(
            webhook=sent.claim.id, subject=message.subject, n=message.n, due=at
        )
    yield from sql.expire.run(webhook=sent.claim.id, now=millis(now))
    rests = retries.pause(sent.taken.failures + 1, now=now, jitter=done.jitter)
    rests = max(rests, asked or rests)
    yield from sql.rest.run(id=sent.claim.id, fence=sent.claim.fence, due=millis(rests))
