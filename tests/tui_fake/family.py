"""The seeded family of the terminal client's tests: Dana, another guardian, Mia, Leo and Noa."""

from datetime import UTC, datetime, timedelta

from familypair.schema.accounts import Assurance, Band, Kind, Me
from familypair.schema.invitations import (
    Disclosure,
    Invitation,
    InvitationForm,
    InvitationState,
    OtherSide,
    ScopeWords,
)
from familypair.schema.ledger import FieldChange, InboxEntry, LayerChanged, LinkActivated
from familypair.schema.links import ExitDone, HelpLine, Link, LinkPhase, LinkState, Person
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.schema.teens import Access, SharedItem, SharedWith, Sharing, TeenCard
from familypair.settings import Band as RuleBand
from familypair.testing.clock import ManualClock
from tui_fake.api import FakeApi
from tui_fake.rules import FakeTeen

START = datetime(2026, 11, 22, 16, 42, tzinfo=UTC)

DANA = Me(
    id="acc_dana",
    kind=Kind.GUARDIAN,
    name="Dana",
    sign_in_name="dana-1184",
    country="IE",
    zone="Europe/Dublin",
    created_at=START - timedelta(days=400),
    assurance=Assurance.VERIFIED,
)
MIA = Me(
    id="acc_mia",
    kind=Kind.TEEN,
    name="Mia",
    sign_in_name="mia-4821",
    country="IE",
    zone="Europe/Dublin",
    created_at=START - timedelta(days=30),
    band=Band.YOUNGER,
)

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def limits(*minutes: int | str) -> dict[str, int | str]:
    """Daily limits from Monday on."""
    names = (f"screen_time.daily_minutes.{day}" for day in WEEK)
    return dict(zip(names, minutes, strict=False))


NIGHT = [{"days": list(WEEK), "start": "20:30", "end": "07:30"}]
SCHOOL = [{"kind": "school", "days": list(WEEK[:5]), "start": "08:00", "end": "14:00"}]
CHOIR = [{"kind": "away", "days": ["sun"], "start": "17:30", "end": "19:30", "label": "choir"}]


def teens() -> list[FakeTeen]:
    """Mia 13, Leo 15, Noa 17, with layers of two guardians and their own."""
    mia = FakeTeen(
        "acc_mia",
        "Mia",
        RuleBand.YOUNGER,
        mine={**limits(60, 60, 60, 60, 75, 90, 90), "screen_time.at_limit": "stop"},
        others={"another guardian": {**limits(90, 90, 90, 90, 90, 120, 75)}},
    )
    leo = FakeTeen(
        "acc_leo",
        "Leo",
        RuleBand.YOUNGER,
        mine={
            "search.blocked_terms": ["casino"],
            "notifications.mute": NIGHT,
            "schedule.blocks": CHOIR,
        },
        others={"Leo": {**limits(90, 90, 45, 90, 90, 120, 120)}},
    )
    noa = FakeTeen(
        "acc_noa",
        "Noa",
        RuleBand.OLDER,
        mine=limits(120, 120, 120, 120, 150, "none", 150),
        others={"Noa": {"schedule.wind_down": "22:30"}},
    )
    return [mia, leo, noa]


def link_of(teen: str, name: str, phase: LinkPhase, scopes: tuple[Scope, ...] = ALL_SCOPES) -> Link:
    """Dana's link with one teen."""
    first_day = phase is LinkPhase.PROBATION
    activated = START - (timedelta(minutes=50) if first_day else timedelta(days=40))
    return Link(
        id=f"lnk_{teen}",
        teen=Person(id=f"acc_{teen}", name=name),
        guardian=Person(id="acc_dana", name="Dana", assurance=Assurance.VERIFIED),
        state=LinkState.ACTIVE,
        phase=phase,
        scopes=scopes,
        activated_at=activated,
        probation_until=activated + timedelta(hours=24),
        share_history=False,
        etag='"l"',
    )


def cards(links: list[Link]) -> dict[str, TeenCard]:
    """Today at a glance for each."""
    rows = (("mia", "Mia", "13-15", 2), ("leo", "Leo", "13-15", 0), ("noa", "Noa", "16-17", 1))
    return {
        f"acc_{key}": TeenCard(
            id=f"acc_{key}",
            name=name,
            band=band,
            zone="Europe/Dublin",
            local_time="2026-11-22T16:42",
            weekday="sun",
            link=link,
            scopes=link.scopes,
            head=4,
            unread=unread,
        )
        for (key, name, band, unread), link in zip(rows, links, strict=True)
    }


