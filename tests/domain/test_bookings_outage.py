"""Nobody notes for a while what time does: whoever was there leaves, stays longer and pays as if somebody had."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import bookings
from domain.bookings import Booking, Status
from domain.kernel import Database, Transactor
from domain.notifications import Kind
from domain.people import Actor
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.front_desk import check_in, check_out, seen, staff, step, stored_as
from tests.domain.moves import extend
from tests.domain.telling_stage import would_read
from tests.domain.test_bookings_parking import a_place, a_vehicle, bringing
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

END = START + HOUR
SPEC = {"vehicle_type": "car", "penalty_tokens_per_hour": 5}


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def parking(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_place(request.param(client), "parking_slot", parking_slot=SPEC, price_tokens_per_slot=10)


async def parks(parking: BookingStage) -> tuple[Actor, Booking]:
    """A member who was checked in before the start."""
    member = await parking.member(tokens=500)
    booking = await parking.book(member, options=bringing(await a_vehicle(parking.transact, member)))
    return member, await check_in(parking, booking, await staff(parking), START - 5 * MINUTE)


async def all_steps(stage: BookingStage, now: datetime) -> None:
    for name in [*bookings.STEPS, *bookings.STEPS]:
        await step(stage, name, now)


async def test_who_leaves_in_time_pays_nothing_more_though_nobody_noted_the_start(parking: BookingStage) -> None:
    member, booking = await parks(parking)

    left = await check_out(parking, booking, member, START + 50 * MINUTE)
    await all_steps(parking, START + 2 * timedelta(days=1))

    assert (left.status, left.checked_out_at, left.ends_at) == ("completed", START + 50 * MINUTE, END)
    assert ((await seen(booking)).overtime_minutes, await parking.balance(member)) == (0, 480)
    names = [name for name, _ in await parking.events()]
    assert names[-3:] == ["booking.started", "booking.checked_out", "booking.completed"]


async def test_what_began_only_after_its_end_costs_no_overtime(parking: BookingStage) -> None:
    (member, booking), away = await parks(parking), START + timedelta(days=3)

    await all_steps(parking, away)
    await all_steps(parking, away + timedelta(days=2))

    after = await seen(booking)
    assert (after.status, after.held, after.overtime) == ("completed", False, None)
    assert (await parking.balance(member), await told("booking.overstayed")) == (480, [])


async def test_by_check_out_it_costs_none_either(parking: BookingStage) -> None:
    member, booking = await parks(parking)

    left = await check_out(parking, booking, member, END + 3 * HOUR)

    assert (left.overtime_minutes, left.penalty_tokens, await parking.balance(member)) == (0, 0, 480)


async def test_what_began_in_time_costs_what_it_costs_however_late_somebody_looks(parking: BookingStage) -> None:
    member, booking = await parks(parking)
    await step(parking, "start", END - timedelta(milliseconds=1))

    left = await check_out(parking, booking, member, END + HOUR)

    assert (left.overtime_minutes, left.overtime_tokens, left.penalty_tokens) == (60, 30, 5)
    assert await parking.balance(member) == 480 - 35


async def test_leaving_and_the_start_at_once_have_one_outcome(transact: Transactor) -> None:
    for _ in range(6):
        parking = await a_place(transact, "parking_slot", parking_slot=SPEC, price_tokens_per_slot=10)
        member, booking = await parks(parking)
        at = START + 20 * MINUTE

        await asyncio.gather(check_out(parking, booking, member, at), step(parking, "start", at))

        assert ((await seen(booking)).status, await parking.balance(member)) == ("completed", 480)
    assert len(await told("booking.started")) == len(await told("booking.checked_out")) == 6


async def test_who_has_not_come_or_whose_rack_is_not_ready_has_not_begun(transact: Transactor) -> None:
    stage = await a_stage(transact, check_in="required")
    member = await stage.member()
    booking = await stage.book(member)

    async def is_refused(verb: Any, error: type[Exception], now: datetime = START + MINUTE) -> None:
        with pytest.raises(error):
            await verb(now)

    def leave(now: datetime) -> Any:
        return check_out(stage, booking, member, now)

    def stay(now: datetime) -> Any:
        return extend(stage, booking, member, END + HALF_HOUR, now=now)

    for verb, error in ((leave, bookings.NotCheckedIn), (stay, bookings.NotExtendable)):
        await is_refused(verb, error)
        await stored_as(booking, checked_in_at=START - MINUTE, prepare_at=START - HOUR)
        for status in (Status.CONFIRMED, Status.PREPARING):
            await stored_as(booking, status=status.value)
            await is_refused(verb, error)
        await stored_as(booking, status=Status.READY.value)
        await is_refused(verb, error, START - MINUTE)
        await stored_as(booking, status=Status.CONFIRMED.value, checked_in_at=None, prepare_at=None)
    await stored_as(booking, status=Status.READY.value, checked_in_at=START - MINUTE, prepare_at=START - HOUR)

    assert (await stay(START + MINUTE)).ends_at == END + HALF_HOUR
    assert (await leave(START + 2 * MINUTE)).status == "completed"


async def test_a_hold_that_money_revives_takes_a_place_of_the_ten_and_is_not_said_to_have_lapsed(
    transact: Transactor,
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    hold, late = await stage.hold(member, START - 3 * HOUR), NOW + 11 * MINUTE
    for number in range(bookings.CONCURRENT_MAX - 1):
        await stage.book(member, START + 2 * HOUR * number)
    await step(stage, "lapse", late)
    await consequences(transact, now=late)
    before = await would_read(member, Kind.HOLD_LAPSED, late)

    revived = await transact(bookings.confirm_paid, member_id=member.member_id, landed_at=NOW + 5 * MINUTE, now=late)

    assert (revived.id, revived.status, revived.seat is None) == (hold.id, "confirmed", False)
    assert before is not None
    assert await would_read(member, Kind.HOLD_LAPSED, late) is None
    with pytest.raises(bookings.TooManyBookings):
        await stage.book(member, START + 48 * HOUR, now=late)


async def test_what_has_begun_is_present_and_can_last_longer_though_nobody_noted_it(transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking, later = await stage.book(member), await stage.book(member, START + 3 * HOUR)

    async def there(now: datetime) -> list[Any]:
        return [one.id for one in (await bookings.present(venue_id=None, now=now, page=1, limit=5)).items]

    assert (await there(START - MINUTE), await there(START)) == ([], [booking.id])
    choices = await bookings.extension_choices(booking_id=booking.id, actor=member, now=START)
    extended = await extend(stage, booking, member, END + HALF_HOUR, now=START + MINUTE)
    await step(stage, "start", START + 2 * MINUTE)

    assert [choice.minutes for choice in choices][:1] == [30]
    assert (extended.ends_at, (await seen(booking)).status) == (END + HALF_HOUR, "active")
    assert not bookings.has_begun(later, START)
