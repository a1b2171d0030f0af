"""Every event has its consequences exactly once, whatever goes wrong on the way."""

import asyncio
from datetime import UTC, datetime

import pytest
from beanie import PydanticObjectId

from domain import audit, people, wallets
from domain.kernel import Database, LeaseLost, OutboxEvent, Transactor, Tx, claim, emit
from domain.people import Role, RoleChanged
from jobs.outbox import react, worker
from tests.building import a_member
from tests.jobs.waiting import until
from tests.twice import TwiceTransactor

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


async def adjusted(transact: Transactor) -> PydanticObjectId:
    """Somebody was given tokens; the event waits in the outbox."""
    member = await a_member(transact)
    assert member.member_id is not None
    await OutboxEvent.get_pymongo_collection().delete_many({})
    await transact(
        wallets.adjust, member_id=member.member_id, tokens=3, reason="gift", key="k", actor=people.SYSTEM, now=NOW
    )
    return member.member_id


async def consequences(database: Database) -> tuple[int, int]:
    """How many audit entries and notices there are."""
    return await database["audit"].count_documents({}), await database["notices"].count_documents({})


async def claimed(*, lease_seconds: float = 30.0) -> OutboxEvent:
    (work,) = await claim(OutboxEvent, now=NOW, limit=1, lease_seconds=lease_seconds)
    return work


async def test_an_event_and_all_its_consequences_are_one_transaction(database: Database, transact: Transactor) -> None:
    await adjusted(transact)

    await transact(react, work=await claimed(), now=NOW)

    assert await consequences(database) == (1, 1)
    assert (await audit.recent(page=1, limit=1)).items[0].action == "wallet.adjusted"


async def test_consequences_come_once_when_the_transaction_runs_twice(database: Database, transact: Transactor) -> None:
    await adjusted(transact)

    await TwiceTransactor(database.client)(react, work=await claimed(), now=NOW)

    assert await consequences(database) == (1, 1)


async def test_without_the_lease_nothing_follows(database: Database, transact: Transactor) -> None:
    await adjusted(transact)
    stale = await claimed(lease_seconds=0.05)
    await asyncio.sleep(0.1)
    current = await claimed()

    with pytest.raises(LeaseLost):
        await transact(react, work=stale, now=NOW)
    assert await consequences(database) == (0, 0)

    await transact(react, work=current, now=NOW)
    assert await consequences(database) == (1, 1)


async def test_a_reaction_that_fails_leaves_nothing_of_the_others(database: Database, transact: Transactor) -> None:
    async def announce(tx: Tx) -> None:
        await emit(tx, RoleChanged(actor_id=None, origin="jobs", subject_id=PydanticObjectId(), occurred_at=NOW))

    await transact(announce)

    with pytest.raises(KeyError):  # the event says no role, so nobody can be told of it
        await transact(react, work=await claimed(), now=NOW)

    assert await consequences(database) == (0, 0)
    await database["outbox"].delete_many({})


async def test_two_workers_share_the_outbox(database: Database, transact: Transactor) -> None:
    office = await a_member(transact, role=Role.SUPER_ADMIN)
    member = await a_member(transact)
    assert member.member_id is not None
    await database["outbox"].delete_many({})
    for number in range(30):
        role = Role.STAFF if number % 2 else Role.MEMBER
        await transact(people.promote, member_id=member.member_id, role=role, actor=office, now=datetime.now(UTC))

    workers = [worker(transact, lambda: datetime.now(UTC)) for _ in range(2)]
    tasks = [asyncio.create_task(each.run()) for each in workers]
    await until(lambda: _all_done(database))
    for each in workers:
        each.stop()
    await asyncio.gather(*tasks)

    assert (await consequences(database))[0] == 30


async def _all_done(database: Database) -> bool:
    return await database["outbox"].count_documents({"work_status": "pending"}) == 0
