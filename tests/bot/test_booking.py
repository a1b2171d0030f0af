"""From the menu to a booking and back, in chat."""

import asyncio

from domain import bookings, people, resources, wallets
from domain.kernel import Transactor
from tests.bot.stage import BotStage
from tests.people import Person, enabled, text_of, words_of


async def grant(transact: Transactor, person: Person, tokens: int, stage: BotStage) -> people.Member:
    """Give somebody tokens."""
    member = await people.by_telegram_id(person.id)
    assert member is not None
    await transact(
        wallets.credit, member_id=member.id, tokens=tokens, source=wallets.Source.BONUS, key=f"grant:{person.id}",
        now=stage.now(),
    )  # fmt: skip
    return member


async def choose_tomorrow_at_ten(person: Person) -> None:
    """Go from the menu to the summary of an hour tomorrow."""
    await person.says("/book")
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps("RACK-01")
    await person.taps("10:00")
    await person.taps("1 h · ")


async def test_a_first_booking_is_made_told_and_cancelled(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)

    await choose_tomorrow_at_ten(asha)
    await asha.sees("2 × 30 min at 1 token: 2", "Total: 2 tokens", "Balance after: 8 tokens")
    await asha.taps("Confirm – 2 tokens")

    await asha.sees("Booked: RACK-01", "10:00–11:00 IST", "2 tokens · balance 8")
    await asha.taps("Details")
    await asha.taps("Cancel the booking")
    await asha.sees("Cancelling now returns 2 of 2 tokens.")
    await asha.taps("Cancel, 2 tokens back")
    await asha.sees("Cancelled. 2 tokens are back in your wallet (balance 10).")
    assert (await wallets.of(member.id)).token == 10


async def test_an_option_changes_the_price_in_place(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    before = await asha.sees("Confirm – 2 tokens")

    await asha.taps("+ Multi-site (+2)")
    await asha.taps("+ ACI 5.2(8e)")

    summary = await asha.sees("Confirm – 4 tokens", "RACK-01 · ACI 5.2(8e) · Multi-site", "Option Multi-site: 2")
    assert summary["message_id"] == before["message_id"]


async def test_a_double_tap_books_once(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await stage.person()
    member = await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    summary = await asha.sees("Confirm – 2 tokens")

    await asyncio.gather(*(asha.tap(summary["message_id"], text="Confirm – 2 tokens") for _ in range(2)))
    await asha.sees("Booked: RACK-01")

    page = await bookings.upcoming(member_id=member.id, now=stage.now(), page=1, limit=10)
    assert page.total == 1
    assert (await wallets.of(member.id)).token == 8


async def test_the_loser_of_a_race_is_shown_what_is_still_free(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    for person in (asha, ravi):
        await grant(transact, person, 10, stage)
        await choose_tomorrow_at_ten(person)

    summaries = [(person, (await person.sees("Confirm – 2 tokens"))["message_id"]) for person in (asha, ravi)]
    await asyncio.gather(*(person.tap(number, text="Confirm – 2 tokens") for person, number in summaries))
    loser_or_winner = [await decided(person) for person in (asha, ravi)]

    assert sum("Booked: RACK-01" in words for words in loser_or_winner) == 1
    (loser,) = [words for words in loser_or_winner if "Booked" not in words]
    assert "Somebody has just taken this time" in loser
    assert "Choose a start – RACK-01" in loser


async def decided(person: Person) -> str:
    """What the person sees once the summary has been answered."""
    for _ in range(200):
        words = words_of(await person.screen())
        if "Confirm –" not in words:
            return words
    raise AssertionError("the summary was never answered")


async def test_taken_starts_cannot_be_tapped(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")

    await ravi.says("/book")
    await ravi.taps("Free: any time")
    await ravi.taps("tomorrow")
    await ravi.taps("RACK-01")

    day = await ravi.sees("Choose a start – RACK-01")
    assert "photo" in day
    assert "11:00" in enabled(day)
    assert "10:00" not in enabled(day)
    assert "[10:00]" in words_of(day)


async def test_the_month_leads_to_the_day_and_back(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person()

    await asha.says("/start book_RACK-01")
    await asha.sees("Choose a day – RACK-01", "[Mo]", "[Su]")
    await asha.taps("›")
    month = await asha.screen()
    await asha.taps("15")
    await asha.sees("Choose a start – RACK-01")
    await asha.taps("Picture of the week")
    await asha.sees("RACK-01, seven days from")
    await asha.taps("Back")

    again = await asha.screen()
    assert text_of(again) == text_of(month)
    assert len([each for each in await asha.screens() if "Choose a" in text_of(each)]) == 1


async def test_short_of_tokens_the_time_is_kept_and_a_pack_offered(
    stage: BotStage, rack: resources.Resource, pack: object, transact: Transactor
) -> None:
    asha = await stage.person()

    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")

    await asha.sees(
        "This booking needs 2 tokens; you have 0.", "Buy 50 tokens – ₹999", "The time is kept for you until"
    )
    member = await grant(transact, asha, 5, stage)
    await asha.taps("Menu")
    await asha.taps("Finish the held booking")
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Booked: RACK-01", "balance 3")
    assert await bookings.current_hold(member_id=member.id, now=stage.now()) is None


async def test_a_held_time_can_be_released(
    stage: BotStage, rack: resources.Resource, pack: object, transact: Transactor
) -> None:
    asha = await stage.person()
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")

    await asha.taps("Release the time")

    await asha.sees("The time is released. Nothing was charged.", "Balance: 0 tokens")


async def test_booking_again_is_three_taps(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    await asha.says("/bookings")

    await asha.taps("RACK-01")
    await asha.taps("Book again")
    await asha.taps("Confirm – 2 tokens")

    await asha.sees("Booked: RACK-01", "balance 6")


async def test_the_calendar_file_is_in_the_venues_zone(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")

    await asha.taps("Add to calendar")

    message = await asha.sees("Open the file to put B-")
    file = await stage.sandbox.get(f"/sim/v1/files/{message['document']['file_id']}")
    assert b"TZID=Asia/Kolkata" in file.content
    assert b"T100000" in file.content
    assert b"BEGIN:VTIMEZONE" in file.content
