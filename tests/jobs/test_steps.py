"""The workers of time: everything due is done, whatever fails beside it, and by as many processes as there are."""

import asyncio
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

import domain
from api.metrics import STEPS
from app.mongod import EmbeddedMongo
from domain import bookings, payments
from domain.kernel import Batch, Database, Row, Transactor, Tx, take_turn, tenant
from jobs import Services, metrics
from jobs.outage import Outage
from jobs.steps import ROOMS, StepWorker, workers
from jobs.timetable import RECONCILE, Timetable
from tests.building import a_member
from tests.domain.consequences import a_payment
from tests.due import STARTED_AT, bookings_to_start
from tests.jobs.conftest import MovableClock, jobs_running
from tests.jobs.waiting import until
from tests.jobs.wire import wire_to


def now() -> datetime:
    return datetime.now(UTC)


class Poisoned:
    """Bookings of which one makes its batch fail; the rest of the room is as it is."""

    STEPS = bookings.STEPS
    claim_due = staticmethod(bookings.claim_due)

    def __init__(self, bad: PydanticObjectId) -> None:
        self.bad = bad
        self.batches: list[int] = []

    async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
        self.batches.append(len(batch))
        count = await bookings.pass_time(tx, step=step, batch=batch, now=now)
        if self.bad in batch.ids:
            raise ValueError("this row makes no sense")
        return count


async def is_all_started(database: Database, count: int) -> bool:
    return await database["bookings"].count_documents({"status": "active"}) == count


async def started(database: Database) -> list[PydanticObjectId]:
    rows = database["outbox"].find({"name": "booking.started"})
    return [row["facts"]["booking_id"] async for row in rows]


def counted(step: str, outcome: str) -> float:
    """What this process has counted of a step so far."""
    wanted = {"step": step, "outcome": outcome}
    return sum(value for name, labels, value in metrics.figures() if labels == wanted)


@asynccontextmanager
async def running(*given: StepWorker) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.run()) for worker in given]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for worker in given:
            worker.stop()
        await asyncio.gather(*tasks)


def test_every_room_with_steps_has_workers_and_figures() -> None:
    names = [module.name for module in pkgutil.iter_modules(domain.__path__)]
    with_steps = {name for name in names if hasattr(import_module(f"domain.{name}"), "STEPS")}

    assert with_steps == set(ROOMS) == set(STEPS)


async def test_one_bad_row_does_not_stop_its_neighbours_and_is_tried_again_when_its_lease_ends(
    database: Database, transact: Transactor, caplog: pytest.LogCaptureFixture
) -> None:
    due = await bookings_to_start(database, transact, 12)
    room, failed = Poisoned(due[0]), counted("bookings.start", "failed")
    worker = StepWorker("bookings", "start", room=room, transact=transact, clock=now, limit=5)

    await worker.work_off()

    assert await is_all_started(database, 11)
    assert sorted(await started(database)) == sorted(due[1:])
    assert room.batches == [5, 1, 1, 1, 1, 1, 5, 2]
    assert counted("bookings.start", "failed") == failed + 1
    assert [str(due[0]) in record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        True
    ]

    room.bad = PydanticObjectId()
    await worker.work_off()
    assert await is_all_started(database, 11)  # still leased, in nobody's way
    await database["bookings"].update_one({"_id": due[0]}, {"$set": {"lease_until": STARTED_AT}})
    await worker.work_off()
    assert sorted(await started(database)) == sorted(due)


