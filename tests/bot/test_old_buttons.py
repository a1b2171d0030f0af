"""Buttons that have been overtaken: what they meant is looked at again, and the person hears what has changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.views import buttons
from domain import bookings, packs, people, resources, wallets
from domain.kernel import Transactor
from tests.bot.stage import TOKEN, BotStage
from tests.bot.test_booking import choose_tomorrow_at_ten, grant
from tests.bot.test_never_silent import post_old_button
from tests.people import Person, text_of, words_of


async def the_booking_of(person: Person, stage: BotStage) -> bookings.Booking:
    member = await people.by_telegram_id(person.id)
    assert member is not None
    (booking,) = (await bookings.upcoming(member_id=member.id, now=stage.now(), page=1, limit=10)).items
    return booking


async def change(offered: resources.Resource, transact: Transactor, stage: BotStage, **changes: Any) -> None:
    """What an administrator does meanwhile."""
    now = stage.now()
    await transact(resources.edit_resource, resource_id=offered.id, changes=changes, actor=people.SYSTEM, now=now)


async def test_a_price_that_changed_since_it_was_shown_is_shown_again(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await change(rack, transact, stage, price_tokens_per_slot=2)

    await asha.taps("Confirm – 2 tokens")

    await asha.sees("The price has changed: it is 4 tokens now.", "[Confirm – 4 tokens]")
    assert (await wallets.of(member.id)).token == 10


async def test_an_option_that_is_no_longer_offered_is_not_booked_unasked(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("+ ACI 5.2(8e)")
    await change(rack, transact, stage, rack=resources.RackSpec(aci_versions=["7.0(1a)"]).model_dump())

    await asha.taps("Confirm – 2 tokens")

    await asha.sees("The options of this rack have changed since.", "ACI 7.0(1a)", "[Confirm – 2 tokens]")
    assert await stage.database["bookings"].count_documents({}) == 0


async def test_a_start_that_was_taken_meanwhile_leads_back_to_the_day(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await grant(transact, asha, 10, stage)
    await ravi.says("/book")
    await ravi.taps("Free: any time")
    await ravi.taps("tomorrow")
    await ravi.taps("RACK-01")
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Booked: RACK-01")

    await ravi.taps("10:00")

    await ravi.sees("Somebody has just taken this time.", "Choose a start – RACK-01")


async def test_a_refund_that_changed_since_it_was_named_is_named_again(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.taps("Details")
    await asha.taps("Cancel the booking")
    await asha.sees("Cancelling now returns 2 of 2 tokens.")
    await stage.database["bookings"].update_one({}, {"$set": {"terms.full_refund_hours": 720}})

    await asha.taps("Cancel, 2 tokens back")

    await asha.sees("Cancelling now returns 1 of 2 tokens.", "[Cancel, 1 token back]")
    assert (await wallets.of(member.id)).token == 8


async def test_a_hold_that_ran_out_is_not_confirmed(
    stage: BotStage, rack: resources.Resource, pack: packs.Package, transact: Transactor
) -> None:
    asha = await stage.person()
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await grant(transact, asha, 5, stage)
    await asha.taps("Menu")
    await asha.taps("Finish the held booking")
    past = datetime.now(UTC) - timedelta(seconds=1)
    await stage.database["bookings"].update_one({}, {"$set": {"hold_expires_at": past}})

    await asha.taps("Confirm – 2 tokens")

    await asha.sees("No time is kept for you now.", "Balance: 5 tokens")


async def test_a_month_of_long_ago_is_this_month(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person()
    await asha.says("/start book_RACK-01")
    this_month = words_of(await asha.sees("Choose a day – RACK-01"))
    await asha.taps("Menu")
    screen = await asha.screen()

    await post_old_button(stage, asha, screen["message_id"], buttons.Month(rack=rack.id, month=2019 * 12).pack())

    assert words_of(await asha.sees("Choose a day – RACK-01")) == this_month


async def test_a_button_of_a_message_that_is_gone_is_answered_below(stage: BotStage) -> None:
    asha = await stage.person()
    screen = await asha.screen()
    gone = {"chat_id": asha.id, "message_id": screen["message_id"]}
    (await stage.sandbox.post(f"/bot{TOKEN}/deleteMessage", json=gone)).raise_for_status()

    await post_old_button(stage, asha, screen["message_id"], buttons.Help().pack())

    await asha.sees("You book lab racks here")


async def test_the_buttons_of_others_say_no_more_than_those_of_nothing(
    stage: BotStage, pack: packs.Package, transact: Transactor
) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await asha.says("/packs")
    await asha.taps("Starter – ₹999")
    await asha.sees("[Pay ₹999]")
    payment = await stage.database["payment_transactions"].find_one({})
    assert payment is not None
    screen = await ravi.screen()

    await post_old_button(stage, ravi, screen["message_id"], buttons.CheckPayment(payment=payment["_id"]).pack())

    await ravi.sees("That no longer exists.")


async def test_a_booking_of_somebody_else_is_none(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    booking = await the_booking_of(asha, stage)

    await ravi.says(f"/start {booking.code}")
    menu = text_of(await ravi.sees("Balance: 0 tokens"))
    screen = await ravi.screen()
    await post_old_button(stage, ravi, screen["message_id"], buttons.Cancel(booking=booking.id, refund=2).pack())

    await ravi.sees("There is no such booking.")
    assert booking.code not in menu
    assert (await the_booking_of(asha, stage)).status is bookings.Status.CONFIRMED
