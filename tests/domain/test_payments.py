import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import packs, payments, wallets
from domain.kernel import KeyReused, OutboxEvent, Row, Transactor
from domain.payments import FactKind, GatewayFact, GatewayLink, Outcome, PaymentStatus, PaymentTransaction
from tests.twice import TwiceTransactor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


async def a_payment(transact: Transactor, **fields: object) -> PaymentTransaction:
    purchase = payments.Purchase(
        package_id=PydanticObjectId(), description="Starter", tokens=100, duration_days=90, amount_minor=49900,
        currency="INR", booking_id=None,
    )  # fmt: skip
    given: dict[str, object] = {
        "member_id": PydanticObjectId(), "customer_name": "Ravi", "gateway": "razorpay", "account_id": None,
        "purchase": purchase, "key": f"buy:{PydanticObjectId()}", "now": NOW, **fields,
    }  # fmt: skip
    return await transact(payments.begin, **given)  # type: ignore[arg-type]


def a_fact(payment: PaymentTransaction, event: str = "payment.captured", **fields: object) -> GatewayFact:
    kind = {"payment.failed": FactKind.FAILED, "payment.authorized": FactKind.AUTHORIZED}.get(event, FactKind.CAPTURED)
    fact = GatewayFact(
        gateway="razorpay", kind=kind, event=event, reference=payment.reference, session_id=None,
        gateway_payment_id="pay_A", amount_minor=payment.amount, currency=payment.currency,
        failure_reason="declined" if kind is FactKind.FAILED else None,
    )  # fmt: skip
    return replace(fact, **fields)  # type: ignore[arg-type]


def a_link(payment: PaymentTransaction, session_id: str = "plink_1") -> GatewayLink:
    return GatewayLink(
        session_id=session_id, reference=payment.reference, url=f"https://rzp.example/{session_id}", status="created",
        amount_minor=payment.amount, currency=payment.currency, expires_at=NOW + 20 * MINUTE, captured=(),
    )  # fmt: skip


async def settled(transact: Transactor, facts: Sequence[GatewayFact]) -> list[Outcome]:
    return [(await transact(packs.settle, fact=fact, now=NOW)).outcome for fact in facts]


async def events_named(name: str) -> list[Row]:
    return [row["facts"] async for row in OutboxEvent.get_pymongo_collection().find({"name": name})]


async def credited_tokens(payment: PaymentTransaction) -> int:
    return (await wallets.of(payment.user)).token


async def test_a_payment_is_stored_before_the_gateway_hears_of_it(transact: Transactor) -> None:
    payment = await a_payment(transact)

    stored = await payments.by_reference(payment.reference)
    assert stored is not None
    assert (stored.status, stored.amount, stored.currency, stored.token) == (PaymentStatus.PENDING, 49900, "INR", 100)
    assert len(payment.reference) <= 40


async def test_the_same_key_is_the_same_payment(transact: Transactor) -> None:
    first = await a_payment(transact, key="k")

    again = await a_payment(
        transact, key="k", member_id=first.user,
        purchase=payments.Purchase(
            package_id=first.package, description="Starter", tokens=120, duration_days=90, amount_minor=59900,
            currency="INR", booking_id=None,
        ),
    )  # fmt: skip

    assert (again.id, again.amount) == (first.id, 49900)
    with pytest.raises(KeyReused):
        await a_payment(transact, key="k", member_id=first.user)


async def test_one_key_at_once_is_one_payment(transact: Transactor) -> None:
    member_id, package_id = PydanticObjectId(), PydanticObjectId()
    purchase = payments.Purchase(
        package_id=package_id, description="Starter", tokens=100, duration_days=None, amount_minor=100, currency="INR",
        booking_id=None,
    )  # fmt: skip

    begun = await asyncio.gather(
        *(a_payment(transact, key="k", member_id=member_id, purchase=purchase) for _ in range(10))
    )

    assert len({payment.id for payment in begun}) == 1


async def test_the_first_page_attached_stays(transact: Transactor) -> None:
    payment = await a_payment(transact)

    attached = await transact(payments.attach, payment_id=payment.id, link=a_link(payment), now=NOW)
    other = await transact(payments.attach, payment_id=payment.id, link=a_link(payment, "plink_2"), now=NOW)

    assert attached.pay_url == other.pay_url == "https://rzp.example/plink_1"
    assert other.expires_at == NOW + 20 * MINUTE


