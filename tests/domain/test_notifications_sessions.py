"""What a member is told around and during a session, and what is left unsaid because it is not true any more."""

from typing import Any

import pytest

from domain import bookings, notifications, people
from domain.bookings import Booking
from domain.kernel import Database, Transactor
from domain.notifications import Kind
from domain.people import Actor
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage
from tests.domain.consequences import consequences, notices_of
from tests.domain.front_desk import check_in, check_out, staff, stored_as
from tests.domain.telling_stage import cancels, owes, time_passes, told, would_read

END = START + HOUR
SESSION = ("start", "end_soon", "overstay", "complete")


async def begun(transact: Transactor, **rack: Any) -> tuple[BookingStage, Actor, Booking]:
    """A session that has just begun."""
    stage = await a_stage(transact, **rack)
    member = await stage.member()
    booking = await stage.book(member)
    await time_passes(stage, START, *SESSION)
    return stage, member, booking


async def test_a_session_is_told_when_it_begins_nearly_ends_and_is_over(
    database: Database, transact: Transactor
) -> None:
    stage, member, _ = await begun(transact)
    assert await told(member) == [Kind.SESSION_STARTED]

    for now in (END - 11 * MINUTE, END - 10 * MINUTE, END - 9 * MINUTE, END, END + MINUTE):
        await time_passes(stage, now, *SESSION)

    assert await told(member) == [Kind.SESSION_STARTED, Kind.SESSION_ENDS_SOON, Kind.SESSION_ENDED]


async def test_that_it_has_begun_is_true_until_it_ends(database: Database, transact: Transactor) -> None:
    _, member, _ = await begun(transact)

    assert await would_read(member, Kind.SESSION_STARTED, END - MINUTE) is not None
    assert await would_read(member, Kind.SESSION_STARTED, END) is None


async def test_a_maintenance_is_a_session_of_nobody(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    await transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START, ends_at=END,
        reason="Fans", expected_affected=0, key="m", actor=people.SYSTEM, now=NOW,
    )  # fmt: skip

    for now in (START - HALF_HOUR, START, END - MINUTE, END):
        await time_passes(stage, now)

    assert await notifications.Notice.get_pymongo_collection().count_documents({}) == 0


# the last ten minutes


async def test_staying_longer_is_offered_with_its_price_as_it_is_when_this_is_sent(
    database: Database, transact: Transactor
) -> None:
    stage, member, _ = await begun(transact, price_tokens_per_slot=3, turnaround_minutes=0)
    now = END - 10 * MINUTE
    await time_passes(stage, now, *SESSION)
    free = await would_read(member, Kind.SESSION_ENDS_SOON, now)

    await stage.book(await stage.member(), END + HALF_HOUR, now=now)
    half_free = await would_read(member, Kind.SESSION_ENDS_SOON, now)
    await stage.book(await stage.member(), END, ends_at=END + HALF_HOUR, now=now)
    taken = await would_read(member, Kind.SESSION_ENDS_SOON, now)

    assert free is not None
    assert half_free is not None
    assert taken is not None
    assert free["extensions"] == [
        {"slots": 1, "cost_tokens": 3, "ends_at": END + HALF_HOUR},
        {"slots": 2, "cost_tokens": 6, "ends_at": END + HOUR},
    ]  # fmt: skip
    assert half_free["extensions"] == free["extensions"][:1]
    assert taken["extensions"] == []


async def test_who_has_extended_is_not_told_of_the_old_end_but_of_the_new(
    database: Database, transact: Transactor
) -> None:
    stage, member, booking = await begun(transact)
    now = END - 10 * MINUTE
    await time_passes(stage, now, *SESSION)
    assert await would_read(member, Kind.SESSION_ENDS_SOON, now) is not None
    await transact(
        bookings.extend, booking_id=booking.id, ends_at=END + HALF_HOUR, expected_cost_tokens=None, key="more",
        actor=member, now=now,
    )  # fmt: skip

    assert await would_read(member, Kind.SESSION_ENDS_SOON, now) is None
    await time_passes(stage, END + 20 * MINUTE, *SESSION)

    first, second = [each for each in await notices_of(member) if each.kind is Kind.SESSION_ENDS_SOON]
    assert (first.facts["booking"]["ends_at"], second.facts["booking"]["ends_at"]) == (END, END + HALF_HOUR)


# who does not come, and who does not leave


