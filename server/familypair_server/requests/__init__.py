"""Asking and agreeing over HTTP: requests, counter-offers, agreements and standing yeses.

For other subjects, all part of the caller's transaction:

    lifted.lifted_of(teen_id, day) -> Txn[list[Lifted]]             # opened blocks of one day
    counts.waiting(teen_id, viewer_id, now) -> Txn[int]             # how many wait for this viewer
    agreements.ended_by(state, accepted, what, now, random) -> Txn[None]  # a write ends the mark
"""
