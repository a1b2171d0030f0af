"""A session in chat: prepared, late, running, left, and what is owed for having stayed."""

from datetime import datetime, timedelta

import pytest

from domain import bookings, people, resources, wallets
from domain.bookings import Booking, Status
from domain.kernel import Transactor
from domain.resources import Venue
from tests.bot.office import member_of
from tests.bot.stage import BotStage
from tests.bot.test_never_silent import post_old_button
from tests.bot.visits import HOUR, MINUTE, a_slot, actor, came, now_of, parks, quarter
from tests.building import a_rack, a_venue
from tests.domain.consequences import consequences
from tests.domain.preparing import ACCESS, BADLY, WELL, WITH_ACCESS, Preparing, a_preparing_rack
from tests.people import Person, buttons_of, text_of, words_of


@pytest.fixture
async def venue(transact: Transactor) -> Venue:
    return await a_venue(transact, name="Park Street")


# leaving


async def test_who_leaves_early_is_told_before_and_after(stage: BotStage, venue: Venue) -> None:
    asha, slot = await stage.person(), await a_slot(stage.transact, venue, code="P-800")
    booking = await came(stage, await parks(stage, asha, slot, quarter(stage, -1)))

    await asha.says(booking.code)
    await asha.taps("Check out")
    await asha.sees("Check out of P-800 now?", "is free for others; nothing comes back.")
    assert (await now_of(booking)).status is Status.ACTIVE
    await asha.taps("Check out now")

    await asha.sees("Checked out: P-800, at", "The rest of the time is free for others.", "Balance: 0 tokens")
    left = await now_of(booking)
    assert left.status is Status.COMPLETED
    assert left.ends_at < booking.ends_at


async def test_leaving_twice_shows_the_receipt_again(stage: BotStage, venue: Venue) -> None:
    asha, slot = await stage.person(), await a_slot(stage.transact, venue)
    booking = await came(stage, await parks(stage, asha, slot, quarter(stage, -1)))
    await asha.says(booking.code)
    await asha.taps("Check out")
    (question,) = [each for each in await asha.screens() if "[Check out now]" in words_of(each)]
    data = next(each["callback_data"] for each in buttons_of(question) if each["text"] == "Check out now")

    await asha.tap(question["message_id"], data=data)
    await asha.tap(question["message_id"], data=data)

    await asha.sees("Checked out:")
    assert sum("Checked out:" in text_of(each) for each in await asha.screens()) == 1


async def overstays(stage: BotStage, asha: Person, venue: Venue, *, tokens: int) -> Booking:
    """An hour that ended some time ago; nobody has checked out."""
    slot = await a_slot(stage.transact, venue, code="P-801")
    return await came(stage, await parks(stage, asha, slot, quarter(stage, -7), tokens=tokens))


@pytest.mark.twice
async def test_overtime_is_said_before_and_receipted_after(stage: BotStage, venue: Venue) -> None:
    asha = await stage.person()
    booking = await overstays(stage, asha, venue, tokens=30)

    await asha.says(booking.code)
    await asha.sees("The time is over: every minute costs until you check out.")
    await asha.taps("Check out")
    asked = text_of(await asha.sees("The time was over at", "at 150 % of the price", "Penalty: 2"))
    await asha.taps("Check out – ")

    left = await now_of(booking)
    due = left.overtime_tokens + left.penalty_tokens
    assert due > 2
    receipt = await asha.sees("Checked out: P-801", f"Paid from your wallet: {due}", f"Balance: {26 - due} tokens")
    assert "owed" not in asked + text_of(receipt)
    assert f"Overtime: {left.overtime_minutes} min" in text_of(receipt)
    await asha.says(booking.code)
    await asha.sees("Penalty: 2", f"Total: {left.cost_tokens + due} tokens")