EVENTS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid", "payment.failed")


async def test_the_five_events_credit_once_in_every_order(client: AsyncMongoClient[Row]) -> None:
    transact = Transactor(client)
    orders = [order for order in permutations(EVENTS) if order.index("order.paid") < order.index("payment_link.paid")]

    async def play(order: Sequence[str]) -> None:
        payment = await a_payment(transact)
        facts = [a_fact(payment, event, gateway_payment_id=f"pay_{payment.id}") for event in order]
        outcomes = await settled(transact, [*facts, *facts])
        assert outcomes.count(Outcome.PAID) == 1
        assert await credited_tokens(payment) == 100
        assert (await payments.get(payment.id)).status is PaymentStatus.SUCCESS

    await asyncio.gather(*(play(order) for order in orders))

    assert len(await events_named("pack.bought")) == len(orders)
    assert await events_named("payment.quarantined") == []


@pytest.mark.parametrize("wrong", [{"amount_minor": 100}, {"currency": "USD"}, {"account_id": "acc_other"}])
async def test_money_that_does_not_fit_is_quarantined_in_every_order(
    client: AsyncMongoClient[Row], wrong: dict[str, object]
) -> None:
    transact = Transactor(client)

    async def play(number: int, order: Sequence[str]) -> None:
        payment = await a_payment(transact, account_id="acc_ours")
        facts = [a_fact(payment, event, gateway_payment_id=f"pay_{number}", **wrong) for event in order]
        outcomes = await settled(transact, [*facts, *facts])
        assert outcomes.count(Outcome.QUARANTINED) == 1
        assert Outcome.PAID not in outcomes
        assert await credited_tokens(payment) == 0
        assert (await payments.get(payment.id)).status is PaymentStatus.QUARANTINED

    orders = list(permutations(EVENTS))[::8]
    await asyncio.gather(*(play(number, order) for number, order in enumerate(orders)))

    assert len(await events_named("payment.quarantined")) == len(orders)


async def test_five_events_at_once_credit_once(transact: Transactor) -> None:
    payment = await a_payment(transact)

    settlements = await asyncio.gather(
        *(transact(packs.settle, fact=a_fact(payment, event), now=NOW) for event in EVENTS * 4)
    )

    assert sum(settlement.newly_paid for settlement in settlements) == 1
    assert await credited_tokens(payment) == 100


@pytest.mark.parametrize("right_first", [True, False])
async def test_right_money_counts_beside_wrong_money(transact: Transactor, right_first: bool) -> None:
    payment = await a_payment(transact)
    right = a_fact(payment, gateway_payment_id="pay_right")
    wrong = a_fact(payment, gateway_payment_id="pay_wrong", amount_minor=1)

    outcomes = await settled(transact, [right, wrong] if right_first else [wrong, right])

    assert sorted(outcomes) == [Outcome.PAID, Outcome.QUARANTINED]
    assert await credited_tokens(payment) == 100
    assert [money.gateway_payment_id for money in await payments.quarantine(limit=5)] == ["pay_wrong"]


async def test_quarantined_money_is_not_talked_out_of_it(transact: Transactor) -> None:
    payment = await a_payment(transact)

    outcomes = await settled(transact, [a_fact(payment, amount_minor=1), a_fact(payment, "order.paid")])

    assert outcomes == [Outcome.QUARANTINED, Outcome.REPEATED]
    assert await credited_tokens(payment) == 0


async def test_money_paid_twice_is_credited_once_and_never_lost(transact: Transactor) -> None:
    payment = await a_payment(transact)
    first, second = a_fact(payment), a_fact(payment, gateway_payment_id="pay_B")

    outcomes = await settled(transact, [first, second, first, second])

    assert outcomes == [Outcome.PAID, Outcome.QUARANTINED, Outcome.REPEATED, Outcome.REPEATED]
    assert await credited_tokens(payment) == 100
    (money,) = await payments.quarantine(limit=5)
    assert (money.reason, money.gateway_payment_id, money.amount) == ("paid_twice", "pay_B", 49900)
    (event,) = await events_named("payment.quarantined")
    assert (event["reason"], event["member_id"]) == ("paid_twice", payment.user)


