"""What comes in pays what is owed first; and many at once lose nothing."""

import asyncio

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import wallets
from domain.kernel import Row, Transactor
from domain.people import SYSTEM
from tests.domain.debts import DAY, NOW, charged, credited, is_sound, owed, spent, standing, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
def member_id() -> PydanticObjectId:
    return PydanticObjectId()


# settling


async def test_what_comes_in_pays_the_oldest_debt_first(transact: Transactor, member_id: PydanticObjectId) -> None:
    booking_id = PydanticObjectId()
    await charged(transact, member_id, 4, "c1", booking_id=booking_id)
    await charged(transact, member_id, 6, "c2", now=NOW + DAY)

    await credited(transact, member_id, 7, now=NOW + DAY)

    assert await owed(member_id) == [(4, 0, "settled"), (6, 3, "open")]
    assert await standing(member_id) == (0, 3)
    entries = (await wallets.history(member_id=member_id, page=1, limit=5)).items
    assert [(one.type.value, one.amount, one.decrease_source, one.booking) for one in entries] == [
        ("decrease", 3, "fine", None), ("decrease", 4, "fine", booking_id), ("increase", 7, None, None),
    ]  # fmt: skip
    assert await told("wallet.debt_settled") == [{"member_id": member_id, "paid_tokens": 7, "owed_tokens": 3}]
    assert await is_sound(member_id)


async def test_a_debt_is_paid_in_as_many_parts_as_it_takes(transact: Transactor, member_id: PydanticObjectId) -> None:
    await charged(transact, member_id, 10)

    for _ in range(4):
        await credited(transact, member_id, 3)

    assert await owed(member_id) == [(10, 0, "settled")]
    assert await standing(member_id) == (2, 0)
    assert [facts["owed_tokens"] for facts in await told("wallet.debt_settled")] == [7, 4, 1, 0]


async def test_a_grant_settles_too_and_says_the_balance_that_is_left(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await charged(transact, member_id, 10)

    await transact(
        wallets.adjust, member_id=member_id, tokens=12, reason="goodwill", key="a", actor=SYSTEM, now=NOW
    )  # fmt: skip

    assert await standing(member_id) == (2, 0)
    (adjusted,) = await told("wallet.adjusted")
    assert (adjusted["before"]["token"], adjusted["after"]["token"]) == (0, 2)


async def test_a_refund_settles_too(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 10)
    await spent(transact, member_id, 10)
    await charged(transact, member_id, 4)

    refund = {"member_id": member_id, "spent_key": "s", "tokens": 10, "key": "r", "now": NOW}
    await transact(wallets.refund, **refund)
    await transact(wallets.refund, **refund)

    assert await standing(member_id) == (6, 0)
    assert await is_sound(member_id)


async def test_a_credit_with_the_same_key_settles_once(transact: Transactor, member_id: PydanticObjectId) -> None:
    await charged(transact, member_id, 10)

    for _ in range(2):
        await credited(transact, member_id, 4, key="once")

    assert await standing(member_id) == (0, 6)


async def test_there_is_nothing_to_settle_without_debt_or_tokens(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    assert await transact(wallets.settle_owed, member_id=member_id, now=NOW) == 0

    await charged(transact, member_id, 3)
    assert await transact(wallets.settle_owed, member_id=member_id, now=NOW) == 0
    assert await standing(member_id) == (0, 3)


# at once


async def test_charges_at_once_lose_nothing(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 25)

    charges = await asyncio.gather(*(charged(transact, member_id, 10, f"c{number}") for number in range(6)))

    assert sum(one.paid_tokens for one in charges) == 25
    assert sum(one.owed_tokens for one in charges) == 35
    assert await standing(member_id) == (0, 35)
    assert await is_sound(member_id)


async def test_one_key_at_once_is_one_charge(transact: Transactor, member_id: PydanticObjectId) -> None:
    await credited(transact, member_id, 4)

    charges = await asyncio.gather(*(charged(transact, member_id, 10) for _ in range(10)))

    assert {(one.paid_tokens, one.owed_tokens) for one in charges} == {(4, 6)}
    assert await standing(member_id) == (0, 6)


async def test_a_charge_beside_spendings_for_bookings_never_goes_below_nothing(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await credited(transact, member_id, 10)

    outcomes = await asyncio.gather(
        *(spent(transact, member_id, 2, f"s{number}") for number in range(6)),
        charged(transact, member_id, 5),
        return_exceptions=True,
    )

    refusals = [one for one in outcomes if isinstance(one, BaseException)]
    assert {type(one) for one in refusals} <= {wallets.DebtOutstanding, wallets.InsufficientBalance}
    booked_tokens = 2 * (6 - len(refusals))
    paid, owed_tokens = await standing(member_id)
    assert paid - owed_tokens == 10 - 5 - booked_tokens
    assert await is_sound(member_id)


async def test_credits_and_forgiveness_at_once_settle_each_token_once(
    transact: Transactor, member_id: PydanticObjectId
) -> None:
    await charged(transact, member_id, 10)
    (receivable,) = (await wallets.open_receivables(page=1, limit=5)).items

    await asyncio.gather(
        *(credited(transact, member_id, 2) for _ in range(3)),
        transact(wallets.forgive, receivable_id=receivable.id, actor=SYSTEM, reason="x", now=NOW),
    )

    (receivable,) = (await wallets.receivables(member_id=member_id, page=1, limit=5)).items
    paid_tokens = receivable.amount - receivable.remaining
    assert await standing(member_id) == (6 - paid_tokens, 0)
    assert await is_sound(member_id)
