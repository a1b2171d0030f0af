"""What becomes of an entry when its offer has come to an end, here or in bookings."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import bookings, resources
from domain.bookings import Booking
from domain.kernel import RELEASED, Row, Tx, emit
from domain.people import SYSTEM
from domain.waitlists.events import OfferLapsed
from domain.waitlists.models import SKIPS_KEPT, EndReason, Status, WaitlistEntry

_STANDS = (*bookings.AWAITED, bookings.Status.ACTIVE, bookings.Status.COMPLETED, bookings.Status.NO_SHOW)


async def end(entry: WaitlistEntry, status: Status, *, reason: EndReason | None, now: datetime) -> WaitlistEntry:
    """Take the entry out of the line."""
    fields: Row = {
        **RELEASED, "status": status.value, "place": None, "offer_expires_at": None, "ended_at": now,
        "end_reason": reason, "updated_at": now,
    }  # fmt: skip
    await change(entry, {"$set": fields})
    ended: WaitlistEntry = entry.model_copy(update={**fields, "status": status})
    return ended


async def change(entry: WaitlistEntry, changes: Row) -> None:
    """Change an entry that was read in this transaction, as it was read."""
    result = await WaitlistEntry.get_pymongo_collection().update_one(
        {"_id": entry.id, "status": entry.status.value}, changes
    )
    assert result.matched_count == 1, "read in this snapshot: a rival change is a write conflict"


async def tell_lapsed(tx: Tx, entry: WaitlistEntry, booking: Booking, *, now: datetime) -> None:
    """Announce that the member did not answer in time."""
    lapsed = OfferLapsed(
        entry_id=entry.id, booking_id=booking.id, member_id=entry.member_id, resource_id=booking.resource_id,
        starts_at=booking.starts_at, ends_at=booking.ends_at, occurred_at=now,
    )  # fmt: skip
    await emit(tx, lapsed)


async def settle(tx: Tx, *, booking_id: PydanticObjectId, now: datetime) -> None:
    """Have the entry say what became of its booking; nothing for bookings of no entry, and for what is held still.

    Booked (also by money that came late, after the hold had lapsed) is accepted; what ran out is lapsed; what the
    member gave up is declined, unless for another booking of the same time; what the operator took back has them wait
    again.
    """
    wanted: Row = {"booking_id": booking_id, "status": {"$in": [Status.OFFERED.value, Status.LAPSED.value]}}
    row = await WaitlistEntry.get_pymongo_collection().find_one(wanted)
    if row is None:
        return
    entry = WaitlistEntry.read(row)
    booking = await bookings.get(booking_id=booking_id, actor=SYSTEM)
    if booking.status in _STANDS or booking.confirmed_at is not None:
        await end(entry, Status.ACCEPTED, reason=None, now=now)
    elif entry.status is Status.OFFERED and booking.status is bookings.Status.EXPIRED:
        await end(entry, Status.LAPSED, reason="offer_lapsed" if booking.is_offer else "hold_lapsed", now=now)
        if booking.is_offer:
            await tell_lapsed(tx, entry, booking, now=now)
    elif entry.status is Status.OFFERED and booking.status is bookings.Status.CANCELLED:
        await _given_up(entry, booking, now=now)


async def _given_up(entry: WaitlistEntry, booking: Booking, *, now: datetime) -> None:
    if booking.cancelled_by != entry.member_id or booking.cancelled_reason == "maintenance":
        await _wait_again(entry, booking, now=now)
    elif booking.cancelled_reason == "replaced" and await _has_it_otherwise(booking, now=now):
        await end(entry, Status.ACCEPTED, reason=None, now=now)
    else:
        await end(entry, Status.DECLINED, reason="passed", now=now)


async def _has_it_otherwise(booking: Booking, *, now: datetime) -> bool:
    times = await bookings.taken(
        resource_ids=[booking.resource_id], from_at=booking.starts_at, until_at=booking.ends_at, now=now
    )
    return any(one.member_id == booking.member_id for one in times[booking.resource_id])


async def _wait_again(entry: WaitlistEntry, booking: Booking, *, now: datetime) -> None:
    place = await resources.place(booking.resource_id)
    skip: Row = {
        "at": now, "resource_code": place.resource.code, "starts_at": booking.starts_at,
        "reason": "unavailable",
    }  # fmt: skip
    fields: Row = {"status": Status.WAITING.value, "offer_expires_at": None, "booking_id": None, "updated_at": now}
    await change(entry, {"$set": fields, "$push": {"skips": {"$each": [skip], "$slice": -SKIPS_KEPT}}})