def entry(
    teen: str, seq: int, minutes: int, actor: str, words: str, *, undo: bool = False
) -> InboxEntry:
    """One history entry, `minutes` ago."""
    change = FieldChange(path="screen_time.daily_minutes.sat", before=60, after=90)
    body = LayerChanged(owner="acc_x", owner_kind="guardian", owner_name=actor, changes=(change,))
    return InboxEntry(
        teen=teen,
        seq=seq,
        at=START - timedelta(minutes=minutes),
        actor=actor,
        entry=body,
        words=words,
        undoable=undo,
        hash="h",
    )


def started(teen: str, name: str, minutes: int) -> InboxEntry:
    """The entry of a link's start."""
    body = LinkActivated(
        link=f"lnk_{teen}",
        guardian="acc_dana",
        guardian_name="Dana",
        scopes=ALL_SCOPES,
        probation_until=START,
    )
    return InboxEntry(
        teen=f"acc_{teen}",
        seq=1,
        at=START - timedelta(minutes=minutes),
        actor="teen",
        entry=body,
        words=f"{name} approved the link with you.",
        hash="h",
    )


def histories() -> dict[str, list[InboxEntry]]:
    """Four entries each."""
    return {
        "acc_mia": [
            started("mia", "Mia", 57600),
            entry(
                "acc_mia", 2, 4000, "me", "You set the daily time on Saturday to 90 min.", undo=True
            ),
            entry("acc_mia", 3, 95, "teen", "Mia made direct messages stricter: no one."),
            entry(
                "acc_mia",
                4,
                4,
                "another_guardian",
                "Another guardian's rule now limits Sunday: 75 min.",
            ),
        ],
        "acc_leo": [
            started("leo", "Leo", 57500),
            entry(
                "acc_leo", 2, 3000, "me", "You set quiet notifications to 20:30-07:30.", undo=True
            ),
            entry("acc_leo", 3, 1600, "teen", "Leo set the daily time on Wednesday to 45 min."),
            entry("acc_leo", 4, 300, "me", "You blocked one more search word.", undo=True),
        ],
        "acc_noa": [
            started("noa", "Noa", 50),
            entry(
                "acc_noa", 2, 48, "me", "You set the daily time on Saturday to no limit.", undo=True
            ),
            entry(
                "acc_noa", 3, 47, "me", "You set the daily time on Sunday to 150 min.", undo=True
            ),
            entry("acc_noa", 4, 20, "teen", "Noa moved the wind-down to 22:30."),
        ],
    }


def invitation(key: str, state: InvitationState, **fields: object) -> Invitation:
    """An invitation that Dana started, unless said otherwise."""
    values: dict[str, object] = {
        "id": f"inv_{key}",
        "state": state,
        "form": InvitationForm.CODE,
        "started_by": Kind.GUARDIAN,
        "mine": True,
        "created_at": START - timedelta(minutes=1),
        "expires_at": START + timedelta(minutes=9),
        "scopes": ALL_SCOPES,
        "needed": (Scope.SET_TIME,),
    }
    return Invitation(**{**values, **fields})  # type: ignore[arg-type]  # a builder of test data


def guardian_api(clock: ManualClock | None = None) -> FakeApi:
    """Dana at the keys: three teens, one invitation on its way."""
    api = FakeApi(DANA, teens(), clock or ManualClock(START))
    api.my_links = [
        link_of("mia", "Mia", LinkPhase.ACTIVE),
        link_of("leo", "Leo", LinkPhase.ACTIVE),
        link_of("noa", "Noa", LinkPhase.PROBATION),
    ]
    api.cards = cards(api.my_links)
    api.entries = histories()
    pending = invitation(
        "claimed",
        InvitationState.CLAIMED,
        phrase="amber otter 47",
        expires_at=START + timedelta(hours=23, minutes=50),
        other=OtherSide(name="Ben", kind=Kind.TEEN),
    )
    api.invites = {pending.id: pending}
    return api


def new_offer(form: InvitationForm = InvitationForm.CODE) -> Invitation:
    """What `create_invitation` answers."""
    hours = form is InvitationForm.LINK
    secret = "u9Xk2mQ7vT4sW8yZ1aBcDe" if hours else "BCDF-GHJK"
    return invitation(
        "new",
        InvitationState.OFFERED,
        form=form,
        code=None if hours else secret,
        url=f"https://pair.example/pair#{secret}",
        expires_at=START + (timedelta(hours=48) if hours else timedelta(minutes=10)),
    )