@pytest.mark.twice
async def test_what_the_wallet_cannot_pay_is_owed_and_bars_booking_until_it_is_paid(
    stage: BotStage, venue: Venue, rack: resources.Resource
) -> None:
    asha = await stage.person()
    booking = await overstays(stage, asha, venue, tokens=5)
    await asha.says(booking.code)
    await asha.taps("Check out")
    await asha.sees("Your wallet pays 1;", "owed then.")
    await asha.taps("Check out – ")
    owed = (await wallets.of((await member_of(asha)).id)).owed_tokens
    await asha.sees("Paid from your wallet: 1", f"Still owed: {owed} tokens.", "[Buy tokens]", "Balance: 0 tokens")

    await asha.says("/balance")
    await asha.sees(f"You owe {owed} tokens. Tokens that come in pay it first.")
    await book_tomorrow(asha)
    await asha.sees(f"You owe {owed} tokens. You can book again when it is paid.", "[Buy tokens]", "[Tokens]")

    await stage.transact(
        wallets.credit, member_id=(await member_of(asha)).id, tokens=owed + 9, source="bonus", key="paid",
        now=stage.now(),
    )  # fmt: skip
    await asha.says("/balance")
    balance = await asha.sees("Balance: 9 tokens")
    assert "You owe" not in text_of(balance)
    await book_tomorrow(asha)
    await asha.sees("Booked: RACK-01")


async def book_tomorrow(person: Person) -> None:
    await person.says("/book")
    await person.taps("Racks")
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps("RACK-01")
    await person.taps("10:00")
    await person.taps("1 h · ")
    await person.taps("Confirm – 2 tokens")


async def test_settle_now_pays_what_tokens_that_came_in_left_over(stage: BotStage) -> None:
    asha = await stage.person()
    member = await member_of(asha)
    now = stage.now()
    await stage.transact(
        wallets.charge, member_id=member.id, tokens=3, purpose="penalty", key="late:1", booking_id=None, now=now
    )
    await asha.says("/balance")
    balance = await asha.sees("You owe 3 tokens.")
    assert "[Settle now]" not in words_of(balance)  # there is nothing to settle it with

    # Tokens beside a debt: left over by a posting that paid as many receivables as one may.
    await stage.transact(wallets.credit, member_id=member.id, tokens=5, source="bonus", key="in", now=now)
    row = await stage.database["wallets"].find_one({"user": member.id})
    assert row is not None
    assert row["owed_tokens"] == 0
    receivable = {"status": "open", "remaining": 1, "amount": 4}
    await stage.database["receivables"].update_one({"user": member.id}, {"$set": receivable})
    await stage.database["wallets"].update_one({"user": member.id}, {"$set": {"owed_tokens": 1}})
    await asha.says("/balance")
    await asha.sees("Balance: 2 tokens", "You owe 1 token.")
    await asha.taps("Settle now")

    await asha.sees("1 token went to what you owed.", "Balance: 1 token")
    assert (await wallets.of(member.id)).owed_tokens == 0


# a rack that prepares itself


async def a_prepared_session(stage: BotStage, asha: Person, *, starts_at: datetime) -> tuple[Preparing, Booking]:
    """A booking of a rack with four scripts, whose preparation has begun."""
    racks = await a_preparing_rack(stage.transact, slot_minutes=15, turnaround_minutes=0)
    member = await actor(asha)
    early = starts_at - HOUR
    assert member.member_id is not None
    await stage.transact(
        wallets.credit, member_id=member.member_id, tokens=20, source="bonus", key=f"of:{asha.id}", now=early
    )
    options = resources.Options(aci_version="6.0(5h)")
    booking = await racks.stage.book(member, starts_at, options=options, now=early)
    await racks.pass_time(starts_at - 5 * MINUTE)
    return racks, booking


async def test_the_steps_of_the_preparation_are_told_then_the_way_in(stage: BotStage) -> None:
    asha, now = await stage.person(), stage.now()
    racks, booking = await a_prepared_session(stage, asha, starts_at=quarter(stage))

    await asha.says(booking.code)
    await asha.sees("being prepared", "Preparing: step 1 of 2", "[Cancel the booking]")
    await racks.run_next(WITH_ACCESS, now)
    await asha.says(booking.code)
    await asha.sees("Preparing: step 2 of 2")
    await racks.run_next(WELL, now)
    await asha.says(booking.code)
    await asha.sees(": ready", "[Cancel the booking]")
    await asha.taps("Access details")

    told = await asha.sees("Access details of", "They work until")
    spoilers = [each for each in told["entities"] if each["type"] == "spoiler"]
    assert len(spoilers) == len(ACCESS)
    copied = {each["copy_text"]["text"] for each in buttons_of(told) if "copy_text" in each}
    assert copied == set(ACCESS.values())
    await asha.sees(": ready", "[Access details]")  # the booking remains above it


