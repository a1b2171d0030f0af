"""Four workers, two of them killed and one stopped beyond its lease: nothing is lost, nothing happens twice."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from domain.kernel import Database, OutboxEvent, Row, Transactor
from domain.wallets import TokensAdjusted
from tests.building import a_member
from tests.due import STARTED_AT, bookings_to_start
from tests.jobs.waiting import until

LEASE_SECONDS = 1.5
EACH = 1000
HELD_BOOKINGS, HELD_EVENTS = 100, 8
"""What one worker leases at a time."""


class Crew:
    """Worker processes on one database."""

    def __init__(self, mongo: EmbeddedMongo, database: Database) -> None:
        self._task = {"uri": mongo.uri, "database": database.name, "lease_seconds": LEASE_SECONDS}
        self._all: list[Process] = []

    async def worker(self, *, hangs: bool = False, is_fenced: bool = True) -> Process:
        """A process that is ready to work."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.concurrency.working", stdin=PIPE, stdout=PIPE
        )
        self._all.append(process)
        await tell(process, json.dumps({**self._task, "hangs": hangs, "is_fenced": is_fenced}))
        assert await heard(process) == "ready"
        return process

    async def end(self) -> None:
        """Kill who is left."""
        for process in self._all:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def tell(process: Process, *words: str) -> None:
    assert process.stdin is not None
    process.stdin.write("".join(f"{word}\n" for word in words).encode())
    await process.stdin.drain()


async def heard(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def takes_and_hangs(process: Process) -> None:
    """Let it work until it surely holds a batch of bookings and some events."""
    await tell(process, "go")
    assert {await heard(process), await heard(process)} == {"holding pass_time", "holding react"}


async def ends(process: Process) -> dict[str, float]:
    """Stop it in good order; what it counted."""
    await tell(process, "stop")
    assert process.stdout is not None
    counted: dict[str, float] = json.loads((await process.stdout.read()).decode().strip().splitlines()[-1])
    assert await process.wait() == 0
    return counted


async def goes_on_too_late(process: Process) -> dict[str, float]:
    """Wake the stopped one: it finishes what it believes to hold. What it counted."""
    await tell(process, "on")
    process.send_signal(signal.SIGCONT)
    return await ends(process)


@pytest.fixture
async def crew(mongo: EmbeddedMongo, client: AsyncMongoClient[Row], database: Database) -> AsyncIterator[Crew]:
    """Workers on a MongoDB that gives up the transaction of a killed client after a second instead of fifteen."""
    await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=1)
    gathered = Crew(mongo, database)
    yield gathered
    await gathered.end()
    await client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=15)


async def fall_due(database: Database, transact: Transactor, *, bookings: int, events: int) -> None:
    """So many bookings whose start has come, and so many events that nobody has reacted to."""
    member = await a_member(transact)
    await bookings_to_start(database, transact, bookings)
    adjusted = [
        TokensAdjusted(
            actor_id=None, origin="api", subject_id=member.member_id, after={"tokens": 1, "reason": str(number)},
            occurred_at=STARTED_AT - timedelta(milliseconds=number),
        )
        for number in range(events)
    ]  # fmt: skip
    await OutboxEvent.store(list(adjusted))


async def nothing_is_due(database: Database) -> bool:
    waiting: Row = {"name": TokensAdjusted.name, "work_status": "pending"}
    due = await database["bookings"].find_one({"status": "confirmed"}) or await database["outbox"].find_one(waiting)
    return due is None


async def some_are_done(database: Database) -> bool:
    return await database["audit"].count_documents({}) > 5 * HELD_EVENTS


async def times_each(database: Database, collection: str, what: Row, by: Callable[[Row], Any]) -> Counter[int]:
    """How many things had how many effects."""
    per_thing = Counter([by(row) async for row in database[collection].find(what)])
    return Counter(per_thing.values())


async def starts(database: Database) -> Counter[int]:
    """How many bookings were announced to have started how often."""
    return await times_each(database, "outbox", {"name": "booking.started"}, lambda row: row["facts"]["booking_id"])


async def entries(database: Database) -> Counter[int]:
    """How many events were written into the audit log how often."""
    return await times_each(database, "audit", {}, lambda row: row["after"]["reason"])


async def test_two_killed_and_one_stopped_beyond_its_lease_lose_nothing_and_double_nothing(
    crew: Crew, database: Database, transact: Transactor
) -> None:
    await fall_due(database, transact, bookings=EACH, events=EACH)
    stopped, doomed, unlucky, survivor = await asyncio.gather(
        crew.worker(hangs=True), crew.worker(hangs=True), crew.worker(), crew.worker()
    )

    await takes_and_hangs(stopped)
    await takes_and_hangs(doomed)
    stopped.send_signal(signal.SIGSTOP)
    doomed.kill()
    await tell(unlucky, "go")
    await until(lambda: some_are_done(database), seconds=40)
    unlucky.kill()
    await tell(survivor, "go")
    await until(lambda: nothing_is_due(database), seconds=40)
    late = await goes_on_too_late(stopped)
    await ends(survivor)

    assert late == {"bookings.start lease_lost": HELD_BOOKINGS, "outbox lease_lost": HELD_EVENTS}
    assert await database["bookings"].count_documents({"status": "active", "lease_token": None}) == EACH
    assert await starts(database) == {1: EACH}
    assert await entries(database) == {1: EACH}
    assert await database["notices"].count_documents({"kind": "tokens_adjusted"}) == EACH


@pytest.mark.breaks_invariants
async def test_without_the_fence_the_stopped_one_does_everything_a_second_time(
    crew: Crew, database: Database, transact: Transactor
) -> None:
    await fall_due(database, transact, bookings=HELD_BOOKINGS, events=HELD_EVENTS)
    stopped, other = await asyncio.gather(crew.worker(hangs=True, is_fenced=False), crew.worker(is_fenced=False))

    await takes_and_hangs(stopped)
    stopped.send_signal(signal.SIGSTOP)
    await tell(other, "go")
    await until(lambda: nothing_is_due(database), seconds=40)
    await ends(other)
    await goes_on_too_late(stopped)

    assert await starts(database) == {2: HELD_BOOKINGS}, "the test above would prove nothing"
    assert await entries(database) == {2: HELD_EVENTS}


async def test_asked_to_stop_a_worker_finishes_what_it_holds_and_leaves_no_lease(
    crew: Crew, database: Database, transact: Transactor
) -> None:
    await fall_due(database, transact, bookings=EACH, events=EACH)
    worker = await crew.worker(hangs=True)
    await takes_and_hangs(worker)

    await tell(worker, "on")
    counted = await ends(worker)

    assert counted["bookings.start done"] >= HELD_BOOKINGS
    assert "bookings.start lease_lost" not in counted
    for collection in ("bookings", "outbox"):
        assert await database[collection].count_documents({"lease_token": {"$ne": None}}) == 0
    assert await starts(database) == {1: counted["bookings.start done"]}
    assert await entries(database) == {1: counted["outbox done"]}
