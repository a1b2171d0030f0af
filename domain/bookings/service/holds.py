"""What becomes of a hold: confirmed, confirmed by a payment, given up, or lapsed."""

from datetime import datetime, timedelta
from typing import Literal

from beanie import PydanticObjectId
from pymongo import DESCENDING, ReturnDocument

from domain import people, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import BookingNotFound, HoldLapsed, NotCancellable, TooManyBookings
from domain.bookings.events import BookingConfirmed, HoldStillShort, PaidTooLate
from domain.bookings.models import AWAITED, Booking, Status
from domain.bookings.service import claims, paying
from domain.kernel import Row, Tx, emit
from domain.people import Actor, Origin


async def confirm(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Pay for the member's own hold at the price it was made at; confirming twice is confirming once.

    Raises HoldLapsed, InsufficientBalance, DebtOutstanding, BookingNotFound, MemberDisabled.
    """
    actor.require("bookings:write")
    booking = await queries.stored(booking_id)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking_id)
    if booking.status in (*AWAITED, Status.ACTIVE, Status.COMPLETED):
        return booking
    if not is_alive(booking, now):
        raise HoldLapsed(booking_id=booking_id, hold_expires_at=booking.hold_expires_at)
    return await confirm_hold(tx, booking, because="hold_confirmed", origin=actor.origin, now=now)


async def confirm_paid(
    tx: Tx,
    *,
    member_id: PydanticObjectId,
    now: datetime,
    landed_at: datetime | None = None,
    booking_id: PydanticObjectId | None = None,
) -> Booking | None:
    """A payment landed: confirm the member's hold if the wallet now suffices, and say what became of it.

    What counts is whether the hold stood when the payment landed (`landed_at`, else `now`): if it has run out since,
    while we were away, it is confirmed all the same, unless somebody else has taken the time or it has begun. The hold
    is the one that the purchase named (`booking_id`) if it lives, else the member's own; never a mere offer.

    Returns the booking as it is then: `confirmed`; still `held` (HoldStillShort tells how much is missing); `expired`
    when the hold lapsed within the last hour, before the payment (PaidTooLate: the tokens stay in the wallet). None
    when there is no such hold, and for a disabled member, who books nothing: the hold is left to lapse.
    """
    booking = await _last_hold(member_id, booking_id, now=now)
    if booking is None or not (await people.get(member_id)).is_active:
        return None
    assert booking.hold_expires_at is not None
    facts = claims.facts_of(booking)
    if not await _still_stands(booking, landed_at=landed_at or now, now=now):
        return await _too_late(tx, booking, now=now)
    try:
        return await confirm_hold(tx, booking, because="payment_landed", origin="jobs", now=now)
    except TooManyBookings:  # its place went to another booking meanwhile
        return await _too_late(tx, booking, now=now)
    except (wallets.InsufficientBalance, wallets.DebtOutstanding) as short:  # before anything is written: this goes on
        if not is_alive(booking, now):
            return await _too_late(tx, booking, now=now)
        told = HoldStillShort(
            **facts, origin="jobs", hold_expires_at=booking.hold_expires_at, needed_tokens=booking.cost_tokens,
            missing_tokens=booking.cost_tokens + short.facts.get("owed_tokens", 0) - short.facts["balance_tokens"],
            occurred_at=now,
        )  # fmt: skip
        await emit(tx, told)
        return booking


async def _too_late(tx: Tx, booking: Booking, *, now: datetime) -> Booking:
    if booking.status is Status.HELD:
        await claims.lapse(tx, [booking.row()], now=now)
    late = PaidTooLate(
        **claims.facts_of(booking), origin="jobs", hold_expires_at=booking.hold_expires_at, occurred_at=now
    )
    await emit(tx, late)
    return await queries.stored(booking.id)


async def _still_stands(booking: Booking, *, landed_at: datetime, now: datetime) -> bool:
    """Whether money that landed then may confirm the hold: it stood then, and its cells are not others' by now."""
    if is_alive(booking, now):
        return True
    assert booking.hold_expires_at is not None
    if landed_at >= booking.hold_expires_at or booking.starts_at <= now:
        return False
    if booking.status is Status.HELD:  # nobody has swept it yet
        return True
    taken = {"cells": {"$in": booking.cells}, "held": True}
    return await Booking.get_pymongo_collection().find_one(taken, {"_id": 1}) is None


async def release(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Give the member's own hold up; one that is over already stays as it is.

    Raises BookingNotFound, and NotCancellable for what has been confirmed meanwhile.
    """
    booking = await queries.stored(booking_id)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking_id)
    if booking.status in (Status.CANCELLED, Status.EXPIRED):
        return booking
    if booking.status is not Status.HELD:
        raise NotCancellable(booking_id=booking_id, status=booking.status.value)
    if is_alive(booking, now):
        await claims.give_up(tx, booking.row(), by=actor.member_id, reason="released", now=now)
    else:
        await claims.lapse(tx, [booking.row()], now=now)
    return await queries.stored(booking_id)


def is_alive(booking: Booking, now: datetime) -> bool:
    """Whether it is a hold that has not run out; at `hold_expires_at` itself it has."""
    return booking.status is Status.HELD and booking.hold_expires_at is not None and booking.hold_expires_at > now


async def _last_hold(
    member_id: PydanticObjectId, named_id: PydanticObjectId | None, *, now: datetime
) -> Booking | None:
    """The hold that money of this member is for: the one it names, or their own; else what lapsed a moment ago.

    Never an offer that they did not take up.
    """
    collection = Booking.get_pymongo_collection()
    own: Row = {"member_id": member_id, "is_offer": False}
    held = await collection.find({**own, "status": Status.HELD.value}).to_list(None)
    if held:
        return Booking.read(next((row for row in held if row["_id"] == named_id), held[0]))
    since = now - timedelta(minutes=policy.PAID_LATE_MINUTES)
    lapsed = {**own, "status": Status.EXPIRED.value, "hold_expires_at": {"$gt": since}}
    row = await collection.find_one(lapsed, sort=[("hold_expires_at", DESCENDING)])
    return Booking.read(row) if row else None


async def confirm_hold(
    tx: Tx,
    booking: Booking,
    *,
    because: Literal["hold_confirmed", "payment_landed"],
    origin: Origin,
    now: datetime,
) -> Booking:
    """Pay for a hold that was read in this transaction; what `wallets.spend` refuses, it refuses before it writes."""
    change: Row = {
        "status": Status.CONFIRMED.value, "confirmed_at": now, "is_offer": False, "updated_at": now,
        "spendings": paying.first_spending(booking.id, booking.cost_tokens),
    }  # fmt: skip
    if booking.status is Status.EXPIRED:  # its cells and its place among the member's bookings are to be had again
        change |= {"held": True, "seat": await claims.any_seat(booking.member_id)}
    if booking.cost_tokens:
        await wallets.spend(
            tx, member_id=booking.member_id, tokens=booking.cost_tokens, purpose="booking",
            key=paying.spending_key(booking.id), booking_id=booking.id, now=now,
        )  # fmt: skip
    else:
        await wallets.require_no_debt(booking.member_id)
    row = await Booking.get_pymongo_collection().find_one_and_update(
        {"_id": booking.id, "status": booking.status.value}, {"$set": change}, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    confirmed = BookingConfirmed(
        **claims.facts_of(booking), origin=origin, cost_tokens=booking.cost_tokens, because=because, occurred_at=now
    )
    await emit(tx, confirmed)
    return Booking.read(row)
