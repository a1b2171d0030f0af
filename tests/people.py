"""People who talk to the bot over the sandbox, as their clients would: they say, tap, and see.

`asha = await Person.meets(sandbox, first_name="Asha")`, then `await asha.says("/start")`, `await asha.taps("Help")` and
`await asha.sees("Choose a day")`. Every action waits until the bot has answered. What is seen is checked strictly:
python-telegram-bot and aiogram must both know every field of every message.
"""

import asyncio
from typing import Any

import httpx

from tests.sandbox.telegram_schema import check_strictly

SETTLE_MS = 120
SEES_SECONDS = 10.0
CHANGES_SECONDS = 0.6

Json = dict[str, Any]


class Person:
    """One person with one private chat with the bot."""

    def __init__(self, sandbox: httpx.AsyncClient, user: Json) -> None:
        self.sandbox = sandbox
        self.user = user
        self.id: int = user["id"]

    @classmethod
    async def meets(cls, sandbox: httpx.AsyncClient, **user: Any) -> "Person":
        """Somebody with a Telegram account who has not written to the bot yet."""
        given = {"first_name": "Asha", "language_code": "en", **user}
        answer = await sandbox.post("/sim/v1/people", json=given)
        assert answer.is_success, answer.text
        return cls(sandbox, answer.json())

    async def says(self, text: str) -> None:
        """Write to the bot and wait for its answer."""
        answer = await self.sandbox.post(f"/sim/v1/people/{self.id}/messages", json={"text": text})
        assert answer.is_success, answer.text
        await self._replied(answer.json()["message_id"])
        await self.chat()

    async def taps(self, label: str, *, on: int | None = None) -> Json:
        """Tap the button (its whole label, else a part of it) on the newest message that has it, or on that message."""
        message = on or (await self._newest_with(label))["message_id"]
        before = (await self.chat(settle_ms=0))["messages"]
        tapped = await self.tap(message, text=label)
        if tapped["callback_query_id"] is not None:
            await self._answered(tapped["callback_query_id"])
            await self._changed(before)
        await self.chat()
        return tapped

    async def tap(self, message_id: int, **button: str) -> Json:
        """Tap without waiting: for two people at once, or twice."""
        answer = await self.sandbox.post(f"/sim/v1/people/{self.id}/taps", json={"message_id": message_id, **button})
        assert answer.is_success, f"{button}: {answer.text}"
        tapped: Json = answer.json()
        return tapped

    async def chat(self, *, settle_ms: int = SETTLE_MS) -> Json:
        """Everything this person sees once the bot is quiet."""
        answer = await self.sandbox.get(f"/sim/v1/people/{self.id}/chat", params={"settle_ms": settle_ms})
        assert answer.is_success, answer.text
        seen: Json = answer.json()
        for message in seen["messages"]:
            check_strictly("Message", message)
        return seen

    async def screens(self) -> list[Json]:
        """The bot's messages, oldest first."""
        return [message for message in (await self.chat())["messages"] if message["from"]["is_bot"]]

    async def screen(self) -> Json:
        """The bot's newest message."""
        return (await self.screens())[-1]

    async def sees(self, *parts: str) -> Json:
        """Wait until one message of the bot has all these parts, in its text or on its buttons; the newest such."""
        deadline = asyncio.get_running_loop().time() + SEES_SECONDS
        while True:
            shown = await self.screens()
            for message in reversed(shown):
                if all(part in words_of(message) for part in parts):
                    return message
            newest = words_of(shown[-1]) if shown else "nothing"
            assert asyncio.get_running_loop().time() < deadline, f"{parts} not seen; the newest is:\n{newest}"
            await asyncio.sleep(0.05)

    async def answers(self) -> list[str]:
        """What the bot said to taps in passing."""
        return [answer["text"] for answer in (await self.chat())["callback_answers"] if answer.get("text")]

    async def _answered(self, callback_query_id: str) -> None:
        """Wait until the button's spinner has stopped."""
        deadline = asyncio.get_running_loop().time() + SEES_SECONDS
        while True:
            answers = (await self.chat(settle_ms=0))["callback_answers"]
            if any(answer["callback_query_id"] == callback_query_id for answer in answers):
                return
            assert asyncio.get_running_loop().time() < deadline, "the tap was never answered"
            await asyncio.sleep(0.02)

    async def _replied(self, message_id: int) -> None:
        """Give the bot a moment to say something after that message; some words have no answer."""
        deadline = asyncio.get_running_loop().time() + CHANGES_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if any(message["message_id"] > message_id for message in (await self.chat(settle_ms=0))["messages"]):
                return
            await asyncio.sleep(0.02)

    async def _changed(self, before: list[Json]) -> None:
        """Give the bot a moment to show something else; some taps change nothing."""
        deadline = asyncio.get_running_loop().time() + CHANGES_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if (await self.chat(settle_ms=0))["messages"] != before:
                return
            await asyncio.sleep(0.02)

    async def _newest_with(self, label: str) -> Json:
        deadline = asyncio.get_running_loop().time() + SEES_SECONDS
        while True:
            shown = await self.screens()
            for exactly in (True, False):
                for message in reversed(shown):
                    labels = [button["text"] for button in buttons_of(message)]
                    if label in labels if exactly else any(label in text for text in labels):
                        return message
            newest = words_of(shown[-1]) if shown else "nothing"
            assert asyncio.get_running_loop().time() < deadline, f"no button {label!r}; the newest screen is:\n{newest}"
            await asyncio.sleep(0.05)


def text_of(message: Json) -> str:
    """The text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def buttons_of(message: Json) -> list[Json]:
    """All inline buttons."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def words_of(message: Json) -> str:
    """Text and button labels, as one string."""
    return "\n".join([text_of(message), *(f"[{button['text']}]" for button in buttons_of(message))])


def enabled(message: Json) -> list[str]:
    """The labels of the buttons that can be tapped."""
    return [button["text"] for button in buttons_of(message) if "disabled" not in button]
