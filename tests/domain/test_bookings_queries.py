"""What members and staff see of bookings and free times."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, resources
from domain.kernel import Transactor
from domain.resources import Options
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage

pytestmark = pytest.mark.usefixtures("database")
TUESDAY = date(2026, 11, 24)
HOURS = [[{"opens": "09:00", "closes": "13:00"}]] * 7


@pytest.fixture
async def stage(transact: Transactor, database: Any) -> BookingStage:
    """Open from 09:00 to 13:00 in India; START is 10:00."""
    stage = await a_stage(transact)
    await transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"opening_hours": HOURS}, actor=people.SYSTEM,
        now=NOW,
    )  # fmt: skip
    return stage


async def states(stage: BookingStage, actor: people.Actor, now: datetime = NOW, on: date = TUESDAY) -> str:
    view = await bookings.day(resource_id=stage.rack.id, on=on, actor=actor, now=now)
    return " ".join(slot.state for slot in view.slots)


async def test_a_day_shows_ones_own_and_that_others_are_there(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    await stage.book(member)  # 10:00–11:00, then turnaround until 11:30

    assert await states(stage, member) == "free taken mine mine taken free free free"
    assert await states(stage, other) == "free taken taken taken taken free free free"


async def test_a_day_shows_what_is_past_closed_or_too_far(stage: BookingStage) -> None:
    member = await stage.member()
    await stage.edit(lead_minutes_min=60, min_slots=2)

    assert await states(stage, member, START) == "past past past past free free free closed"
    assert await states(stage, member, NOW, date(2027, 11, 24)) == " ".join(["closed"] * 8)
    await stage.edit(status="maintenance")
    assert await states(stage, member) == " ".join(["closed"] * 8)


async def test_a_hold_that_ran_out_shows_as_free(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    await stage.hold(member)
    wish = {"resource_ids": [stage.rack.id], "starts_at": START, "ends_at": START + HOUR}

    assert (await states(stage, other)).count("free") == 4
    assert await bookings.free_between(**wish, now=NOW) == set()
    assert (await states(stage, other, NOW + 10 * MINUTE)).count("free") == 8
    assert await bookings.free_between(**wish, now=NOW + 10 * MINUTE) == {stage.rack.id}


async def test_a_month_says_how_full_its_days_are(stage: BookingStage) -> None:
    member = await stage.member()
    await stage.edit(advance_days_max=7)
    await stage.book(member, ends_at=START + 2 * HOUR + HALF_HOUR)  # leaves 09:00 only
    await stage.book(member, START + timedelta(days=1) - HOUR, ends_at=START + timedelta(days=1, hours=3))
    await stage.transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"closed_on": ["2026-11-26"]}, actor=people.SYSTEM,
        now=NOW,
    )  # fmt: skip

    loads = await bookings.month(resource_id=stage.rack.id, year=2026, month=11, actor=member, now=NOW)

    assert len(loads) == 30
    found = {load.on.day: (load.state, load.free_slots) for load in loads}
    assert found[19] == ("past", 0)
    assert found[20] == ("past", 0)  # 15:30 in India, closed at 13:00
    assert found[23] == ("free", 8)
    assert found[24] == ("busy", 1)
    assert found[25] == ("full", 0)
    assert found[26] == ("closed", 0)
    assert found[28] == ("too_far", 0)


async def test_durations_end_at_closing_and_say_which_are_free(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    await stage.book(other, START + 2 * HOUR)  # 12:00–13:00

    choices = await bookings.durations(resource_id=stage.rack.id, starts_at=START, actor=member, now=NOW)

    assert [choice.minutes for choice in choices] == [30, 60, 90, 120, 150, 180]
    assert [choice.is_free for choice in choices] == [True, True, True, False, False, False]
    assert [choice.base_tokens for choice in choices] == [1, 2, 3, 4, 5, 6]


async def test_a_quote_says_what_it_costs_and_what_is_missing(stage: BookingStage) -> None:
    member, other = await stage.member(tokens=1), await stage.member()
    wish = {
        "resource_id": stage.rack.id, "starts_at": START, "ends_at": START + HOUR, "actor": member, "now": NOW,
        "options": Options(preconfig=["multi-site"]),
    }  # fmt: skip

    quote = await bookings.quote(**wish)
    assert (quote.price.total_tokens, quote.balance_tokens, quote.missing_tokens, quote.is_free) == (4, 1, 3, True)
    assert quote.free_until == START - 4 * HOUR

    await stage.hold(member)
    assert (await bookings.quote(**wish)).is_free
    await stage.hold(member, START + 2 * HOUR)
    await stage.book(other, START + HALF_HOUR)
    assert not (await bookings.quote(**wish)).is_free
    with pytest.raises(resources.TooSoon):
        await bookings.quote(**{**wish, "now": START})


async def test_the_next_free_start_leaves_room_for_the_shortest_length_and_turnaround(stage: BookingStage) -> None:
    member = await stage.member()
    await stage.edit(min_slots=2)
    await stage.book(member)
    other = await a_stage(stage.transact)
    await other.edit(status="maintenance")
    early = START - HOUR - MINUTE  # 08:59
    nothing = PydanticObjectId()

    found = await bookings.next_free(resource_ids=[stage.rack.id, other.rack.id, nothing], now=early, days=3)

    assert found == {stage.rack.id: START + HOUR + HALF_HOUR, other.rack.id: None, nothing: None}
    late = await bookings.next_free(resource_ids=[stage.rack.id], now=START + 3 * HOUR, days=1)
    assert late == {stage.rack.id: None}


async def test_taken_lists_what_touches_the_time_between(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)
    wish = {"resource_ids": [stage.rack.id]}

    for from_at, until_at, count in [
        (START - HOUR, START, 0), (START, START + MINUTE, 1), (booking.ends_at, booking.ends_at + MINUTE, 1),
        (booking.occupied_until, booking.occupied_until + HOUR, 0),
    ]:  # fmt: skip
        times = await bookings.taken(**wish, from_at=from_at, until_at=until_at)
        assert len(times[stage.rack.id]) == count
        assert all((one.member_id, one.status) == (member.member_id, "confirmed") for one in times[stage.rack.id])


async def test_what_is_taken_is_answered_from_the_index_alone(stage: BookingStage, database: Any) -> None:
    await stage.book(await stage.member())
    await bookings.taken(resource_ids=[stage.rack.id], from_at=NOW, until_at=NOW + timedelta(days=30))
    wanted = {
        "resource_id": {"$in": [stage.rack.id]}, "held": True, "starts_at": {"$gt": NOW},
        "occupied_until": {"$gt": NOW},
    }  # fmt: skip

    plan = (
        await database["bookings"].find(wanted, {"_id": 0, "starts_at": 1, "member_id": 1}).hint("busy_times").explain()
    )

    assert plan["executionStats"]["totalDocsExamined"] == 0
    assert plan["executionStats"]["nReturned"] == 1


async def test_a_members_lists_hold_what_is_theirs(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    await stage.book(other, START - HOUR, ends_at=START - HALF_HOUR)
    booking = await stage.book(member)
    gone = await stage.book(member, START + timedelta(days=1))
    await stage.transact(bookings.cancel, booking_id=gone.id, actor=member, now=NOW)
    held = await stage.hold(member, START + timedelta(days=2))
    wish = {"member_id": member.member_id, "page": 1, "limit": 10}

    upcoming = await bookings.upcoming(**wish, now=NOW)
    assert [one.id for one in upcoming.items] == [booking.id, held.id]
    assert [one.id for one in (await bookings.past(**wish, now=NOW)).items] == [gone.id]
    later = booking.ends_at
    assert (await bookings.upcoming(**wish, now=later)).total == 0
    assert [one.id for one in (await bookings.past(**wish, now=later)).items] == [gone.id, booking.id]


async def test_staff_see_the_day_and_anybodys_booking(stage: BookingStage) -> None:
    member, staff = await stage.member(), await stage.member(role=people.Role.STAFF)
    booking = await stage.book(member)
    await stage.book(member, START + timedelta(days=1))

    for venue_id in (stage.rack.venue_id, None):
        found = await bookings.today(venue_id=venue_id, now=START - HOUR, page=1, limit=10)
        assert [one.id for one in found.items] == [booking.id]
    assert (await bookings.by_code(code=f" {booking.code.lower()} ", actor=staff)).id == booking.id
    with pytest.raises(bookings.BookingNotFound):
        await bookings.by_code(code=booking.code, actor=await stage.member())
    with pytest.raises(bookings.BookingNotFound):
        await bookings.by_code(code="B-NONE", actor=staff)


async def test_without_a_venue_there_is_no_day(database: Any) -> None:
    assert (await bookings.today(venue_id=None, now=NOW, page=1, limit=10)).total == 0
