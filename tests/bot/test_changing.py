"""Another time, another rack: what is shown before is what is charged, and old buttons do no harm."""

import asyncio
from datetime import timedelta

from bot.views import wording
from domain import bookings, packs, resources
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.resources import CancellationTerms, Options
from tests.bot.coming import KOLKATA, Guest, edit
from tests.bot.reading import a_reader
from tests.bot.stage import BotStage
from tests.building import a_rack
from tests.people import enabled, text_of, words_of


def day_label(booking: Booking) -> str:
    """Its day in the calendar."""
    return f"✓ {booking.starts_at.astimezone(KOLKATA).day}"


async def go_to_day(asha: Guest, booking: Booking) -> None:
    """From the details to the starts of the booking's own day."""
    await asha.looks_at(booking)
    await asha.person.taps("Change the time")
    await asha.person.taps(day_label(booking))


async def go_to_summary(asha: Guest, booking: Booking, start: str = "14:00") -> int:
    """On to what a move on the same day would mean; the number of the message that asks."""
    await go_to_day(asha, booking)
    await asha.person.taps(start)
    asked = await asha.person.sees("Move to RACK-01")
    return int(asked["message_id"])


async def test_a_move_costs_what_the_summary_said_and_the_calendar_knows_it_again(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)
    await asha.looks_at(booking)
    await asha.person.taps("Add to calendar")
    before = await calendar_file(stage, await asha.person.sees("Open the file to put"))

    await go_to_day(asha, booking)
    later = wording.day(a_reader(now=stage.now()), booking.starts_at.astimezone(KOLKATA).date() + timedelta(days=1))
    await asha.person.taps(f"{later} ›")
    await asha.person.taps("14:00")
    await asha.person.sees("Until now: RACK-01", "10:00–11:00", "New price: 2 tokens", "Nothing to pay.", "[Move]")
    await asha.person.taps("Other length")
    await asha.person.taps("2 h · 4 tokens")
    await asha.person.sees(
        "Comes back of the 2 tokens paid: 2", "New price: 4 tokens", "To pay: 2 tokens", "Balance after: 6 tokens"
    )
    await asha.person.taps("Move – pay 2 tokens")

    await asha.person.sees("Moved: RACK-01", "14:00–16:00 IST", "Paid 4 tokens, 2 came back.", "4 tokens · balance 6")
    assert (await asha.stored(booking)).starts_at == asha.at(14, days=4)
    assert await asha.balance() == 6
    await asha.person.taps("Add to calendar")
    after = await calendar_file(stage, (await asha.person.screens())[-1])
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")


async def calendar_file(stage: BotStage, message: dict[str, dict[str, str]]) -> dict[str, str]:
    """The fields of the event in the file of a message."""
    answer = await stage.sandbox.get(f"/sim/v1/files/{message['document']['file_id']}")
    return dict(line.split(":", 1) for line in answer.text.splitlines() if ":" in line)


