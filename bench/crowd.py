"""People who tap at once, each waiting for the answer; their ears are one stream of the sandbox's events."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp

Json = dict[str, Any]
Choose = Callable[[Json], str]
"""Which button of a message to tap, by its callback data."""
ANSWER_SECONDS_MAX = 30.0


class Sandbox:
    """The sandbox as the driver sees it."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._ears: dict[int, asyncio.Queue[Json]] = {}
        self._webhook = ""

    async def post(self, path: str, body: Json) -> Json:
        """One call; raises RuntimeError on a refusal."""
        async with self._http.post(f"{self._url}{path}", json=body) as answer:
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            answered: Json = await answer.json()
            return answered

    async def point_webhook(self, url: str, *, secret: str) -> None:
        """Have updates delivered there from now on; Telegram allows one such change a second."""
        if url == self._webhook:
            return
        self._webhook = url
        await asyncio.sleep(1.1)
        await self.post(f"/bot{self._token}/setWebhook", {"url": url, "secret_token": secret})

    def ear(self, user_id: int) -> asyncio.Queue[Json]:
        """What happens in this person's chat from now on."""
        return self._ears.setdefault(user_id, asyncio.Queue())

    async def listen(self) -> None:
        """Hand events to those they concern, until cancelled."""
        headers, no_limit = {"accept": "text/event-stream"}, aiohttp.ClientTimeout(total=None)
        async with self._http.get(f"{self._url}/sim/v1/events", headers=headers, timeout=no_limit) as stream:
            async for line in stream.content:
                if line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    if (ear := self._ears.get(event.get("user_id", 0))) is not None:
                        ear.put_nowait(event)


class Person:
    """One person with one private chat with whoever has the webhook."""

    def __init__(self, sandbox: Sandbox, user_id: int, choose: Choose) -> None:
        self.id = user_id
        self._sandbox = sandbox
        self._choose = choose
        self._ear = sandbox.ear(user_id)
        self._screen: Json = {}

    async def begin(self, words: str) -> None:
        """Appear, write, and wait for the bot's screen."""
        await self._sandbox.post("/sim/v1/people", {"id": self.id, "first_name": "Asha", "language_code": "en"})
        await self._sandbox.post(f"/sim/v1/people/{self.id}/messages", {"text": words})
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while not self._screen:
                event = await self._ear.get()
                if event["kind"] == "message" and event["message"]["from"]["is_bot"]:
                    self._screen = event["message"]

    async def tap(self) -> float:
        """Tap, and wait until both the new screen and the tap's own answer have reached the sandbox; in seconds."""
        button = {"message_id": self._screen["message_id"], "data": self._choose(self._screen)}
        missing = {"edited", "callback_answer"}
        began = time.perf_counter()
        await self._sandbox.post(f"/sim/v1/people/{self.id}/taps", button)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while missing:
                event = await self._ear.get()
                missing.discard(event["kind"])
                if event["kind"] == "edited":
                    self._screen = event["message"]
        return time.perf_counter() - began


async def tap_at_once(people: Sequence[Person], *, seconds: float) -> tuple[float, list[float]]:
    """Taps by all these people for so long; taps per second, and the seconds of each, ascending."""
    began = time.perf_counter()

    async def keep_tapping(person: Person) -> list[float]:
        taken = [await person.tap()]
        while time.perf_counter() < began + seconds:
            taken.append(await person.tap())
        return taken

    taken = [each for one in await asyncio.gather(*map(keep_tapping, people)) for each in one]
    return len(taken) / (time.perf_counter() - began), sorted(taken)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel and wait."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def buttons(message: Json) -> list[Json]:
    """All buttons that can be tapped."""
    return [button for row in message["reply_markup"]["inline_keyboard"] for button in row if "callback_data" in button]


def first_button(message: Json) -> str:
    """The first button there is."""
    data: str = buttons(message)[0]["callback_data"]
    return data


def menu_and_tokens(message: Json) -> str:
    """From our menu to the balance, and back."""
    known = [button["callback_data"] for button in buttons(message)]
    return "t" if "t" in known else "m"


def months(message: Json) -> str:
    """To the next month of our calendar, and back."""
    labelled = {button["text"]: button["callback_data"] for button in buttons(message)}
    data: str = labelled.get("›") or labelled["‹"]
    return data
