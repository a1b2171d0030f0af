"""One process of several: a crowd that wants one time. Reads its task and then a go from standard input."""

import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from beanie import PydanticObjectId, init_beanie
from pymongo import AsyncMongoClient

from domain import bookings, people
from domain.kernel import Row, Transactor, enter_tenant
from domain.records import RECORDS
from domain.resources import Options

HALF_HOUR = timedelta(minutes=30)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
START = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


def somebody() -> people.Actor:
    """A member, as an edge would introduce them."""
    return people.Actor(
        member_id=PydanticObjectId(), telegram_id=1, name="Somebody", role=people.Role.MEMBER, language="en",
        timezone=None, is_active=True, origin="chat",
    )  # fmt: skip


def wish_of(number: int, resource_id: PydanticObjectId) -> dict[str, Any]:
    """An hour that has a cell in common with everybody else's, by its turnaround if not by itself."""
    starts_at = START + HALF_HOUR * (number % 3 - 1)
    return {
        "resource_id": resource_id, "starts_at": starts_at, "ends_at": starts_at + 2 * HALF_HOUR, "options": Options(),
        "key": "tap", "actor": somebody(), "now": NOW,
    }  # fmt: skip


async def ask(transact: Transactor, number: int, resource_id: PydanticObjectId) -> str:
    """Ask for the time, every fourth as a hold, and say what the answer was."""
    wish = wish_of(number, resource_id)
    try:
        if number % 4 == 0:
            await transact(bookings.hold, **wish)
        else:
            await transact(bookings.book, expected_cost_tokens=None, **wish)
    except bookings.SlotTaken:
        return "taken"
    return "won"


def say(line: str) -> None:
    """Tell the process that started us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def crowd(task: dict[str, Any]) -> Counter[str]:
    """Everybody at once; answers are counted."""
    async with AsyncMongoClient[Row](task["uri"], tz_aware=True) as client:
        enter_tenant(client[task["database"]])
        await init_beanie(database=client[task["database"]], document_models=RECORDS, skip_indexes=True)
        transact = Transactor(client, seconds_max=60.0)
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        resource_id = PydanticObjectId(task["resource_id"])
        return Counter(await asyncio.gather(*(ask(transact, number, resource_id) for number in range(task["people"]))))


if __name__ == "__main__":
    say(json.dumps(asyncio.run(crowd(json.loads(sys.stdin.readline())))))