async def test_its_own_time_is_free_for_the_booking_itself(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    booking = await asha.books(rack)
    await ravi.books(rack, asha.at(12))

    await go_to_day(asha, booking)
    day = await asha.person.sees("Another time – RACK-01", "choose a start")
    assert {"✓ 10:00", "10:30", "11:00"} <= set(enabled(day))
    assert "12:00" not in enabled(day)
    await asha.person.taps("10:30")
    await asha.person.taps("Move")

    await asha.person.sees("Moved: RACK-01", "10:30–11:30 IST")


async def test_a_length_that_does_not_fit_there_is_asked_for(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    booking = await asha.books(rack, hours=2)
    await ravi.books(rack, asha.at(15))

    await go_to_day(asha, booking)
    await asha.person.taps("14:00")
    lengths = await asha.person.sees("How long – RACK-01", "[✓ 2 h · 4 tokens]")
    assert "1 h · 2 tokens" in enabled(lengths)
    assert "✓ 2 h · 4 tokens" not in enabled(lengths)
    await asha.person.taps("1 h · 2 tokens")
    await asha.person.sees("You get 2 tokens.", "Balance after: 8 tokens")
    await asha.person.taps("Move – 2 tokens back")

    await asha.person.sees("Moved: RACK-01", "14:00–15:00 IST")
    assert await asha.balance() == 8


async def test_the_time_it_has_is_no_move(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)

    await go_to_day(asha, booking)
    await asha.person.taps("✓ 10:00")
    await asha.person.taps("✓ 1 h · 2 tokens")

    await asha.person.sees("That is what the booking has already.")
    assert (await asha.stored(booking)).moves == 0


async def test_a_late_move_keeps_half_and_says_so_before(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    terms = CancellationTerms(full_refund_hours=240, late_percent=50)
    await edit(transact, rack, now=stage.now(), terms=terms.model_dump())
    booking = await asha.books(rack)

    await go_to_summary(asha, booking)
    await asha.person.sees(
        "Comes back of the 2 tokens paid: 1", "Kept by the terms, since it is late: 1", "To pay: 1 token",
        "Balance after: 7 tokens",
    )  # fmt: skip
    await asha.person.taps("Move – pay 1 token")

    await asha.person.sees("Moved: RACK-01", "balance 7")
    assert await asha.balance() == 7


async def test_two_taps_move_once(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)
    message = await go_to_summary(asha, booking)

    await asyncio.gather(*(asha.person.tap(message, text="Move") for _ in range(2)))
    await asha.person.sees("Moved: RACK-01", "14:00–15:00 IST")

    assert (await asha.stored(booking)).moves == 1
    assert await asha.balance() == 8


async def test_there_and_back_and_there_again_are_three_moves(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)

    for start in ("14:00", "10:00", "14:00"):
        await go_to_summary(asha, await asha.stored(booking), start)
        await asha.person.taps("Move")
        await asha.person.sees("Moved: RACK-01", f"{start}–")

    assert (await asha.stored(booking)).moves == 3
    assert (await asha.stored(booking)).starts_at == asha.at(14)


async def test_an_old_question_about_a_booking_that_was_moved_since_is_asked_anew(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)
    message = await go_to_summary(asha, booking)
    await transact(
        bookings.reschedule, booking_id=booking.id, resource_id=None, starts_at=asha.at(16),
        ends_at=asha.at(18), options=Options(), expected_cost_tokens=4, expected_refund_tokens=2, key="elsewhere",
        actor=asha.actor, now=stage.now(),
    )  # fmt: skip

    await asha.person.taps("Move", on=message)

    await asha.person.sees("The booking has been changed since.", "Until now: RACK-01", "16:00–18:00", "You get 2")
    assert (await asha.stored(booking)).starts_at == asha.at(16)
    await asha.person.taps("Move – 2 tokens back")
    await asha.person.sees("Moved: RACK-01", "14:00–15:00", "balance 8")


async def test_another_price_or_a_lost_race_is_said_and_nothing_is_charged(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    booking = await asha.books(rack)
    message = await go_to_summary(asha, booking)

    await edit(transact, rack, now=stage.now(), price_tokens_per_slot=2)
    await asha.person.taps("Move", on=message)
    await asha.person.sees("The booking has been changed since.", "New price: 4 tokens", "To pay: 2 tokens")
    await ravi.books(rack, asha.at(14))
    await asha.person.taps("Move – pay 2 tokens")

    day = await asha.person.sees("Somebody has just taken this time.", "Another time – RACK-01", "choose a start")
    assert "14:00" not in enabled(day)
    assert (await asha.stored(booking)).moves == 0
    assert await asha.balance() == 8


async def test_what_is_over_can_no_longer_be_moved(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)
    message = await go_to_summary(asha, booking)
    await transact(bookings.cancel, booking_id=booking.id, actor=asha.actor, now=stage.now())

    await asha.person.taps("Move", on=message)

    details = await asha.person.sees("its time can no longer be changed", "cancelled")
    assert "Change the time" not in words_of(details)
    assert await asha.balance() == 10


async def test_short_of_tokens_it_says_how_many_and_offers_packs(
    stage: BotStage, rack: resources.Resource, pack: packs.Package, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=2)
    booking = await asha.books(rack)

    await go_to_summary(asha, booking)
    await asha.person.taps("Other length")
    await asha.person.taps("2 h · 4 tokens")
    short = await asha.person.sees(
        "You have 0; 2 are missing.", "the new time is not kept for you", "Buy 50 tokens – ₹999"
    )
    assert "Move –" not in words_of(short)
    await asha.gets(2)
    await asha.person.taps("Look again")
    await asha.person.taps("Move – pay 2 tokens")

    await asha.person.sees("Moved: RACK-01", "14:00–16:00", "balance 0")


async def test_tokens_that_are_gone_at_the_confirmation_are_missed_in_words(
    stage: BotStage, rack: resources.Resource, pack: packs.Package, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=4)
    booking = await asha.books(rack)
    await go_to_summary(asha, booking)
    await asha.person.taps("Other length")
    await asha.person.taps("2 h · 4 tokens")
    await asha.books(rack, asha.at(10, days=5))

    await asha.person.taps("Move – pay 2 tokens")

    await asha.person.sees("You have 0; 2 are missing.", "Buy 50 tokens – ₹999")
    assert (await asha.stored(booking)).moves == 0


async def test_another_rack_at_the_same_time(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    venue = (await resources.place(rack.id)).venue
    dearer = await a_rack(transact, venue=venue, code="RACK-02", price_tokens_per_slot=2)
    taken = await a_rack(transact, venue=venue, code="RACK-03")
    await a_rack(transact, venue=venue, code="RACK-04", max_slots=1)
    await ravi.books(taken)
    booking = await asha.books(rack)

    await asha.looks_at(booking)
    await asha.person.taps("Other rack, same time")
    others = await asha.person.sees("Instead of RACK-01", "[RACK-02 · 4 tokens]", "[RACK-03 · 2 tokens]")
    assert "RACK-03 · 2 tokens" not in enabled(others)
    assert "RACK-04" not in words_of(others)
    await asha.person.taps("RACK-02")
    await asha.person.sees("Move to RACK-02", "Until now: RACK-01", "To pay: 2 tokens", "Balance after: 6 tokens")
    await asha.person.taps("Move – pay 2 tokens")

    await asha.person.sees("Moved: RACK-02", "10:00–11:00", "balance 6")
    assert (await asha.stored(booking)).resource_id == dearer.id


async def test_a_move_in_hindi(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact)
    booking = await asha.books(rack)
    await asha.person.says("/settings")
    await asha.person.taps("Language")
    await asha.person.taps("हिन्दी")
    await asha.looks_at(booking)

    await asha.person.taps("समय बदलें")
    await asha.person.taps(day_label(booking))
    await asha.person.taps("14:00")
    summary = await asha.person.sees("अब तक: RACK-01", "कुछ नहीं चुकाना है।")
    assert "Move" not in text_of(summary)
    await asha.person.taps("बदलें")

    await asha.person.sees("बदल गया: RACK-01", "14:00–15:00 IST")
