"""The browser, only for the tests of this folder: others need not load what drives it."""

from support.browser import chromium

__all__ = ["chromium"]
