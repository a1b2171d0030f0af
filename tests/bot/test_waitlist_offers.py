"""Those who wait, in chat: my places in line, offers taken and passed, and the queue for staff."""

import asyncio
from datetime import timedelta

import pytest
from aiogram.filters.callback_data import CallbackData

from bot.views import waitlist_buttons
from bot.views.buttons import PassOffer, TakeOffer
from domain import bookings, resources, wallets
from domain.bookings import Status as BookingStatus
from domain.kernel import Transactor
from domain.people import Role
from domain.waitlists import Status
from tests.bot.office import member_of, with_role
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.bot.test_never_silent import post_old_button
from tests.bot.waiting import (
    an_owner,
    entries_of,
    gives_up,
    joins,
    offered,
    owes,
    tomorrow_at,
)
from tests.people import Person, buttons_of, text_of

# My places in line


async def test_my_waitlist_says_my_place_and_lets_me_leave(stage: BotStage, rack: resources.Resource) -> None:
    await an_owner(stage, rack)
    ravi, asha = await stage.person(first_name="Ravi"), await stage.person()
    await joins(ravi)
    await joins(asha)
    await asha.sees("You are number 2 in line: RACK-01")

    await asha.says("/bookings")
    await asha.taps("Waitlist (1)")
    await asha.sees("What you wait for", "RACK-01", "number 2")
    await asha.taps("RACK-01 · ")
    await asha.sees("You are number 2 in line: RACK-01", "Why not yet: others have the time.")
    await asha.taps("Leave the line")
    await asha.sees("Wait no longer for RACK-01?")
    await asha.taps("Leave the line")

    await asha.sees("You no longer wait for RACK-01. Nothing was charged.", "You wait for nothing.")
    await asha.taps("Past")
    await asha.sees("What you waited for", "left the line")
    assert await entries_of(asha) == []
    assert len(await entries_of(ravi)) == 1


async def test_a_time_that_went_past_is_told_with_its_reason(stage: BotStage, rack: resources.Resource) -> None:
    owner, booking = await an_owner(stage, rack)
    asha = await stage.person()
    await joins(asha)
    await owes(stage, asha, 3)
    await gives_up(stage, owner, booking)

    await asha.says("/waitlist")
    await asha.taps("RACK-01 · ")

    await asha.sees("You are next in line: RACK-01", "Why not yet: tokens are owed.", "went past: tokens are owed")


@pytest.mark.parametrize("action", [waitlist_buttons.Place, waitlist_buttons.Leave, TakeOffer, PassOffer])
async def test_somebody_elses_place_is_none(
    stage: BotStage, rack: resources.Resource, action: type[CallbackData]
) -> None:
    await an_owner(stage, rack)
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await joins(asha)
    (entry,) = await entries_of(asha)
    screen = await ravi.screen()

    await post_old_button(stage, ravi, screen["message_id"], action(entry=entry.id).pack())

    await ravi.sees("There is no such place in line.")
    assert len(await entries_of(asha)) == 1


# Offers


async def booked_by(person: Person, stage: BotStage) -> list[BookingStatus]:
    member = await member_of(person)
    page = await bookings.upcoming(member_id=member.id, now=stage.now(), page=1, limit=5)
    return [each.status for each in page.items]


