"""What is due by time: leased in batches without doubling, done under the lease or not at all; and turns."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from beanie import PydanticObjectId

from api.metrics import STEPS
from domain import bookings
from domain.kernel import (
    Batch,
    Database,
    LeaseLost,
    Row,
    Transactor,
    backlog_of_step,
    give_turns_back,
    release_batch,
    still_leased,
    take_turn,
)
from domain.kernel.leases import SPREAD, any_of, looks_at
from tests.domain.test_indexes import stages
from tests.due import STARTED_AT, bookings_to_start

NOW = datetime.now(UTC)
EVERY_STEP = [(room, step) for room, (_, steps) in STEPS.items() for step in steps]


async def claim(limit: int, *, lease_seconds: float = 30.0) -> Batch:
    return await bookings.claim_due("start", now=NOW, limit=limit, lease_seconds=lease_seconds)


async def start(transact: Transactor, batch: Batch) -> int:
    return await transact(bookings.pass_time, step="start", batch=batch, now=NOW)


async def started(database: Database) -> list[PydanticObjectId]:
    """The bookings of the announcements, in order; one that started twice is there twice."""
    rows = database["outbox"].find({"name": "booking.started"}).sort("_id")
    return [row["facts"]["booking_id"] async for row in rows]


async def test_batches_are_bounded_come_in_order_and_are_nobody_elses(database: Database, transact: Transactor) -> None:
    due = await bookings_to_start(database, transact, 5)
    for number, one in enumerate(due):
        moment = STARTED_AT - timedelta(minutes=30 * number)
        await database["bookings"].update_one({"_id": one}, {"$set": {"starts_at": moment}})

    first, second, third = await claim(3), await claim(3), await claim(3)

    assert set(first.ids) == set(due[2:])  # the latest of all first
    assert set(second.ids) == set(due[:2])
    assert len(third) == 0
    await database["bookings"].update_many({}, {"$set": {"starts_at": STARTED_AT}})


async def test_claimers_at_once_share_everything_and_none_goes_away_empty(
    database: Database, transact: Transactor
) -> None:
    due = await bookings_to_start(database, transact, 60)

    batches = await asyncio.gather(*(claim(20) for _ in range(3)))

    taken = [one for batch in batches for one in batch.ids]
    assert len(taken) == len(set(taken))
    assert set(taken) <= set(due)
    assert all(len(batch) > 0 for batch in batches)


@pytest.mark.twice
async def test_a_leased_batch_is_done_once_and_its_lease_is_gone(database: Database, transact: Transactor) -> None:
    due = await bookings_to_start(database, transact, 3)

    assert await start(transact, await claim(10)) == 3

    assert sorted(await started(database)) == sorted(due)
    assert await database["bookings"].count_documents({"status": "active", "lease_token": None}) == 3


async def test_who_was_stopped_beyond_the_lease_is_refused_before_and_after_the_next_has_done_it(
    database: Database, transact: Transactor
) -> None:
    due = await bookings_to_start(database, transact, 2)
    late = await claim(2, lease_seconds=0.05)
    await asyncio.sleep(0.1)
    current = await claim(2)

    with pytest.raises(LeaseLost):
        await start(transact, late)
    assert await start(transact, current) == 2
    with pytest.raises(LeaseLost):
        await start(transact, late)

    assert sorted(await started(database)) == sorted(due)


async def test_a_lease_that_is_over_but_nobody_elses_still_counts(database: Database, transact: Transactor) -> None:
    await bookings_to_start(database, transact, 1)
    late = await claim(1, lease_seconds=0.05)
    await asyncio.sleep(0.1)

    assert await start(transact, late) == 1


async def test_what_is_not_due_any_more_is_left_out_and_let_go(database: Database, transact: Transactor) -> None:
    kept, moved = await bookings_to_start(database, transact, 2)
    batch = await claim(2)
    tomorrow = {"$set": {"starts_at": STARTED_AT + timedelta(days=1)}}
    await database["bookings"].update_one({"_id": moved}, tomorrow)

    assert await start(transact, batch) == 1

    assert await started(database) == [kept]
    assert await database["bookings"].count_documents({"lease_token": None}) == 2
    await database["bookings"].update_one({"_id": moved}, {"$set": {"starts_at": STARTED_AT}})


async def test_a_batch_given_back_is_anybodys_at_once_but_what_was_lost_is_not_touched(
    database: Database, transact: Transactor
) -> None:
    lost, kept = await bookings_to_start(database, transact, 2)
    batch = await claim(2)
    await database["bookings"].update_one({"_id": lost}, {"$set": {"lease_token": "somebody else's"}})

    assert (await still_leased(batch)).ids == (kept,)
    await release_batch(batch)

    assert (await claim(2)).ids == (kept,)


async def test_the_backlog_of_a_step_counts_what_is_due_and_how_late_it_is(
    database: Database, transact: Transactor
) -> None:
    await bookings_to_start(database, transact, 3)
    half_past = STARTED_AT + timedelta(minutes=30)

    of_start = await backlog_of_step(bookings.Booking, bookings.STEPS["start"], now=half_past)
    before = await backlog_of_step(bookings.Booking, bookings.STEPS["start"], now=STARTED_AT - timedelta(minutes=1))

    assert (of_start.pending, of_start.late_seconds) == (3, 1800)
    assert (before.pending, before.late_seconds) == (0, 0)


async def test_a_reminder_is_late_from_its_own_moment_on(database: Database, transact: Transactor) -> None:
    await bookings_to_start(database, transact, 1)
    await database["bookings"].update_many({}, {"$set": {"reminders_left": [30]}})
    step = bookings.STEPS["remind_30"]

    found = await backlog_of_step(bookings.Booking, step, now=STARTED_AT - timedelta(minutes=20))

    assert (found.pending, found.late_seconds) == (1, 600)


@pytest.mark.parametrize(("room", "step"), EVERY_STEP)
async def test_every_step_is_asked_by_an_index(database: Database, room: str, step: str) -> None:
    kind, steps = STEPS[room]
    asked: Row = {
        "find": kind.get_collection_name(), "filter": steps[step].due(NOW), "sort": {steps[step].order: 1}, "limit": 100
    }  # fmt: skip

    explained = await database.command("explain", asked, verbosity="queryPlanner")

    used = stages(explained["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in used
    assert "COLLSCAN" not in used


def test_who_was_beaten_to_the_first_ones_takes_neighbours_from_a_wider_window() -> None:
    assert [looks_at(attempt, 3) for attempt in range(3)] == [3, 3 * SPREAD, 3 * SPREAD]
    assert any_of([], 3) == []
    assert any_of([1, 2, 3], 3) == [1, 2, 3]
    assert {tuple(any_of([1, 2, 3, 4, 5, 6, 7], 3)) for _ in range(200)} == {(1, 2, 3), (4, 5, 6), (7,)}


async def test_a_turn_is_one_holders_who_keeps_it_by_asking_again(database: Database) -> None:
    assert await take_turn("reconcile", token="a", lease_seconds=30)

    assert await take_turn("reconcile", token="a", lease_seconds=30)
    assert not await take_turn("reconcile", token="b", lease_seconds=30)
    assert await take_turn("expire", token="b", lease_seconds=30)


async def test_a_turn_goes_on_when_its_holder_is_gone_and_at_once_when_given_back(database: Database) -> None:
    assert await take_turn("reconcile", token="dead", lease_seconds=0.05)
    await asyncio.sleep(0.1)

    assert await take_turn("reconcile", token="a", lease_seconds=30)
    assert not await take_turn("reconcile", token="dead", lease_seconds=30)
    await give_turns_back(token="a")
    assert await take_turn("reconcile", token="b", lease_seconds=30)


async def test_of_many_who_ask_for_a_turn_at_once_one_has_it(database: Database) -> None:
    asked = [take_turn("reconcile", token=str(number), lease_seconds=30) for number in range(20)]

    assert sum(await asyncio.gather(*asked)) == 1
