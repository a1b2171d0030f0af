"""The member's answers: Book now, Pass, and leaving the line."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import bookings
from domain.bookings import Booking
from domain.kernel import Row, Tx
from domain.people import Actor
from domain.waitlists import queries
from domain.waitlists.errors import OfferGone
from domain.waitlists.models import EndReason, Status, WaitlistEntry
from domain.waitlists.service.line import offer_freed
from domain.waitlists.service.settling import change, end


async def accept(tx: Tx, *, entry_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Book what is offered. Short of tokens it becomes the member's own hold and is returned `held`: then they buy.

    Accepting twice is accepting once. Raises OfferGone, EntryNotFound, MemberDisabled, DebtOutstanding.
    """
    actor.require("bookings:write")
    entry = await queries.own(entry_id, actor)
    if entry.booking_id is None or entry.status not in (Status.OFFERED, Status.ACCEPTED):
        raise OfferGone(entry_id=entry_id, status=entry.status.value)
    try:
        booking = await bookings.take_up(tx, booking_id=entry.booking_id, actor=actor, now=now)
    except bookings.HoldLapsed as lapsed:
        raise OfferGone(entry_id=entry_id, status=Status.LAPSED.value) from lapsed
    if entry.status is Status.OFFERED and booking.status is not bookings.Status.HELD:
        await end(entry, Status.ACCEPTED, reason=None, now=now)
    elif entry.offer_expires_at is not None:  # from now on it lapses as any hold does
        fields: Row = {"offer_expires_at": None, "updated_at": now}
        await change(entry, {"$set": fields})
    return booking


async def decline(tx: Tx, *, entry_id: PydanticObjectId, actor: Actor, now: datetime) -> WaitlistEntry:
    """Pass: the time is offered to the next in line at once, and this entry is over.

    Passing twice is passing once. Raises OfferGone, EntryNotFound.
    """
    entry = await queries.own(entry_id, actor)
    if entry.status is Status.DECLINED:
        return entry
    if entry.status is not Status.OFFERED:
        raise OfferGone(entry_id=entry_id, status=entry.status.value)
    return await _give_up(tx, entry, Status.DECLINED, reason="passed", now=now)


async def leave(tx: Tx, *, entry_id: PydanticObjectId, actor: Actor, now: datetime) -> WaitlistEntry:
    """Wait no longer; an offer is passed on. What is over stays as it is.

    Raises EntryNotFound, and OfferGone for what has been booked at this moment.
    """
    entry = await queries.own(entry_id, actor)
    if not entry.is_open:
        return entry
    if entry.status is Status.WAITING:
        return await end(entry, Status.CANCELLED, reason="left", now=now)
    return await _give_up(tx, entry, Status.CANCELLED, reason="left", now=now)


async def _give_up(tx: Tx, entry: WaitlistEntry, status: Status, *, reason: EndReason, now: datetime) -> WaitlistEntry:
    assert entry.booking_id is not None
    assert reason in ("passed", "left")
    booking = await bookings.release_offer(tx, booking_id=entry.booking_id, because=reason, now=now)
    if booking.confirmed_at is not None:  # booked by another way, of which the line has not heard yet
        raise OfferGone(entry_id=entry.id, status=Status.ACCEPTED.value)
    ended = await end(entry, status, reason=reason, now=now)
    await offer_freed(tx, resource_id=booking.resource_id, from_at=booking.starts_at, until_at=booking.ends_at, now=now)
    return ended
