"""Leaving: early it frees the rest, late it costs by the minute, and by time when nobody says so."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from domain import bookings, people, vehicles, wallets
from domain.bookings import Booking
from domain.kernel import Database, Transactor
from domain.people import Actor, Role
from domain.resources import Options, OvertimeTerms
from tests.building import a_member, a_venue
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.front_desk import check_in, check_out, staff, step
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

DAY, INSTANT, QUANTUM = 24 * HOUR, timedelta(milliseconds=1), 15 * MINUTE
END = START + 2 * HOUR
PARKING = {"vehicle_type": "car", "overtime_multiplier_percent": 150, "penalty_tokens_per_hour": 5}
"""With ten tokens a half-hour, half a token for each minute too long."""


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def parking(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_parking_lot(request.param(client))


async def a_parking_lot(transact: Transactor) -> BookingStage:
    return await a_stage(transact, kind="parking_slot", rack=None, parking_slot=PARKING, price_tokens_per_slot=10)


async def stays(stage: BookingStage, member: Actor, starts_at: datetime = START) -> Booking:
    """Two hours that have begun; of a parking slot with the member's own car."""
    options = Options()
    if stage.rack.kind == "parking_slot":
        plate = str(member.member_id)[-10:]
        options = Options(
            vehicle_id=(await stage.transact(vehicles.add, plate=plate, type="car", actor=member, now=NOW)).id
        )
    booking = await stage.book(member, starts_at, ends_at=starts_at + 2 * HOUR, options=options)
    if booking.check_in == "required":
        await check_in(stage, booking, await staff(stage), starts_at - MINUTE)
    assert await step(stage, "start", starts_at) == 1
    return booking


async def owed(member: Actor) -> int:
    """What the member owes."""
    assert member.member_id is not None
    return (await wallets.of(member.member_id)).owed_tokens


