"""A batch that takes longer than a transaction may is done in halves; an outage is waited for."""

import asyncio
from datetime import UTC, datetime

import pytest
from pymongo import AsyncMongoClient

from domain import bookings
from domain.bookings import Booking
from domain.kernel import Batch, Database, Row, Transactor, Tx
from jobs.steps import StepWorker, workers
from tests.due import bookings_to_start


def now() -> datetime:
    return datetime.now(UTC)


class Slow:
    """Bookings of which each takes a while, and of which one may take for ever."""

    STEPS = bookings.STEPS
    claim_due = staticmethod(bookings.claim_due)

    def __init__(self, seconds_each: float, endless: object = None) -> None:
        self.seconds_each = seconds_each
        self.endless = endless
        self.batches: list[int] = []

    async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
        self.batches.append(len(batch))
        await asyncio.sleep(60 if self.endless in batch.ids else self.seconds_each * len(batch))
        return await bookings.pass_time(tx, step=step, batch=batch, now=now)


async def is_started() -> int:
    return await Booking.get_pymongo_collection().count_documents({"status": "active"})


async def test_what_is_too_much_for_one_transaction_is_done_in_halves_and_asked_for_in_smaller_batches(
    database: Database, transact: Transactor, client: AsyncMongoClient[Row]
) -> None:
    await bookings_to_start(database, transact, 12)
    room = Slow(0.6)
    worker = StepWorker("bookings", "start", room=room, transact=Transactor(client, seconds_max=3), clock=now, limit=8)

    await worker.work_off()

    assert await is_started() == 12
    assert room.batches == [8, 4, 4, 4]


async def test_one_row_that_takes_too_long_alone_does_not_stop_its_neighbours(
    database: Database, transact: Transactor, client: AsyncMongoClient[Row], caplog: pytest.LogCaptureFixture
) -> None:
    due = await bookings_to_start(database, transact, 2)
    room = Slow(0, endless=due[0])
    worker = StepWorker("bookings", "start", room=room, transact=Transactor(client, seconds_max=1.5), clock=now)

    await worker.work_off()

    assert await is_started() == 1
    assert room.batches[:2] == [2, 1]
    assert f"failed for {due[0]}" in caplog.text
    assert "is away" not in caplog.text


def test_offers_lapse_one_by_one(transact: Transactor) -> None:
    limits = {worker.name: worker.limit for worker in workers(transact, now)}

    assert (limits["waitlists.lapse_offers"], limits["waitlists.sweep"], limits["bookings.start"]) == (1, 10, 100)
