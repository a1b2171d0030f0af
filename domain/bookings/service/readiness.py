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
    """Say that a booking's rack is ready: the session may begin, however late, and costs what it costs.

    From the start on it counts as late, whether or not the member was told, so that they may come until the end. At
    the end it is too late: said by hand it is refused, and what scripts say changes nothing; everything comes back.
    Raises BookingNotFound, NotPreparing.
    """
    found = await queries.stored(booking_id)
    is_over = found.ends_at <= now
    if found.status is not Status.PREPARING or (is_over and by_hand):
        raise NotPreparing(booking_id=booking_id, status=found.status.value)
    if is_over:
        return found
    fields = {"status": Status.READY.value, "late_told": found.late_told or found.starts_at <= now}
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking_id, "status": Status.PREPARING.value}, {"$set": {**RELEASED, **fields, "updated_at": now}},
        return_document=ReturnDocument.AFTER,
    )  # fmt: skip
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    booking = Booking.read(row)
    await emit(tx, BookingReady(**claims.facts_of(booking), origin=origin, by_hand=by_hand, occurred_at=now))
    return booking
