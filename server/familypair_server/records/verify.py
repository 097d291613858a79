"""Find the first entry of a teen's ledger, or of an inbox, that is not as it was written.

What a chain cannot show, and this therefore does not claim: the newest entries removed together
with a head rewritten to match (compare with a `checkpoint` kept elsewhere), an inbox removed whole,
and a body removed, which is how an erasure looks; erased bodies are counted.
"""

from collections.abc import Generator
from typing import Any, Literal

import msgspec

from familypair_server.records import statements
from familypair_server.records.chain import commitment, genesis, link
from familypair_server.records.statements import InboxRow, LedgerRow
from familypair_server.storage import Command, Txn, teens, transaction

PAGE = 500

Wrong = Literal[
    "missing", "hash", "body", "type", "at", "head", "checkpoint", "no_ledger_entry", "stray_body"
]


class Bad(msgspec.Struct, frozen=True):
    """The first entry that is wrong: where, which number, and what about it."""

    teen_id: str
    viewer_id: str
    """Whose inbox; empty for the ledger."""
    seq: int
    wrong: Wrong


class Verdict(msgspec.Struct, frozen=True):
    """What `verify` found. Sound when `bad` is None."""

    entries: int
    inbox_entries: int
    erased: int
    bad: Bad | None


class Checkpoint(msgspec.Struct, frozen=True):
    """A ledger's head as it was once, kept where a database's thief cannot reach."""

    seq: int
    head: str


class _Found(Exception):  # noqa: N818 - says what happened
    def __init__(self, bad: Bad) -> None:
        super().__init__()
        self.bad = bad


class _Chain:
    """Walks one chain entry by entry; raises `_Found` at the first wrong one."""

    def __init__(self, teen_id: str, viewer_id: str = "") -> None:
        self._teen, self._viewer = teen_id, viewer_id
        self.seq = 0
        self.head = genesis(teen_id, viewer_id)
        self.erased = 0
        self._ledger_seq = 0

    def ledger(self, row: LedgerRow) -> None:
        """Check the next ledger entry."""
        self._entry(row)
        self._body(row, 0)

    def inbox(self, row: InboxRow) -> None:
        """Check the next inbox entry, which needs an earlier one's successor in the ledger."""
        self._entry(row)
        self._body(row, row.ledger_seq)
        if row.ledger_at is None or row.ledger_seq <= self._ledger_seq:
            self.fail("no_ledger_entry")
        if row.ledger_at != row.at:
            self.fail("at")
        self._ledger_seq = row.ledger_seq

    def end(self, seq: int, head: str) -> None:
        """Check the head that is kept beside the chain."""
        if (seq, head) != (self.seq, self.head):
            self.fail("head", max(seq, self.seq))

    def fail(self, wrong: Wrong, seq: int | None = None) -> None:
        """Stop here."""
        number = self.seq if seq is None else seq
        raise _Found(Bad(self._teen, self._viewer, number, wrong))

    def _entry(self, row: LedgerRow | InboxRow) -> None:
        self.seq += 1
        if row.seq != self.seq:
            self.fail("missing")
        expected = link(self.head, seq=row.seq, kind=row.type, at=row.at, committed=row.commitment)
        if row.hash != expected:
            self.fail("hash")
        self.head = row.hash

    def _body(self, row: LedgerRow | InboxRow, ledger_seq: int) -> None:
        if row.body is None and row.salt is None:
            self.erased += 1
            return
        body, salt = row.body or "", row.salt or ""
        if commitment(salt, body, ledger_seq) != row.commitment:
            self.fail("body")
        if entry_type(body) != row.type:
            self.fail("type")


@transaction
def verify(teen_id: str, checkpoint: Checkpoint | None = None) -> Txn[Verdict]:
    """Check one teen's ledger and every inbox on it. Run it with `store.read`."""
    ledger = _Chain(teen_id)
    inboxes: list[_Chain] = []
    bad: Bad | None = None
    try:
        yield from _verify_ledger(teen_id, ledger, checkpoint)
        for viewer in (yield from statements.viewers_of_teen.all(teen=teen_id)):
            inboxes.append(_Chain(teen_id, viewer))
            yield from _verify_inbox(teen_id, viewer, inboxes[-1])
    except _Found as found:
        bad = found.bad
    erased = ledger.erased + sum(chain.erased for chain in inboxes)
    return Verdict(ledger.seq, sum(chain.seq for chain in inboxes), erased, bad)


@transaction
def all_teens(after: str = "", limit: int = PAGE) -> Txn[list[str]]:
    """A page of teens to verify, in the order of their ids."""
    return (yield from teens.page.all(after=after, limit=limit))


@transaction
def checkpoint_of(teen_id: str) -> Txn[Checkpoint]:
    """The head of a ledger now, to be kept elsewhere. Raises `RowMissing` without a ledger."""
    row = yield from teens.by_id.get(teen=teen_id)
    return Checkpoint(row.seq, row.head)


def entry_type(body: str) -> str:
    """The type that a body says it has; empty when it cannot be read."""
    try:
        return msgspec.json.decode(body, type=_Typed).entry.type
    except msgspec.DecodeError:
        return ""


class _Tag(msgspec.Struct, frozen=True):
    type: str


class _Typed(msgspec.Struct, frozen=True):
    entry: _Tag


def _verify_ledger(
    teen_id: str, chain: _Chain, checkpoint: Checkpoint | None
) -> Generator[Command, Any, None]:
    teen = yield from teens.by_id.get(teen=teen_id)
    while rows := (
        yield from statements.ledger_page.all(teen=teen_id, after=chain.seq, limit=PAGE)
    ):
        for row in rows:
            chain.ledger(row)
            if checkpoint is not None and checkpoint.seq == row.seq and checkpoint.head != row.hash:
                chain.fail("checkpoint")
    chain.end(teen.seq, teen.head)
    if checkpoint is not None and checkpoint.seq > chain.seq:
        chain.fail("checkpoint", chain.seq + 1)
    stray = yield from statements.stray_body.one(teen=teen_id)
    if stray is not None:
        chain.fail("stray_body", stray)


def _verify_inbox(teen_id: str, viewer: str, chain: _Chain) -> Generator[Command, Any, None]:
    while rows := (
        yield from statements.inbox_page.all(
            teen=teen_id, viewer=viewer, after=chain.seq, limit=PAGE
        )
    ):
        for row in rows:
            chain.inbox(row)
    head = yield from statements.inbox_head.one(teen=teen_id, viewer=viewer)
    chain.end(0 if head is None else head.seq, "" if head is None else head.head)
