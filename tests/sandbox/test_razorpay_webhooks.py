"""What the merchant's server is told, and how often."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.razorpay_stage import Stage, a_stage

PURCHASE = ["payment.authorized", "payment.captured", "order.paid", "payment_link.paid"]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as staged:
        yield staged


async def test_one_purchase_is_told_in_four_events_each_with_its_own_id(stage: Stage):
    link = await stage.a_link(reference_id="p-1")

    answer = (await stage.sim("POST", f"payments/{link['id']}/pay", {"outcome": "success"})).json()

    assert sorted(await stage.webhooks(4)) == sorted(PURCHASE)
    assert [event["event"] for event in answer["events"]] == PURCHASE
    assert len({webhook["id"] for webhook in stage.merchant.webhooks}) == 4
    assert {webhook["signature"] for webhook in stage.merchant.webhooks} == {"right"}


async def test_the_paid_event_of_a_link_has_the_documented_oddities(stage: Stage):
    link = await stage.a_link(reference_id="p-2", amount=1000)
    stage.world.clock.offset_seconds += 60

    payment_id = await stage.a_payment("p-2")

    await stage.webhooks(4)
    event = stage.merchant.last("payment_link.paid")
    entities = {kind: part["entity"] for kind, part in event["payload"].items()}
    assert event["contains"] == ["payment_link", "order", "payment"]
    assert event["created_at"] == link["created_at"]
    assert "order_" + entities["order"]["id"] == entities["payment"]["order_id"]
    assert entities["order"]["receipt"] == "p-2"
    assert entities["order"]["product_id"] == link["id"].removeprefix("plink_")
    assert entities["payment_link"]["status"] == "paid"
    assert entities["payment_link"]["notes"] is None
    assert (entities["payment"]["id"], entities["payment"]["fee"], entities["payment"]["tax"]) == (payment_id, 24, 4)
    assert entities["payment"]["notes"] == []


async def test_an_event_is_a_snapshot_of_its_moment(stage: Stage):
    await stage.a_link(reference_id="p-3")

    await stage.a_payment("p-3")

    await stage.webhooks(4)
    authorized = stage.merchant.last("payment.authorized")["payload"]["payment"]["entity"]
    captured = stage.merchant.last("payment.captured")
    assert (authorized["status"], authorized["captured"], authorized["fee"]) == ("authorized", False, None)
    assert captured["payload"]["payment"]["entity"]["status"] == "captured"
    assert captured["contains"] == ["payment"]


async def test_a_late_success_is_first_told_as_a_failure(stage: Stage):
    await stage.a_link(reference_id="p-4")

    payment_id = await stage.a_payment("p-4", outcome="late_success")

    assert await stage.webhooks(5) == ["payment.failed", *PURCHASE]
    failed = stage.merchant.webhooks[0]["payload"]["payment"]["entity"]
    assert (failed["id"], failed["error_reason"]) == (payment_id, "payment_failed")


async def test_webhooks_can_come_twice_backwards_or_not_at_all(stage: Stage):
    for reference_id in ("twice", "backwards", "never"):
        await stage.a_link(reference_id=reference_id)

    await stage.a_payment("never", webhooks="none")
    await stage.a_payment("backwards", webhooks="reversed")
    assert await stage.webhooks(4) == PURCHASE[::-1]
    await stage.a_payment("twice", webhooks="duplicate")
    await stage.webhooks(12)

    assert len({webhook["id"] for webhook in stage.merchant.webhooks[4:]}) == 4


async def test_a_wrong_signature_is_sent_once_and_never_again(stage: Stage):
    await stage.a_link(reference_id="p-5")

    await stage.a_payment("p-5", webhooks="wrong_signature")

    await stage.webhooks(4)
    await asyncio.sleep(1.2)
    assert [webhook["signature"] for webhook in stage.merchant.webhooks] == ["wrong"] * 4


async def test_a_delivery_that_fails_is_repeated_with_the_same_id(stage: Stage):
    stage.merchant.statuses = [500]
    link = await stage.a_link()

    await stage.api("POST", f"payment_links/{link['id']}/cancel")

    assert await stage.webhooks(2) == ["payment_link.cancelled"] * 2
    assert len({webhook["id"] for webhook in stage.merchant.webhooks}) == 1
    await asyncio.sleep(0.1)
    deliveries = (await stage.sim("GET", "deliveries")).json()["deliveries"]
    assert [(one["attempt"], one["status_code"]) for one in deliveries] == [(1, 500), (2, 200)]


async def test_a_webhook_that_fails_for_a_day_is_disabled_until_it_is_set_again(stage: Stage):
    stage.merchant.statuses = [500, 500]
    await stage.a_link(reference_id="p-6")
    await stage.a_payment("p-6", outcome="failure")
    await stage.webhooks(1)

    await stage.world.clock.advance(25 * 3600)
    await stage.webhooks(2)
    await asyncio.sleep(0.1)

    assert (await stage.sim("GET", "webhook")).json()["is_enabled"] is False
    await stage.sim("PUT", "webhook", {"url": stage.merchant.url})
    await stage.a_payment("p-6", outcome="failure")
    assert await stage.webhooks(3) == ["payment.failed"] * 3


async def test_a_single_event_can_be_sent_again_or_badly_signed(stage: Stage):
    await stage.a_link(reference_id="p-7")
    await stage.a_payment("p-7", webhooks="none")

    good = await stage.sim("POST", "events", {"event": "payment.captured", "id": "p-7", "repeat": 2})
    bad = await stage.sim("POST", "events", {"event": "order.paid", "id": "p-7", "signature": "wrong"})
    bare = await stage.sim("POST", "events", {"event": "subscription.charged", "id": "p-7", "signature": "missing"})

    assert good.json()["status_codes"] == [200, 200]
    assert (bad.json()["status_code"], bare.json()["status_code"]) == (400, 400)
    assert [webhook["signature"] for webhook in stage.merchant.webhooks] == ["right", "right", "wrong", "missing"]
    assert stage.merchant.webhooks[0]["id"] == stage.merchant.webhooks[1]["id"] == good.json()["event_id"]


async def test_an_event_needs_what_it_carries(stage: Stage):
    await stage.a_link(reference_id="p-8")

    answer = await stage.sim("POST", "events", {"event": "payment.captured", "id": "p-8"})

    assert answer.status_code == 409
    assert "payment" in answer.json()["description"]


async def test_expiry_is_told_when_the_clock_passes_it(stage: Stage):
    await stage.a_link(reference_id="p-9", expire_by=int(stage.world.clock.now()) + 1000)

    await stage.world.clock.advance(1001)

    assert await stage.webhooks(1) == ["payment_link.expired"]
    event = stage.merchant.webhooks[0]
    assert event["contains"] == ["payment_link"]
    assert "order_id" not in event["payload"]["payment_link"]["entity"]


async def test_a_refund_is_told_with_its_payment(stage: Stage):
    await stage.a_link(reference_id="p-10")
    await stage.a_payment("p-10", webhooks="none")

    answer = await stage.sim("POST", "payments/p-10/refund", {"amount": 900})

    assert answer.json()["refund"]["amount"] == 900
    assert sorted(await stage.webhooks(2)) == ["refund.created", "refund.processed"]
    payload = stage.merchant.last("refund.processed")["payload"]
    assert payload["refund"]["entity"]["payment_id"] == payload["payment"]["entity"]["id"]
    assert (payload["payment"]["entity"]["amount_refunded"], payload["payment"]["entity"]["status"]) == (
        900,
        "captured",
    )


async def test_a_refund_that_fails_gives_the_money_back_to_the_merchant(stage: Stage):
    await stage.a_link(reference_id="p-11")
    payment_id = await stage.a_payment("p-11", webhooks="none")

    await stage.sim("POST", f"payments/{payment_id}/refund", {"outcome": "failed"})

    assert sorted(await stage.webhooks(2)) == ["refund.created", "refund.failed"]
    payment = (await stage.api("GET", f"payments/{payment_id}")).json()
    assert (payment["status"], payment["amount_refunded"], payment["refund_status"]) == ("captured", 0, None)


async def test_an_event_can_come_from_another_account(stage: Stage):
    await stage.a_link(reference_id="p-12")
    await stage.a_payment("p-12", webhooks="none")

    await stage.sim("POST", "events", {"event": "order.paid", "id": "p-12", "account_id": "acc_other"})

    assert stage.merchant.webhooks[0]["account_id"] == "acc_other"


async def test_a_restart_keeps_links_and_goes_on_delivering(tmp_path: Path):
    async with a_stage(tmp_path) as before:
        link = await before.a_link(reference_id="kept")
        before.merchant.statuses = [500] * 8
        await before.a_payment("kept", webhooks="reversed")
        await before.webhooks(4)

    async with a_stage(tmp_path) as after:
        found = (await after.api("GET", f"payment_links/{link['id']}")).json()

        assert found["status"] == "paid"
        assert set(await after.webhooks(4)) == set(PURCHASE)
