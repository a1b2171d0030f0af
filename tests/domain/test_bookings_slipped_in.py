"""Who books at the very moment in which something is closed: nobody keeps a booking that the operator called off."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import bookings, people, resources
from domain.bookings import Booking
from domain.kernel import Database, Transactor, Tx
from domain.notifications import Kind
from tests.domain.booking_stage import HALF_HOUR, HOUR, NOW, START, BookingStage, a_stage
from tests.domain.consequences import consequences, notices_of
from tests.invariants import assert_invariants

LOOKED_AGAIN = NOW + timedelta(seconds=resources.UNKNOWN_SECONDS)
DAY = "2026-11-24"
"""On which START is."""
Closing = Callable[[BookingStage, people.Actor], Awaitable[Any]]


@pytest.fixture
async def stage(database: Database, transact: Transactor) -> BookingStage:
    return await a_stage(transact, price_tokens_per_slot=5)


async def withdraw(stage: BookingStage, admin: people.Actor) -> None:
    await stage.transact(
        bookings.withdraw, resource_id=stage.rack.id, reason="Broken", expected_affected=0, actor=admin, now=NOW
    )


async def close_the_day(stage: BookingStage, admin: people.Actor) -> None:
    await stage.transact(
        bookings.change_hours, venue_id=stage.rack.venue_id, changes={"closed_on": [DAY]}, reason="Broken",
        expected_affected=0, actor=admin, now=NOW,
    )  # fmt: skip


async def switch_off(stage: BookingStage, admin: people.Actor) -> None:
    await stage.edit(status="maintenance")


async def close_and_keep(stage: BookingStage, admin: people.Actor) -> None:
    await change_days(stage, [DAY])


async def change_days(stage: BookingStage, days: list[str]) -> None:
    await stage.transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"closed_on": days}, actor=people.SYSTEM, now=NOW
    )


async def at_once(stage: BookingStage, verb: Callable[[Any], Awaitable[Booking]], close: Awaitable[Any]) -> Booking:
    """The booking is made, then all is closed, then the booking is committed: neither saw the other."""
    is_made, is_closed = asyncio.Event(), asyncio.Event()

    async def slowly(tx: Tx) -> Booking:
        booking = await verb(tx)
        is_made.set()
        await is_closed.wait()
        return booking

    booking = asyncio.create_task(stage.transact(slowly))
    await is_made.wait()
    await close
    is_closed.set()
    return await booking


def booking_by(stage: BookingStage, member: people.Actor, **fields: Any) -> Callable[[Tx], Awaitable[Booking]]:
    given = {"expected_cost_tokens": None, **stage._wish(member, START, fields)}
    return lambda tx: bookings.book(tx, **given)


@pytest.mark.parametrize("closing", [withdraw, close_the_day])
async def test_what_slipped_in_is_called_off_with_everything_back_once_nobody_can_slip_in_any_more(
    stage: BookingStage, closing: Closing
) -> None:
    member, admin = await stage.member(tokens=20), await stage.member(role=people.Role.ADMIN)

    booked = await at_once(stage, booking_by(stage, member), closing(stage, admin))
    await consequences(stage.transact, now=LOOKED_AGAIN - timedelta(seconds=1))
    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "confirmed"
    await consequences(stage.transact, now=LOOKED_AGAIN)

    after = await bookings.get(booking_id=booked.id, actor=member)
    assert (after.status, after.cancelled_reason, after.cancelled_by) == ("cancelled", "Broken", admin.member_id)
    assert await stage.balance(member) == 20
    assert Kind.BOOKING_CANCELLED in [notice.kind for notice in await notices_of(member)]
    await assert_invariants()


async def test_what_is_moved_there_at_that_moment_is_called_off_as_well(stage: BookingStage) -> None:
    elsewhere = await a_stage(stage.transact, venue=await resources.venue(stage.rack.venue_id))
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)
    booked = await elsewhere.book(member)

    async def there(tx: Tx) -> Booking:
        return await bookings.reschedule(
            tx, booking_id=booked.id, resource_id=stage.rack.id, starts_at=START, ends_at=START + HOUR,
            options=booked.options, expected_cost_tokens=None, expected_refund_tokens=None, key="move", actor=member,
            now=NOW,
        )  # fmt: skip

    await at_once(stage, there, withdraw(stage, admin))
    await consequences(stage.transact, now=LOOKED_AGAIN)

    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "cancelled"


@pytest.mark.parametrize("closing", [switch_off, close_and_keep])
async def test_who_closes_and_keeps_what_is_booked_keeps_what_slipped_in(stage: BookingStage, closing: Closing) -> None:
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)

    booked = await at_once(stage, booking_by(stage, member), closing(stage, admin))
    await consequences(stage.transact, now=LOOKED_AGAIN)

    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "confirmed"


async def test_what_is_booked_after_it_was_opened_again_stays(stage: BookingStage) -> None:
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)
    await withdraw(stage, admin)
    await close_the_day(stage, admin)
    await stage.edit(status="available")
    await change_days(stage, [])
    booked = await stage.book(member)

    await consequences(stage.transact, now=LOOKED_AGAIN)

    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "confirmed"


async def test_what_a_later_change_put_outside_and_kept_stays(stage: BookingStage) -> None:
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)
    await close_the_day(stage, admin)
    next_day = await stage.book(member, START + timedelta(days=1))

    await change_days(stage, [DAY, "2026-11-25"])
    await consequences(stage.transact, now=LOOKED_AGAIN)

    assert (await bookings.get(booking_id=next_day.id, actor=member)).status == "confirmed"


@pytest.mark.parametrize("closing", [withdraw, close_the_day])
async def test_of_many_who_book_while_it_is_closed_nobody_has_a_booking_there_afterwards(
    stage: BookingStage, closing: Closing
) -> None:
    admin = await stage.member(role=people.Role.ADMIN)
    members = [await stage.member(tokens=20) for _ in range(6)]
    wishes = [stage.book(one, START + number * (HOUR + HALF_HOUR)) for number, one in enumerate(members)]

    await asyncio.gather(*wishes[:3], closing(stage, admin), *wishes[3:], return_exceptions=True)
    await consequences(stage.transact, now=LOOKED_AGAIN)

    left = await bookings.coming(resource_id=stage.rack.id, now=NOW, limit=10)
    was_closed = not await is_open(stage)
    assert was_closed <= (left == [])
    assert [await stage.balance(one) for one in members] == [
        10 if any(booking.member_id == one.member_id for booking in left) else 20 for one in members
    ]
    await assert_invariants()


async def is_open(stage: BookingStage) -> bool:
    place = (await resources.places([stage.rack.id]))[stage.rack.id]
    return place.resource.status == "available" and not place.venue.closed_on
