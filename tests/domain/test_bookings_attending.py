"""Coming: checked in once, at the right place and time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import bookings, people
from domain.bookings import Booking, Status
from domain.kernel import Database, Transactor
from domain.people import Actor, MemberDisabled, NotPermitted, Role
from tests.building import a_member, a_venue
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.front_desk import check_in, seen, staff, step, stored_as
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

OPENS, CLOSES = START - HALF_HOUR, START + 15 * MINUTE
INSTANT = timedelta(milliseconds=1)


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client), check_in="required")


async def test_who_is_checked_in_before_the_start_begins_at_the_start(stage: BookingStage) -> None:
    booking, desk = await stage.book(await stage.member()), await staff(stage)

    checked_in = await check_in(stage, booking, desk, OPENS)

    assert (checked_in.status, checked_in.checked_in_at, checked_in.checked_in_by) == (
        "confirmed", OPENS, desk.member_id
    )  # fmt: skip
    assert [fact["checked_in_by"] for fact in await told("booking.checked_in")] == [desk.member_id]
    assert await told("booking.started") == []
    assert (await step(stage, "start", START - INSTANT), await step(stage, "start", START)) == (0, 1)
    assert (await seen(booking)).status == "active"


async def test_who_is_checked_in_from_the_start_on_begins_at_once(stage: BookingStage) -> None:
    booking = await stage.book(await stage.member())

    checked_in = await check_in(stage, booking, await staff(stage), START)

    assert checked_in.status == "active"
    assert await stage.events() == [
        (name, booking.id) for name in ("booking.confirmed", "booking.checked_in", "booking.started")
    ]
    assert await step(stage, "start", START) == 0


async def test_nobody_begins_without_checking_in(stage: BookingStage) -> None:
    booking = await stage.book(await stage.member())

    assert await step(stage, "start", START) == 0
    assert (await seen(booking)).status == "confirmed"


@pytest.mark.parametrize("moment", [OPENS - INSTANT, CLOSES])
async def test_too_early_and_too_late_are_refused_and_told_when(stage: BookingStage, moment: datetime) -> None:
    booking, desk = await stage.book(await stage.member()), await staff(stage)

    with pytest.raises(bookings.CheckInClosed) as refused:
        await check_in(stage, booking, desk, moment)

    assert refused.value.facts == {
        "booking_id": booking.id, "status": "confirmed", "opens_at": OPENS, "closes_at": CLOSES
    }  # fmt: skip
    assert (await seen(booking)).checked_in_at is None
    inside = OPENS if moment < START else CLOSES - INSTANT
    assert (await check_in(stage, booking, desk, inside)).checked_in_at == inside


async def test_the_second_use_of_a_code_is_told_when_the_first_was(stage: BookingStage) -> None:
    booking, desk = await stage.book(await stage.member()), await staff(stage)
    await check_in(stage, booking, desk, START - MINUTE)

    for moment in (START, START + 30 * MINUTE):
        with pytest.raises(bookings.AlreadyCheckedIn) as refused:
            await check_in(stage, booking, desk, moment)

        assert refused.value.facts == {"booking_id": booking.id, "checked_in_at": START - MINUTE}
        await step(stage, "start", START)
    assert len(await told("booking.checked_in")) == 1


async def test_staff_of_another_venue_are_refused_and_of_this_one_not(stage: BookingStage) -> None:
    booking = await stage.book(await stage.member())
    chief, person = await a_member(stage.transact, role=Role.ADMIN), await staff(stage)

    async def at(venue_id: Any) -> Actor:
        member = await stage.transact(
            people.set_staff_venue, member_id=person.member_id, venue_id=venue_id, actor=chief, now=NOW
        )
        return people.actor_of(member, "chat")

    with pytest.raises(bookings.OtherVenue) as refused:
        await check_in(stage, booking, await at((await a_venue(stage.transact)).id), START)

    assert refused.value.facts == {"booking_id": booking.id, "venue_id": booking.venue_id}
    assert (await check_in(stage, booking, await at(booking.venue_id), START)).status == "active"


async def test_only_staff_check_in_and_not_when_disabled(stage: BookingStage) -> None:
    member, chief, desk = await stage.member(), await a_member(stage.transact, role=Role.ADMIN), await staff(stage)
    booking = await stage.book(member)
    disabled = await stage.transact(
        people.disable, member_id=desk.member_id, actor=chief, reason="left", now=NOW
    )  # fmt: skip

    with pytest.raises(NotPermitted):
        await check_in(stage, booking, member, START)
    with pytest.raises(MemberDisabled):
        await check_in(stage, booking, people.actor_of(disabled, "chat"), START)

    assert (await seen(booking)).checked_in_at is None


async def test_where_no_check_in_is_needed_there_is_none(transact: Transactor) -> None:
    stage = await a_stage(transact)
    booking = await stage.book(await stage.member())

    with pytest.raises(bookings.CheckInClosed):
        await check_in(stage, booking, await staff(stage), START)


async def test_a_rack_that_is_not_ready_is_waited_for(transact: Transactor) -> None:
    hooks = {"hooks": {"provision": "prepare.sh", "lead_minutes": 20}}
    stage = await a_stage(transact, check_in="required", rack=hooks)
    desk = await staff(stage)
    early, late = await stage.book(await stage.member()), await stage.book(await stage.member(), START + 4 * HOUR)
    await step(stage, "prepare", START - 20 * MINUTE)

    waiting = await check_in(stage, early, desk, START + MINUTE)
    await stored_as(late, status=Status.READY.value)
    begun = await check_in(stage, late, desk, late.starts_at)

    unprepared = await stage.book(await stage.member(), START + 8 * HOUR)
    assert (await check_in(stage, unprepared, desk, unprepared.starts_at)).status == "confirmed", "not begun yet"
    assert (waiting.status, waiting.checked_in_at) == ("preparing", START + MINUTE)
    assert begun.status == "active"
    await stored_as(early, status=Status.READY.value)
    assert await step(stage, "start", START + 20 * MINUTE) == 1, "late, but by then it is ready and so is the member"


async def test_two_staff_who_scan_at_once_check_in_once(transact: Transactor) -> None:
    stage = await a_stage(transact, check_in="required")
    member, desks = await stage.member(), [await staff(stage) for _ in range(2)]
    for number in range(8):
        booking = await stage.book(member, START + 2 * HOUR * number)

        outcomes = await asyncio.gather(
            *(check_in(stage, booking, desk, booking.starts_at) for desk in desks), return_exceptions=True
        )

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyCheckedIn", "Booking"]
        winner = next(outcome for outcome in outcomes if isinstance(outcome, Booking))
        assert (await seen(booking)).checked_in_by == winner.checked_in_by
    assert len(await told("booking.checked_in")) == len(await told("booking.started")) == 8


CHECK_IN = {Status.CONFIRMED: Status.ACTIVE, Status.PREPARING: Status.PREPARING, Status.READY: Status.ACTIVE}
CHECK_OUT = {Status.ACTIVE: Status.COMPLETED}


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(
    ("verb", "works", "refusal"),
    [
        (bookings.check_in, CHECK_IN, bookings.CheckInClosed),
        (bookings.check_out, CHECK_OUT, bookings.NotCheckedIn),
    ],
)
async def test_only_listed_transitions_exist(
    transact: Transactor, verb: Any, works: dict[Status, Status], refusal: type[Exception], status: Status
) -> None:
    stage = await a_stage(transact, check_in="required")
    booking, desk = await stage.book(await stage.member()), await staff(stage)
    await stored_as(booking, status=status.value)
    before = await seen(booking)

    if status in works:
        after = await transact(verb, booking_id=booking.id, actor=desk, now=START)
        assert after.status is works[status]
        assert after.status is status or after.status in bookings.TRANSITIONS[status]
    else:
        with pytest.raises(refusal) as refused:
            await transact(verb, booking_id=booking.id, actor=desk, now=START)
        assert getattr(refused.value, "facts", {})["status"] == status.value
        assert await seen(booking) == before


async def test_staff_see_whom_to_expect_and_who_is_there(transact: Transactor) -> None:
    stage, elsewhere = await a_stage(transact, check_in="required"), await a_stage(transact, check_in="required")
    without = await a_stage(transact)
    member, desk = await stage.member(), await staff(stage)
    first, later = await stage.book(member), await stage.book(member, START + 2 * HOUR)
    other, unchecked = await elsewhere.book(member), await without.book(member)

    async def of(query: Any, now: datetime, venue_id: Any = None) -> list[str]:
        return [one.code for one in (await query(venue_id=venue_id, now=now, page=1, limit=10)).items]

    here = stage.rack.venue_id
    assert await of(bookings.arrivals, OPENS - INSTANT) == []
    assert await of(bookings.arrivals, OPENS) == [first.code, other.code]
    assert await of(bookings.arrivals, CLOSES - INSTANT, here) == [first.code]
    assert await of(bookings.arrivals, CLOSES) == [], "they can no longer come"
    assert await of(bookings.present, START) == [unchecked.code], "though nobody has noted its start"

    await check_in(stage, first, desk, START)
    await step(stage, "start", START)

    assert await of(bookings.arrivals, START) == [other.code]
    assert await of(bookings.present, START) == [first.code, unchecked.code]
    assert await of(bookings.present, START, here) == [first.code]
    assert await of(bookings.arrivals, START + 2 * HOUR, here) == [later.code]
