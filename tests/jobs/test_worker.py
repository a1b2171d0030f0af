"""The loop that does all leased work: exactly once, in order, through crashes and outages."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from domain.kernel import (
    Database,
    InboxItem,
    Row,
    Transactor,
    Tx,
    Unavailable,
    WorkStatus,
    claim_lanes,
    complete,
    database,
    receive,
    tenant,
)
from jobs.worker import Worker
from tests.jobs.waiting import until
from tests.jobs.wire import wire_to

Handle = Callable[[InboxItem], Awaitable[None]]


def now() -> datetime:
    return datetime.now(UTC)


async def arrive(count: int, *, lanes: int = 100) -> None:
    for sequence in range(count):
        await receive(
            source="test", key=str(sequence), lane=f"lane{sequence % lanes}", sequence=sequence, body="", headers={},
            now=now(),
        )  # fmt: skip


async def leave_a_mark(tx: Tx, *, work: InboxItem) -> None:
    await complete(work, now=now())
    await database()["marks"].insert_one({"lane": work.lane, "sequence": work.sequence})


async def marks() -> list[Row]:
    return [row async for row in database()["marks"].find({}, {"_id": 0}).sort("_id", 1)]


def a_worker(handle: Handle, *, lease_seconds: float = 30.0, concurrency: int = 4) -> Worker[InboxItem]:
    async def claim(limit: int) -> Sequence[InboxItem]:
        return await claim_lanes("test", now=now(), limit=limit, lease_seconds=lease_seconds)

    return Worker("test", claim=claim, handle=handle, clock=now, concurrency=concurrency, lease_seconds=lease_seconds)


def marking(transact: Transactor) -> Handle:
    async def handle(work: InboxItem) -> None:
        await transact(leave_a_mark, work=work)

    return handle


@asynccontextmanager
async def running(*workers: Worker[InboxItem]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        await asyncio.gather(*tasks)


async def done(count: int) -> bool:
    return await database()["inbox"].count_documents({"work_status": "done"}) == count


async def status_of_only() -> Row:
    row = await database()["inbox"].find_one()
    assert row is not None
    return row


@pytest.fixture
async def marked(database: Database) -> Database:
    if "marks" not in await database.list_collection_names():
        await database.create_collection("marks")
    return database


async def test_two_workers_share_everything_once_and_keep_each_lane_in_order(
    marked: Database, transact: Transactor
) -> None:
    await arrive(40, lanes=6)

    async with running(a_worker(marking(transact)), a_worker(marking(transact))):
        await until(lambda: done(40))

    by_lane: dict[str, list[int]] = {}
    for mark in await marks():
        by_lane.setdefault(mark["lane"], []).append(mark["sequence"])
    assert by_lane == {f"lane{lane}": list(range(lane, 40, 6)) for lane in range(6)}


async def test_a_worker_killed_between_claim_and_completion_leaves_the_work_to_another(
    marked: Database, transact: Transactor
) -> None:
    await arrive(1)
    claimed = asyncio.Event()

    async def hang(work: InboxItem) -> None:
        claimed.set()
        await asyncio.Event().wait()

    doomed = a_worker(hang, lease_seconds=0.3)
    task = asyncio.create_task(doomed.run())
    await claimed.wait()
    task.cancel()
    for held in doomed.held:
        held.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    rescuer = a_worker(marking(transact))
    async with running(rescuer):
        await asyncio.sleep(0.4)
        rescuer.bell.ring()
        await until(lambda: done(1))

    assert len(await marks()) == 1


async def test_work_whose_lease_was_lost_has_no_effect(marked: Database, transact: Transactor) -> None:
    await arrive(1)
    late = asyncio.Event()

    async def slow(work: InboxItem) -> None:
        await late.wait()
        await transact(leave_a_mark, work=work)

    slow_worker = a_worker(slow, lease_seconds=0.2)
    async with running(slow_worker):
        await until(lambda: _has_attempts(1))
        await asyncio.sleep(0.3)
        async with running(a_worker(marking(transact))):
            await until(lambda: done(1))
        late.set()

    assert len(await marks()) == 1


async def _has_attempts(count: int) -> bool:
    return int((await status_of_only())["attempts"]) >= count


async def test_what_fails_is_put_back_with_its_reason_and_the_others_go_on(
    marked: Database, transact: Transactor
) -> None:
    await arrive(3, lanes=3)

    async def picky(work: InboxItem) -> None:
        if work.sequence == 1:
            raise ValueError("not this one")
        await transact(leave_a_mark, work=work)

    async with running(a_worker(picky)):
        await until(lambda: done(2))
        await until(lambda: _waits_because("ValueError: not this one"))


async def _waits_because(reason: str) -> bool:
    row = await database()["inbox"].find_one({"failure": reason})
    return row is not None and row["work_status"] == "pending" and row["failures"] == 1


async def test_work_that_keeps_failing_dies_loudly(
    marked: Database, transact: Transactor, caplog: pytest.LogCaptureFixture
) -> None:
    await arrive(1)
    await marked["inbox"].update_one({}, {"$set": {"failures": 11}})

    async def fail(work: InboxItem) -> None:
        raise ValueError("never")

    with caplog.at_level(logging.ERROR):
        async with running(a_worker(fail)):
            await until(_is_dead)

    assert any("is dead after 12 failures" in record.getMessage() for record in caplog.records)
    await marked["inbox"].delete_many({})


async def _is_dead() -> bool:
    return bool((await status_of_only())["work_status"] == WorkStatus.DEAD.value)


async def test_work_outlasts_an_upstream_that_does_not_answer(marked: Database) -> None:
    await arrive(1)
    await marked["inbox"].update_one({}, {"$set": {"failures": 11}})

    async def upstream_is_away(work: InboxItem) -> None:
        raise Unavailable(service="gateway")

    async with running(a_worker(upstream_is_away)):
        await until(lambda: _has_attempts(1))
        await until(_was_put_back)

    assert (await status_of_only())["work_status"] == "pending"


async def _was_put_back() -> bool:
    return (await status_of_only())["failure"] is not None


async def test_a_stopped_worker_finishes_what_it_holds_and_takes_no_more(
    marked: Database, transact: Transactor
) -> None:
    await arrive(2, lanes=1)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def patient(work: InboxItem) -> None:
        started.set()
        await go_on.wait()
        await transact(leave_a_mark, work=work)

    worker = a_worker(patient)
    task = asyncio.create_task(worker.run())
    await started.wait()
    worker.stop()
    await asyncio.sleep(0.05)
    assert not task.done()
    go_on.set()
    await task

    assert [mark["sequence"] for mark in await marks()] == [0]


async def test_a_worker_lives_through_an_outage_of_the_database_and_says_so_once(
    marked: Database, mongo: EmbeddedMongo, caplog: pytest.LogCaptureFixture
) -> None:
    await arrive(1)
    holding, go_on = asyncio.Event(), asyncio.Event()

    async with wire_to(mongo.port) as wire:
        uri = f"mongodb://127.0.0.1:{wire.port}/?directConnection=true&serverSelectionTimeoutMS=300"
        async with AsyncMongoClient[Row](uri, tz_aware=True) as client:
            transact = Transactor(client, seconds_max=1.0)

            async def handle(work: InboxItem) -> None:
                holding.set()
                await go_on.wait()
                await transact(leave_a_mark, work=work)

            with caplog.at_level(logging.INFO), tenant(client[marked.name]):
                async with running(a_worker(handle)):
                    await holding.wait()
                    await wire.cut()
                    go_on.set()
                    await asyncio.sleep(2.5)
                    await wire.mend()
                    with tenant(marked):
                        await until(lambda: done(1))
                        await arrive(3)
                        await until(lambda: done(3), seconds=20)

    assert len(await marks()) == 3
    told = [record.getMessage() for record in caplog.records if record.name == "jobs.outage"]
    assert len([line for line in told if "is away" in line]) == 1
    assert len([line for line in told if "is back" in line]) == 1
