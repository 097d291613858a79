"""Helpers for tests of Family Pairing and of apps that embed it. Public and stable."""

from familypair.testing.clock import ManualClock

__all__ = ["ManualClock"]
