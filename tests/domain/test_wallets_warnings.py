"""A member is told that tokens are few, or lapse soon: once."""

from datetime import datetime, timedelta

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import wallets
from domain.kernel import LeaseLost, Row, Transactor
from domain.wallets import Wallet, ledger
from tests.domain.debts import DAY, NOW, credited, spent, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
def member_id() -> PydanticObjectId:
    return PydanticObjectId()


async def test_a_balance_is_low_once_when_it_falls_below_five(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10)
    for number, tokens in enumerate([5, 1, 1]):
        await spent(transact, member_id, tokens, f"s{number}")
    await credited(transact, member_id, 3)
    await spent(transact, member_id, 6, "last")

    assert [facts["balance_tokens"] for facts in await told("wallet.low")] == [4, 0]


async def warned(transact: Transactor, now: datetime) -> int:
    batch = await wallets.claim_due("lots_expiring", now=now, limit=10, lease_seconds=30)
    return await transact(wallets.pass_time, step="lots_expiring", batch=batch, now=now) if len(batch) else 0


async def test_a_lot_is_warned_of_once_a_week_before_it_lapses(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + 20 * DAY)
    await credited(transact, member_id, 4, expires_at=NOW + 30 * DAY)
    await credited(transact, member_id, 7)
    assert await warned(transact, NOW + 13 * DAY - timedelta(seconds=1)) == 0

    assert await warned(transact, NOW + 13 * DAY) == 1
    assert await warned(transact, NOW + 13 * DAY) == 0
    await spent(transact, member_id, 3)
    assert await warned(transact, NOW + 14 * DAY) == 0
    assert await warned(transact, NOW + 23 * DAY) == 1

    assert [(facts["tokens"], facts["expires_at"]) for facts in await told("wallet.lots_expiring")] == [
        (10, NOW + 20 * DAY), (4, NOW + 30 * DAY),
    ]  # fmt: skip
    assert (await wallets.of(member_id)).warn_at is None


async def test_what_is_spent_or_lapsed_is_not_warned_of(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + 20 * DAY)
    await spent(transact, member_id, 10)
    somebody = PydanticObjectId()
    await credited(transact, somebody, 10, expires_at=NOW + 20 * DAY)

    assert await warned(transact, NOW + 21 * DAY) == 1

    assert await told("wallet.lots_expiring") == []


async def test_who_lost_the_lease_warns_nobody(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10, expires_at=NOW + 5 * DAY)
    lost = await wallets.claim_due("lots_expiring", now=NOW, limit=10, lease_seconds=-1)
    held = await wallets.claim_due("lots_expiring", now=NOW, limit=10, lease_seconds=30)

    with pytest.raises(LeaseLost):
        await transact(wallets.pass_time, step="lots_expiring", batch=lost, now=NOW)
    assert await transact(wallets.pass_time, step="lots_expiring", batch=held, now=NOW) == 1

    assert len(await told("wallet.lots_expiring")) == 1


async def test_a_warning_is_a_change_that_a_process_which_remembers_the_wallet_cannot_undo(
    client: AsyncMongoClient[Row], member_id: PydanticObjectId
) -> None:
    transact = Transactor(client)
    await credited(transact, member_id, 10, expires_at=NOW + 5 * DAY)
    await spent(transact, member_id, 1, "remembered")
    remembered = ledger._known[member_id]

    assert await warned(transact, NOW) == 1
    assert member_id not in ledger._known  # here it is read anew
    ledger._known[member_id] = remembered  # as another process has it
    await spent(transact, member_id, 1, "then")

    stored = await wallets.of(member_id)
    assert (stored.version, stored.warn_at, stored.token) == (remembered.version + 2, None, 8)
    assert await warned(transact, NOW) == 0


async def test_a_remembered_wallet_does_not_forget_that_its_member_was_warned(
    client: AsyncMongoClient[Row], member_id: PydanticObjectId
) -> None:
    transact = Transactor(client)
    await credited(transact, member_id, 10, expires_at=NOW + 5 * DAY)
    await spent(transact, member_id, 1, "remembered")
    stored = await Wallet.get_pymongo_collection().find_one({"user": member_id})
    assert stored is not None
    lots = [{**lot, "is_warned": True} for lot in stored["lots"]]  # as another process would
    change = {"$set": {"lots": lots, "warn_at": None}, "$inc": {"version": 1}}
    await Wallet.get_pymongo_collection().update_one({"user": member_id}, change)

    await spent(transact, member_id, 1, "then")

    assert await warned(transact, NOW) == 0
