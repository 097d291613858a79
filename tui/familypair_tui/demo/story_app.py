"""The acts in which Mia opens the app: a no is explained, asked about, and becomes a yes."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from familypair.schema.requests import Request
from familypair_tui.demo.app_loop.parts import ASKED_PATH, Parts
from familypair_tui.demo.app_loop.serving import served
from familypair_tui.demo.family import save
from familypair_tui.demo.habits import Stretch
from familypair_tui.demo.loop import NAME, Installed, Loop
from familypair_tui.demo.pages import Browser, Page
from familypair_tui.demo.people import Person
from familypair_tui.demo.teller import LIVE_SECONDS, Stage

DARE = "tide pod challenge"
"""What Mia looks for: in a category that her platform asks about, and then Dana too."""
CATEGORY = "dangerous_challenges"


class AppStory:
    """Each check is what the app's page or the API answered."""

    def __init__(self, stage: Stage, loop: Loop, app: Installed) -> None:
        self.family, self.clock, self.tell = stage.family, stage.clock, stage.tell
        self.loop, self.app = loop, app
        self.teen = stage.family.mia.id

    async def play(self) -> None:
        """The acts in order, beside the server."""
        async with served(self.loop) as parts, Browser(parts.address) as browser:
            await self._opens(parts, browser)
            await self._search(browser)
            await self._strangers(browser)
            await self._time_is_over(browser)
            await self._applied()
            found = parts.gate.log.after(0)
            self.tell.check("the app's own copy of the rules answered", found.by_cache)
            self.tell.say(
                f"{found.asked} questions, {found.by_cache} answered from the cache, half of them "
                f"within {found.p50:.0f} microseconds"
            )

    async def _opens(self, parts: Parts, browser: Browser) -> None:
        tell = self.tell
        tell.scene(f"Mia opens {NAME}")
        await self._today_allows()
        page = await browser.open("/")
        page = await browser.submit(page, page.form("teen"), {"teen": "mia"})
        page = await self._opened(browser, "/feed")
        tell.say(f"{NAME} is at {parts.address}; Mia reads: {page.marked.get('left', '?')}")
        tell.check("the feed opens", (page.status, page.marked.get("left")) == (200, MORE))

    async def _search(self, browser: Browser) -> None:
        dana, tell = self.family.dana, self.tell
        await save(dana, self.teen, {"search": {"packs": {CATEGORY: "ask"}}})
        stopped = await self._stopped(browser, f"/search?q={DARE.replace(' ', '+')}")
        tell.say(f"Mia searches, and reads: {stopped.marked.get('notice', '?')}")
        tell.check("a search is stopped and explained", stopped.status == STOPPED)
        waits = await self._asks(browser, stopped, "Ask about this search", {})
        tell.check("Dana reads the category, not the words", DARE not in str(waits))
        await dana.api.approve_request(waits.id)
        page = await self._opened(browser, f"/search?q={DARE.replace(' ', '+')}")
        tell.check("Dana said yes: the search works", page.status == OPEN)
        helped = await browser.open("/search?q=childline")
        tell.check("a search for help always works, with help lines", "lines" in helped.marked)

    async def _strangers(self, browser: Browser) -> None:
        tell = self.tell
        page = await browser.open("/messages/robin")
        sent = await browser.submit(page, page.form("text"), {"text": "hello?"})
        tell.say(f"Mia writes to a stranger, and reads: {sent.marked.get('notice', '?')}")
        tell.check("nothing is sent", sent.status == STOPPED)
        chat = await browser.open("/messages/robin")
        tell.check("the chat is empty", "hello?" not in chat.text)

    async def _time_is_over(self, browser: Browser) -> None:
        dana, tell = self.family.dana, self.tell
        await self._use_up()
        stopped = await self._stopped(browser, "/feed")
        tell.say(f"the time is over; Mia reads: {stopped.marked.get('notice', '?')}")
        tell.check("the feed is closed", stopped.status == STOPPED)
        report = await browser.open("/help")
        done = await browser.submit(report, report.form("text"), {"text": "somebody is mean"})
        tell.check("help and reports stay open at zero minutes", done.status == OPEN)
        waits = await self._asks(browser, stopped, "Ask for more time", {"choice": "15"})
        await dana.api.approve_request(waits.id)
        page = await self._opened(browser, "/feed")
        tell.check("Dana said yes: the feed opens", page.status == OPEN)

    async def _applied(self) -> None:
        """Dana reads that the rules are not only accepted."""
        dana, tell = self.family.dana, self.tell
        (shown,) = (await dana.api.applied(self.teen)).apps
        for _ in range(int(LIVE_SECONDS / SOON)):
            if shown.applied == shown.devices:
                break
            await asyncio.sleep(SOON)
            (shown,) = (await dana.api.applied(self.teen)).apps
        tell.say(f"Dana reads of {shown.name}: {shown.words}")
        tell.check("the app applies them on all of Mia's devices", shown.applied == shown.devices)

    async def _asks(
        self, browser: Browser, stopped: Page, words: str, answers: Mapping[str, str]
    ) -> Request:
        """From the no to the page of the pairing server, and back to the app; what Dana reads."""
        mia, tell = self.family.mia, self.tell
        page = await self._signed_in(mia, stopped.link(words))
        values = {"reason": "please", **answers}
        back = browser.base + ASKED_PATH
        sent = await mia.browser.submit(page, page.form("reason"), values, stop_at=back)
        tell.check(f"she asks, and is back in {NAME}", "asked=sent" in sent.url)
        await browser.open(sent.url)
        (waits, *_) = (await self.family.dana.api.requests(self.teen)).items
        tell.say(f"Dana reads: {waits.words}")
        return waits

    async def _signed_in(self, person: Person, address: str) -> Page:
        """The page, after a sign-in where it is asked."""
        return await person.answer(address)

    async def _opened(self, browser: Browser, path: str) -> Page:
        return await self._until(browser, path, OPEN)

    async def _stopped(self, browser: Browser, path: str) -> Page:
        return await self._until(browser, path, STOPPED)

    async def _until(self, browser: Browser, path: str, status: int) -> Page:
        """The page once the app has heard of what changed; what it is then, if it never does."""
        page = await browser.open(path)
        for _ in range(int(LIVE_SECONDS / SOON)):
            if page.status == status:
                break
            await asyncio.sleep(SOON)
            page = await browser.open(path)
        return page

    async def _today_allows(self) -> None:
        """Enough for the story: Dana gives what is needed."""
        if (await self._left()) < ENOUGH:
            await self.family.dana.api.give(self.teen, minutes=ENOUGH // 60)

    async def _use_up(self) -> None:
        while (left := await self._left()) > 0:
            seconds = min(left, 600)
            start = self.clock().replace(microsecond=0) + timedelta(seconds=1)
            await self.clock.skip(timedelta(seconds=seconds + 1))
            end = start + timedelta(seconds=seconds)
            await self.loop.report([Stretch(self.app.devices[0], "feed", start, end)])

    async def _left(self) -> int:
        return (await self.family.mia.api.time(self.teen)).today.remaining_seconds or 0


OPEN, STOPPED = 200, 403
"""HTTP statuses of a page that opened, and of one that did not."""
SOON = 0.1
ENOUGH = 30 * 60
MORE = "More than 15 minutes left today"
