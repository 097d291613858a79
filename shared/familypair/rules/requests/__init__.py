"""Asking and agreeing: who must answer a wish, what a yes changes, and what is too much asking.

A kind of wish is a case in `wishes.checked`, `parts.needs`, `apply.effects` and `words`; everything
else is the same for all of them.
"""
