"""Tokens and packs, in chat."""

import asyncio

from domain import packs, people, resources, wallets
from domain.kernel import Transactor
from tests.bot.stage import BotStage
from tests.people import buttons_of


async def test_the_balance_says_what_expires_when(stage: BotStage, transact: Transactor) -> None:
    asha = await stage.person()
    member = await people.by_telegram_id(asha.id)
    assert member is not None
    for number in range(12):
        await transact(
            wallets.credit, member_id=member.id, tokens=number + 1, source=wallets.Source.BONUS, key=f"k{number}",
            now=stage.now(),
        )  # fmt: skip

    await asha.says("/balance")
    await asha.sees("Balance: 78 tokens", "12 tokens without end")
    await asha.taps("History")
    await asha.sees("+12 · bonus · balance 78", "[1/2]")
    await asha.taps("›")
    await asha.sees("+1 · bonus · balance 1", "[2/2]")


async def test_buying_leads_to_the_payers_page_and_a_double_tap_to_the_same(
    stage: BotStage, pack: packs.Package, rack: resources.Resource
) -> None:
    asha = await stage.person()
    await asha.says("/packs")
    screen = await asha.sees("Starter", "50 tokens · ₹999 · valid for 90 days", "about 25 hours of RACK-01")

    await asyncio.gather(*(asha.tap(screen["message_id"], text="Starter – ₹999") for _ in range(2)))
    message = await asha.sees("Starter: 50 tokens for ₹999", "[Pay ₹999]")

    page = await stage.sandbox.get(next(button["url"] for button in buttons_of(message) if "url" in button))
    assert page.status_code == 200
    links = (await stage.sandbox.get("/sim/v1/razorpay/payments")).json()
    assert len(links if isinstance(links, list) else links.get("payments", links.get("links"))) == 1


async def test_checking_an_unpaid_payment_says_so(stage: BotStage, pack: packs.Package) -> None:
    asha = await stage.person()
    await asha.says("/packs")
    await asha.taps("Starter – ₹999")

    await asha.taps("Check the payment")

    assert "The gateway has not seen the payment yet." in (await asha.answers())[-1]


async def test_checking_a_paid_payment_credits_it(stage: BotStage, pack: packs.Package) -> None:
    asha = await stage.person()
    await asha.says("/packs")
    await asha.taps("Starter – ₹999")
    links = (await stage.sandbox.get("/sim/v1/razorpay/payments")).json()
    link = next(each for each in links["payments"] if each["id"].startswith("plink_"))
    paid = await stage.sandbox.post(
        f"/sim/v1/razorpay/payments/{link['id']}/pay", json={"outcome": "success", "webhooks": "none"}
    )
    assert paid.is_success, paid.text

    await asha.taps("Check the payment")

    await asha.sees("Balance: 50 tokens")
    assert "The payment has arrived." in await asha.answers()


async def test_a_gateway_that_does_not_answer_is_told_calmly(stage: BotStage, pack: packs.Package) -> None:
    asha = await stage.person()
    fault = {"service": "razorpay", "route": "*", "fault": "500", "times": 20}
    await stage.sandbox.post("/sim/v1/faults", json=fault)
    await asha.says("/packs")

    await asha.taps("Starter – ₹999")

    await asha.sees("The payment service does not answer now.")
