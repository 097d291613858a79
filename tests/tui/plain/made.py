"""Answers of the fake server that many tests share."""

from datetime import timedelta

import msgspec

from client.fake import START
from familypair.schema.accounts import Assurance, Kind
from familypair.schema.invitations import (
    Disclosure,
    Invitation,
    InvitationForm,
    InvitationState,
    OtherSide,
    ScopeWords,
)
from familypair.schema.ledger import Inbox, InboxEntry, LayerChanged
from familypair.schema.links import Link, LinkPhase, LinkState, Person
from familypair.schema.scopes import Scope
from familypair.schema.settings import (
    Change,
    EffectiveSettings,
    Explained,
    LayerDocument,
    LayerSaved,
    LayerValue,
    Preview,
)
from familypair.schema.teens import Highlight, TeenCard, Teens

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eaiM\u2066\u200b[bold]$(rm)\n"

LINK = Link(
    id="lnk_1",
    teen=Person(id="acc_mia", name="Mia"),
    guardian=Person(id="acc_dana", name="Dana", assurance=Assurance.DECLARED),
    state=LinkState.ACTIVE,
    phase=LinkPhase.ACTIVE,
    scopes=(Scope.SEE_TIME, Scope.SET_TIME),
    activated_at=START,
    probation_until=START + timedelta(days=1),
    share_history=False,
    etag='"l1"',
)
CARD = TeenCard(
    id="acc_mia",
    name="Mia",
    band="13-15",
    zone="Europe/Dublin",
    local_time="2026-11-22T12:00",
    weekday="sun",
    link=LINK,
    scopes=LINK.scopes,
    highlights=(
        Highlight(
            path="screen_time.daily_minutes.sun",
            title="Limit on Sunday",
            value=60,
            words="60 min",
            reason="Starting value, Mia may change it.",
        ),
    ),
    head=2,
    unread=1,
)
TEENS = Teens(items=(CARD, msgspec.structs.replace(CARD, id="acc_max", name="Max")))
EXPLAINED = Explained(
    path="screen_time.daily_minutes.mon",
    title="Limit on Monday",
    value=60,
    words="60 min",
    reason="Set by Mia.",
    decided_by=("teen",),
    writable=True,
    locked=True,
    layers=(LayerValue(owner="teen", name="Mia", value=60, wins=True),),
    change="Mia can change it.",
)
AUDIENCE = msgspec.structs.replace(
    EXPLAINED, path="messages.audience", title="Who may write", words="nobody", value="no_one"
)
SETTINGS = EffectiveSettings(
    teen="acc_mia", at=START, band="13-15", fields=(EXPLAINED, AUDIENCE), etag='"s1"'
)
CHANGE = Change(
    path="screen_time.daily_minutes.mon",
    title="Limit on Monday",
    before=None,
    after=45,
    effective_before=60,
    effective_after=45,
)
LAYER = LayerDocument(teen="acc_mia", values={}, etag='"e1"')
SAVED = LayerSaved(layer=LAYER, changes=(CHANGE,), entry=3)
PREVIEW = Preview(changes=(CHANGE,))
ENTRY = InboxEntry(
    teen="acc_mia",
    seq=2,
    at=START,
    actor="me",
    entry=LayerChanged(owner="acc_dana", owner_kind="guardian", owner_name="Dana", changes=()),
    words="You set the limit on Monday to 45 min.",
    undoable=True,
    hash="0" * 64,
)
INBOX = Inbox(items=(msgspec.structs.replace(ENTRY, seq=1, undoable=False), ENTRY), head=2)
DANA_SIDE = OtherSide(
    name="Dana",
    kind=Kind.GUARDIAN,
    assurance=Assurance.DECLARED,
    account_since="2026-10",
    teens_linked=1,
)
INVITATION = Invitation(
    id="inv_1",
    state=InvitationState.OFFERED,
    form=InvitationForm.CODE,
    started_by=Kind.GUARDIAN,
    mine=True,
    created_at=START,
    expires_at=START + timedelta(minutes=10),
    code="BCDF-GHJK",
    url="http://127.0.0.1:8085/pair#BCDF-GHJK",
)
CLAIMED = msgspec.structs.replace(
    INVITATION, state=InvitationState.CLAIMED, mine=False, code=None, url=None, other=DANA_SIDE
)
DISCLOSURE = Disclosure(
    invitation="inv_1",
    version="1",
    hash="0" * 64,
    guardian=DANA_SIDE,
    scopes=(
        ScopeWords(scope=Scope.SEE_TIME, title="See your screen time", see=("minutes a day",)),
        ScopeWords(
            scope=Scope.SET_TIME, title="Set your time", change=("daily limits",), needed=True
        ),
    ),
    never=("what you write",),
    you_can=("end this at any time",),
    history="May they see days before the link?",
    arm_at=START + timedelta(seconds=5),
    expires_at=START + timedelta(hours=24),
)
