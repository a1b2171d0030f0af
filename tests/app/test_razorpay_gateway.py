"""The adapter against the stand-in over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.gateways import RazorpayGateway
from domain.payments import (
    FactKind,
    GatewayFact,
    LinkOrder,
    PaymentGatewayError,
    PaymentGatewayMisconfigured,
    PaymentGatewayRefused,
)
from sandbox.application import serve
from sandbox.world import Config, Fault
from tests.conftest import free_port
from tests.sandbox.razorpay_stage import KEY, WEBHOOK_SECRET, Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


@pytest.fixture
async def gateway(stage: Stage) -> AsyncIterator[RazorpayGateway]:
    made = a_gateway(base_url=stage.url)
    yield made
    await made.close()


def a_gateway(**fields: Any) -> RazorpayGateway:
    given = {"key_id": KEY[0], "key_secret": KEY[1], "webhook_secret": WEBHOOK_SECRET, **fields}
    return RazorpayGateway(**given)


def an_order(reference: str = "berth-1", **fields: Any) -> LinkOrder:
    given = {
        "reference": reference, "amount_minor": 49900, "currency": "INR", "description": "Starter",
        "expires_at": datetime.now(UTC) + timedelta(minutes=20), "return_url": "http://127.0.0.1:1/return",
        "customer_name": "Ravi", **fields,
    }  # fmt: skip
    return LinkOrder(**given)


def broken(stage: Stage, fault: str, *, route: str = "*", times: int = 1) -> None:
    stage.world.faults.scheduled.append(Fault(service="razorpay", route=route, fault=fault, times=times))


async def webhook(stage: Stage, name: str) -> bytes:
    body = stage.merchant.last(name)
    return json.dumps({key: value for key, value in body.items() if key not in ("id", "signature")}).encode()


async def paid_facts(stage: Stage, gateway: RazorpayGateway, **how: Any) -> dict[str, GatewayFact]:
    link = await gateway.create_link(an_order())
    await stage.a_payment(link.session_id, **how)
    names = await stage.webhooks(4)
    facts = {name: gateway.facts_of_webhook(await webhook(stage, name)) for name in names}
    assert all(len(found) == 1 for found in facts.values())
    return {name: found[0] for name, found in facts.items()}


async def test_a_paid_link_names_the_currency_it_was_paid_in(stage: Stage, gateway: RazorpayGateway) -> None:
    asked = await gateway.create_link(an_order())
    await stage.a_payment(asked.session_id, currency="USD", webhooks="none")

    link = await gateway.find_link("berth-1")

    assert link is not None
    (fact,) = gateway.facts_of_link(link)
    assert (link.currency, fact.kind, fact.currency) == ("INR", FactKind.CAPTURED, "USD")


async def test_a_link_is_made_and_found_again(gateway: RazorpayGateway) -> None:
    order = an_order()

    link = await gateway.create_link(order)

    assert (link.reference, link.amount_minor, link.currency, link.status) == ("berth-1", 49900, "INR", "created")
    assert link.url.startswith("http://127.0.0.1")
    assert link.expires_at == order.expires_at.replace(microsecond=0)
    assert await gateway.find_link("berth-1") == link
    assert await gateway.find_link("berth-2") is None


async def test_a_reference_is_never_given_two_links(gateway: RazorpayGateway) -> None:
    first = await gateway.create_link(an_order())

    again = await gateway.create_link(an_order())

    assert again.session_id == first.session_id


async def test_a_paid_link_tells_what_was_paid(stage: Stage, gateway: RazorpayGateway) -> None:
    link = await gateway.create_link(an_order())
    assert gateway.facts_of_link(link) == []
    payment_id = await stage.a_payment(link.session_id, webhooks="none")

    found = await gateway.find_link("berth-1")

    assert found is not None
    (fact,) = gateway.facts_of_link(found)
    assert (fact.kind, fact.reference, fact.gateway_payment_id) == (FactKind.CAPTURED, "berth-1", payment_id)
    assert (fact.amount_minor, fact.currency) == (49900, "INR")


async def test_an_expired_link_says_so(stage: Stage, gateway: RazorpayGateway) -> None:
    await gateway.create_link(an_order())
    await stage.world.clock.advance(21 * 60)

    found = await gateway.find_link("berth-1")

    assert found is not None
    assert [fact.kind for fact in gateway.facts_of_link(found)] == [FactKind.EXPIRED]


async def test_every_event_of_a_paid_link_carries_our_reference(stage: Stage, gateway: RazorpayGateway) -> None:
    facts = await paid_facts(stage, gateway, outcome="success")

    assert set(facts) == {"payment.authorized", "payment.captured", "order.paid", "payment_link.paid"}
    assert {fact.reference for fact in facts.values()} == {"berth-1"}
    assert len({fact.gateway_payment_id for fact in facts.values()}) == 1
    assert len({fact.session_id for fact in facts.values()}) == 1
    assert facts["payment.authorized"].kind is FactKind.AUTHORIZED
    captured = facts["payment.captured"]
    assert (captured.kind, captured.amount_minor, captured.currency) == (FactKind.CAPTURED, 49900, "INR")
    assert captured.fee_minor == 1178
    assert captured.account_id is not None
    assert "contact" not in captured.response


async def test_a_failed_payment_says_why(stage: Stage, gateway: RazorpayGateway) -> None:
    link = await gateway.create_link(an_order())
    await stage.a_payment(link.session_id, outcome="failure")
    await stage.webhooks(1)

    (fact,) = gateway.facts_of_webhook(await webhook(stage, "payment.failed"))

    assert (fact.kind, fact.reference) == (FactKind.FAILED, "berth-1")
    assert "declined by the bank" in str(fact.failure_reason)


async def test_a_payment_without_our_reference_is_asked_about(stage: Stage, gateway: RazorpayGateway) -> None:
    link = await stage.a_link(reference_id="berth-7")
    payment_id = await stage.a_payment(link["id"], webhooks="none")

    assert await gateway.find_reference(payment_id) == "berth-7"
    assert await gateway.find_reference("pay_unknown") is None


@pytest.mark.parametrize("fault", ["429", "500", "502_html", "drop_request", "drop_response", "truncate"])
async def test_a_question_survives_one_mishap(stage: Stage, gateway: RazorpayGateway, fault: str) -> None:
    link = await gateway.create_link(an_order())
    broken(stage, fault)

    assert await gateway.find_link("berth-1") == link


@pytest.mark.parametrize(
    ("fault", "status"),
    [("429", 429), ("500", 500), ("502_html", 502), ("truncate", 200)],
)
async def test_trouble_while_making_a_link_is_told_and_not_tried_again(
    stage: Stage, gateway: RazorpayGateway, fault: str, status: int
) -> None:
    broken(stage, fault, route="POST payment_links")

    with pytest.raises(PaymentGatewayError) as trouble:
        await gateway.create_link(an_order())

    assert trouble.value.facts["status"] == status
    assert trouble.value.may_pass
    assert (await gateway.find_link("berth-1") is not None) == (fault == "truncate")


@pytest.mark.parametrize("fault", ["drop_request", "drop_response"])
async def test_an_answer_that_never_comes_leaves_open_whether_the_link_was_made(
    fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(port=free_port(), bot_token="1:token", razorpay_key_id=KEY[0], razorpay_key_secret=KEY[1])
    ready = asyncio.Event()
    sandbox = asyncio.create_task(serve(config, ready=ready))
    await ready.wait()
    gateway = a_gateway(base_url=f"{config.public_url}/razorpay")
    async with httpx.AsyncClient(base_url=config.public_url, trust_env=False) as http:
        scheduled = {"service": "razorpay", "route": "POST payment_links", "fault": fault, "times": 1}
        assert (await http.post("/sim/v1/faults", json=scheduled)).is_success

    with pytest.raises(PaymentGatewayError) as trouble:
        await gateway.create_link(an_order())

    assert (trouble.value.facts["status"], trouble.value.facts["reason"]) == (None, "ConnectionError")
    assert (await gateway.find_link("berth-1") is not None) == (fault == "drop_response")
    assert capsys.readouterr().out == "", "the SDK prints when it sees a connection fail"
    await gateway.close()
    sandbox.cancel()
    await asyncio.gather(sandbox, return_exceptions=True)


async def test_a_wrong_key_is_told_apart(stage: Stage) -> None:
    gateway = a_gateway(base_url=stage.url, key_secret="wrong")

    with pytest.raises(PaymentGatewayMisconfigured) as trouble:
        await gateway.check_credentials()

    assert "RAZORPAY_KEY_SECRET" in trouble.value.facts["hint"]
    assert not trouble.value.may_pass
    await gateway.close()


async def test_a_right_key_is_accepted(gateway: RazorpayGateway) -> None:
    await gateway.check_credentials()


async def test_a_refusal_keeps_its_reason(gateway: RazorpayGateway) -> None:
    with pytest.raises(PaymentGatewayRefused) as refused:
        await gateway.create_link(an_order(amount_minor=99))

    assert refused.value.facts["status"] == 400
    assert not refused.value.may_pass


async def test_nobody_listening_is_trouble() -> None:
    gateway = a_gateway(base_url="http://127.0.0.1:1/razorpay")

    with pytest.raises(PaymentGatewayError) as trouble:
        await gateway.create_link(an_order())

    assert (trouble.value.code, trouble.value.facts["reason"]) == ("PAYMENT_GATEWAY_ERROR", "ConnectionError")
    await gateway.close()


async def test_many_questions_at_once_share_the_session(stage: Stage, gateway: RazorpayGateway) -> None:
    links = await asyncio.gather(*(gateway.create_link(an_order(f"berth-{number}")) for number in range(20)))

    found = await asyncio.gather(*(gateway.find_link(link.reference) for link in links))

    assert list(found) == links
