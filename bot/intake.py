"""Between Telegram and the dispatcher: nothing is acknowledged before it is stored, nothing stored is lost.

In polling mode `poll` writes raw updates into the inbox before their offset is confirmed; in webhook mode the API does.
`Consumer` leases the first waiting update of each person, handles many people side by side and one person's updates in
their order, and completes an update after it was handled: a crash hands it to whoever claims it next, and the commands'
keys make that harmless.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from typing import Any

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramRetryAfter
from pymongo.errors import PyMongoError

from bot.services import Services
from domain.kernel import Bell, Clock, InboxItem, LeaseLost, claim_lanes, complete, put_back, receive

log = logging.getLogger(__name__)

SOURCE = "telegram"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
BATCH_MAX = 100
IN_FLIGHT_MAX = 64
LEASE_SECONDS = 60.0
SLEEP_SECONDS_MAX = 1.0
"""A lost ring of the bell costs this much."""
STOP_SECONDS_MAX = 10.0
RETRY_SECONDS = 1.0


class PollRefused(Exception):
    """Telegram said no to getUpdates; the text is Telegram's."""


def lane_of(update: dict[str, Any]) -> str:
    """Whose update it is: one person's are handled one after the other. The webhook in `api` has the same rule."""
    for part in update.values():
        if isinstance(part, dict):
            person = part.get("from") or part.get("user") or part.get("chat")
            if isinstance(person, dict) and isinstance(person.get("id"), int):
                return str(person["id"])
    return str(update["update_id"])


async def poll(bot: Bot, clock: Clock) -> None:
    """Fetch updates for ever and store them; what could not be stored is fetched again."""
    offset = 0
    while True:
        try:
            updates = await _get_updates(bot, offset)
            await _store(updates, clock)
        except PollRefused as refusal:
            log.warning("Telegram refuses getUpdates: %s", refusal)
            await asyncio.sleep(RETRY_SECONDS)
        except (aiohttp.ClientError, TimeoutError, ValueError, PyMongoError) as trouble:
            log.warning("updates could not be fetched and stored, trying again: %r", trouble)
            await asyncio.sleep(RETRY_SECONDS)
        else:
            offset = max((update["update_id"] + 1 for update in updates), default=offset)


async def _get_updates(bot: Bot, offset: int) -> list[dict[str, Any]]:
    """The raw updates: what aiogram does not know yet is stored too and spoils nothing."""
    session = bot.session
    assert isinstance(session, AiohttpSession)
    http = await session.create_session()
    asked = {
        "offset": str(offset), "timeout": str(POLL_SECONDS), "limit": str(BATCH_MAX),
        "allowed_updates": json.dumps(ALLOWED_UPDATES),
    }  # fmt: skip
    url = session.api.api_url(token=bot.token, method="getUpdates")
    timeout = aiohttp.ClientTimeout(total=POLL_SECONDS + 10)
    async with http.post(url, data=asked, timeout=timeout) as response:
        answer = await response.json(content_type=None)
    if not isinstance(answer, dict):
        raise PollRefused(f"HTTP {response.status}")
    if not answer.get("ok"):
        raise PollRefused(answer.get("description", f"HTTP {response.status}"))
    updates: list[dict[str, Any]] = answer["result"]
    return updates


async def _store(updates: Iterable[dict[str, Any]], clock: Clock) -> None:
    lanes: dict[str, list[dict[str, Any]]] = {}
    for update in updates:
        lanes.setdefault(lane_of(update), []).append(update)
    await asyncio.gather(*(_store_lane(lane, waiting, clock) for lane, waiting in lanes.items()))


async def _store_lane(lane: str, updates: list[dict[str, Any]], clock: Clock) -> None:
    for update in updates:
        number = update["update_id"]
        body = json.dumps(update, ensure_ascii=False)
        await receive(source=SOURCE, key=str(number), lane=lane, sequence=number, body=body, headers={}, now=clock())


class Consumer:
    """Handles what is in the inbox, up to `IN_FLIGHT_MAX` people at once."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, services: Services, bell: Bell) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._services = services
        self._clock = services.clock
        self._bell = bell
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled, then finish what is begun; what takes too long is left to its lease."""
        me = asyncio.current_task()
        assert me is not None
        try:
            while not me.cancelling():  # Python 3.11's `wait_for`, inside PyMongo, can swallow a cancellation
                if not await self._claim():
                    await self._bell.wait(seconds=SLEEP_SECONDS_MAX)
        finally:
            await self._finish()

    async def _claim(self) -> bool:
        room = IN_FLIGHT_MAX - len(self._in_flight)
        if room <= 0:
            return False
        try:
            items = await claim_lanes(SOURCE, now=self._clock(), limit=room, lease_seconds=LEASE_SECONDS)
        except PyMongoError as trouble:
            log.warning("the inbox does not answer, trying again: %r", trouble)
            await asyncio.sleep(RETRY_SECONDS)
            return False
        for item in items:
            task = asyncio.create_task(self._handle(item))
            self._in_flight.add(task)
            task.add_done_callback(self._done)
        return len(items) == room  # else every lane that can move is moving, and what comes rings the bell

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._bell.ring()  # the person may have written meanwhile

    async def _handle(self, item: InboxItem) -> None:
        update = json.loads(item.body)
        if update.keys().isdisjoint(ALLOWED_UPDATES):
            log.info("update %s is of a kind we do not know", item.key)
            await self._settle(item)
            return
        try:
            await self._dispatcher.feed_raw_update(self._bot, update, services=self._services)
        except TelegramRetryAfter as flood:
            await self._give_back(item, flood, retry_in_seconds=float(flood.retry_after))
        except Exception as failure:  # noqa: BLE001 - the last line of defence: the update must not be lost
            await self._give_back(item, failure)
        else:
            await self._settle(item)

    async def _give_back(self, item: InboxItem, failure: Exception, retry_in_seconds: float | None = None) -> None:
        log.warning("update %s goes back to the inbox: %r", item.key, failure)
        try:
            await put_back(item, failure=repr(failure), now=self._clock(), retry_in_seconds=retry_in_seconds)
        except (LeaseLost, PyMongoError) as trouble:
            log.warning("update %s is left to its lease: %r", item.key, trouble)

    async def _settle(self, item: InboxItem) -> None:
        try:
            await complete(item, now=self._clock())
        except (LeaseLost, PyMongoError) as trouble:
            log.warning("update %s may be handled again: %r", item.key, trouble)

    async def _finish(self) -> None:
        if not self._in_flight:
            return
        _, late = await asyncio.wait(self._in_flight, timeout=STOP_SECONDS_MAX)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