async def test_leaving_early_frees_the_rest_and_returns_nothing(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await stays(stage, member)

    left = await check_out(stage, booking, member, START + 20 * MINUTE)

    assert (left.status, left.seat, left.checked_out_at) == ("completed", None, START + 20 * MINUTE)
    assert (left.ends_at, left.occupied_until, left.original_ends_at) == (START + HALF_HOUR, START + HOUR, END)
    assert (left.refund_tokens, await stage.balance(member)) == (0, 96)
    with pytest.raises(bookings.SlotTaken):  # the turnaround is not over
        await stage.book(other, START + HALF_HOUR, now=START + 20 * MINUTE)
    assert (await stage.book(other, START + HOUR, now=START + 20 * MINUTE)).status == "confirmed"
    assert await step(stage, "complete", END) == 0


async def test_the_receipt_says_all(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stays(stage, member)

    await check_out(stage, booking, member, START + HOUR)

    (receipt,) = await told("booking.checked_out")
    assert receipt == {
        "booking_id": booking.id, "member_id": member.member_id, "resource_id": stage.rack.id, "origin": "chat",
        "code": booking.code, "starts_at": START, "ends_at": START + HOUR, "original_ends_at": END,
        "checked_out_at": START + HOUR, "checked_out_by": member.member_id, "overtime_minutes": 0,
        "overtime_tokens": 0, "penalty_tokens": 0, "paid_tokens": 0, "owed_tokens": 0,
    }  # fmt: skip
    assert [name for name, _ in await stage.events()][-2:] == ["booking.checked_out", "booking.completed"]


@pytest.mark.parametrize(
    ("after", "lasts"),
    [
        (timedelta(0), QUANTUM),
        (INSTANT, QUANTUM),
        (QUANTUM, QUANTUM),
        (QUANTUM + INSTANT, 2 * QUANTUM),
        (2 * HOUR - QUANTUM, 2 * HOUR - QUANTUM),
    ],
)
async def test_the_quantum_that_has_begun_is_kept(stage: BookingStage, after: timedelta, lasts: timedelta) -> None:
    member = await stage.member()
    booking = await stays(stage, member)

    left = await check_out(stage, booking, member, START + after)

    assert (left.ends_at - START, left.original_ends_at) == (lasts, END)
    assert len(left.cells) == (lasts + HALF_HOUR) // QUANTUM


@pytest.mark.parametrize("moment", [END - INSTANT, END, END + HOUR])
async def test_leaving_at_the_end_changes_no_time(stage: BookingStage, moment: datetime) -> None:
    member = await stage.member()
    booking = await stays(stage, member)

    left = await check_out(stage, booking, member, moment)

    assert (left.status, left.ends_at, left.original_ends_at) == ("completed", END, None)
    assert (left.cells, left.overtime_minutes, await stage.balance(member)) == (booking.cells, 0, 96)


async def test_checking_out_twice_is_checking_out_once(transact: Transactor) -> None:
    parking = await a_parking_lot(transact)
    member = await parking.member()
    booking = await stays(parking, member)

    left = await asyncio.gather(*(check_out(parking, booking, member, END + HOUR) for _ in range(4)))
    again = await check_out(parking, booking, member, END + 3 * HOUR)

    assert {(one.checked_out_at, one.overtime_tokens, one.penalty_tokens) for one in (*left, again)} == {
        (END + HOUR, 30, 5)
    }
    assert await parking.balance(member) == 100 - 40 - 35
    assert len(await told("booking.checked_out")) == len(await told("booking.completed")) == 1


async def test_staff_of_the_venue_check_out_and_nobody_else(stage: BookingStage) -> None:
    member, other, desk = await stage.member(), await stage.member(), await a_member(stage.transact, role=Role.STAFF)
    booking = await stays(stage, member)

    async def at(venue_id: PydanticObjectId | None) -> Actor:
        person = await stage.transact(
            people.set_staff_venue, member_id=desk.member_id, venue_id=venue_id, actor=people.SYSTEM, now=NOW
        )
        return people.actor_of(person, "chat")

    with pytest.raises(bookings.BookingNotFound):
        await check_out(stage, booking, other, START + HOUR)
    with pytest.raises(bookings.OtherVenue):
        await check_out(stage, booking, await at((await a_venue(stage.transact)).id), START + HOUR)

    assert (await check_out(stage, booking, await at(booking.venue_id), START + HOUR)).status == "completed"


async def test_nobody_leaves_who_is_not_there(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)

    with pytest.raises(bookings.NotCheckedIn) as refused:
        await check_out(stage, booking, member, START - MINUTE)

    assert refused.value.facts == {"booking_id": booking.id, "status": "confirmed"}


@pytest.mark.parametrize(
    ("late", "minutes", "overtime_tokens", "penalty_tokens"),
    [
        (timedelta(0), 0, 0, 0),
        (INSTANT, 1, 0, 5),
        (MINUTE, 1, 0, 5),
        (MINUTE + INSTANT, 2, 1, 5),
        (HOUR, 60, 30, 5),
        (HOUR + INSTANT, 61, 30, 10),
    ],
)
async def test_staying_too_long_costs_by_the_minute_and_by_the_hour(
    parking: BookingStage, late: timedelta, minutes: int, overtime_tokens: int, penalty_tokens: int
) -> None:
    member = await parking.member(tokens=200)
    booking = await stays(parking, member)

    left = await check_out(parking, booking, member, END + late)

    assert (left.overtime_minutes, left.overtime_tokens, left.penalty_tokens) == (
        minutes, overtime_tokens, penalty_tokens
    )  # fmt: skip
    assert await parking.balance(member) == 160 - overtime_tokens - penalty_tokens
    (receipt,) = await told("booking.checked_out")
    assert (receipt["paid_tokens"], receipt["owed_tokens"]) == (overtime_tokens + penalty_tokens, 0)
    assert (left.ends_at, left.original_ends_at) == (END, None)


async def test_what_the_wallet_has_not_is_owed(parking: BookingStage) -> None:
    member = await parking.member(tokens=50)
    booking = await stays(parking, member)

    await check_out(parking, booking, member, END + HOUR)

    (receipt,) = await told("booking.checked_out")
    assert (receipt["overtime_tokens"], receipt["penalty_tokens"]) == (30, 5)
    assert (receipt["paid_tokens"], receipt["owed_tokens"]) == (10, 25)
    assert (await parking.balance(member), await owed(member)) == (0, 25)


async def test_a_parking_slot_stays_active_until_somebody_checks_out_or_a_day_has_passed(parking: BookingStage) -> None:
    member = await parking.member(tokens=2000)
    booking = await stays(parking, member)

    assert (await step(parking, "complete", END + HOUR), await step(parking, "overstay", END + HOUR)) == (0, 1)
    assert await step(parking, "check_out", END + DAY - INSTANT) == 0
    assert await step(parking, "check_out", END + DAY + 3 * HOUR) == 1, "however late somebody looks"

    left = await bookings.get(booking_id=booking.id, actor=member)
    assert (left.status, left.checked_out_at, left.overtime_minutes) == ("completed", END + DAY, 24 * 60)
    assert (left.overtime_tokens, left.penalty_tokens) == (720, 120)
    assert await parking.balance(member) == 2000 - 40 - 720 - 120
    assert [(fact["origin"], fact["checked_out_by"]) for fact in await told("booking.checked_out")] == [("jobs", None)]
    assert (await check_out(parking, booking, member, END + 2 * DAY)).checked_out_at == END + DAY


async def test_after_a_day_who_checks_out_first_makes_no_difference(transact: Transactor) -> None:
    for number in range(6):
        parking = await a_parking_lot(transact)
        member = await parking.member(tokens=2000)
        booking = await stays(parking, member)
        moment = END + DAY + HOUR
        batch = await bookings.claim_due("check_out", now=moment, limit=10, lease_seconds=30)

        by_member = check_out(parking, booking, member, moment)
        by_time = transact(bookings.pass_time, step="check_out", batch=batch, now=moment)
        await asyncio.gather(*([by_member, by_time] if number % 2 else [by_time, by_member]))

        left = await bookings.get(booking_id=booking.id, actor=member)
        assert (left.checked_out_at, left.overtime_minutes) == (END + DAY, 24 * 60)
        assert await parking.balance(member) == 2000 - 40 - 840
    assert len(await told("booking.checked_out")) == 6


async def test_two_slots_left_standing_are_both_paid_for(transact: Transactor) -> None:
    one, other = await a_parking_lot(transact), await a_parking_lot(transact)
    member = await one.member(tokens=1000)
    for lot in (one, other):
        await stays(lot, member)

    assert await step(one, "check_out", END + DAY) == 2

    receipts = await told("booking.checked_out")
    assert [(fact["paid_tokens"], fact["owed_tokens"]) for fact in receipts] == [(840, 0), (80, 760)]
    assert (await one.balance(member), await owed(member)) == (0, 760)


_tokens, _percents = st.integers(0, 10**6), st.integers(0, 1000)
_terms = st.builds(
    OvertimeTerms, price_tokens_per_slot=_tokens, slot_minutes=st.sampled_from([5, 15, 30, 60, 1440]),
    multiplier_percent=_percents, penalty_tokens_per_hour=_tokens,
)  # fmt: skip


@given(_terms, st.integers(0, 1440))
def test_overtime_is_the_price_by_the_minute_rounded_once_and_down(terms: OvertimeTerms, minutes: int) -> None:
    overtime_tokens, penalty_tokens = bookings.overtime_due(terms, minutes)

    exactly = minutes * terms.price_tokens_per_slot * terms.multiplier_percent / (terms.slot_minutes * 100)
    assert exactly - 1 - 1e-6 < overtime_tokens <= exactly + 1e-6
    assert penalty_tokens == sum(terms.penalty_tokens_per_hour for _ in range(0, minutes, 60))
    later = bookings.overtime_due(terms, minutes + 1)
    assert later[0] >= overtime_tokens
    assert later[1] >= penalty_tokens


@given(st.integers(-(10**9), 3 * 10**9))
def test_each_started_minute_counts_up_to_a_day(late_milliseconds: int) -> None:
    minutes = bookings.overtime_minutes(END, END + timedelta(milliseconds=late_milliseconds))

    whole, rest = divmod(max(0, late_milliseconds), 60_000)
    assert minutes == min(whole + bool(rest), 24 * 60)
