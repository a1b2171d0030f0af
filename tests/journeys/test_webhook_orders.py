"""The five events of one purchase, in every order, twice, and forged: one credit or quarantine, the right status."""

import asyncio
from itertools import permutations
from typing import Any

import pytest

from domain import packs, people, wallets
from domain.kernel import Database, Transactor
from domain.payments import PaymentTransaction
from tests.building import a_member
from tests.journeys.conftest import pays
from tests.stage import Stage

EVENTS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid", "payment.failed")
CREDITING = {"payment.captured", "order.paid", "payment_link.paid"}
ORDERS = list(permutations(EVENTS))


async def purchase(stage: Stage, transact: Transactor, pack: packs.Package) -> tuple[people.Actor, PaymentTransaction]:
    """Somebody on the payer's page of a pack."""
    buyer = await a_member(transact)
    payment = await packs.buy(
        transact, stage.gateway(), package_id=pack.id, currency="INR", actor=buyer, key=f"buy:{buyer.member_id}",
        clock=stage.clock, return_url=None,
    )  # fmt: skip
    return buyer, payment


async def tokens_of(actor: people.Actor) -> int:
    """The balance."""
    assert actor.member_id is not None
    return (await wallets.of(actor.member_id)).token


async def worked_off(stage: Stage, database: Database) -> None:
    """Wait until the inbox and the outbox are empty."""

    async def idle() -> bool:
        waiting = [await database[name].count_documents({"work_status": "pending"}) for name in ("inbox", "outbox")]
        return not any(waiting)

    await stage.until(idle, seconds=60)


async def send(stage: Stage, link_id: str, event: str, **more: Any) -> list[int]:
    """One event of the purchase, as often as asked; the statuses that our webhook answered."""
    answer = await stage.sim("POST", "/razorpay/events", event=event, id=link_id, **more)
    statuses: list[int] = answer["status_codes"]
    return statuses


async def test_every_order_of_the_events_twice_credits_once(
    stage: Stage, transact: Transactor, database: Database, pack: packs.Package
) -> None:
    async def play(order: tuple[str, ...]) -> tuple[people.Actor, list[int]]:
        buyer, payment = await purchase(stage, transact, pack)
        assert payment.gateway_session_id is not None
        await pays(stage, payment.gateway_session_id, webhooks="none")
        statuses: list[int] = []
        for event in order:
            statuses += await send(stage, payment.gateway_session_id, event, repeat=2)
        return buyer, statuses

    gate = asyncio.Semaphore(4)

    async def one_of_few(order: tuple[str, ...]) -> tuple[people.Actor, list[int]]:
        async with gate:
            return await play(order)

    played = await asyncio.gather(*(one_of_few(order) for order in ORDERS))
    await worked_off(stage, database)

    assert len(played) == 120
    assert {status for _, statuses in played for status in statuses} == {200}
    assert [await tokens_of(buyer) for buyer, _ in played] == [50] * 120
    assert await database["quarantined_money"].count_documents({}) == 0


@pytest.mark.parametrize("event", EVENTS)
async def test_one_event_alone_credits_when_it_tells_of_captured_money(
    stage: Stage, transact: Transactor, database: Database, pack: packs.Package, event: str
) -> None:
    await stage.stop("jobs")  # without the reconciliation, only the event speaks
    buyer, payment = await purchase(stage, transact, pack)
    assert payment.gateway_session_id is not None
    await pays(stage, payment.gateway_session_id, webhooks="none")

    statuses = await send(stage, payment.gateway_session_id, event)
    stage.start_jobs()
    await worked_off(stage, database)

    assert statuses == [200]
    assert await tokens_of(buyer) == (50 if event in CREDITING else 0)


@pytest.mark.parametrize("signature", ["wrong", "missing"])
@pytest.mark.parametrize("event", sorted(CREDITING))
async def test_a_forged_event_is_401_and_credits_nothing(
    stage: Stage, transact: Transactor, database: Database, pack: packs.Package, event: str, signature: str
) -> None:
    await stage.stop("jobs")
    buyer, payment = await purchase(stage, transact, pack)
    assert payment.gateway_session_id is not None
    await pays(stage, payment.gateway_session_id, webhooks="none")

    statuses = await send(stage, payment.gateway_session_id, event, signature=signature)

    assert statuses == [401]
    assert await database["inbox"].count_documents({}) == 0
    stage.start_jobs()
    assert await tokens_of(buyer) == 0


@pytest.mark.parametrize("wrong", [{"amount": 100}, {"amount": 99901}, {"currency": "USD"}])
async def test_money_of_another_amount_or_currency_is_quarantined(
    stage: Stage, transact: Transactor, database: Database, pack: packs.Package, wrong: dict[str, Any]
) -> None:
    buyer, payment = await purchase(stage, transact, pack)
    link_id = payment.gateway_session_id
    assert link_id is not None
    await stage.sim("POST", f"/razorpay/payments/{link_id}/pay", outcome="success", webhooks="none", **wrong)

    statuses = [await send(stage, link_id, event, repeat=2) for event in EVENTS[:4]]
    await worked_off(stage, database)

    assert statuses == [[200, 200]] * 4
    assert await tokens_of(buyer) == 0
    assert await database["quarantined_money"].count_documents({}) == 1
