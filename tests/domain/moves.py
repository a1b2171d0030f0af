"""What the tests of moved bookings share: verbs with all but what matters filled in."""

from datetime import datetime
from typing import Any

from domain import bookings
from domain.bookings import Booking
from domain.kernel import Row
from domain.people import Actor
from domain.resources import Options
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, BookingStage

LATER = START + 3 * HOUR
LATE = START - 2 * HOUR
"""Within the four hours in which half comes back."""


async def move(stage: BookingStage, booking: Booking, actor: Actor, starts_at: datetime, **fields: Any) -> Booking:
    """Reschedule to an hour from `starts_at`, with all but what matters filled in."""
    given: Row = {
        "booking_id": booking.id, "resource_id": None, "starts_at": starts_at, "ends_at": starts_at + HOUR,
        "options": Options(), "expected_cost_tokens": None, "expected_refund_tokens": None, "actor": actor, "now": NOW,
        "key": f"move:{starts_at}", **fields,
    }  # fmt: skip
    return await stage.transact(bookings.reschedule, **given)


async def extend(stage: BookingStage, booking: Booking, actor: Actor, ends_at: datetime, **fields: Any) -> Booking:
    """Extend a running booking, with all but what matters filled in."""
    given: Row = {
        "booking_id": booking.id, "ends_at": ends_at, "expected_cost_tokens": None, "actor": actor,
        "now": booking.starts_at + MINUTE, "key": f"extend:{ends_at}", **fields,
    }  # fmt: skip
    return await stage.transact(bookings.extend, **given)


async def running(stage: BookingStage, actor: Actor, **fields: Any) -> Booking:
    """An hour that has begun."""
    booking = await stage.book(actor, **fields)
    await stage.transact(bookings.start_due, now=booking.starts_at, limit=10)
    return await bookings.get(booking_id=booking.id, actor=actor)


async def set_of(booking: Booking, **fields: Any) -> Booking:
    """The booking with fields that other verbs would have set."""
    await Booking.get_pymongo_collection().update_one({"_id": booking.id}, {"$set": fields})
    row = await Booking.get_pymongo_collection().find_one({"_id": booking.id})
    assert row is not None
    return Booking.read(row)
