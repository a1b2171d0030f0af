"""Coming and leaving: staff check a member in, either checks out, and what staying too long costs.

Nobody who leaves early gets anything back, but the rest of the time is free for others.
"""

from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import AlreadyCheckedIn, CheckInClosed, NotCheckedIn, OtherVenue
from domain.bookings.events import BookingCheckedIn, BookingCheckedOut, BookingCompleted, BookingStarted
from domain.bookings.models import AWAITED, OPEN, Booking, Status
from domain.bookings.service import claims
from domain.kernel import RELEASED, Row, Tx, cells, emit
from domain.people import Actor


async def check_in(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Say that the member is there. From the start on it begins; before, and where the rack is not ready, it waits.

    By staff (`bookings:check_in`) of the booking's venue, from `CHECK_IN_EARLY_MINUTES` before the start until before
    `NO_SHOW_MINUTES` after it, once. Raises BookingNotFound, OtherVenue, AlreadyCheckedIn, CheckInClosed, NotPermitted,
    MemberDisabled.
    """
    actor.require("bookings:check_in")
    booking = await queries.stored(booking_id)
    _require_venue(booking, actor)
    _require_open(booking, now)
    change: Row = {"checked_in_at": now, "checked_in_by": actor.member_id, "updated_at": now}
    begins = booking.starts_at <= now and policy.is_prepared(booking)
    if begins:
        change["status"] = Status.ACTIVE.value
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking.id, "status": booking.status.value, "checked_in_at": None}, {"$set": change},
        return_document=ReturnDocument.AFTER,
    )  # fmt: skip
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    facts = {**claims.facts_of(booking), "origin": actor.origin, "occurred_at": now}
    await emit(tx, BookingCheckedIn(**facts, checked_in_by=actor.member_id))
    if begins:
        await emit(tx, BookingStarted(**facts))
    return Booking.read(row)


async def check_out(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Say that the member has left: one's own, or by staff (`bookings:check_in`) of its venue; once, however often.

    Before the end the rest is free for others; after it, overtime and penalty by the terms as sold are taken from the
    wallet as far as it goes, and the rest is owed. Raises BookingNotFound, OtherVenue, NotCheckedIn, NotPermitted.
    """
    booking = await queries.get(booking_id=booking_id, actor=actor)
    if booking.member_id != actor.member_id:
        actor.require("bookings:check_in")
        _require_venue(booking, actor)
    if booking.checked_out_at is not None:
        return booking
    if not policy.has_begun(booking, now):
        raise NotCheckedIn(booking_id=booking.id, status=booking.status.value)
    if booking.status is not Status.ACTIVE:  # its start has come, and nobody has noted it
        booking = await _begun(tx, booking, now=now)
    return await _leave(tx, booking, {}, by=actor.member_id, origin=actor.origin, now=now)


def outstaying(now: datetime) -> Row:
    """What has stayed so long after its end that nobody will check out any more (step `check_out`)."""
    latest = now - timedelta(minutes=policy.OVERSTAY_MAX_MINUTES)
    return {"status": Status.ACTIVE.value, "ends_at": {"$lte": latest}, "overtime": {"$ne": None}}


async def check_out_by_time(tx: Tx, rows: list[Row], now: datetime) -> None:
    """Check out what is `outstaying`, as of the moment at which it became so."""
    for row in rows:
        await _leave(tx, Booking.read(row), RELEASED, by=None, origin="jobs", now=now)


def _require_venue(booking: Booking, actor: Actor) -> None:
    if actor.venue_id not in (None, booking.venue_id):
        raise OtherVenue(booking_id=booking.id, venue_id=booking.venue_id)


def _require_open(booking: Booking, now: datetime) -> None:
    if booking.checked_in_at is not None and booking.status in OPEN:
        raise AlreadyCheckedIn(booking_id=booking.id, checked_in_at=booking.checked_in_at)
    opens_at, closes_at = policy.check_in_window(booking)
    if booking.check_in == "required" and booking.status in AWAITED and opens_at <= now < closes_at:
        return
    raise CheckInClosed(
        booking_id=booking.id, status=booking.status.value, opens_at=opens_at, closes_at=closes_at
    )  # fmt: skip


def as_begun(ends_at: datetime, now: datetime) -> Row:
    """What changes when a booking becomes active: beyond its end already, nobody knows how long somebody stayed."""
    unknown: Row = {"overtime": None} if ends_at <= now else {}
    return {"status": Status.ACTIVE.value, **unknown}


async def _begun(tx: Tx, booking: Booking, *, now: datetime) -> Booking:
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking.id, "status": booking.status.value}, {"$set": as_begun(booking.ends_at, now)},
        return_document=ReturnDocument.AFTER,
    )  # fmt: skip
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    await emit(tx, BookingStarted(**claims.facts_of(booking), origin="jobs", occurred_at=now))
    return Booking.read(row)