async def test_a_row_that_somebody_else_took_does_not_stop_its_neighbours_either(
    database: Database, transact: Transactor
) -> None:
    due = await bookings_to_start(database, transact, 4)
    lost = counted("bookings.start", "lease_lost")

    class Robbed(Poisoned):
        async def claim_due(self, step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:  # type: ignore[override]
            batch = await bookings.claim_due(step, now=now, limit=limit, lease_seconds=lease_seconds)
            await database["bookings"].update_one({"_id": due[2]}, {"$set": {"lease_token": "somebody else's"}})
            return batch

    room = Robbed(PydanticObjectId())
    await StepWorker("bookings", "start", room=room, transact=transact, clock=now).work_off()

    assert sorted(await started(database)) == sorted([*due[:2], due[3]])
    assert room.batches == [4, 3]
    assert counted("bookings.start", "lease_lost") == lost + 1


async def test_a_step_that_cannot_work_does_not_stop_the_others(
    database: Database, transact: Transactor, caplog: pytest.LogCaptureFixture
) -> None:
    await bookings_to_start(database, transact, 3)

    class Broken(Poisoned):
        async def claim_due(self, step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:  # type: ignore[override]
            raise RuntimeError("no such question")

    broken = StepWorker("bookings", "late", room=Broken(PydanticObjectId()), transact=transact, clock=now)

    async with running(broken, *workers(transact, now)):
        await until(lambda: is_all_started(database, 3))

    assert "bookings.late: cannot work" in caplog.text


async def test_what_one_step_has_done_wakes_the_next_without_waiting_for_the_sweep(
    database: Database, transact: Transactor
) -> None:
    await bookings_to_start(database, transact, 250)
    days_later = STARTED_AT + timedelta(days=3)

    async with running(*workers(transact, lambda: days_later)):
        await until(lambda: _is_all_over(database, 250), seconds=4.0)  # a worker by itself would sleep five

    per_name = {name: len(await database["outbox"].distinct("_id", {"name": name})) for name in ENDS}
    assert per_name == dict.fromkeys(ENDS, 250)


ENDS = ("booking.started", "booking.completed")


async def _is_all_over(database: Database, count: int) -> bool:
    return await database["bookings"].count_documents({"status": "completed", "held": False}) == count


async def test_rows_that_stay_due_are_looked_at_once_a_turn_and_not_for_ever(
    database: Database, transact: Transactor
) -> None:
    await bookings_to_start(database, transact, 3)

    class Waiting(Poisoned):
        async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
            self.batches.append(len(batch))
            let_go: Row = {"lease_token": None, "lease_until": None}
            await database["bookings"].update_many({"_id": {"$in": list(batch.ids)}}, {"$set": let_go})
            return len(batch)

    room = Waiting(PydanticObjectId())
    worker = StepWorker("bookings", "start", room=room, transact=transact, clock=now)
    neighbour = StepWorker("bookings", "late", transact=transact, clock=now)
    worker.neighbours = [neighbour.bell]

    await worker.work_off()
    assert room.batches == [3, 3]
    await asyncio.wait_for(neighbour.bell.wait(seconds=60), timeout=1)  # it was rung
    await worker.work_off()

    with pytest.raises(TimeoutError):  # nothing new was done, so nobody is woken
        await asyncio.wait_for(neighbour.bell.wait(seconds=60), timeout=0.05)


async def test_asked_to_stop_among_single_rows_it_gives_the_rest_back(database: Database, transact: Transactor) -> None:
    due = await bookings_to_start(database, transact, 6)

    class Stopping(Poisoned):
        async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
            if len(self.batches) == 2:
                worker.stop()
            return await super().pass_time(tx, step=step, batch=batch, now=now)

    room = Stopping(due[5])
    worker = StepWorker("bookings", "start", room=room, transact=transact, clock=now)

    await worker.run()

    assert room.batches == [6, 1, 1]
    assert len(await started(database)) == 2
    assert await database["bookings"].count_documents({"lease_token": None}) == 6


async def test_an_outage_is_outlived_with_the_batch_in_hand(
    mongo: EmbeddedMongo, database: Database, transact: Transactor, caplog: pytest.LogCaptureFixture
) -> None:
    due = await bookings_to_start(database, transact, 2)
    async with wire_to(mongo.port) as wire:
        uri = f"mongodb://127.0.0.1:{wire.port}/?directConnection=true&serverSelectionTimeoutMS=300"
        async with AsyncMongoClient[Row](uri, tz_aware=True) as client:
            cut = asyncio.Event()

            class Cut(Poisoned):
                async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
                    if not cut.is_set():
                        await wire.cut()
                        cut.set()
                    return await bookings.pass_time(tx, step=step, batch=batch, now=now)

            apart = Transactor(client, seconds_max=1.0)
            room = Cut(PydanticObjectId())
            with caplog.at_level(logging.INFO), tenant(client[database.name]):
                worker = StepWorker("bookings", "start", room=room, transact=apart, clock=now)
                async with running(worker):
                    await cut.wait()
                    await asyncio.sleep(2.0)  # longer than a transaction may take: else it could be that alone
                    await wire.mend()
                    with tenant(database):
                        await until(lambda: is_all_started(database, 2))

    assert sorted(await started(database)) == sorted(due)
    told = [record.getMessage() for record in caplog.records if record.name == "jobs.outage"]
    assert ["is away" in line for line in told] == [True, False]


async def test_several_processes_and_a_jump_of_days_leave_everything_done_within_a_tick_or_two(
    services: Services, clock: MovableClock
) -> None:
    await bookings_to_start(services.database, services.transact, 300)  # type: ignore[arg-type]

    async with jobs_running(services, processes=2):
        await until(lambda: is_all_started(services.database, 300))
        clock.offset = timedelta(days=4)
        await until(lambda: _is_all_over(services.database, 300), seconds=4.0)


async def test_what_is_done_in_turn_is_done_by_one_and_by_another_once_that_has_left(services: Services) -> None:
    ran: list[str] = []
    first, second = (Timetable(services=services, bells=[]) for _ in range(2))

    async def run(timetable: Timetable, name: str) -> None:
        async def note() -> None:
            ran.append(name)

        await timetable.run_entry(RECONCILE, note, Outage(name))

    await run(first, "first")
    await run(second, "second")
    await run(first, "first")
    await first.finish()
    await run(second, "second")

    assert ran == ["first", "first", "second"]


async def test_who_lost_the_turn_asks_the_gateway_no_further(services: Services, clock: MovableClock) -> None:
    await a_payment(services.transact, await a_member(services.transact), now=clock())
    clock.offset = timedelta(hours=1)
    assert await take_turn(RECONCILE, token="somebody else's", lease_seconds=30)

    await Timetable(services=services, bells=[]).reconcile_payments()

    assert len(await payments.open_payments(now=clock(), older_than_seconds=0, limit=10)) == 1
