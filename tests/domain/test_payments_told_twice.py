"""A gateway that names one payment of its own for two purchases of ours."""

import pytest

from domain import packs, payments, wallets
from domain.kernel import Transactor
from tests.building import a_member
from tests.domain.booking_stage import NOW
from tests.domain.consequences import a_fact, a_payment

pytestmark = pytest.mark.usefixtures("database")


async def test_money_that_paid_one_purchase_is_quarantined_when_it_is_named_for_another(transact: Transactor) -> None:
    member = await a_member(transact)
    first, second = [await a_payment(transact, member, now=NOW) for _ in range(2)]
    await transact(packs.settle, fact=a_fact(first, gateway_payment_id="pay_1"), now=NOW)

    settled = await transact(packs.settle, fact=a_fact(second, gateway_payment_id="pay_1"), now=NOW)
    again = await transact(packs.settle, fact=a_fact(first, gateway_payment_id="pay_1"), now=NOW)

    assert (settled.outcome, again.outcome) == ("quarantined", "repeated")
    assert [money.reason for money in await payments.quarantine(limit=10)] == ["already_counted"]
    assert member.member_id is not None
    assert (await wallets.of(member.member_id)).token == first.token


async def test_two_purchases_paid_by_two_payments_are_both_credited(transact: Transactor) -> None:
    member = await a_member(transact)
    first, second = [await a_payment(transact, member, now=NOW) for _ in range(2)]

    await transact(packs.settle, fact=a_fact(first), now=NOW)
    await transact(packs.settle, fact=a_fact(second), now=NOW)

    assert await payments.quarantine(limit=10) == []
    assert member.member_id is not None
    assert (await wallets.of(member.member_id)).token == first.token + second.token
