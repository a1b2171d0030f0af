"""`python -m bench.workers`: a process that works as jobs do, told by standard input when, and at what.

Its first line says where; then `start` works at bookings that are to begin, `react` at the outbox, `rest` at nothing.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from beanie import init_beanie
from pymongo import AsyncMongoClient

from app import quick_import

with quick_import.without_garbage_collection():
    quick_import.aiogram()
    from domain.kernel import OutboxEvent, Row, Transactor, enter_tenant
    from domain.records import RECORDS
    from jobs import outbox
    from jobs.steps import StepWorker
    from jobs.worker import Worker

SWEEP_SECONDS = 0.1
Part = StepWorker | Worker[OutboxEvent]


def _now() -> datetime:
    return datetime.now(UTC)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _part(what: str, transact: Transactor) -> Part:
    if what == "start":
        return StepWorker("bookings", "start", transact=transact, clock=_now)
    return outbox.worker(transact, _now)


async def _until_told(part: Part) -> None:
    """Work until the next line; then finish what is held."""
    told = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    working = asyncio.create_task(part.run())
    while not told.done():
        part.bell.ring()  # what the timetable does each second
        await asyncio.wait({told, working}, timeout=SWEEP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    part.stop()
    await working


async def _main() -> None:
    where = json.loads(sys.stdin.readline())
    async with AsyncMongoClient[Row](where["uri"], tz_aware=True) as client:
        enter_tenant(client[where["database"]])
        await init_beanie(database=client[where["database"]], document_models=RECORDS, skip_indexes=True)
        transact = Transactor(client)
        _say("ready")
        while what := (await asyncio.to_thread(sys.stdin.readline)).strip():
            await _until_told(_part(what, transact))
            _say("resting")


if __name__ == "__main__":
    asyncio.run(_main())
