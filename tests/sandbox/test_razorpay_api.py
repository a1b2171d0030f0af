"""The API as a merchant's program sees it, by HTTP and by the official SDK."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import razorpay

from sandbox.razorpay.entities import fee_minor
from sandbox.world import Fault
from tests.sandbox.razorpay_stage import KEY, Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as staged:
        yield staged


async def refusal(stage: Stage, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str]:
    answer = await stage.api(method, path, body, **options)
    return answer.status_code, answer.json()["error"]["description"]


async def test_the_official_sdk_works_against_it(stage: Stage):
    def use() -> dict[str, Any]:
        with razorpay.Client(auth=KEY, base_url=stage.url).session as session:
            client = razorpay.Client(session=session, auth=KEY, base_url=stage.url)
            order = client.order.create({"amount": 50000, "currency": "INR", "receipt": "r-1"})
            link = client.payment_link.create({"amount": 100, "reference_id": "sdk"})
            assert client.order.fetch(order["id"])["status"] == "created"
            assert client.payment_link.all({"reference_id": "sdk"})["payment_links"][0]["id"] == link["id"]
            with pytest.raises(razorpay.errors.BadRequestError, match="The id provided does not exist"):
                client.payment_link.fetch("plink_none")
            return client.payment_link.cancel(link["id"])

    cancelled = await asyncio.to_thread(use)

    assert cancelled["status"] == "cancelled"


async def test_a_new_link_shows_unset_fields_as_the_gateway_does(stage: Stage):
    link = await stage.a_link()

    assert {link[name] for name in ("expire_by", "expired_at", "cancelled_at", "amount_paid")} == {0}
    assert (link["notes"], link["payments"], link["reference_id"], link["reminders"]) == (None, None, "", [])
    assert "order_id" not in link
    assert "entity" not in link
    assert link["short_url"].startswith(stage.url + "/l/")


async def test_a_paid_link_lists_its_payment_by_payment_id(stage: Stage):
    link = await stage.a_link()

    payment_id = await stage.a_payment(link["id"], webhooks="none")

    paid = (await stage.api("GET", f"payment_links/{link['id']}")).json()
    payment = (await stage.api("GET", f"payments/{payment_id}")).json()
    found = (await stage.api("GET", "payment_links", params={"payment_id": payment_id})).json()
    assert [one["payment_id"] for one in paid["payments"]] == [payment_id]
    assert (paid["status"], paid["amount_paid"]) == ("paid", 99900)
    assert (payment["status"], payment["order_id"], payment["notes"]) == ("captured", paid["order_id"], [])
    assert [one["id"] for one in found["payment_links"]] == [link["id"]]


@pytest.mark.parametrize(
    ("amount", "fee", "tax"), [(1000, 24, 4), (100, 2, 0), (500_000, 11_800, 1_800), (99_900, 2_358, 360)]
)
def test_the_fee_is_two_percent_and_its_tax(amount: int, fee: int, tax: int):
    assert fee_minor(amount) == (fee, tax)


@pytest.mark.parametrize("auth", [("rzp_test_key", "wrong"), ("", ""), ("rzp_test_kéy", "key_secret")])
async def test_wrong_credentials_are_401(stage: Stage, auth: tuple[str, str]):
    assert await refusal(stage, "GET", "payment_links", auth=auth) == (401, "Authentication failed")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "The amount field is required."),
        ({"amount": 99}, "The amount must be at least INR 1.00"),
        ({"amount": 10.5}, "The amount must be an integer."),
        ({"amount": 100, "currency": "XXX"}, "Currency is not supported"),
        ({"amount": 100, "colour": "red"}, "colour is/are not required and should not be sent"),
        ({"amount": 100, "reference_id": "x" * 41}, "The reference id may not be greater than 40 characters."),
        ({"amount": 100, "notes": {"a": "x" * 256}}, "the length must not be greater than 255"),
        ({"amount": 100, "callback_url": "http://x.test"}, "callback_method must be get when callback_url is sent"),
        ({"amount": 100, "expire_by": 5}, "timestamp must be atleast 15 minutes in future"),
        ({"amount": 100, "upi_link": True}, "UPI Payment Links is not supported in Test Mode"),
    ],
)
async def test_a_bad_link_is_refused_in_the_gateways_words(stage: Stage, body: dict[str, Any], words: str):
    assert await refusal(stage, "POST", "payment_links", body) == (400, words)


async def test_fifteen_minutes_ahead_is_by_the_simulated_clock(stage: Stage):
    stage.world.clock.offset_seconds = 86_400
    now = int(stage.world.clock.now())

    refused = await refusal(stage, "POST", "payment_links", {"amount": 100, "expire_by": now + 800})
    link = await stage.a_link(expire_by=now + 910)

    assert refused == (400, "timestamp must be atleast 15 minutes in future")
    assert link["expire_by"] == now + 910


async def test_a_reference_is_used_once(stage: Stage):
    await stage.a_link(reference_id="once")

    again = await refusal(stage, "POST", "payment_links", {"amount": 100, "reference_id": "once"})

    assert again == (400, "payment link creation with reference ID already attempted")


async def test_a_link_is_cancelled_only_while_created(stage: Stage):
    paid, expired, dropped = await stage.a_link(), await stage.a_link(), await stage.a_link()
    await stage.a_payment(paid["id"], webhooks="none")
    dropped = (await stage.api("POST", f"payment_links/{dropped['id']}/cancel")).json()
    stage.world.clock.offset_seconds = 200 * 86_400

    of_paid = await refusal(stage, "POST", f"payment_links/{paid['id']}/cancel")
    of_expired = await refusal(stage, "POST", f"payment_links/{expired['id']}/cancel")

    assert (dropped["status"], dropped["cancelled_at"] > 0) == ("cancelled", True)
    assert of_paid == (400, "cannot cancel or expire an already paid/partially paid link")
    assert of_expired == (400, "cannot cancel or expire an expired link")


async def test_late_double_and_wrong_money_can_arrive(stage: Stage):
    link = await stage.a_link(expire_by=int(stage.world.clock.now()) + 1000)
    stage.world.clock.offset_seconds = 2000
    expired = (await stage.api("GET", f"payment_links/{link['id']}")).json()

    await stage.a_payment(link["id"], webhooks="none")
    second = await stage.a_payment(link["id"], webhooks="none", amount=500, currency="USD")

    payment = (await stage.api("GET", f"payments/{second}")).json()
    states = (await stage.sim("GET", "payments")).json()["payments"]
    assert expired["status"] == "expired"
    assert (payment["amount"], payment["currency"]) == (500, "USD")
    assert [(one["id"], one["status"], len(one["payments"])) for one in states] == [(link["id"], "paid", 2)]


async def test_part_of_a_link_can_be_paid_when_it_allows_that(stage: Stage):
    link = await stage.a_link(accept_partial=True)

    await stage.a_payment(link["id"], amount=900, webhooks="none")
    partial = (await stage.api("GET", f"payment_links/{link['id']}")).json()
    await stage.a_payment(link["id"], webhooks="none")

    whole = (await stage.api("GET", f"payment_links/{link['id']}")).json()
    assert (partial["status"], partial["amount_paid"]) == ("partially_paid", 900)
    assert (whole["status"], whole["amount_paid"]) == ("paid", 99_900)


async def test_an_order_can_be_captured_by_hand_once_and_in_full(stage: Stage):
    order = (await stage.api("POST", "orders", {"amount": 1000, "currency": "INR", "payment_capture": False})).json()
    payment_id = await stage.a_payment(order["id"], webhooks="none")
    path = f"payments/{payment_id}/capture"

    less = await refusal(stage, "POST", path, {"amount": 999, "currency": "INR"})
    captured = (await stage.api("POST", path, {"amount": 1000, "currency": "INR"})).json()
    again = await refusal(stage, "POST", path, {"amount": 1000, "currency": "INR"})

    assert less == (400, "Capture amount must be equal to the amount authorized")
    assert (captured["status"], captured["fee"]) == ("captured", 24)
    assert again == (400, "This payment has already been captured")
    assert (await stage.api("GET", f"orders/{order['id']}")).json()["status"] == "paid"
    assert (await stage.api("GET", f"orders/{order['id']}/payments")).json()["count"] == 1


async def test_a_receipt_can_be_made_unique(stage: Stage):
    body = {"amount": 1000, "currency": "INR", "receipt": "r", "unique_receipt": True}

    first, second = [(await stage.api("POST", "orders", body)).json() for _ in range(2)]

    assert first["id"] == second["id"]


async def test_a_refund_with_the_same_key_is_the_same_refund(stage: Stage):
    link = await stage.a_link()
    payment_id = await stage.a_payment(link["id"], webhooks="none")
    path, headers = f"payments/{payment_id}/refund", {"X-Refund-Idempotency": "refund-key-1"}

    first, second = [(await stage.api("POST", path, {"amount": 900}, headers=headers)).json() for _ in range(2)]
    other = await refusal(stage, "POST", path, {"amount": 901}, headers=headers)
    short = await refusal(stage, "POST", path, {"amount": 900}, headers={"X-Refund-Idempotency": "short"})

    assert first == second
    assert other[0] == 409
    assert short[0] == 400
    payment = (await stage.api("GET", f"payments/{payment_id}")).json()
    assert (payment["amount_refunded"], payment["refund_status"], payment["status"]) == (900, "partial", "captured")


async def test_no_more_is_refunded_than_was_captured(stage: Stage):
    link = await stage.a_link()
    payment_id = await stage.a_payment(link["id"], webhooks="none")
    path = f"payments/{payment_id}/refund"

    too_much = await refusal(stage, "POST", path, {"amount": 99_901})
    whole = (await stage.api("POST", path, {})).json()
    again = await refusal(stage, "POST", path, {})

    assert too_much == (400, "The refund amount provided is greater than amount captured")
    assert (whole["amount"], whole["notes"], whole["status"]) == (99_900, [], "processed")
    assert again == (400, "The payment has been fully refunded already")
    assert (await stage.api("GET", f"payments/{payment_id}")).json()["status"] == "refunded"


async def test_settled_money_is_reported_with_its_fee(stage: Stage):
    link = await stage.a_link(reference_id="settled")
    payment_id = await stage.a_payment(link["id"], webhooks="none")
    on = datetime.fromtimestamp(stage.world.clock.now(), UTC) + timedelta(days=2, hours=5.5)
    period = {"year": on.year, "month": f"{on.month:02}", "day": f"{on.day:02}"}

    before = (await stage.api("GET", "settlements/recon/combined", params=period)).json()
    stage.world.clock.offset_seconds += 2 * 86_400 + 1
    after = (await stage.api("GET", "settlements/recon/combined", params=period)).json()

    assert before["items"] == []
    row = after["items"][0]
    assert (row["entity_id"], row["fee"], row["tax"], row["credit"]) == (payment_id, 2358, 360, 97_542)
    assert (row["order_receipt"], row["notes"]) == ("settled", "[]")


async def test_faults_speak_as_the_gateway_does(stage: Stage):
    faults = stage.world.faults.scheduled
    faults += [Fault(service="razorpay", route="payment_links", fault=fault) for fault in ("429", "500", "502_html")]
    body = {"amount": 100, "reference_id": "faulty"}

    limited, broken, html = [await stage.api("POST", "payment_links", body) for _ in range(3)]

    assert (limited.status_code, limited.json()["error"]["code"]) == (429, "BAD_REQUEST_ERROR")
    assert "retry-after" not in limited.headers
    assert (broken.status_code, broken.json()["error"]["code"]) == (500, "SERVER_ERROR")
    assert html.status_code == 502
    assert (await stage.a_link(reference_id="faulty"))["status"] == "created"


async def test_lists_are_newest_first_and_ten_long(stage: Stage):
    orders = [(await stage.api("POST", "orders", {"amount": 100 + n, "currency": "INR"})).json() for n in range(12)]

    first = (await stage.api("GET", "orders")).json()
    rest = (await stage.api("GET", "orders", params={"skip": 10})).json()

    assert (first["entity"], first["count"], rest["count"]) == ("collection", 10, 2)
    assert first["items"][0]["id"] == orders[-1]["id"]
    assert await refusal(stage, "GET", "nothing") == (400, "The requested URL was not found on the server.")
