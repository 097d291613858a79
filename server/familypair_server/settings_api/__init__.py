"""Layers over HTTP: read and write my own, preview, undo, and what holds with its reasons.

For other subjects, all part of the caller's transaction:

    policies.load(teen_id, keys, now) -> Txn[TeenState | None]     # everybody and every layer
        TeenState: teen, people, links, layers, policy; names(), viewers(now), policy_with(layer)
    policies.load_policy(teen_id, keys, now) -> Txn[Policy | None]
    policies.must_load(teen_id, caller_id, keys, now) -> Txn[TeenState]   # or `Refused`
    layers.put(teen_id, layer, now) -> Txn[None]                   # under the teen's lock
    layers.drop(teen_id, owner_id) -> Txn[None]                    # the layer is gone for good
    layers.history(teen_id, owner_id, since=, now=) -> Txn[tuple[Version, ...]]  # for the notice
    layers.write_doc(values) -> str, layers.read_doc(doc) -> values  # also the text of a hold's doc
"""
