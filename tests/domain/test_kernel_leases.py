"""Leased work: shared without doubling, finished under the lease or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from beanie import PydanticObjectId

from domain.kernel import (
    Database,
    Event,
    LeaseLost,
    OutboxEvent,
    Transactor,
    Tx,
    WorkStatus,
    backlog,
    claim,
    complete,
    database,
    dead_work,
    put_back,
    revive,
)
from domain.kernel.leases import ATTEMPTS_MAX

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Knocked(Event):
    name: ClassVar[str] = "test.knocked"
    number: int


async def knocks(count: int) -> None:
    await OutboxEvent.store([Knocked(number=number, occurred_at=NOW) for number in range(count)])


async def claim_some(limit: int, *, now: datetime = NOW, lease_seconds: float = 30.0) -> list[OutboxEvent]:
    return await claim(OutboxEvent, now=now, limit=limit, lease_seconds=lease_seconds)


async def work_on(tx: Tx, *, work: OutboxEvent) -> None:
    await complete(work, now=NOW)
    await database()["effects"].insert_one({"number": work.facts["number"]})


Effects = Callable[[], Awaitable[list[int]]]


@pytest.fixture
async def effects(database: Database) -> Effects:
    """What the work has left behind so far."""
    if "effects" not in await database.list_collection_names():
        await database.create_collection("effects")

    async def found() -> list[int]:
        return sorted([row["number"] async for row in database["effects"].find()])

    return found


async def test_claims_are_bounded_and_come_oldest_first(database: Database) -> None:
    await knocks(5)

    claimed = await claim_some(3)

    assert [work.facts["number"] for work in claimed] == [0, 1, 2]
    assert [work.facts["number"] for work in await claim_some(3)] == [3, 4]
    assert await claim_some(3) == []


async def test_many_claimers_at_once_share_the_work_without_doubling(effects: Effects, transact: Transactor) -> None:
    await knocks(60)

    async def drain() -> None:
        while claimed := await claim_some(7):
            for work in claimed:
                await transact(work_on, work=work)

    await asyncio.gather(*(drain() for _ in range(6)))

    assert await effects() == list(range(60))


async def test_work_of_a_killed_worker_is_claimed_again_and_done_once(effects: Effects, transact: Transactor) -> None:
    await knocks(1)
    (held,) = await claim_some(1, lease_seconds=0.05)  # and then it is killed

    await asyncio.sleep(0.1)
    (again,) = await claim_some(1)
    await transact(work_on, work=again)

    assert again.id == held.id
    assert again.attempts == 2
    assert await effects() == [0]


async def test_a_completion_without_the_lease_leaves_no_effect(effects: Effects, transact: Transactor) -> None:
    await knocks(1)
    (stale,) = await claim_some(1, lease_seconds=0.05)
    await asyncio.sleep(0.1)
    (current,) = await claim_some(1)

    with pytest.raises(LeaseLost):
        await transact(work_on, work=stale)
    assert await effects() == []

    await transact(work_on, work=current)
    assert await effects() == [0]


async def test_leases_do_not_run_by_the_simulated_clock(database: Database) -> None:
    await knocks(1)
    await claim_some(1)

    assert await claim_some(1, now=NOW + timedelta(days=1)) == []


@pytest.mark.breaks_invariants
async def test_what_failed_waits_longer_each_time_and_dies_in_the_end(database: Database) -> None:
    await knocks(1)
    now, delays = NOW, []

    for failures in range(ATTEMPTS_MAX):
        (work,) = await claim_some(1, now=now)
        status = await put_back(work, failure="no", now=now)
        row = await OutboxEvent.get_pymongo_collection().find_one()
        assert row is not None
        assert status is (WorkStatus.DEAD if failures + 1 == ATTEMPTS_MAX else WorkStatus.PENDING)
        assert await claim_some(1, now=row["not_before"] - timedelta(milliseconds=1)) == []
        delays.append((row["not_before"] - now).total_seconds())
        now = row["not_before"]

    assert delays[:4] == [1, 2, 4, 8]
    assert max(delays) == 300
    assert await claim_some(1, now=now + timedelta(days=1)) == []
    assert [(dead.kind, dead.failure) for dead in await dead_work(limit=5)] == [("outbox", "no")]


async def dead_knocks(count: int) -> list[PydanticObjectId]:
    await knocks(count)
    died = {"work_status": "dead", "failures": ATTEMPTS_MAX, "failure": "no", "not_before": NOW + timedelta(days=1)}
    await OutboxEvent.get_pymongo_collection().update_many({}, {"$set": died})
    return [work.id for work in await dead_work(limit=count)]


async def test_dead_work_that_is_revived_is_claimed_at_once_and_may_fail_as_often_again(database: Database) -> None:
    await dead_knocks(1)

    assert await revive("outbox", now=NOW) == 1
    assert await dead_work(limit=5) == []
    (work,) = await claim_some(1)
    assert (work.failures, work.failure) == (0, "no")
    assert await put_back(work, failure="again", now=NOW) is WorkStatus.PENDING


async def test_only_what_is_dead_and_asked_for_is_revived(database: Database) -> None:
    first, second, third = await dead_knocks(3)
    await revive("outbox", ids=[first], now=NOW)
    (held,) = await claim_some(1)

    assert await revive("outbox", ids=[first, second], now=NOW) == 1

    assert [work.id for work in await claim_some(5)] == [second]
    await complete(held, now=NOW)  # what is worked on keeps its lease
    assert await revive("inbox", now=NOW) == 0
    assert await revive("outbox", now=NOW) == 1
    assert [work.id for work in await claim_some(5)] == [third]
    with pytest.raises(KeyError):
        await revive("members", now=NOW)


async def test_a_revived_notice_waits_like_a_new_one(database: Database) -> None:
    died = {"work_status": "dead", "status": "failed", "failures": ATTEMPTS_MAX, "created_at": NOW}
    await database["notices"].insert_one(died)

    assert await revive("notices", now=NOW) == 1

    row = await database["notices"].find_one()
    assert row is not None
    assert (row["work_status"], row["status"], row["failures"]) == ("pending", "pending", 0)


async def test_a_delay_that_somebody_else_asked_for_never_kills(database: Database) -> None:
    await knocks(1)

    for number in range(ATTEMPTS_MAX * 2):
        (work,) = await claim_some(1, now=NOW + timedelta(seconds=number))
        assert await put_back(work, failure="wait", now=NOW, retry_in_seconds=0) is WorkStatus.PENDING

    (work,) = await claim_some(1, now=NOW)
    assert work.failures == 0


async def test_the_backlog_says_how_much_waits_and_for_how_long(database: Database) -> None:
    await knocks(3)
    (work,) = await claim_some(1)
    await complete(work, now=NOW)

    found = {each.kind: each for each in await backlog(NOW + timedelta(seconds=90))}

    assert (found["outbox"].pending, found["outbox"].dead) == (2, 0)
    assert found["outbox"].oldest_age_seconds == 90
    assert (found["inbox"].pending, found["inbox"].oldest_age_seconds) == (0, 0.0)
    assert "notices" in found
