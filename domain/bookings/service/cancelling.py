"""Calling a booking off."""

from datetime import datetime
from typing import Literal

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain.bookings import policy, queries
from domain.bookings.errors import BookingAlreadyStarted, NotCancellable
from domain.bookings.events import BookingCancelled, BookingCancelledByOffice
from domain.bookings.models import OPEN, Booking, Purpose, Status
from domain.bookings.service import claims, paying
from domain.kernel import Row, Tx, emit
from domain.people import Actor

REASON_MAX = 500


async def cancel(
    tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime, reason: str | None = None
) -> Booking:
    """Cancel a booking, return its tokens by the terms it was sold under, and free its cells.

    One's own by the terms, before the start only; somebody else's (`bookings:cancel_any`) is the operator's doing and
    returns everything, until the end. Cancelling twice is cancelling once. Raises BookingNotFound,
    BookingAlreadyStarted, NotCancellable, NotPermitted.
    """
    booking = await queries.get(booking_id=booking_id, actor=actor)
    by_operator = booking.member_id != actor.member_id
    if by_operator:
        actor.require("bookings:cancel_any")
    if booking.status is Status.CANCELLED:
        return booking
    if booking.purpose is Purpose.MAINTENANCE:  # called off by `end_maintenance`
        raise NotCancellable(booking_id=booking.id, status=booking.status.value)
    refund_tokens = _refund(booking, by_operator=by_operator, now=now)
    return await close(
        tx, booking, refund_tokens=refund_tokens, actor=actor, by_operator=by_operator, reason=reason, now=now
    )


def _refund(booking: Booking, *, by_operator: bool, now: datetime) -> int:
    if booking.status not in OPEN or booking.ends_at <= now:
        raise NotCancellable(booking_id=booking.id, status=booking.status.value)
    if booking.status is Status.HELD:
        return 0
    if by_operator:
        return booking.cost_tokens
    if booking.starts_at <= now:
        raise BookingAlreadyStarted(booking_id=booking.id, starts_at=booking.starts_at)
    return policy.cancellation(booking, now).refund_tokens


async def close(
    tx: Tx,
    booking: Booking,
    *,
    refund_tokens: int,
    actor: Actor,
    by_operator: bool,
    reason: str | None,
    now: datetime,
    because: Literal["asked", "maintenance", "not_ready"] = "asked",
) -> Booking:
    """Make a booking that was read in this transaction cancelled, with that refund; announce it."""
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking.id, "status": booking.status.value},
        {
            "$set": {
                "status": Status.CANCELLED.value, "held": False, "seat": None, "refund_tokens": refund_tokens,
                "cancelled_at": now, "cancelled_by": actor.member_id, "updated_at": now,
                "cancelled_reason": reason.strip()[:REASON_MAX] if reason else None,
            }
        },
        return_document=ReturnDocument.AFTER,
    )  # fmt: skip
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    if refund_tokens:
        await paying.give_back(tx, booking, refund_tokens, key=f"booking.cancelled:{booking.id}", now=now)
    cancelled = BookingCancelled(
        **claims.facts_of(booking), origin=actor.origin, cancelled_by=actor.member_id, by_operator=by_operator,
        reason=row["cancelled_reason"], because=because, refund_tokens=refund_tokens, occurred_at=now,
        cost_tokens=0 if booking.status is Status.HELD else booking.cost_tokens,
    )  # fmt: skip
    await emit(tx, cancelled)
    if by_operator and because != "not_ready":  # that is nobody's decision
        await emit(tx, _for_the_audit(booking, row, actor=actor, now=now))
    return Booking.read(row)


def _for_the_audit(before: Booking, after: Row, *, actor: Actor, now: datetime) -> BookingCancelledByOffice:
    return BookingCancelledByOffice(
        actor_id=actor.member_id, origin=actor.origin, subject_id=before.id, occurred_at=now,
        before={"status": before.status.value},
        after={
            "code": before.code, "status": after["status"], "refund_tokens": after["refund_tokens"],
            "reason": after["cancelled_reason"],
        },
    )  # fmt: skip
