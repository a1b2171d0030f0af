"""Whose money a webhook tells of: the configured merchant account's, or somebody else's."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from app.installation import DemoSecrets, Installation, with_sandbox
from app.settings import Settings
from app.wiring import razorpay_gateway
from domain import packs, people
from domain.kernel import Database, Transactor, Vault
from domain.payments import Outcome, PaymentTransaction, quarantine
from tests.building import a_member
from tests.sandbox.razorpay_stage import KEY, WEBHOOK_SECRET, Stage, a_stage


def configured(stage: Stage, *, account_id: str) -> Installation:
    settings = Settings(
        _env_file=None, razorpay_account_id=account_id, razorpay_key_id=KEY[0], razorpay_key_secret=SecretStr(KEY[1]),
        razorpay_webhook_secret=SecretStr(WEBHOOK_SECRET), razorpay_api_url=stage.url,
    )  # fmt: skip
    return Installation(settings=settings)


def captured(payment: PaymentTransaction, *, account_id: str) -> bytes:
    entity = {
        "id": "pay_A", "amount": payment.amount, "currency": payment.currency, "status": "captured",
        "notes": {"reference": payment.reference},
    }  # fmt: skip
    event = {"event": "payment.captured", "account_id": account_id, "payload": {"payment": {"entity": entity}}}
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("ours", "theirs", "outcome", "reasons"),
    [
        ("acc_Ours1", "acc_Other1", Outcome.QUARANTINED, ["account_mismatch"]),
        ("acc_Ours1", "acc_Ours1", Outcome.PAID, []),
        ("", "acc_Other1", Outcome.PAID, []),
    ],
)
async def test_money_of_another_account_is_quarantined_when_ours_is_configured(
    database: Database, transact: Transactor, ours: str, theirs: str, outcome: Outcome, reasons: list[str]
) -> None:
    now = datetime.now(UTC)
    async with a_stage() as stage, razorpay_gateway(configured(stage, account_id=ours)) as gateway:
        pack = await transact(
            packs.add, name="Starter", token=100, price={"INR": 49900}, duration=90, actor=people.SYSTEM, now=now
        )
        payment = await packs.buy(
            transact, gateway, package_id=pack.id, currency="INR", actor=await a_member(transact),
            key="k", clock=lambda: now, return_url=None,
        )  # fmt: skip
        (fact,) = gateway.facts_of_webhook(captured(payment, account_id=theirs))

        settled = await transact(packs.settle, fact=fact, now=now)

        assert settled.outcome is outcome
        assert [money.reason for money in await quarantine(limit=10)] == reasons


def test_the_stand_in_has_an_account_of_its_own() -> None:
    demo = DemoSecrets(
        bot_token="1:x", razorpay_key_id="k", razorpay_key_secret="s", razorpay_webhook_secret="w",
        secret_key=Vault.generate_key(),
    )  # fmt: skip

    installation = with_sandbox(Settings(_env_file=None, razorpay_account_id="acc_Ours1"), demo)

    assert installation.settings.razorpay_account_id == ""
