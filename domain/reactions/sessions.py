"""What a member is told around and during a session."""

from datetime import datetime

from domain import notifications
from domain.bookings import (
    Booking,
    BookingCheckedOut,
    BookingCompleted,
    BookingEndsSoon,
    BookingEvent,
    BookingLate,
    BookingNoShow,
    BookingOverstayed,
    BookingPreparing,
    BookingReady,
    BookingStarted,
    ReminderDue,
    get,
)
from domain.kernel import Tx
from domain.notifications import Kind, balance_tokens, booking_facts
from domain.people import SYSTEM
from domain.reactions.telling import as_told, tell

REMINDERS = {24 * 60: Kind.REMINDER_24H, 30: Kind.REMINDER_30M}


def _key(event: BookingEvent, booking: Booking, *, name: str | None = None) -> str:
    """Once for each time the booking was moved to."""
    return f"{name or event.name}:{booking.id}:{booking.moves}"


async def tell_reminder(tx: Tx, event: ReminderDue, now: datetime) -> None:
    """It is near."""
    booking = await as_told(event)
    if booking is not None:
        key = f"{_key(event, booking)}:{event.minutes_before}"
        await tell(tx, event, REMINDERS[event.minutes_before], {"minutes_before": event.minutes_before}, now, key=key)


async def tell_preparing(tx: Tx, event: BookingPreparing, now: datetime) -> None:
    """The rack begins to prepare itself; without a sound."""
    booking = await as_told(event)
    if booking is not None:
        await tell(tx, event, Kind.SESSION_PREPARING, {}, now, key=_key(event, booking))


async def tell_ready(tx: Tx, event: BookingReady, now: datetime) -> None:
    """In place of the message that it prepares itself; anew for somebody who was told that it is late."""
    booking = await as_told(event)
    if booking is None:
        return
    preparing = _key(event, booking, name=BookingPreparing.name)
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.SESSION_READY, facts={"booking": await booking_facts(booking.id)},
        now=now, dedupe_key=_key(event, booking), replaces=None if booking.late_told else preparing,
    )  # fmt: skip


async def tell_late(tx: Tx, event: BookingLate, now: datetime) -> None:
    """Its time has come and the rack is not ready: another rack, or everything back."""
    booking = await as_told(event)
    if booking is not None:
        await tell(tx, event, Kind.SESSION_LATE, {}, now, key=_key(event, booking))


async def tell_started(tx: Tx, event: BookingStarted, now: datetime) -> None:
    """Its time has come."""
    booking = await as_told(event)
    if booking is not None:
        await tell(tx, event, Kind.SESSION_STARTED, {}, now, key=_key(event, booking))


async def tell_ends_soon(tx: Tx, event: BookingEndsSoon, now: datetime) -> None:
    """It is nearly over; what it could be extended by is looked up when this is sent."""
    booking = await as_told(event)
    if booking is not None:
        await tell(tx, event, Kind.SESSION_ENDS_SOON, {"extensions": []}, now, key=_key(event, booking))


async def tell_overstayed(tx: Tx, event: BookingOverstayed, now: datetime) -> None:
    """It is over, nobody has checked out, and minutes cost from now on."""
    booking = await as_told(event)
    if booking is None or booking.overtime is None:
        return
    terms = booking.overtime
    hourly = 60 * terms.price_tokens_per_slot * terms.multiplier_percent // (terms.slot_minutes * 100)
    facts = {"price_tokens_per_hour": hourly, "penalty_tokens_per_hour": terms.penalty_tokens_per_hour}
    await tell(tx, event, Kind.SESSION_OVERSTAYED, facts, now, key=_key(event, booking))


async def tell_checked_out(tx: Tx, event: BookingCheckedOut, now: datetime) -> None:
    """That it is over, and what staying too long cost; unless the member checked out in chat and reads it there."""
    if event.origin == "chat" and event.checked_out_by == event.member_id:
        return
    if not event.overtime_tokens + event.penalty_tokens:
        await tell(tx, event, Kind.SESSION_ENDED, {}, now)
        return
    facts = {
        "checked_out_at": event.checked_out_at, "overtime_minutes": event.overtime_minutes,
        "overtime_tokens": event.overtime_tokens, "penalty_tokens": event.penalty_tokens,
        "paid_tokens": event.paid_tokens, "owed_tokens": event.owed_tokens,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    await tell(tx, event, Kind.OVERTIME_CHARGED, facts, now)


async def tell_completed(tx: Tx, event: BookingCompleted, now: datetime) -> None:
    """It is over, by time; one that was left is told of with the check-out."""
    booking = await get(booking_id=event.booking_id, actor=SYSTEM)
    if booking.checked_out_at is None:
        await tell(tx, event, Kind.SESSION_ENDED, {}, now)


async def tell_missed(tx: Tx, event: BookingNoShow, now: datetime) -> None:
    """Nobody came: the time is free for others, and by the terms nothing comes back."""
    await tell(tx, event, Kind.SESSION_MISSED, {}, now)


async def withdraw_access(tx: Tx, event: BookingEvent, now: datetime) -> None:
    """What was shown in the chat to get into the rack is of no use any more, and is taken back."""
    booking = await booking_facts(event.booking_id)
    await notifications.withdraw_access(tx, member_id=event.member_id, booking=booking, now=now)
