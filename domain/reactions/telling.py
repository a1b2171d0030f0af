"""Who is told of what happened to bookings, and why not when they know already."""

from datetime import datetime

from domain import bookings, notifications, people, resources
from domain.bookings import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingEvent,
    BookingExtended,
    BookingRescheduled,
    HoldHasLapsed,
    HoldReleased,
)
from domain.kernel import Row, Tx
from domain.notifications import Kind, balance_tokens, booking_facts


async def as_told(event: BookingEvent) -> Booking | None:
    """The booking, if it still is where and when the event says; a later event tells of what has changed since."""
    booking = await bookings.get(booking_id=event.booking_id, actor=people.SYSTEM)
    same = (booking.resource_id, booking.starts_at, booking.ends_at) == (
        event.resource_id, event.starts_at, event.ends_at,
    )  # fmt: skip
    return booking if same else None


async def tell(tx: Tx, event: BookingEvent, kind: Kind, facts: Row, now: datetime, *, key: str | None = None) -> None:
    """Tell the booking's member, once per event and state of the booking."""
    facts = {"booking": await booking_facts(event.booking_id), **facts}
    await notifications.tell(
        tx, member_id=event.member_id, kind=kind, facts=facts, now=now,
        dedupe_key=key or f"{event.name}:{event.booking_id}",
    )  # fmt: skip


async def tell_booking_confirmed(tx: Tx, event: BookingConfirmed, now: datetime) -> None:
    """Unless the member did it in chat just now, or the receipt of the payment says so.

    Of a weekly series the first is told, for all.
    """
    if event.because == "payment_landed":
        return
    booking = await bookings.get(booking_id=event.booking_id, actor=people.SYSTEM)
    is_series = event.because == "series"
    was_asked_in_chat = event.origin == "chat" and event.because != "auto_booked"
    if was_asked_in_chat or (is_series and booking.series_id != booking.id):
        return
    kind = Kind.AUTO_BOOKED if event.because == "auto_booked" else Kind.BOOKING_CONFIRMED
    balance = await balance_tokens(event.member_id, now=now)
    await tell(tx, event, kind, {"balance_tokens": balance, "is_series": is_series}, now)


async def tell_booking_rescheduled(tx: Tx, event: BookingRescheduled, now: datetime) -> None:
    """The new times and the old, what was paid and what came back; unless the member did it in chat."""
    booking = await as_told(event)
    if booking is None or (event.origin == "chat" and not event.by_operator):
        return
    is_other_resource = event.previous_resource_id != event.resource_id
    facts = {
        "previous_starts_at": event.previous_starts_at, "previous_ends_at": event.previous_ends_at,
        "previous_code": (await resources.get(event.previous_resource_id)).code if is_other_resource else None,
        "paid_tokens": event.paid_tokens, "returned_tokens": event.returned_tokens,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    kind = Kind.BOOKING_MOVED if event.by_operator else Kind.BOOKING_RESCHEDULED
    await tell(tx, event, kind, facts, now, key=f"{event.name}:{event.booking_id}:{booking.moves}")


async def tell_booking_extended(tx: Tx, event: BookingExtended, now: datetime) -> None:
    """The new end and what it cost; unless it was done in chat."""
    booking = await as_told(event)
    if event.origin == "chat" or booking is None:
        return
    facts = {
        "previous_ends_at": event.previous_ends_at, "paid_tokens": event.paid_tokens,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    key = f"{event.name}:{event.booking_id}:{booking.moves}"
    await tell(tx, event, Kind.BOOKING_EXTENDED, facts, now, key=key)


async def tell_booking_cancelled(tx: Tx, event: BookingCancelled, now: datetime) -> None:
    """When it was the operator, or our fault; a member who cancels is answered where they did it."""
    by_member_in_chat = event.origin == "chat" and event.cancelled_by == event.member_id
    if not event.by_operator or by_member_in_chat:
        return
    facts = {"refund_tokens": event.refund_tokens, "reason": event.reason, "because": event.because}
    await tell(tx, event, Kind.BOOKING_CANCELLED, facts, now)


async def tell_hold_lapsed(tx: Tx, event: HoldHasLapsed, now: datetime) -> None:
    """The time is free for others again. An offer that lapses is told of by the waitlist."""
    booking = await bookings.get(booking_id=event.booking_id, actor=people.SYSTEM)
    if not booking.is_offer:
        await tell(tx, event, Kind.HOLD_LAPSED, {}, now)


async def tell_hold_taken(tx: Tx, event: HoldReleased, now: datetime) -> None:
    """When it was the operator who needs the time. Of an offer the line tells: they wait again, and can read why."""
    booking = await bookings.get(booking_id=event.booking_id, actor=people.SYSTEM)
    if booking.cancelled_reason == "maintenance" and not booking.is_offer:
        await tell(tx, event, Kind.HOLD_LAPSED, {"because": "maintenance"}, now)