async def test_money_after_a_failure_still_counts(transact: Transactor) -> None:
    payment = await a_payment(transact)

    outcomes = await settled(transact, [a_fact(payment, "payment.failed"), a_fact(payment, "payment.failed")])
    assert outcomes == [Outcome.FAILED, Outcome.NOTED]
    failed = await payments.get(payment.id)
    assert (failed.status, failed.failure_reason, failed.failed_at) == (PaymentStatus.FAILED, "declined", NOW)
    assert len(await events_named("payment.failed")) == 1

    assert await settled(transact, [a_fact(payment)]) == [Outcome.PAID]
    assert await credited_tokens(payment) == 100


@pytest.mark.parametrize("kind", [FactKind.EXPIRED, FactKind.CANCELLED])
async def test_a_page_that_is_over_is_no_final_word_for_money(transact: Transactor, kind: FactKind) -> None:
    payment = await a_payment(transact)
    over = a_fact(payment, f"payment_link.{kind}", kind=kind, gateway_payment_id=None)

    assert await settled(transact, [over, a_fact(payment)]) == [Outcome.NOTED, Outcome.PAID]
    assert await events_named("payment.failed") == []


async def test_authorized_money_is_no_credit(transact: Transactor) -> None:
    payment = await a_payment(transact)

    assert await settled(transact, [a_fact(payment, "payment.authorized")]) == [Outcome.NOTED]

    assert await credited_tokens(payment) == 0
    assert (await payments.get(payment.id)).gateway_status == "payment.authorized"


async def test_a_fact_about_nothing_of_ours_is_ignored(transact: Transactor) -> None:
    payment = await a_payment(transact)

    foreign = a_fact(payment, reference="somebody-elses")

    assert await settled(transact, [foreign, replace(foreign, reference=None)]) == [Outcome.IGNORED, Outcome.IGNORED]


async def test_a_fact_without_reference_is_found_by_its_page(transact: Transactor) -> None:
    payment = await a_payment(transact)
    await transact(payments.attach, payment_id=payment.id, link=a_link(payment), now=NOW)

    by_page = a_fact(payment, reference=None, session_id="plink_1")
    changed = a_fact(payment, reference="changed", session_id="plink_1", gateway_payment_id="pay_B")

    assert await settled(transact, [by_page, changed]) == [Outcome.PAID, Outcome.QUARANTINED]
    assert (await payments.quarantine(limit=1))[0].reason == "reference_mismatch"


async def test_the_fee_is_kept_even_when_it_comes_late(transact: Transactor) -> None:
    payment = await a_payment(transact)

    await settled(transact, [a_fact(payment), a_fact(payment, "order.paid", fee_minor=1178)])

    assert (await payments.get(payment.id)).gateway_fee == 1178


async def test_open_payments_are_asked_about_later_and_later(transact: Transactor) -> None:
    payment = await a_payment(transact)
    paid = await a_payment(transact)
    await settled(transact, [a_fact(paid)])

    async def due(minutes: float) -> list[PydanticObjectId]:
        now = NOW + minutes * MINUTE
        return [one.id for one in await payments.open_payments(now=now, older_than_seconds=60, limit=10)]

    assert await due(0.5) == []
    assert await due(1) == [payment.id]
    await transact(payments.postpone_check, payment_id=payment.id, now=NOW + 10 * MINUTE)
    assert await due(14.9) == []
    assert await due(15) == [payment.id]


async def test_a_members_payments_are_listed_newest_first(transact: Transactor) -> None:
    member_id = PydanticObjectId()
    made = [await a_payment(transact, member_id=member_id) for _ in range(3)]

    page = await payments.of_member(member_id=member_id, page=1, limit=2)

    assert [payment.id for payment in page.items] == [made[2].id, made[1].id]
    assert page.total == 3


async def test_an_unknown_payment_is_not_found() -> None:
    with pytest.raises(payments.PaymentNotFound):
        await payments.get(PydanticObjectId())