async def test_an_offer_is_in_the_menu_and_taken_from_there(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await offered(stage, rack, asha)

    await asha.says("/menu")
    await asha.sees("A place is free: RACK-01", "It is kept for you until", "2 tokens · balance 10", "[Pass]")
    await asha.taps("Book now")

    await asha.sees("Booked: RACK-01", "2 tokens · balance 8")
    assert await booked_by(asha, stage) == [BookingStatus.CONFIRMED]


async def test_an_offer_taken_twice_on_two_devices_is_one_booking(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)
    await offered(stage, rack, asha)
    await asha.says("/menu")
    await asha.says("/waitlist")
    screens = [message for message in await asha.screens() if "Book now" in [b["text"] for b in buttons_of(message)]]
    assert len(screens) == 2

    await asyncio.gather(*(asha.tap(each["message_id"], text="Book now") for each in screens for _ in range(2)))
    for each in screens:
        await settled_as(asha, each["message_id"], "Booked: RACK-01")

    assert await booked_by(asha, stage) == [BookingStatus.CONFIRMED]
    assert (await wallets.of(member.id)).token == 8


async def settled_as(person: Person, message_id: int, words: str) -> None:
    """Wait until that message says so."""
    for _ in range(200):
        (message,) = [each for each in await person.screens() if each["message_id"] == message_id]
        if words in text_of(message):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{words!r} not seen")


async def test_who_passes_is_out_and_the_next_is_asked(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await offered(stage, rack, asha, ravi)
    await asha.says("/waitlist")
    top = await asha.sees("A place is free: RACK-01", "What you wait for")
    await asha.taps("RACK-01 · ")
    await asha.sees("A place is free: RACK-01", "[Book now]")

    await asha.taps("Pass")
    await asha.sees("Passed. The next in line is asked now.", "You no longer wait for it.")
    (row,) = await stage.database["waitlist_entries"].find({"member_id": (await member_of(asha)).id}).to_list(None)
    await post_old_button(stage, asha, top["message_id"], TakeOffer(entry=row["_id"]).pack())

    await asha.sees("You have passed this on. The next in line was asked.")
    await ravi.says("/menu")
    await ravi.sees("A place is free: RACK-01", "[Book now]")


async def test_short_of_tokens_the_offer_becomes_a_hold(
    stage: BotStage, rack: resources.Resource, pack: object, transact: Transactor
) -> None:
    asha = await stage.person()
    await offered(stage, rack, asha)
    await asha.says("/menu")

    await asha.taps("Book now")

    await asha.sees("This booking needs 2 tokens; you have 0.", "[Buy 50 tokens – ₹999]")
    await asha.says("/waitlist")
    await asha.taps("RACK-01 · ")
    await asha.sees("[Finish the held booking]")
    await grant(transact, asha, 5, stage)
    await asha.taps("Finish the held booking")
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Booked: RACK-01", "balance 3")


async def test_an_offer_that_ran_out_is_over_in_words(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await offered(stage, rack, asha)
    await asha.says("/menu")
    past = stage.now() - timedelta(seconds=1)
    await stage.database["bookings"].update_many({"is_offer": True}, {"$set": {"hold_expires_at": past}})

    await asha.taps("Book now")

    await asha.sees("This offer is over. The next in line was asked.", "Nothing was charged.", "[My waitlist]")
    assert await booked_by(asha, stage) == []


async def test_who_owes_tokens_is_told_so_and_keeps_the_offer(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await offered(stage, rack, asha)
    await asha.says("/menu")
    await owes(stage, asha, 3)

    await asha.taps("Book now")
    await asha.sees("You owe 3 tokens.", "A place is free: RACK-01", "[Book now]", "[Pass]")
    await grant(transact, asha, 10, stage)
    await asha.taps("Book now")

    await asha.sees("Booked: RACK-01", "balance 5")


# Staff


async def test_staff_see_the_queue_in_order_with_what_went_past(stage: BotStage, rack: resources.Resource) -> None:
    await an_owner(stage, rack)
    asha, ravi = await stage.person(username="asha_k"), await stage.person(first_name="Ravi")
    await joins(asha)
    await joins(ravi)
    skip = {"at": stage.now(), "resource_code": "RACK-01", "starts_at": await tomorrow_at(rack, 10, stage.now()),
            "reason": "blocked"}  # fmt: skip
    await stage.database["waitlist_entries"].update_one(
        {"member_id": (await member_of(ravi)).id}, {"$push": {"skips": skip}}
    )
    meera = await with_role(stage, Role.STAFF, first_name="Meera")

    await meera.says("/queue")
    shown = text_of(await meera.sees("Waitlist: 2", "1 · Asha (@asha_k)", "2 · Ravi", "others have the time"))
    assert "went past: messages from here were blocked" in shown
    await meera.taps("Choose one")
    await meera.taps("RACK-01")

    await meera.sees("Waitlist of RACK-01: 2", "[Everybody who waits]")


async def test_the_queue_is_not_for_members(stage: BotStage, rack: resources.Resource) -> None:
    await an_owner(stage, rack)
    asha = await stage.person()
    await joins(asha)
    screen = await asha.screen()

    await asha.says("/queue")
    await asha.sees("There is no such command.")
    await post_old_button(stage, asha, screen["message_id"], waitlist_buttons.Queue().pack())

    assert not any("Waitlist: 1" in text_of(each) for each in await asha.screens())


async def test_waiting_reads_in_hindi(stage: BotStage, rack: resources.Resource) -> None:
    await an_owner(stage, rack)
    asha = await stage.person()
    await joins(asha)
    member = await member_of(asha)
    await stage.database["members"].update_one({"_id": member.id}, {"$set": {"language": "hi"}})

    await asha.says("/waitlist")
    await asha.sees("आप किसकी प्रतीक्षा में हैं", "RACK-01", "नंबर 1")
    await asha.taps("RACK-01 · ")

    await asha.sees("अगली बारी आपकी है: RACK-01", "अभी तक क्यों नहीं: समय दूसरों के पास है।", "[कतार छोड़ें]")
    (entry,) = await entries_of(asha)
    assert entry.status is Status.WAITING
