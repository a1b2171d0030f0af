"""Where the payer's page sends people back to: what the page says is so."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

import api
from app.gateways.razorpay import RazorpayGateway
from domain import packs, payments, people
from domain.kernel import Database, Transactor
from domain.payments import PaymentTransaction
from sandbox.world import Fault
from tests.building import a_member
from tests.sandbox.razorpay_stage import KEY, WEBHOOK_SECRET, Stage, a_stage
from tests.serving import serving
from tests.vault import VAULT

WALLET, CHECKED = "Your tokens are in your wallet", "Your payment is being checked"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


class Payer:
    """Somebody who buys, pays and comes back."""

    def __init__(self, stage: Stage, http: httpx.AsyncClient, payment: PaymentTransaction) -> None:
        self.stage, self.http, self.payment = stage, http, payment

    async def pays(self, **how: object) -> str:
        assert self.payment.gateway_session_id is not None
        return await self.stage.a_payment(self.payment.gateway_session_id, webhooks="none", **how)

    async def comes_back(self, payment_id: str) -> str:
        facts = [self.payment.gateway_session_id, self.payment.reference, "paid", payment_id]
        names = ("payment_link_id", "payment_link_reference_id", "payment_link_status", "payment_id")
        signature = hmac.new(KEY[1].encode(), "|".join(map(str, facts)).encode(), hashlib.sha256).hexdigest()
        query = {f"razorpay_{name}": fact for name, fact in zip(names, facts, strict=True)}
        return (await self.http.get("/paid", params={**query, "razorpay_signature": signature})).text


@pytest.fixture
async def payer(stage: Stage, database: Database, transact: Transactor) -> AsyncIterator[Payer]:
    gateway = RazorpayGateway(key_id=KEY[0], key_secret=KEY[1], webhook_secret=WEBHOOK_SECRET, base_url=stage.url)

    def clock() -> datetime:
        return datetime.fromtimestamp(stage.world.clock.now(), tz=UTC)

    pack = await transact(
        packs.add, name="Starter", token=20, price={"INR": 49900}, actor=people.SYSTEM, now=clock()
    )  # fmt: skip
    payment = await packs.buy(
        transact, gateway, package_id=pack.id, currency="INR", actor=await a_member(transact), key="k", clock=clock,
        return_url=None,
    )  # fmt: skip
    services = api.Services(transact=transact, clock=clock, gateway=gateway, database=database, vault=VAULT)
    async with serving(api.create(services)) as url, httpx.AsyncClient(base_url=url) as http:
        yield Payer(stage, http, payment)
    await gateway.close()


async def test_who_comes_back_before_the_webhook_has_the_tokens_already(payer: Payer) -> None:
    page = await payer.comes_back(await payer.pays())

    assert WALLET in page
    assert (await payments.get(payer.payment.id)).status == "success"


async def test_money_that_does_not_fit_is_not_said_to_be_in_the_wallet(payer: Payer) -> None:
    page = await payer.comes_back(await payer.pays(amount=100))

    assert WALLET not in page
    assert CHECKED in page


async def test_who_reloads_the_page_asks_the_gateway_nothing(payer: Payer) -> None:
    payment_id = await payer.pays()
    await payer.comes_back(payment_id)
    payer.stage.world.faults.scheduled.append(Fault(service="razorpay", route="*", fault="500", times=1))

    assert WALLET in await payer.comes_back(payment_id)
    assert len(payer.stage.world.faults.scheduled) == 1