async def _leave(
    tx: Tx, booking: Booking, also: Row, *, by: PydanticObjectId | None, origin: str, now: datetime
) -> Booking:
    left_at = min(now, booking.ends_at + timedelta(minutes=policy.OVERSTAY_MAX_MINUTES))
    change: Row = {
        **also, "status": Status.COMPLETED.value, "seat": None, "checked_out_at": left_at, "updated_at": now,
        **await _shortened(booking, now),
    }  # fmt: skip
    if booking.overtime is not None:
        minutes = policy.overtime_minutes(booking.ends_at, left_at)
        overtime_tokens, penalty_tokens = policy.overtime_due(booking.overtime, minutes)
        change |= {
            "overtime_minutes": minutes, "overtime_tokens": overtime_tokens, "penalty_tokens": penalty_tokens
        }  # fmt: skip
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking.id, "status": booking.status.value}, {"$set": change}, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    after = Booking.read(row)
    paid_tokens, owed_tokens = await _charged(tx, after, now=now)
    facts = {**claims.facts_of(after), "origin": origin, "occurred_at": now}
    checked_out = BookingCheckedOut(
        **facts, checked_out_by=by, checked_out_at=left_at, original_ends_at=booking.ends_at,
        overtime_minutes=after.overtime_minutes, overtime_tokens=after.overtime_tokens,
        penalty_tokens=after.penalty_tokens, paid_tokens=paid_tokens, owed_tokens=owed_tokens,
    )  # fmt: skip
    await emit(tx, checked_out)
    await emit(tx, BookingCompleted(**facts))
    return after


async def _shortened(booking: Booking, now: datetime) -> Row:
    """What changes when it is left at this moment: the end and the cells, or nothing when no whole quantum is left."""
    quantum_minutes = (await resources.place(booking.resource_id)).resource.quantum_minutes
    ends_at = policy.end_when_left(booking.starts_at, now, quantum_minutes=quantum_minutes)
    if ends_at >= booking.ends_at:
        return {}
    occupied_until = ends_at + (booking.occupied_until - booking.ends_at)  # the turnaround as it was when booked
    return {
        "ends_at": ends_at, "occupied_until": occupied_until, "original_ends_at": booking.ends_at,
        "cells": cells(booking.resource_id, booking.starts_at, occupied_until, quantum_minutes=quantum_minutes),
    }  # fmt: skip


async def _charged(tx: Tx, booking: Booking, *, now: datetime) -> tuple[int, int]:
    """Take what staying too long cost: how much the wallet paid, and how much is owed."""
    tokens = booking.overtime_tokens + booking.penalty_tokens
    if not tokens:
        return 0, 0
    charge = await wallets.charge(
        tx, member_id=booking.member_id, tokens=tokens, purpose="penalty", key=f"booking.overtime:{booking.id}",
        booking_id=booking.id, now=now,
    )  # fmt: skip
    return charge.paid_tokens, charge.owed_tokens
