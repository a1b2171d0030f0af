"""Waking a worker when there is something new, instead of letting it poll.

A change stream only rings; what is due is always found by the query, so a lost ring costs a tick, never an item.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from pymongo.errors import PyMongoError

from domain.kernel.storage import Database

RECONNECT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Bell:
    """Rung by anyone, heard by one worker."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the worker, or keep it from going to sleep."""
        self._rung.set()

    async def wait(self, *, seconds: float) -> None:
        """Return when rung, or after `seconds` at the latest; rings that came before count."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()


async def ring_on_insert(
    database: Database, bells: Mapping[str, Bell], *, where: Mapping[str, Any] | None = None
) -> None:
    """Watch for inserts and ring `bells[collection name]`, for ever; reconnects by itself."""
    await _ring(database, bells, {"operationType": "insert", **(where or {})})


async def ring_on_change(database: Database, bells: Mapping[str, Bell]) -> None:
    """Watch for inserts and changes and ring `bells[collection name]`, for ever; reconnects by itself."""
    await _ring(database, bells, {"operationType": {"$in": ["insert", "update", "replace", "delete"]}})


async def _ring(database: Database, bells: Mapping[str, Bell], which: Mapping[str, Any]) -> None:
    # The delay before reconnecting does not grow: over months it would only make everybody's answers late.
    match: dict[str, Any] = {"ns.coll": {"$in": list(bells)}, **which}
    is_away = False
    while True:
        try:
            async with await database.watch([{"$match": match}, {"$project": {"ns": 1}}]) as stream:
                if is_away:
                    log.info("hearing the database again")
                is_away = False
                for bell in bells.values():
                    bell.ring()  # something may have come while nobody watched
                async for change in stream:
                    bells[change["ns"]["coll"]].ring()
        except PyMongoError as error:
            if not is_away:
                log.warning("cannot hear the database, workers go by their ticks: %s", error)
            is_away = True
        await asyncio.sleep(RECONNECT_SECONDS)