async def test_who_does_not_come_is_told_that_the_time_is_gone(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact, check_in="required")
    absent, here = await stage.member(), await stage.member()
    await stage.book(absent)
    booking = await stage.book(here, START + 2 * HOUR)
    await check_in(stage, booking, await staff(stage), START + 2 * HOUR)

    await time_passes(stage, START + 15 * MINUTE)
    await time_passes(stage, START + 2 * HOUR + 15 * MINUTE)

    assert (await told(absent))[-1] is Kind.SESSION_MISSED
    assert Kind.SESSION_MISSED not in await told(here)


async def parked(transact: Transactor, *, tokens: int) -> tuple[BookingStage, Actor, Booking]:
    """Somebody whose time is over and who is still there: 3 tokens an hour, 10 for each started one."""
    stage = await a_stage(transact)
    member = await stage.member(tokens=tokens)
    booking = await stage.book(member)
    terms = {
        "price_tokens_per_slot": 1, "slot_minutes": 30, "multiplier_percent": 150, "penalty_tokens_per_hour": 10
    }  # fmt: skip
    await stored_as(booking, overtime=terms)
    await time_passes(stage, START, *SESSION)
    await time_passes(stage, END, *SESSION)
    return stage, member, booking


async def test_who_stays_too_long_is_told_what_it_costs_until_they_leave(
    database: Database, transact: Transactor
) -> None:
    stage, member, booking = await parked(transact, tokens=50)
    facts = await would_read(member, Kind.SESSION_OVERSTAYED, END)
    assert facts is not None
    assert (facts["price_tokens_per_hour"], facts["penalty_tokens_per_hour"]) == (3, 10)
    assert Kind.SESSION_ENDED not in await told(member)

    await check_out(stage, booking, await staff(stage), END + 70 * MINUTE)
    await consequences(transact, now=END + 70 * MINUTE)

    assert await would_read(member, Kind.SESSION_OVERSTAYED, END + 70 * MINUTE) is None
    receipt = await would_read(member, Kind.OVERTIME_CHARGED, END + 70 * MINUTE)
    assert receipt is not None
    assert (receipt["overtime_minutes"], receipt["overtime_tokens"], receipt["penalty_tokens"]) == (70, 3, 20)
    assert (receipt["paid_tokens"], receipt["owed_tokens"]) == (23, 0)
    assert Kind.SESSION_ENDED not in await told(member)  # the receipt says so


async def test_the_receipt_says_what_is_owed_and_tokens_that_come_in_settle_it(
    database: Database, transact: Transactor
) -> None:
    stage, member, booking = await parked(transact, tokens=12)
    await check_out(stage, booking, await staff(stage), END + 70 * MINUTE)
    await consequences(transact, now=END + 70 * MINUTE)
    receipt = await would_read(member, Kind.OVERTIME_CHARGED, END + 70 * MINUTE)
    assert receipt is not None
    assert (receipt["paid_tokens"], receipt["owed_tokens"]) == (10, 13)

    await stage.give(member, 20)
    await consequences(transact, now=END + 2 * HOUR)

    settled = await would_read(member, Kind.DEBT_SETTLED, END + 2 * HOUR)
    assert settled is not None
    assert (settled["paid_tokens"], settled["owed_tokens"], await owes(member)) == (13, 0, 0)


@pytest.mark.parametrize(("by_staff", "expected"), [(True, [Kind.SESSION_ENDED]), (False, [])])
async def test_who_checks_out_in_chat_is_not_told_again_that_it_is_over(
    database: Database, transact: Transactor, by_staff: bool, expected: list[Kind]
) -> None:
    stage, member, booking = await begun(transact)

    await check_out(stage, booking, await staff(stage) if by_staff else member, START + HALF_HOUR)
    await consequences(transact, now=START + HALF_HOUR)

    assert [kind for kind in await told(member) if kind is not Kind.SESSION_STARTED] == expected


async def test_nothing_is_said_of_a_session_that_was_called_off(database: Database, transact: Transactor) -> None:
    stage, member, booking = await begun(transact)
    assert await would_read(member, Kind.SESSION_STARTED, START) is not None

    await cancels(stage, booking, people.SYSTEM, START + MINUTE)
    await time_passes(stage, END, *SESSION)

    assert await would_read(member, Kind.SESSION_STARTED, START + MINUTE) is None
    assert await told(member) == [Kind.SESSION_STARTED, Kind.BOOKING_CANCELLED]
