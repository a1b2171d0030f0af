"""Who is told of what happened to bookings, and why not when they know already."""

from datetime import datetime

from domain import notifications
from domain.bookings import BookingCancelled, BookingConfirmed, HoldHasLapsed
from domain.kernel import Tx
from domain.notifications import Kind, balance_tokens, booking_facts


async def tell_booking_confirmed(tx: Tx, event: BookingConfirmed, now: datetime) -> None:
    """Unless the member did it in chat just now, or the receipt of the payment says so."""
    if event.origin == "chat" or event.because == "payment_landed":
        return
    facts = {
        "booking": await booking_facts(event.booking_id),
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.BOOKING_CONFIRMED, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.booking_id}",
    )  # fmt: skip


async def tell_booking_cancelled(tx: Tx, event: BookingCancelled, now: datetime) -> None:
    """When it was the operator; a member who cancels is answered where they did it."""
    if not event.by_operator:
        return
    facts = {
        "booking": await booking_facts(event.booking_id),
        "refund_tokens": event.refund_tokens,
        "reason": event.reason,
    }
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.BOOKING_CANCELLED, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.booking_id}",
    )  # fmt: skip


async def tell_hold_lapsed(tx: Tx, event: HoldHasLapsed, now: datetime) -> None:
    """The time is free for others again."""
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.HOLD_LAPSED, facts={"booking": await booking_facts(event.booking_id)},
        now=now, dedupe_key=f"{event.name}:{event.booking_id}",
    )  # fmt: skip
