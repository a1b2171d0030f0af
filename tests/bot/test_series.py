"""Every week: all or nothing, at the sum that was shown; the rest of a series is called off at once."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

from bot.views.buttons import Confirm
from domain import bookings, packs, resources
from domain.bookings import (
    Booking,
)
from domain.kernel import Transactor
from domain.resources import CancellationTerms, Options
from tests.bot.coming import Guest, edit
from tests.bot.stage import BotStage
from tests.people import buttons_of, enabled, words_of

WEEK = timedelta(weeks=1)


async def go_to_weeks(asha: Guest, rack: resources.Resource, weeks: int) -> int:
    """From a summary (of the first booking, again) to that of a series; the number of the message."""
    await asha.person.taps("Every week…")
    await asha.person.sees("Every week – RACK-01", "For how many weeks")
    await asha.person.taps(str(weeks))
    return int((await asha.person.sees(f"Every week, {weeks} times: RACK-01"))["message_id"])


async def go_to_summary(asha: Guest, rack: resources.Resource) -> datetime:
    """The summary of an hour, as somebody finds it who books again; when it would begin: not before two hours."""
    now = asha.stage.now()
    await asha.looks_at(await asha.books(rack, asha.at(7)))
    await edit(asha.transact, rack, now=now, lead_minutes_min=120)
    await asha.person.taps("Book again")
    summary = await asha.person.sees("Confirm – 2 tokens", "Every week…")
    await edit(asha.transact, rack, now=now, lead_minutes_min=0)
    (confirm,) = [one for one in buttons_of(summary) if one["text"] == "Confirm – 2 tokens"]
    return Confirm.unpack(confirm["callback_data"]).at


async def all_of(asha: Guest) -> list[Booking]:
    """What she has before her."""
    page = await bookings.upcoming(member_id=asha.member.id, now=asha.stage.now(), page=1, limit=20)
    return [one for one in page.items if one.series_id is not None]


async def test_a_series_costs_what_was_shown_and_each_week_knows_its_place(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    await go_to_summary(asha, rack)

    await go_to_weeks(asha, rack, 4)
    await asha.person.sees("1. ", "4. ", "· 2", "Total: 8 tokens", "Balance after: 10 tokens")
    await asha.person.taps("Confirm – 8 tokens")

    await asha.person.sees("Booked: RACK-01, every week, 4 times", "8 tokens in all · balance 10")
    booked = await all_of(asha)
    assert [after.starts_at - before.starts_at for before, after in pairwise(booked)] == [WEEK] * 3
    assert await asha.balance() == 10
    await asha.looks_at(booked[1])
    await asha.person.sees("Week 2 of 4", "Cancel the rest of the series", "Change the time")


async def test_two_taps_book_one_series(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    await go_to_summary(asha, rack)
    message = await go_to_weeks(asha, rack, 2)

    await asyncio.gather(*(asha.person.tap(message, text="Confirm – 4 tokens") for _ in range(2)))
    await asha.person.sees("Booked: RACK-01, every week, 2 times")

    assert len(await all_of(asha)) == 2
    assert await asha.balance() == 14


async def test_a_week_that_is_taken_is_named_and_fewer_weeks_are_offered(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    first = await go_to_summary(asha, rack)
    await go_to_weeks(asha, rack, 2)
    await ravi.books(rack, first + 2 * WEEK)

    await asha.person.taps("Other number of weeks")
    await asha.person.taps("4")
    clashing = await asha.person.sees("3. ", "· taken", "1 week cannot be had, so nothing is booked.")
    assert "Confirm – 8 tokens" not in enabled(clashing)
    await asha.person.taps("Only the first 2 weeks")
    await asha.person.taps("Confirm – 4 tokens")

    await asha.person.sees("Booked: RACK-01, every week, 2 times")
    assert len(await all_of(asha)) == 2


async def test_a_race_lost_at_the_confirmation_books_nothing(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    ravi = await Guest.comes(stage, transact, first_name="Ravi")
    first = await go_to_summary(asha, rack)
    await go_to_weeks(asha, rack, 3)
    await ravi.books(rack, first + WEEK)
    before = await asha.balance()

    await asha.person.taps("Confirm – 6 tokens")

    clashing = await asha.person.sees("Some of these weeks cannot be had. Nothing was booked.", "2. ", "· taken")
    assert "Only the first" not in words_of(clashing)
    assert await all_of(asha) == []
    assert await asha.balance() == before


async def test_another_price_is_shown_anew(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    await go_to_summary(asha, rack)
    await go_to_weeks(asha, rack, 2)
    await edit(transact, rack, now=stage.now(), price_tokens_per_slot=2)

    await asha.person.taps("Confirm – 4 tokens")

    await asha.person.sees("The price has changed: it is 8 tokens now.", "Confirm – 8 tokens")
    assert await all_of(asha) == []


async def test_short_of_tokens_for_all_weeks(
    stage: BotStage, rack: resources.Resource, pack: packs.Package, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=5)
    await go_to_summary(asha, rack)

    await go_to_weeks(asha, rack, 2)
    short = await asha.person.sees("Total: 4 tokens", "You have 3; 1 are missing.", "Buy 50 tokens – ₹999")
    assert "Confirm" not in words_of(short)
    await asha.gets(1)
    await asha.person.taps("Look again")
    await asha.person.taps("Confirm – 4 tokens")

    await asha.person.sees("Booked: RACK-01, every week, 2 times", "balance 0")


async def test_more_weeks_than_places_for_bookings_says_which(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=60)
    for hour in range(7):
        await asha.books(rack, asha.at(12 + hour, days=5))
    await go_to_summary(asha, rack)

    await go_to_weeks(asha, rack, 4)

    await asha.person.sees("3. ", "· too many open bookings", "Only the first 2 weeks")


async def test_the_rest_of_a_series_is_cancelled_for_what_was_named(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    terms = CancellationTerms(full_refund_hours=24 * 9, late_percent=50)
    await edit(transact, rack, now=stage.now(), terms=terms.model_dump())
    series_ = await a_series(asha, rack)

    await asha.looks_at(series_[0])
    await asha.person.taps("Cancel the rest of the series")
    asked = await asha.person.sees("Cancelling the rest now returns 5 of 6 tokens.", ": 1 of 2", ": 2 of 2")
    message = asked["message_id"]
    await asyncio.gather(
        *(asha.person.tap(message, text="Cancel 3 bookings, 5 tokens back") for _ in range(2))
    )  # fmt: skip

    await asha.person.sees("3 bookings cancelled. 5 tokens back in your wallet (balance 19).")
    assert await all_of(asha) == []
    assert await asha.balance() == 19


async def a_series(asha: Guest, rack: resources.Resource) -> list[Booking]:
    """Three weeks."""
    return await asha.transact(
        bookings.book_series, resource_id=rack.id, starts_at=asha.at(10), ends_at=asha.at(11), options=Options(),
        weeks=3, expected_cost_tokens=6, key="series", actor=asha.actor, now=asha.stage.now(),
    )  # fmt: skip


async def test_a_rest_that_is_another_by_now_is_asked_about_anew(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    series_ = await a_series(asha, rack)
    await asha.looks_at(series_[0])
    await asha.person.taps("Cancel the rest of the series")
    await transact(bookings.cancel, booking_id=series_[1].id, actor=asha.actor, now=stage.now())

    await asha.person.taps("Cancel 3 bookings, 6 tokens back")

    await asha.person.sees("Things have changed since", "returns 4 of 4 tokens", "Cancel 2 bookings, 4 tokens back")
    assert len(await all_of(asha)) == 2


async def test_the_last_of_a_series_is_cancelled_like_any_other(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await Guest.comes(stage, transact, tokens=20)
    series_ = await a_series(asha, rack)
    for one in series_[:2]:
        await transact(bookings.cancel, booking_id=one.id, actor=asha.actor, now=stage.now())

    await asha.looks_at(series_[2])

    details = await asha.person.sees("Week 3 of 3", "Cancel the booking")
    assert "Cancel the rest" not in words_of(details)
