"""A rack has prepared itself."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain.bookings import queries
from domain.bookings.errors import NotPreparing
from domain.bookings.events import BookingReady
from domain.bookings.models import Booking, Status
from domain.bookings.service import claims
from domain.kernel import RELEASED, Tx, emit


async def mark_ready(tx: Tx, *, booking_id: PydanticObjectId, by_hand: bool, origin: str, now: datetime) -> Booking:
    """Say that a booking's rack is ready: the session may begin. Raises BookingNotFound, NotPreparing."""
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking_id, "status": Status.PREPARING.value},
        {"$set": {**RELEASED, "status": Status.READY.value, "updated_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        found = await queries.stored(booking_id)
        raise NotPreparing(booking_id=booking_id, status=found.status.value)
    booking = Booking.read(row)
    await emit(tx, BookingReady(**claims.facts_of(booking), origin=origin, by_hand=by_hand, occurred_at=now))
    return booking
