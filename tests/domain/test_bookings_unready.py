"""A rack that is not ready at the start: another one for the same time, or everything back."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from domain import bookings, people, resources
from domain.bookings import Booking, Status
from domain.kernel import Database, Row, Transactor
from domain.people import Actor
from domain.resources import Options
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.moves import set_of
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


@pytest.fixture
async def late(stage: BookingStage) -> tuple[Actor, Booking]:
    """A member whose rack still prepares itself at the start."""
    member = await stage.member(tokens=10)
    booking = await stage.book(member, options=Options(aci_version="6.0(5h)", preconfig=["multi-site"]))
    return member, await set_of(booking, status=Status.PREPARING.value, prepare_at=START - 10 * MINUTE)


async def test_another_rack_is_taken_for_the_same_time_at_no_cost(
    stage: BookingStage, late: tuple[Actor, Booking]
) -> None:
    member, booking = late
    await set_of(booking, late_told=True)
    hooks = {"power_on": "power.sh", "lead_minutes": 15}
    other = await a_rack(stage.transact, price_tokens_per_slot=9)
    spec = {**(other.rack or resources.RackSpec()).model_dump(), "hooks": hooks}
    await stage.transact(
        resources.edit_resource, resource_id=other.id, changes={"rack": spec}, actor=people.SYSTEM, now=NOW
    )

    ask: Row = {"booking_id": booking.id, "resource_id": other.id, "actor": member, "now": START + MINUTE}
    moved = await stage.transact(bookings.take_other, **ask)
    again = await stage.transact(bookings.take_other, **ask)

    assert (moved.resource_id, moved.status, moved.prepare_at) == (other.id, "confirmed", START - 15 * MINUTE)
    assert not moved.late_told  # the other one may be late, too
    assert (moved.starts_at, moved.ends_at, moved.cost_tokens, moved.options) == (
        booking.starts_at, booking.ends_at, booking.cost_tokens, booking.options,
    )  # fmt: skip
    assert again.moves == moved.moves
    assert await stage.balance(member) == 6
    (event,) = await told("booking.rescheduled")
    assert (event["because"], event["previous_resource_id"]) == ("not_ready", stage.rack.id)
    assert (event["paid_tokens"], event["returned_tokens"]) == (0, 0)


async def test_a_rack_that_prepares_nothing_begins_at_once(stage: BookingStage, late: tuple[Actor, Booking]) -> None:
    member, booking = late
    other = await a_rack(stage.transact)

    await stage.transact(
        bookings.take_other, booking_id=booking.id, resource_id=other.id, actor=member, now=START + MINUTE
    )
    await stage.transact(bookings.start_due, now=START + MINUTE, limit=10)

    assert (await bookings.get(booking_id=booking.id, actor=member)).status == "active"


async def test_who_takes_another_rack_late_is_no_no_show(stage: BookingStage, late: tuple[Actor, Booking]) -> None:
    member, booking = late
    await set_of(booking, check_in="required", late_told=True)
    other = await a_rack(stage.transact)
    late_by = START + 20 * MINUTE

    await stage.transact(bookings.take_other, booking_id=booking.id, resource_id=other.id, actor=member, now=late_by)
    missed = await stage.transact(bookings.take_due, step="miss", now=late_by, limit=10)

    assert missed == 0
    assert (await bookings.get(booking_id=booking.id, actor=member)).status == "confirmed"


async def test_only_racks_that_could_take_it_are_alternatives(stage: BookingStage, late: tuple[Actor, Booking]) -> None:
    member, booking = late
    venue = await resources.venue(stage.rack.venue_id)
    elsewhere, here = await a_rack(stage.transact), await a_rack(stage.transact, venue=venue)
    old = await a_rack(stage.transact, aci_versions=["5.2"])
    broken, busy = await a_rack(stage.transact, status="maintenance"), await a_rack(stage.transact)
    await stage.book(await stage.member(), START + HALF_HOUR, resource_id=busy.id)

    now = START + MINUTE
    places = await bookings.alternatives(booking_id=booking.id, actor=member, now=now, limit=5)
    first = await bookings.alternatives(booking_id=booking.id, actor=member, now=now, limit=1)

    assert [place.resource.id for place in places] == [here.id, elsewhere.id]
    assert [place.resource.id for place in first] == [here.id]
    for rack, refusal in (
        (old, resources.UnknownOption), (broken, resources.ResourceUnavailable), (busy, bookings.SlotTaken)
    ):  # fmt: skip
        with pytest.raises(refusal):
            await stage.transact(bookings.take_other, booking_id=booking.id, resource_id=rack.id, actor=member, now=now)


async def test_of_two_who_take_the_same_other_rack_one_has_it(stage: BookingStage, client: Any) -> None:
    other = await a_rack(stage.transact)
    stages = [stage, await a_stage(stage.transact)]
    members = [await each.member() for each in stages]
    made = [await each.book(member) for each, member in zip(stages, members, strict=True)]
    for booking in made:
        await set_of(booking, status=Status.PREPARING.value)

    asked = [
        stage.transact(bookings.take_other, booking_id=booking.id, resource_id=other.id, actor=member, now=START)
        for booking, member in zip(made, members, strict=True)
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["Booking", "SlotTaken"]


async def test_who_does_not_want_another_rack_has_everything_back(
    stage: BookingStage, late: tuple[Actor, Booking]
) -> None:
    member, booking = late

    ask: Row = {"booking_id": booking.id, "actor": member, "now": START + MINUTE}
    cancelled = await stage.transact(bookings.refund_unready, **ask)
    again = await stage.transact(bookings.refund_unready, **ask)

    assert (cancelled.status, cancelled.refund_tokens, cancelled.cancelled_by) == ("cancelled", 4, member.member_id)
    assert again.status == "cancelled"
    assert await stage.balance(member) == 10
    (event,) = await told("booking.cancelled")
    assert (event["because"], event["by_operator"]) == ("not_ready", True)
    assert await told("booking.cancelled_by_office") == []


@pytest.mark.parametrize("now", [START - MINUTE, START + HOUR])
async def test_before_the_start_and_after_the_end_there_is_nothing_to_wait_for(
    stage: BookingStage, late: tuple[Actor, Booking], now: datetime
) -> None:
    member, booking = late
    other = await a_rack(stage.transact)

    with pytest.raises(bookings.NotPreparing):
        await stage.transact(bookings.refund_unready, booking_id=booking.id, actor=member, now=now)
    with pytest.raises(bookings.NotPreparing):
        await stage.transact(bookings.take_other, booking_id=booking.id, resource_id=other.id, actor=member, now=now)
    assert await bookings.alternatives(booking_id=booking.id, actor=member, now=now, limit=5) == []
    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.refund_unready, booking_id=booking.id, actor=await stage.member(), now=START)


async def test_what_was_never_ready_is_returned_at_its_end(stage: BookingStage, late: tuple[Actor, Booking]) -> None:
    member, booking = late
    waiting = await set_of(await stage.book(member, START + 2 * HOUR), prepare_at=START)
    plain = await stage.book(member, START + 4 * HOUR)
    end = START + 6 * HOUR

    async def give_up(now: datetime) -> int:
        batch = await bookings.claim_due("give_up", now=now, limit=10, lease_seconds=30)
        return await stage.transact(bookings.pass_time, step="give_up", batch=batch, now=now)

    assert [await give_up(at) for at in (START + 59 * MINUTE, START + HOUR, end, end)] == [0, 1, 1, 0]

    stored = [await bookings.get(booking_id=one.id, actor=member) for one in (booking, waiting, plain)]
    assert [(one.status, one.refund_tokens) for one in stored] == [("cancelled", 4), ("cancelled", 2), ("confirmed", 0)]
    assert [event["because"] for event in await told("booking.cancelled")] == ["not_ready", "not_ready"]
    assert await told("booking.cancelled_by_office") == []


async def test_a_seat_is_no_rack(stage: BookingStage, late: tuple[Actor, Booking]) -> None:
    member, booking = late
    await set_of(booking, options=Options().model_dump())
    seat = await stage.transact(
        resources.add_resource, code="SEAT-1", name="By the window", kind="seat", venue_id=stage.rack.venue_id,
        actor=people.SYSTEM, now=NOW,
    )  # fmt: skip

    with pytest.raises(resources.ResourceUnavailable):
        await stage.transact(
            bookings.take_other, booking_id=booking.id, resource_id=seat.id, actor=member, now=START
        )  # fmt: skip

    assert (await bookings.get(booking_id=booking.id, actor=member)).resource_id == stage.rack.id
