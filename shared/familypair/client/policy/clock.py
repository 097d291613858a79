"""The server's clock, carried by one of this machine that only runs forward (section 11)."""

import math
from typing import Final

from familypair.client.around import Around
from familypair.rules.decide.model import ms_of

_DRIFT: Final = 0.1
"""Milliseconds per second (100 ppm) by which two clocks drift apart at most."""
_SKEW: Final = 10_000.0
"""Milliseconds by which the clocks of two of the server's machines may differ."""


class ServerTime:
    """What time it is at the server, whatever happens to the wall clock of this machine.

    The server reads its clock somewhere between our question and its answer: the middle is the
    estimate, half the way there and back its error (RFC 5905 section 8). A better estimate
    replaces it, and so does one that contradicts it, as the server's clock may have been set.
    """

    def __init__(self, around: Around) -> None:
        self._clock = around.clock
        self._monotonic = around.monotonic
        self._offset: float | None = None
        self._error = math.inf
        self._as_of = 0.0
        self._doubted: tuple[int, float, float] | None = None

    @property
    def known(self) -> bool:
        """Whether the server has said its time; before, the wall clock has to do."""
        return self._offset is not None

    def at(self, monotonic: float) -> int:
        """The server's time at a reading of the clock that only runs forward, in epoch ms."""
        offset = self._offset
        return ms_of(self._clock()) if offset is None else int(offset + monotonic * 1000.0)

    def now_ms(self) -> int:
        """The server's time now, in epoch milliseconds."""
        return self.at(self._monotonic())

    def told(self, server_ms: int, *, sent: float, got: float) -> bool:
        """Take an answer's `now`, asked for at `sent` and here at `got` (monotonic seconds).

        False when it lies before what we know: an old answer that came again, or a clock that was
        set back. The latter is believed when the next answer says the same and moved on.
        """
        error = (got - sent) * 500.0 + 1.0
        offset = server_ms - (sent + got) * 500.0
        grown = self._error + max(0.0, got - self._as_of) * _DRIFT
        held = self._offset
        is_old = held is not None and held - offset > error + grown + _SKEW
        if is_old and not self._again(server_ms, offset, error):
            self._doubted = (server_ms, offset, error)
            return False
        self._doubted = None
        if held is None or error <= grown or abs(offset - held) > error + grown:
            self._offset, self._error, self._as_of = offset, error, got
        return True

    def carried(self, server_ms: int, monotonic: float) -> None:
        """Take an estimate from before a restart; whatever the server says replaces it."""
        self._offset, self._error = server_ms - monotonic * 1000.0, math.inf

    def _again(self, server_ms: int, offset: float, error: float) -> bool:
        """Whether this agrees with the answer that was doubted, and is no copy of it."""
        if self._doubted is None:
            return False
        before_ms, before, before_error = self._doubted
        return server_ms > before_ms and abs(offset - before) <= error + before_error
