"""The staff's desk: who comes, who is there, and a code that is written. Members know of none."""

import pytest

from domain import people
from domain.bookings import Status
from domain.kernel import Transactor
from domain.resources import Venue
from tests.bot.stage import BotStage
from tests.bot.visits import MINUTE, a_slot, answer_to, came, now_of, parks, quarter, works
from tests.building import a_venue
from tests.people import text_of, words_of


@pytest.fixture
async def venue(transact: Transactor) -> Venue:
    return await a_venue(transact, name="Park Street")


async def test_the_desk_does_not_exist_for_members(stage: BotStage, venue: Venue) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))

    assert await answer_to(ravi, "/desk") == await answer_to(ravi, "/nonsense")
    assert await answer_to(ravi, booking.code) == await answer_to(ravi, "B-ZZZZZZ")


@pytest.mark.twice
async def test_the_desk_checks_in_who_has_no_code_and_out_who_leaves(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(), await works(stage, venue)
    slot = await a_slot(stage.transact, venue, code="P-702")
    booking = await parks(stage, asha, slot, quarter(stage, 0))

    await meera.says("/desk")
    await meera.sees("Arrivals: Park Street", "P-702 · Asha", booking.code)
    await meera.taps("Check in P-702, Asha")
    await meera.sees("✅ Checked in", "Tata, Nexon, blue")
    await meera.taps("Desk")
    await meera.sees("Nobody is expected now.")
    await meera.taps("Who is there")
    await meera.sees("Present: Park Street", "P-702 · Asha")
    await meera.taps("Check out P-702, Asha")
    await meera.sees("Check Asha out of P-702?", "is free for others; nothing comes back.")
    await meera.taps("Check out now")

    await meera.sees("✅ Checked out at")
    assert (await now_of(booking)).status is Status.COMPLETED
    assert len(await meera.screens()) == 2  # the menu, and one screen for the whole visit


async def test_the_desk_marks_who_overstays_and_says_what_it_costs(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(), await works(stage)
    slot = await a_slot(stage.transact, venue, code="P-703")
    booking = await came(stage, await parks(stage, asha, slot, quarter(stage, -6)))

    await meera.says("/desk")
    await meera.taps("Who is there")
    await meera.sees("P-703 · Asha", "⏰", "over the end")
    await meera.taps("Check out P-703, Asha")
    question = await meera.sees("The time was over at", "at 150 % of the price", "The member pays")
    await meera.taps("Check out – ")

    await meera.sees("✅ Checked out at", "Penalty: 2")
    left = await now_of(booking)
    assert f"The member pays {left.overtime_tokens + left.penalty_tokens} tokens." in text_of(question)


async def test_a_code_that_is_written_finds_the_booking(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(), await works(stage)
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))

    await meera.says(booking.code.lower())
    await meera.sees(f"{booking.code} · booked", "For: Asha", "Tata, Nexon, blue")
    await meera.taps("Check in")
    await meera.sees("✅ Checked in. It begins at")
    await meera.says("b-zzzzzz")
    await meera.sees("⛔ There is no booking B-ZZZZZZ.")


async def test_many_arrivals_have_pages(stage: BotStage, venue: Venue, transact: Transactor) -> None:
    meera, asha = await works(stage), await stage.person()
    for _ in range(7):
        await parks(stage, asha, await a_slot(transact, venue), quarter(stage), tokens=1, lasts=15 * MINUTE)

    await meera.says("/desk")
    await meera.sees("Arrivals: All venues", "[1/2]")
    await meera.taps("›")

    page = await meera.sees("[2/2]")
    assert words_of(page).count("[Check in ") == 1


async def test_the_days_screen_of_the_office_leads_to_the_desk(stage: BotStage, venue: Venue) -> None:
    meera = await works(stage)

    await meera.says("/admin")
    await meera.taps("Today's bookings")
    await meera.taps("Desk")

    await meera.sees("Arrivals: All venues", "Nobody is expected now.")


async def test_a_button_of_the_desk_is_dead_for_who_no_longer_works_there(
    stage: BotStage, venue: Venue, transact: Transactor
) -> None:
    asha, meera = await stage.person(), await works(stage)
    booking = await parks(stage, asha, await a_slot(transact, venue, code="P-704"), quarter(stage, 0))
    await meera.says("/desk")
    await stage.database["members"].update_one({"telegram_id": meera.id}, {"$set": {"role": people.Role.MEMBER.value}})

    await meera.taps("Check in P-704")

    await meera.sees("Balance: 0 tokens")
    assert (await now_of(booking)).checked_in_at is None