async def test_access_details_are_shown_to_nobody_else_and_not_afterwards(stage: BotStage) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    racks, booking = await a_prepared_session(stage, asha, starts_at=quarter(stage))
    await racks.run_all(stage.now())
    await asha.says(booking.code)
    screen = await asha.sees("[Access details]")
    data = next(each["callback_data"] for each in buttons_of(screen) if each["text"] == "Access details")

    await post_old_button(stage, ravi, (await ravi.screen())["message_id"], data)
    await ravi.sees("There is no such booking.")
    await stage.transact(bookings.cancel, booking_id=booking.id, actor=people.SYSTEM, now=stage.now())
    await asha.taps("Access details", on=screen["message_id"])

    await asha.sees("The access details are no longer available.")
    assert not any(secret in words_of(each) for each in await asha.screens() for secret in ACCESS.values())


async def a_late_session(stage: BotStage, asha: Person) -> Booking:
    """The start has come, and the rack is not ready; another one stands beside it."""
    racks, booking = await a_prepared_session(stage, asha, starts_at=quarter(stage, 0))
    (run,) = await racks.claim(stage.now())
    await racks.finish(run, BADLY, stage.now())
    rack = await resources.get(booking.resource_id)
    venue = await resources.venue(rack.venue_id)
    await a_rack(stage.transact, venue=venue, code="RACK-80", slot_minutes=15)
    return booking


@pytest.mark.twice
async def test_who_waits_for_a_rack_takes_another_one(stage: BotStage) -> None:
    asha = await stage.person()
    booking = await a_late_session(stage, asha)

    await asha.says(booking.code)
    await asha.sees("Wait, take another rack for the same time, or have everything back.")
    await asha.taps("Another rack")
    await asha.sees("Another rack instead of", "It costs nothing more.")
    await asha.taps("RACK-80")

    await asha.sees("RACK-80 is yours instead, for the same time.", booking.code)
    moved = await now_of(booking)
    assert (await resources.get(moved.resource_id)).code == "RACK-80"
    assert moved.starts_at == booking.starts_at


async def test_another_rack_that_was_taken_meanwhile_is_no_longer_offered(stage: BotStage) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    booking = await a_late_session(stage, asha)
    await asha.says(booking.code)
    await asha.taps("Another rack")
    await asha.sees("[RACK-80]")
    other = await resources.by_code("RACK-80")
    assert other is not None
    await stage.transact(
        resources.edit_resource, resource_id=other.id, changes={"price_tokens_per_slot": 0}, actor=people.SYSTEM,
        now=stage.now(),
    )  # fmt: skip
    await stage.transact(
        bookings.book, resource_id=other.id, starts_at=booking.starts_at, ends_at=booking.ends_at,
        options=resources.Options(), expected_cost_tokens=None, key="first", actor=await actor(ravi),
        now=booking.starts_at - MINUTE,
    )  # fmt: skip

    await asha.taps("RACK-80")

    screen = await asha.sees("Somebody has just taken this time.", "No other rack is free for that time.")
    assert "[RACK-80]" not in words_of(screen)
    assert (await now_of(booking)).resource_id == booking.resource_id


@pytest.mark.twice
async def test_or_has_everything_back(stage: BotStage) -> None:
    asha = await stage.person()
    booking = await a_late_session(stage, asha)
    cost = booking.cost_tokens

    await asha.says(booking.code)
    await asha.taps("Full refund")
    await asha.sees(f"All {cost} tokens come back, and the booking ends.")
    assert (await now_of(booking)).status is Status.PREPARING
    await asha.taps(f"Full refund, {cost} tokens")

    await asha.sees(f"Cancelled. {cost} tokens are back in your wallet (balance 20).")
    assert (await now_of(booking)).status is Status.CANCELLED


async def test_a_rack_that_is_ready_by_now_is_neither_left_nor_refunded(stage: BotStage) -> None:
    asha = await stage.person()
    booking = await a_late_session(stage, asha)
    await asha.says(booking.code)
    await asha.taps("Full refund")
    await stage.transact(bookings.mark_ready, booking_id=booking.id, by_hand=True, origin="chat", now=stage.now())
    await consequences(stage.transact, now=stage.now() + timedelta(seconds=1))

    await asha.taps(f"Full refund, {booking.cost_tokens} tokens")

    await asha.sees("The rack is no longer being prepared.", booking.code)
    assert (await now_of(booking)).status in (Status.READY, Status.ACTIVE)
