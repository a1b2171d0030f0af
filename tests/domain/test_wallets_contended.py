"""Several at once on one wallet, and somebody at the database behind our back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import wallets
from domain.kernel import Database, KeyReused, Row, Transactor
from tests.twice import TwiceTransactor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
def member_id() -> PydanticObjectId:
    return PydanticObjectId()


async def credited(
    transact: Transactor, member_id: PydanticObjectId, tokens: int, **how: Any
) -> wallets.TokenTransaction:
    how = {"source": "adjustment", "key": f"credit:{PydanticObjectId()}", "now": NOW, **how}
    return await transact(wallets.credit, member_id=member_id, tokens=tokens, **how)


async def is_sound(member_id: PydanticObjectId) -> bool:
    return await wallets.broken_chain(member_id) is None and await wallets.unbalanced(limit=1) == []


async def test_fifty_credits_with_one_key_at_once_are_one(transact: Transactor, member_id: PydanticObjectId) -> None:
    entries = await asyncio.gather(*(credited(transact, member_id, 10, key="once") for _ in range(50)))

    assert len({entry.id for entry in entries}) == 1
    assert (await wallets.of(member_id)).token == 10
    assert await is_sound(member_id)


async def test_of_many_spenders_of_the_last_token_one_wins(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 1)

    outcomes = await asyncio.gather(
        *(
            transact(wallets.spend, member_id=member_id, tokens=1, purpose="booking", key=f"s{number}", now=NOW)
            for number in range(20)
        ),
        return_exceptions=True,
    )

    losers = [outcome for outcome in outcomes if isinstance(outcome, wallets.InsufficientBalance)]
    assert len(losers) == 19
    assert (await wallets.of(member_id)).token == 0
    assert await is_sound(member_id)


async def test_a_key_that_two_members_use_at_once_serves_one(transact: Transactor) -> None:
    members = [PydanticObjectId() for _ in range(8)]

    outcomes = await asyncio.gather(
        *(credited(transact, somebody, 10, key="shared") for somebody in members), return_exceptions=True
    )

    assert sum(isinstance(outcome, KeyReused) for outcome in outcomes) == 7
    assert [(await wallets.of(somebody)).token for somebody in members].count(10) == 1


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "change", [{"amount": 7}, {"note": "other"}, {"lots": []}, {"created_at": NOW + DAY}, {"balance_after": 1}]
)
async def test_a_tampered_entry_is_named(
    transact: Transactor, member_id: PydanticObjectId, database: Database, change: Row
) -> None:
    for number in range(4):
        await credited(transact, member_id, 10, key=f"c{number}", now=NOW + timedelta(microseconds=1234567 * number))
    assert await wallets.broken_chain(member_id) is None

    await database["token_transactions"].update_one({"key": "c2"}, {"$set": change})

    assert await wallets.broken_chain(member_id) == 3


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(("gone", "place"), [("c1", 2), ("c3", 4)])
async def test_a_missing_entry_is_named(
    transact: Transactor, member_id: PydanticObjectId, database: Database, gone: str, place: int
) -> None:
    for number in range(4):
        await credited(transact, member_id, 10, key=f"c{number}")

    await database["token_transactions"].delete_one({"key": gone})

    assert await wallets.broken_chain(member_id) == place
    assert await wallets.unbalanced(limit=5) == [member_id]
