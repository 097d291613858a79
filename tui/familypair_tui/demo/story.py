"""The whole main job as a readable transcript; every step is checked against a real server."""

import asyncio
from datetime import timedelta

from familypair.client import StepUpNeeded
from familypair.client.receipts import ReceiptNotValid, verify
from familypair.reasons import Reason
from familypair.schema.events import EntryEvent
from familypair.schema.invitations import Invitation
from familypair.schema.ledger import LayerChanged
from familypair.schema.links import Link, LinkPhase
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.demo.family import ARM, PROBATION, approve, save
from familypair_tui.demo.loop import Loop
from familypair_tui.demo.people import Person
from familypair_tui.demo.story_asking import AskingStory
from familypair_tui.demo.story_use import UseStory
from familypair_tui.demo.teller import LIVE_SECONDS, Stage, field_of, refused

MONDAY = "screen_time.daily_minutes.mon"


class Story:
    """The acts, in order. Each uses only the pages and the public API."""

    def __init__(self, stage: Stage, loop: Loop) -> None:
        self.stage, self.loop = stage, loop
        self.family, self.clock, self.tell, self.url = (
            stage.family,
            stage.clock,
            stage.tell,
            stage.url,
        )

    async def play(self) -> None:
        """From no account at all to the end of a link."""
        await self._sign_up()
        link = await self._first_link()
        await self._receipts(link)
        await self._first_day()
        await self._see_and_explain()
        await self._teen_tightens()
        await self._two_guardians()
        await self._undo()
        mia = await UseStory(self.stage, self.loop).play()
        await AskingStory(self.stage, self.loop, mia).play()
        from familypair_tui.demo.story_app import AppStory  # what the app is made of loads here

        await AppStory(self.stage, self.loop, mia).play()
        await self._end(link)

    async def _sign_up(self) -> None:
        self.tell.scene("Two people sign up and sign in")
        for person in (self.family.dana, self.family.mia):
            await person.join(self.url, self.clock)
            self.tell.say(
                f"{person.name} signs up as {person.sign_in_name} and types a device code"
            )
        me = await self.family.mia.api.me()
        self.tell.check("Mia is a teen of the band 13-15", me.band == "13-15")
        kinds = (self.family.dana.me, self.family.mia.me)
        self.tell.check("Dana is a guardian", kinds[0] and kinds[0].kind == "guardian")

    async def _first_link(self) -> Link:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("Dana invites, Mia decides")
        offered = await dana.api.create_invitation(needed=(Scope.SET_TIME,))
        tell.say(f"Dana reads Mia the code {offered.code}; it works for ten minutes, once")
        claimed = await mia.api.claim(offered.code or "")
        again = await refused(mia.api.claim(offered.code or ""))
        tell.check(
            "the code is used up: the same words as for a wrong one", again == Reason.CODE_NOT_VALID
        )
        tell.check("a pending link shows Dana nothing", not (await dana.api.teens()).items)
        await self._phrase(dana, mia, claimed)
        link = await approve(dana, mia, claimed, self.clock)
        tell.check("Mia approved; the link is in its first day", link.phase == LinkPhase.PROBATION)
        teens = (await dana.api.teens()).items
        tell.check("now Dana sees Mia", [t.name for t in teens] == ["Mia"])
        return link

    async def _phrase(self, dana: Person, mia: Person, claimed: Invitation) -> None:
        tell = self.tell
        phrase = (await dana.api.invitation(claimed.id)).phrase or ""
        tell.say(f"only Dana's screen shows the phrase: {phrase}")
        tell.check("no answer to Mia has it", not (await mia.api.invitation(claimed.id)).phrase)
        shown = await mia.api.disclosure(claimed.id)
        for item in shown.scopes[:3]:
            tell.say(f"Mia reads: {item.title}" + (" (needed)" if item.needed else ""))
        tell.say(f"... and {len(shown.never)} lines that nobody will ever see")
        try:
            await mia.api.approve(claimed.id, phrase=phrase, scopes=ALL_SCOPES)
            asked = False
        except StepUpNeeded:
            asked = True
        tell.check("a yes needs Mia's password again", asked)
        await mia.prove()
        soon = await refused(mia.api.approve(claimed.id, phrase=phrase, scopes=ALL_SCOPES))
        tell.check("a yes within five seconds is too soon", soon == Reason.TOO_SOON)
        await self.clock.skip(ARM)
        wrong = mia.api.approve(claimed.id, phrase="wrong words 00", scopes=ALL_SCOPES)
        tell.check(
            "a stranger does not know the phrase", await refused(wrong) == Reason.WRONG_PHRASE
        )

    async def _receipts(self, link: Link) -> None:
        self.tell.scene("Both have a receipt")
        receipt = await self.family.mia.api.receipt(link.id)
        verify(receipt.jws, receipt.keys)
        self.tell.check("it verifies offline", holds=True)
        head, body, signature = receipt.jws.split(".")
        try:
            verify(".".join((head, body[:-2] + "AA", signature)), receipt.keys)
            forged = True
        except ReceiptNotValid:
            forged = False
        self.tell.check("one changed letter and it does not", not forged)

    async def _first_day(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("The first day: nothing gets looser")
        await save(dana, mia.id, {"screen_time": {"daily_minutes": {"mon": 120, "tue": 45}}})
        monday = await field_of(mia, mia.id, MONDAY)
        tell.check("Monday stays 60 although Dana wrote 120", monday.value == 60)
        tuesday = await field_of(mia, mia.id, "screen_time.daily_minutes.tue")
        tell.check("stricter counts at once: Tuesday is 45", tuesday.value == 45)
        await self.clock.skip(PROBATION + timedelta(minutes=1))
        monday = await field_of(mia, mia.id, MONDAY)
        tell.check("a day later Monday is 120", monday.value == 120)

    async def _see_and_explain(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("Both see the same explained truth, live")
        seen = asyncio.ensure_future(self._next_entry(mia))
        await asyncio.sleep(0)
        await save(dana, mia.id, {"schedule": {"wind_down": "21:15"}})
        words = await seen
        tell.check(f"Mia's screen has it by itself: {words}", words)
        for person in (mia, dana):
            field = await field_of(person, mia.id, "schedule.wind_down")
            tell.say(f"{person.name} reads: {field.title}: {field.reason}")
            tell.check(f"{person.name} sees 21:15", field.value == "21:15")
        cap = await refused(save(dana, mia.id, {"messages": {"audience": "everyone"}}))
        tell.check("nobody loosens the platform's rule for 13-15", cap == Reason.LOOSER_THAN_CAP)

    async def _teen_tightens(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("Mia has a say")
        await save(mia, mia.id, {"screen_time": {"daily_minutes": {"mon": 75}}})
        field = await field_of(dana, mia.id, MONDAY)
        tell.say(f"Dana reads: {field.reason}")
        tell.check("Mia's own 75 is stricter than Dana's 120, so it holds", field.value == 75)
        tell.check("Dana cannot overwrite it", field.locked)

    async def _two_guardians(self) -> None:
        dana, sam, mia, tell = self.family.dana, self.family.sam, self.family.mia, self.tell
        tell.scene("A second household, and the strictest wins")
        await sam.join(self.url, self.clock)
        offered = await mia.api.create_invitation()
        claimed = await sam.api.claim(offered.code or "")
        tell.say("this time Mia starts; Sam confirms that this is his teen")
        await sam.api.confirm(claimed.id, scopes=(Scope.SEE_TIME, Scope.SET_TIME))
        mine = await mia.api.invitation(offered.id)
        scopes = (Scope.SEE_TIME, Scope.SET_TIME)
        await approve(sam, mia, mine, self.clock, scopes=scopes)
        await save(sam, mia.id, {"screen_time": {"daily_minutes": {"mon": 45}}})
        told = await field_of(mia, mia.id, MONDAY)
        tell.check(f"Mia reads: {told.reason}", told.value == 45 and "Sam" in told.reason)
        hidden = await field_of(dana, mia.id, MONDAY)
        tell.check(
            f"Dana reads: {hidden.reason}",
            hidden.value == 45 and "Sam" not in str(hidden),
        )
        foreign = await refused(save(sam, mia.id, {"search": {"enabled": "off"}}))
        tell.check("Sam may not set what Mia did not grant", foreign == Reason.SCOPE_NOT_GRANTED)

    async def _undo(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("Undo")
        layer = await dana.api.layer(mia.id)
        saved = await dana.api.patch_layer(
            mia.id, {"schedule": {"wind_down": "20:00"}}, etag=layer.etag
        )
        await dana.api.revert(mia.id, saved.entry or 0)
        field = await field_of(mia, mia.id, "schedule.wind_down")
        tell.check("Dana took a change back: 21:15 again", field.value == "21:15")
        history = await mia.api.ledger(mia.id)
        for entry in history.items[-4:]:
            tell.say(f"Mia's history {entry.seq}: {entry.words}")
        gapless = [e.seq for e in history.items] == list(range(1, len(history.items) + 1))
        tell.check("Mia's history has no gap", gapless)

    async def _end(self, link: Link) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("A week later: ending")
        await self.clock.skip(timedelta(days=8))
        ended = await mia.api.end(link.id)
        until = f"{ended.notice_until:%a %d %b, %H:%M} UTC" if ended.notice_until else "now"
        tell.say(f"Mia ends the link with Dana; time rules stay until {until}")
        absent = await refused(dana.api.teen(mia.id))
        tell.check("Dana reads nothing from this moment", absent == Reason.NOT_FOUND)
        wind_down = await field_of(mia, mia.id, "schedule.wind_down")
        tell.check("the time rules stay for the notice period", wind_down.value == "21:15")
        await self.clock.skip(timedelta(days=8))
        gone = await field_of(mia, mia.id, "schedule.wind_down")
        tell.check("after it they are gone", gone.value != "21:15")
        monday = await field_of(mia, mia.id, MONDAY)
        tell.check("Sam's rules are untouched: Monday is 45", monday.value == 45)

    async def _next_entry(self, person: Person) -> str:
        async with asyncio.timeout(LIVE_SECONDS):
            async for event in person.api.events():
                if isinstance(event, EntryEvent) and isinstance(event.entry.entry, LayerChanged):
                    return event.entry.words
        return ""
