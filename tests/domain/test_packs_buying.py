"""Buying over real HTTP: the three steps, each of which may break, and what arrives afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from app.gateways import RazorpayGateway
from domain import packs, payments, people, wallets
from domain.kernel import KeyReused, OutboxEvent, Row, Transactor
from domain.payments import Outcome, PaymentStatus
from domain.people import Role
from tests.domain.shop import Shop, an_actor
from tests.sandbox.razorpay_stage import KEY, WEBHOOK_SECRET, a_stage
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


@pytest.fixture
async def shop(transact: Transactor) -> AsyncIterator[Shop]:
    async with a_stage() as stage:
        gateway = RazorpayGateway(key_id=KEY[0], key_secret=KEY[1], webhook_secret=WEBHOOK_SECRET, base_url=stage.url)
        pack = await transact(
            packs.add, name="Starter", token=100, price={"INR": 49900, "USD": 599}, duration=90,
            actor=an_actor(Role.ADMIN), now=datetime.now(UTC),
        )  # fmt: skip
        yield Shop(stage, gateway, transact, pack)
        await gateway.close()


async def test_a_member_buys_a_pack(shop: Shop) -> None:
    payment = await shop.buy()
    assert payment.pay_url is not None
    assert payment.status is PaymentStatus.PENDING
    assert [link["description"] for link in await shop.links()] == ["Starter: 100 tokens"]
    gateway_payment_id = await shop.pay(payment)

    settlement = await shop.reconcile(payment)

    assert settlement is not None
    assert settlement.newly_paid
    assert settlement.entry is not None
    assert settlement.entry.key == f"payment:razorpay:{gateway_payment_id}"
    assert await shop.tokens() == 100
    (lot,) = (await wallets.of(payment.user)).lots
    assert lot.expires_at is not None
    assert (lot.expires_at - lot.created_at).days == 90
    (bought,) = [row["facts"] async for row in OutboxEvent.get_pymongo_collection().find({"name": "pack.bought"})]
    assert (bought["tokens"], bought["balance_tokens"], bought["amount"]) == (100, 100, 49900)


async def test_the_same_key_is_the_same_page(shop: Shop) -> None:
    first = await shop.buy()

    again = await shop.buy()

    assert (again.id, again.pay_url) == (first.id, first.pay_url)
    assert len(await shop.links()) == 1
    assert (await shop.buy("other")).id != first.id
    with pytest.raises(KeyReused):
        await shop.buy(currency="USD")


async def test_two_taps_at_once_make_one_page(shop: Shop) -> None:
    bought = await asyncio.gather(*(shop.buy() for _ in range(5)))

    assert len({payment.pay_url for payment in bought}) == 1
    assert len(await shop.links()) == 1


@pytest.mark.parametrize("fault", ["429", "500", "502_html", "drop_request", "drop_response", "truncate"])
async def test_one_mishap_at_the_gateway_goes_unnoticed(shop: Shop, fault: str) -> None:
    shop.breaks(fault)

    payment = await shop.buy()

    assert payment.pay_url is not None
    assert len(await shop.links()) == 1


async def test_an_old_button_whose_page_has_closed_leads_to_a_new_one(shop: Shop) -> None:
    first = await shop.buy()
    await shop.stage.world.clock.advance(25 * 60)

    again = await shop.buy()

    assert again.id != first.id
    assert again.pay_url not in (None, first.pay_url)
    assert (await shop.buy()).id == again.id


async def test_a_button_that_has_been_paid_buys_once_more(shop: Shop) -> None:
    first = await shop.buy()
    await shop.pay(first)
    await shop.reconcile(first)

    again = await shop.buy()

    assert again.id != first.id
    assert await shop.tokens() == shop.pack.token


async def test_a_gateway_that_stays_away_is_told_and_the_key_goes_on_later(shop: Shop) -> None:
    shop.breaks("500", route="*", times=100)
    with pytest.raises(payments.PaymentGatewayError):
        await shop.buy()
    shop.stage.world.faults.scheduled.clear()

    payment = await shop.buy()

    assert payment.pay_url is not None
    assert len(await shop.links()) == 1


async def test_a_page_made_before_a_crash_is_found_by_our_reference(shop: Shop) -> None:
    shop.breaks("drop_response")
    shop.breaks("500", route="GET payment_links", times=100)
    with pytest.raises(payments.PaymentGatewayError):
        await shop.buy()
    shop.stage.world.faults.scheduled.clear()
    (link,) = await shop.links()
    await shop.stage.a_payment(link["id"], webhooks="none")
    payment = await payments.by_key("k")
    assert payment is not None
    assert payment.pay_url is None

    settlement = await shop.reconcile(payment)

    assert settlement is not None
    assert settlement.newly_paid
    assert (await payments.get(payment.id)).gateway_session_id == link["id"]
    assert await shop.tokens() == 100


async def test_a_purchase_that_never_got_a_page_ends(shop: Shop) -> None:
    shop.breaks("500", route="*", times=100)
    with pytest.raises(payments.PaymentGatewayError):
        await shop.buy()
    shop.stage.world.faults.scheduled.clear()
    payment = await payments.by_key("k")
    assert payment is not None

    assert await shop.reconcile(payment) is None
    await shop.stage.world.clock.advance(21 * 60)
    settlement = await shop.reconcile(payment)

    assert settlement is not None
    assert settlement.outcome is Outcome.NOTED
    assert (await payments.get(payment.id)).status is PaymentStatus.FAILED


async def test_webhook_and_poll_and_again_are_one_credit(shop: Shop) -> None:
    payment = await shop.buy()
    await shop.pay(payment, webhooks="duplicate")
    names = await shop.stage.webhooks(8)
    bodies = [shop.stage.merchant.last(name) for name in names]

    for body in bodies:
        for fact in shop.gateway.facts_of_webhook(_as_received(body)):
            await shop.transact(packs.settle, fact=fact, now=shop.clock())
        await shop.reconcile(payment)

    assert await shop.tokens() == 100
    stored = await payments.get(payment.id)
    assert (stored.status, stored.gateway_fee, stored.attempts) == (PaymentStatus.SUCCESS, 1178, 1)
    assert stored.check_at is None


async def test_a_page_paid_twice_credits_once_and_keeps_the_other_money(shop: Shop) -> None:
    payment = await shop.buy()
    paid = {await shop.pay(payment), await shop.pay(payment)}

    await shop.reconcile(payment)

    assert await shop.tokens() == 100
    stored = await payments.get(payment.id)
    (money,) = await payments.quarantine(limit=5)
    assert {stored.gateway_transaction_id, money.gateway_payment_id} == paid


@pytest.mark.parametrize("how", [{"amount": 100}, {"currency": "USD"}])
async def test_other_money_than_asked_for_is_not_credited(shop: Shop, how: dict[str, Any]) -> None:
    payment = await shop.buy()
    await shop.pay(payment, webhooks="normal", **how)
    await shop.stage.webhooks(4)

    captured = shop.stage.merchant.last("payment.captured")
    (fact,) = shop.gateway.facts_of_webhook(_as_received(captured))
    settlement = await shop.transact(packs.settle, fact=fact, now=shop.clock())

    assert settlement.outcome is Outcome.QUARANTINED
    assert await shop.tokens() == 0


async def test_a_late_payment_of_an_expired_page_still_counts(shop: Shop) -> None:
    payment = await shop.buy()
    await shop.stage.world.clock.advance(21 * 60)
    await shop.reconcile(payment)
    assert (await payments.get(payment.id)).status is PaymentStatus.FAILED

    await shop.pay(payment)
    settlement = await shop.reconcile(payment)

    assert settlement is not None
    assert settlement.newly_paid
    assert await shop.tokens() == 100


async def test_tokens_are_credited_as_sold_whatever_the_pack_is_by_then(shop: Shop) -> None:
    payment = await shop.buy()
    await shop.transact(
        packs.edit, package_id=shop.pack.id, changes={"token": 1, "price": {"INR": 100}}, actor=an_actor(Role.ADMIN),
        now=shop.clock(),
    )  # fmt: skip
    await shop.transact(packs.retire, package_id=shop.pack.id, actor=an_actor(Role.ADMIN), now=shop.clock())
    await shop.pay(payment)

    await shop.reconcile(payment)

    assert await shop.tokens() == 100


async def test_a_retired_pack_is_not_sold_but_a_purchase_under_way_goes_on(shop: Shop) -> None:
    payment = await shop.buy()
    await shop.transact(packs.retire, package_id=shop.pack.id, actor=an_actor(Role.ADMIN), now=shop.clock())

    with pytest.raises(packs.PackNotOnSale):
        await shop.buy("another")
    assert (await shop.buy()).id == payment.id


async def test_a_disabled_member_buys_nothing(shop: Shop) -> None:
    with pytest.raises(people.MemberDisabled):
        await shop.buy(actor=replace(shop.actor, is_active=False))

    assert await shop.links() == []


async def test_a_fact_without_our_reference_is_completed_by_asking(shop: Shop) -> None:
    payment = await shop.buy()
    gateway_payment_id = await shop.pay(payment, webhooks="normal")
    await shop.stage.webhooks(4)
    captured = shop.stage.merchant.last("payment.captured")
    (fact,) = shop.gateway.facts_of_webhook(_as_received(captured))
    bare = replace(fact, reference=None, session_id=None)

    assert await packs.resolve(shop.gateway, fact=fact) == fact
    resolved = await packs.resolve(shop.gateway, fact=bare)

    assert (resolved.reference, resolved.gateway_payment_id) == (payment.reference, gateway_payment_id)
    assert (await shop.transact(packs.settle, fact=resolved, now=shop.clock())).newly_paid


def _as_received(webhook: dict[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in webhook.items() if name not in ("id", "signature")}).encode()
