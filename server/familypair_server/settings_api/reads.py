"""Reading settings: what holds, and my own layer."""

from datetime import datetime

import msgspec

from familypair.schema import settings as wire
from familypair_server.keys import Keys
from familypair_server.settings_api import views
from familypair_server.settings_api.policies import must_load
from familypair_server.storage import Txn, transaction


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads which teen, with the keys that open and sign what they see."""

    teen_id: str
    caller_id: str
    keys: Keys


@transaction
def settings(ask: Reader, now: datetime) -> Txn[wire.EffectiveSettings]:
    """What holds, explained; raises `Refused` as for what is absent."""
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, now)
    return views.settings(ask.keys, state, ask.caller_id, now)


@transaction
def layer(ask: Reader, now: datetime) -> Txn[wire.LayerDocument]:
    """The caller's own layer of this teen."""
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, now)
    return views.layer_document(ask.keys, state, ask.caller_id)