CHILDLINE = HelpLine(
    name="Childline",
    contact="1800 66 66 66",
    hours="24 h",
    source="ispcc.ie",
    checked_on="2026-10-01",
)


def own_card() -> TeenCard:
    """Mia's own card."""
    return TeenCard(
        id="acc_mia",
        name="Mia",
        band="13-15",
        zone="Europe/Dublin",
        local_time="2026-11-22T16:42",
        weekday="sun",
        guardians=1,
        head=4,
        unread=1,
    )


def teen_api(clock: ManualClock | None = None, phase: LinkPhase = LinkPhase.PROBATION) -> FakeApi:
    """Mia at the keys: linked with Dana since a while ago, another guardian's link pending."""
    mia = teens()[0]
    mia.others = {"Dana": mia.mine}
    mia.mine = {"privacy.searchable": "off"}
    api = FakeApi(MIA, [mia], clock or ManualClock(START))
    link = link_of("mia", "Mia", phase)
    api.my_links = [link]
    api.cards = {"acc_mia": own_card()}
    api.entries = {"acc_mia": histories()["acc_mia"]}
    other = OtherSide(
        name="Sam Levi",
        kind=Kind.GUARDIAN,
        assurance=Assurance.DECLARED,
        account_since="2025-03",
        teens_linked=1,
    )
    pending = invitation(
        "claimed",
        InvitationState.CLAIMED,
        mine=False,
        other=other,
        tries_left=3,
        expires_at=START + timedelta(hours=23),
    )
    api.invites = {pending.id: pending}
    api.disclosures = {pending.id: disclosure(pending.id, other)}
    api.shared = sharing(link)
    api.looked = (
        Access(viewer="acc_dana", name="Dana", what="settings", at=START - timedelta(hours=2)),
        Access(viewer="acc_dana", name="Dana", what="history", at=START - timedelta(hours=30)),
    )
    api.exit_done = ExitDone(
        link=link, help_lines=(CHILDLINE,), undo_until=START + timedelta(hours=24)
    )
    return api


_WORDS: dict[Scope, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    Scope.SEE_TIME: ("See your time", ("minutes per day", "how often you open the app"), ()),
    Scope.SET_TIME: (
        "Set your time",
        (),
        ("daily minutes", "blocked times", "quiet notifications"),
    ),
    Scope.SET_SEARCH: ("Limit search", (), ("restricted mode", "blocked words")),
    Scope.SET_MESSAGES: ("Limit messages", (), ("who may write to you",)),
    Scope.SET_PRIVACY: ("Tighten privacy", (), ("private account", "who finds you")),
    Scope.SEE_CONTACTS: ("See your contacts", ("accounts you follow", "who follows you"), ()),
    Scope.SEE_SETTINGS: ("See your settings", ("every rule and who decided it",), ()),
}
NEVER = (
    "what you write in messages",
    "what you search for",
    "what you watch",
    "where you are",
    "reports that you make",
)


def disclosure(invitation_id: str, other: OtherSide) -> Disclosure:
    """The full disclosure of a pending link."""
    scopes = tuple(
        ScopeWords(scope=scope, title=title, see=see, change=change, needed=scope is Scope.SET_TIME)
        for scope, (title, see, change) in _WORDS.items()
    )
    return Disclosure(
        invitation=invitation_id,
        version="1",
        hash="ab" * 32,
        guardian=other,
        scopes=scopes,
        never=NEVER,
        you_can=("end the link at any time", "take back each permission", "see who looked"),
        arm_at=START + timedelta(seconds=5),
        expires_at=START + timedelta(hours=23),
    )


def sharing(link: Link) -> Sharing:
    """What Dana sees of Mia."""
    sees = (
        SharedItem(
            title="Your settings with reasons", example="75 min on Sunday", scope=Scope.SEE_SETTINGS
        ),
        SharedItem(title="Minutes per day", example="in steps of 15 minutes", scope=Scope.SEE_TIME),
        SharedItem(title="Accounts you follow and block", example="", scope=Scope.SEE_CONTACTS),
    )
    changes = (
        SharedItem(
            title="Daily minutes and blocked times",
            example="75 min on Sunday",
            scope=Scope.SET_TIME,
        ),
        SharedItem(title="Search restrictions", example="restricted", scope=Scope.SET_SEARCH),
        SharedItem(title="Messages, only stricter", example="no one", scope=Scope.SET_MESSAGES),
    )
    shared = SharedWith(
        link=link, sees=sees, changes=changes, last_viewed_at=START - timedelta(hours=2)
    )
    return Sharing(guardians=(shared,), never=NEVER)
