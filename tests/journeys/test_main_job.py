"""The main job, as people live it."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from domain import packs, resources
from tests.journeys.conftest import (
    balance_of,
    bookings_of,
    buys_the_pack,
    chooses_tomorrow_at_ten,
    known,
    link_shown,
    pays,
)
from tests.people import Person, text_of
from tests.stage import Stage

pytestmark = pytest.mark.twice


async def test_from_first_contact_to_a_cancelled_booking(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await Person.meets(stage.sandbox, first_name="Asha")
    await asha.says("/start")
    await asha.taps("English")
    await asha.taps("Kolkata")
    await asha.sees("Book a rack", "My bookings", "Tokens", "Help")

    link_id = await buys_the_pack(stage, asha)
    await pays(stage, link_id)
    await asha.sees("Paid: ₹999", "50 tokens are yours")
    assert await balance_of(asha) == 50

    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Booked: RACK-01", "2 tokens · balance 48")

    await asha.taps("Details")
    await asha.taps("Cancel the booking")
    await asha.sees("Cancelling now returns 2 of 2 tokens.")
    await asha.taps("Cancel, 2 tokens back")
    await asha.sees("2 tokens are back in your wallet (balance 50)")
    assert await balance_of(asha) == 50
    assert await bookings_of(asha, stage) == []


async def test_short_of_tokens_the_time_is_kept_and_books_itself_when_the_payment_lands(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("This booking needs 2 tokens; you have 0.", "The time is kept for you until")

    await asha.taps("Buy 50 tokens – ₹999")
    await pays(stage, await link_shown(stage, asha))

    await asha.sees("50 tokens are yours", "Booked: RACK-01")
    (booking,) = await bookings_of(asha, stage)
    assert booking.status == "confirmed"
    assert await balance_of(asha) == 48


async def test_a_payment_that_lands_after_the_hold_keeps_the_tokens(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.taps("Buy 50 tokens – ₹999")
    link_id = await link_shown(stage, asha)

    await stage.advance(minutes=11)
    await asha.sees("The time is no longer kept: RACK-01")
    await pays(stage, link_id)

    await asha.sees("50 tokens are yours", "It came too late for RACK-01")
    assert await balance_of(asha) == 50
    assert await bookings_of(asha, stage) == []


async def test_webhook_return_and_polling_twice_credit_once(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    link_id = await buys_the_pack(stage, asha)

    screen = (await asha.screen())["message_id"]
    await pays(stage, link_id, webhooks="none")
    await asyncio.gather(*(asha.tap(screen, text="Check the payment") for _ in range(2)))
    for event in ("payment_link.paid", "payment.captured", "order.paid"):
        await stage.sim("POST", "/razorpay/events", event=event, id=link_id, repeat=2)
    for _ in range(2):
        await stage.advance(minutes=2)  # the reconciliation has its turn
    await asha.sees("50 tokens are yours")

    receipts = [message for message in await asha.screens() if "50 tokens are yours" in text_of(message)]
    assert len(receipts) == 1
    assert await balance_of(asha) == 50


async def test_a_second_payment_of_a_paid_link_is_quarantined_and_told_to_administrators(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    dev = await known(stage, id=1009, first_name="Dev")
    asha = await known(stage)
    link_id = await buys_the_pack(stage, asha)
    await pays(stage, link_id)
    await asha.sees("50 tokens are yours")

    await pays(stage, link_id)

    await dev.sees("₹999", "Asha")
    assert await balance_of(asha) == 50
    assert await stage.database["quarantined_money"].count_documents({}) == 1


async def test_a_lost_webhook_is_found_by_reconciliation(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    link_id = await buys_the_pack(stage, asha)

    await pays(stage, link_id, webhooks="none")
    assert await balance_of(asha) == 0
    await stage.advance(minutes=1)

    await asha.sees("50 tokens are yours")
    assert await balance_of(asha) == 50


async def test_the_return_from_the_payers_page_is_enough_when_webhooks_are_lost(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    await stage.sim("PUT", "/razorpay/webhook", url="")
    await asha.says("/packs")
    await asha.taps("Lab – ₹999")
    address = (await asha.taps("Pay ₹999"))["url"]

    async with httpx.AsyncClient(follow_redirects=True) as browser:
        page = (await browser.post(f"{address}/pay")).text
        (back,) = re.findall(r'href="([^"]+)">Return to merchant', page)
        returned = await browser.get(unescape(back))

    assert "Your tokens are in your wallet" in returned.text
    await asha.sees("50 tokens are yours")
    assert await balance_of(asha) == 50


async def test_a_bot_restarted_in_the_middle_of_a_dialogue_goes_on(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    await pays(stage, await buys_the_pack(stage, asha))
    await asha.sees("50 tokens are yours")
    await chooses_tomorrow_at_ten(asha)
    summary = await asha.screen()

    await stage.stop("bot")
    tap = await asha.tap(summary["message_id"], text="Confirm – 2 tokens")
    stage.start_bot()

    assert tap["callback_query_id"]
    await asha.sees("Booked: RACK-01", "balance 48")
    assert len(await bookings_of(asha, stage)) == 1


async def test_a_session_starts_and_ends_by_itself(stage: Stage, rack: resources.Resource, pack: packs.Package) -> None:
    asha = await known(stage)
    await pays(stage, await buys_the_pack(stage, asha))
    await asha.sees("50 tokens are yours")
    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    (booking,) = await bookings_of(asha, stage)

    async def status() -> str:
        row = await stage.database["bookings"].find_one({"_id": booking.id})
        return str(row["status"]) if row else "gone"

    async def is_active() -> bool:
        return await status() == "active"

    async def is_completed() -> bool:
        return await status() == "completed"

    wait = booking.starts_at - stage.clock() + timedelta(seconds=1)
    await stage.advance(seconds=wait.total_seconds())
    await stage.until(is_active)
    await stage.advance(hours=1)
    await stage.until(is_completed)


async def test_a_program_books_with_the_token_shown_in_chat_and_the_chat_tells(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    asha = await known(stage)
    await pays(stage, await buys_the_pack(stage, asha))
    await asha.sees("50 tokens are yours")

    await asha.says("/token")
    shown = text_of(await asha.sees("berth_"))
    token = next(word for word in shown.split() if word.startswith("berth_"))
    starts_at = (stage.clock() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    answer = await stage.api.post(
        "/api/v1/bookings",
        json={
            "resource_id": str(rack.id),
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        },
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "from-a-program"},
    )

    assert answer.status_code == 201, answer.text
    await asha.sees("Booked: RACK-01", "balance 48")
