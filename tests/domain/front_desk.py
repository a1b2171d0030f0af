"""The front desk: staff who check people in, and what time does meanwhile."""

from datetime import datetime
from typing import Any

from domain import bookings, people
from domain.bookings import Booking
from domain.kernel import Row
from domain.people import Actor, Role
from tests.building import a_member
from tests.domain.booking_stage import BookingStage


async def staff(stage: BookingStage) -> Actor:
    """Somebody who may check in everywhere."""
    return await a_member(stage.transact, role=Role.STAFF)


async def check_in(stage: BookingStage, booking: Booking, actor: Actor, now: datetime) -> Booking:
    """Check the booking's member in."""
    return await stage.transact(bookings.check_in, booking_id=booking.id, actor=actor, now=now)


async def check_out(stage: BookingStage, booking: Booking, actor: Actor, now: datetime) -> Booking:
    """Say that the member has left."""
    return await stage.transact(bookings.check_out, booking_id=booking.id, actor=actor, now=now)


async def step(stage: BookingStage, name: str, now: datetime) -> int:
    """Do what is due by then, and say about how many."""
    return await stage.transact(bookings.take_due, step=name, now=now, limit=10)


async def seen(booking: Booking) -> Booking:
    """The booking as it is by now."""
    return await bookings.get(booking_id=booking.id, actor=people.SYSTEM)


async def stored_as(booking: Booking, **fields: Any) -> None:
    """Put the booking into a state that other rooms lead to."""
    change: Row = {"$set": fields}
    await Booking.get_pymongo_collection().update_one({"_id": booking.id}, change)
