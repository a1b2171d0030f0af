"""One process of several: the workers of time and of the outbox, as jobs run them, told by standard input what to do.

`go` begins; a process that hangs says what it holds and goes on at `on`; `stop` ends it in good order, and it says what
it has counted.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from beanie import init_beanie
from pymongo import AsyncMongoClient

from app import quick_import

with quick_import.without_garbage_collection():  # four of us start at once
    quick_import.aiogram()
    from domain import bookings, reactions
    from domain.kernel import Batch, Bell, OutboxEvent, Row, Transact, Transactor, Tx, claim, enter_tenant
    from domain.records import RECORDS
    from jobs import metrics, outbox, steps
    from jobs.steps import StepWorker
    from jobs.worker import Worker

SWEEP_SECONDS = 0.2

P = ParamSpec("P")
T = TypeVar("T")
Part = StepWorker | Worker[OutboxEvent]


def now() -> datetime:
    return datetime.now(UTC)


def say(line: str) -> None:
    """Tell the process that started us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Hanging:
    """Comes to each verb with its work leased, says so, and does not go on before it is told to."""

    def __init__(self, transact: Transactor) -> None:
        self._transact = transact
        self._said: set[str] = set()
        self.on = asyncio.Event()

    async def __call__(
        self, verb: Callable[Concatenate[Tx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if verb.__name__ not in self._said:
            self._said.add(verb.__name__)
            say(f"holding {verb.__name__}")
        await self.on.wait()
        return await self._transact(verb, *args, **kwargs)


class Unfenced:
    """Bookings without the fence: whoever comes, however late, does it to the rows they once leased."""

    STEPS = {"start": bookings.STEPS["start"]}
    claim_due = staticmethod(bookings.claim_due)

    @staticmethod
    async def pass_time(tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
        rows = await bookings.Booking.get_pymongo_collection().find({"_id": {"$in": list(batch.ids)}}).to_list(None)
        await bookings.STEPS[step].take(tx, rows, now)
        return len(rows)


async def react(tx: Tx, *, work: OutboxEvent) -> None:
    """What `jobs.outbox.react` does, but the completion does not ask for the token."""
    await OutboxEvent.get_pymongo_collection().update_one({"_id": work.id}, {"$set": {"work_status": "done"}})
    await reactions.react(tx, work.event(), now())


def unfenced(transact: Transact, *, lease_seconds: float) -> list[Part]:
    async def claim_events(limit: int) -> Sequence[OutboxEvent]:
        return await claim(OutboxEvent, now=now(), limit=limit, lease_seconds=lease_seconds)

    async def handle(work: OutboxEvent) -> None:
        await transact(react, work=work)

    room = Unfenced()
    return [
        StepWorker("bookings", "start", room=room, transact=transact, clock=now, lease_seconds=lease_seconds),
        Worker("outbox", claim=claim_events, handle=handle, clock=now, concurrency=8, lease_seconds=lease_seconds),
    ]


def as_jobs_do(transact: Transact, *, lease_seconds: float) -> list[Part]:
    return [
        *steps.workers(transact, now, lease_seconds=lease_seconds),
        outbox.worker(transact, now, lease_seconds=lease_seconds),
    ]


async def sweep(bells: list[Bell]) -> None:
    """What the timetable does each second."""
    while True:
        for bell in bells:
            bell.ring()
        await asyncio.sleep(SWEEP_SECONDS)


async def words() -> AsyncIterator[str]:
    """What we are told."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line.strip()


async def work(task: dict[str, Any]) -> None:
    """Work until told to stop."""
    async with AsyncMongoClient[Row](task["uri"], tz_aware=True) as client:
        enter_tenant(client[task["database"]])
        await init_beanie(database=client[task["database"]], document_models=RECORDS, skip_indexes=True)
        transact = Transactor(client)
        hanging = Hanging(transact)
        given: Transact = hanging if task["hangs"] else transact
        parts = (as_jobs_do if task["is_fenced"] else unfenced)(given, lease_seconds=task["lease_seconds"])
        say("ready")
        running: list[asyncio.Task[None]] = []
        async for word in words():
            match word:
                case "go":
                    running = [asyncio.create_task(part.run()) for part in parts]
                    running.append(asyncio.create_task(sweep([part.bell for part in parts])))
                case "on":
                    hanging.on.set()
                case "stop":
                    break
        for part in parts:
            part.stop()
        await asyncio.wait(running[:-1])
        running[-1].cancel()


def counted() -> dict[str, float]:
    """What became of the work, by step or worker and outcome."""
    return {
        f"{labels.get('step') or labels['worker']} {labels['outcome']}": value
        for name, labels, value in metrics.figures()
        if "outcome" in labels and name in ("berth_jobs_work_total", "berth_jobs_step_rows_total")
    }


if __name__ == "__main__":
    asyncio.run(work(json.loads(sys.stdin.readline())))
    say(json.dumps(counted()))
