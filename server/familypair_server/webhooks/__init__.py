"""Webhooks: what happened, sent to host apps until they have it (Standard Webhooks 1.0.0).

`scan` finds out from the teens' ledgers what a host was not told yet; whoever changes something of
a teen writes nothing here. `queue` and `courier` send it; `sender` decides whereto it may go.
"""
