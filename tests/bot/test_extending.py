"""Staying longer, from the details or from the notice: what is on the button is what is charged."""

import asyncio
from zoneinfo import ZoneInfo

from bot.views import notices
from domain import bookings, packs, resources
from domain.kernel import Transactor
from domain.notifications import Kind
from tests.bot.coming import QUARTER, Guest
from tests.bot.reading import a_reader
from tests.bot.stage import TOKEN, BotStage
from tests.people import enabled, words_of


async def test_a_running_booking_lasts_longer_for_the_price_on_the_button(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    booking = await asha.runs(rack)
    await ravi.books(rack, booking.ends_at + 2 * QUARTER)
    before = await asha.balance()

    await asha.looks_at(booking)
    await asha.person.taps("Stay longer")
    longer = await asha.person.sees("RACK-01 is yours until", f"Balance: {before} tokens", "– 1 token")
    possible = [label for label in enabled(longer) if label.startswith("Until")]
    zone = ZoneInfo("Asia/Kolkata")
    ends = [(booking.ends_at + number * QUARTER).astimezone(zone) for number in (1, 2)]
    assert possible == [f"Until {ends[0]:%H:%M} – 1 token", f"Until {ends[1]:%H:%M} – 2 tokens"]
    assert "– 3 tokens" in words_of(longer)
    await asha.person.taps("– 2 tokens")

    await asha.person.sees("Extended: RACK-01 is yours until", f"2 tokens · balance {before - 2}")
    assert (await asha.stored(booking)).ends_at == booking.ends_at + 2 * QUARTER
    assert await asha.balance() == before - 2


async def test_two_taps_extend_once_and_an_old_button_says_why_not(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    booking = await asha.runs(rack)
    messages = []
    for _ in range(3):
        await asha.looks_at(booking)
        await asha.person.taps("Stay longer")
        messages.append((await asha.person.sees("RACK-01 is yours until"))["message_id"])
    before = await asha.balance()

    await asyncio.gather(*(asha.person.tap(messages[0], text="– 1 token") for _ in range(2)))
    await asha.person.sees("Extended: RACK-01")
    await asha.person.taps("– 1 token", on=messages[1])
    await asha.person.sees("It lasts that long already.", "Choose a later end")
    await asha.person.taps("– 2 tokens", on=messages[2])

    await asha.person.sees("The price has changed: it is 1 token now.", "– 1 token")
    assert (await asha.stored(booking)).ends_at == booking.ends_at + QUARTER
    assert await asha.balance() == before - 1


async def test_time_that_was_taken_meanwhile_cannot_be_added(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    booking = await asha.runs(rack)
    await asha.looks_at(booking)
    await asha.person.taps("Stay longer")
    await ravi.books(rack, booking.ends_at)
    before = await asha.balance()

    await asha.person.taps("– 1 token")

    choices = await asha.person.sees("Somebody has just taken the time after yours.", "It cannot be extended")
    assert not [label for label in enabled(choices) if label.startswith("Until")]
    assert await asha.balance() == before


async def test_short_of_tokens_to_stay_longer(
    stage: BotStage, rack: resources.Resource, pack: packs.Package, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=4)
    booking = await asha.runs(rack)
    await asha.looks_at(booking)
    await asha.person.taps("Stay longer")

    await asha.person.taps("– 1 token")

    await asha.person.sees(
        "Staying longer needs 1 token; you have 0.", "You need 1 token more.", "Buy 50 tokens – ₹999"
    )
    await asha.gets(1)
    await asha.person.taps("Look again")
    await asha.person.taps("– 1 token")
    await asha.person.sees("Extended: RACK-01", "balance 0")


async def test_what_does_not_run_cannot_be_extended(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    booking = await asha.runs(rack)
    await asha.looks_at(booking)
    await asha.person.taps("Stay longer")
    await transact(bookings.check_out, booking_id=booking.id, actor=asha.actor, now=stage.now())

    await asha.person.taps("– 1 token")

    await asha.person.sees("It does not run now, so it cannot be extended.", "[Book again]")


async def test_booking_again_what_was_left_early_is_as_long_as_it_was_booked(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    booking = await asha.runs(rack)
    await transact(bookings.check_out, booking_id=booking.id, actor=asha.actor, now=stage.now())

    await asha.looks_at(booking)
    await asha.person.taps("Book again")

    await asha.person.sees("4 × 15 min", "Confirm – 4 tokens")


async def test_the_notice_that_it_ends_soon_extends_with_one_tap(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    booking = await asha.runs(rack)
    before = await asha.balance()
    choice = {"slots": 1, "cost_tokens": 1, "ends_at": booking.ends_at + QUARTER}
    ends = {
        "id": booking.id, "resource_code": "RACK-01", "starts_at": booking.starts_at, "ends_at": booking.ends_at,
        "timezone": "Asia/Kolkata", "has_overtime": False,
    }  # fmt: skip
    facts = {"booking": ends, "extensions": [choice]}
    notice = notices.render(Kind.SESSION_ENDS_SOON, facts, a_reader(now=stage.now()))
    assert notice.keyboard is not None
    told = {
        "chat_id": asha.person.id, "text": notice.text, "parse_mode": "HTML",
        "reply_markup": notice.keyboard.model_dump(exclude_none=True, mode="json"),
    }  # fmt: skip
    (await stage.sandbox.post(f"/bot{TOKEN}/sendMessage", json=told)).raise_for_status()

    await asha.person.taps("Extend by 15 min – 1 token")

    await asha.person.sees("Extended: RACK-01", f"1 token · balance {before - 1}")
    assert (await asha.stored(booking)).ends_at == booking.ends_at + QUARTER


async def test_booking_again_what_was_missed(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    booking = await asha.books(rack)
    stored = bookings.Booking.get_pymongo_collection()
    missed = {"status": "no_show", "held": False, "seat": None}
    await stored.update_one({"_id": booking.id}, {"$set": missed})

    await asha.looks_at(booking)
    details = await asha.person.sees("RACK-01", "missed", "[Book again]")
    assert "Change the time" not in words_of(details)
    await asha.person.taps("Book again")

    await asha.person.sees("2 × 30 min", "Confirm – 2 tokens")
