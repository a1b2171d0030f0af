"""What follows from money: one receipt, and the booking that waited for it."""

from datetime import datetime
from typing import Any

from domain import bookings, notifications, payments, people, wallets
from domain.bookings import Booking, Status
from domain.kernel import Row, Tx
from domain.notifications import Kind, balance_tokens, booking_facts
from domain.packs import PackBought
from domain.payments import PaymentFailed, PaymentQuarantined


async def confirm_hold_and_tell_receipt(tx: Tx, event: PackBought, now: datetime) -> None:
    """Confirm the booking that waited for this money, and say in one receipt what became of both.

    One reaction and not two, because the receipt must say what the confirmation came to.
    """
    booking = await bookings.confirm_paid(
        tx, member_id=event.member_id, booking_id=event.booking_id, landed_at=event.landed_at, now=now
    )
    balance = await balance_tokens(event.member_id, now=now)
    facts: Row = {**await _payment_facts(event.payment_id), "balance_tokens": balance}
    facts |= await _booking_outcome(event, booking, balance_tokens=balance)
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.PAYMENT_RECEIVED, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.payment_id}",
    )  # fmt: skip


async def _booking_outcome(event: PackBought, booking: Booking | None, *, balance_tokens: int) -> Row:
    was_meant = booking is not None and booking.id == event.booking_id
    if booking is None or (booking.status is Status.EXPIRED and not was_meant):
        return {"booking": None, "booking_state": None}
    facts: Row = {"booking": await booking_facts(booking.id)}
    match booking.status:
        case Status.HELD:
            owed_tokens = (await wallets.of(booking.member_id)).owed_tokens  # what comes in pays this first
            missing_tokens = booking.cost_tokens + owed_tokens - balance_tokens
            held: Row = {"hold_expires_at": booking.hold_expires_at, "missing_tokens": missing_tokens}
            return {**facts, "booking_state": "held", **held}
        case Status.EXPIRED:
            return {**facts, "booking_state": "lapsed"}
        case _:
            return {**facts, "booking_state": "confirmed"}


async def tell_payment_failed(tx: Tx, event: PaymentFailed, now: datetime) -> None:
    """The attempt failed; the page to try again is in the notice."""
    payment = await payments.get(event.payment_id)
    facts = {**await _payment_facts(event.payment_id), "reason": event.reason, "pay_url": payment.pay_url}
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.PAYMENT_FAILED, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.payment_id}",
    )  # fmt: skip


async def tell_administrators_of_quarantine(tx: Tx, event: PaymentQuarantined, now: datetime) -> None:
    """Money came that fits nothing we asked for: a person must look."""
    facts = {
        "payment_id": event.payment_id,
        "reference": event.reference,
        "reason": event.reason,
        "amount_minor": event.amount,
        "currency": event.currency,
        "gateway_payment_id": event.gateway_payment_id,
        "member_name": (await people.get(event.member_id)).name,
    }
    await notifications.tell_administrators(
        tx, kind=Kind.PAYMENT_QUARANTINED, facts=facts, now=now, dedupe_key=f"{event.name}:{event.quarantine_id}"
    )


async def _payment_facts(payment_id: Any) -> Row:
    payment = await payments.get(payment_id)
    return {
        "payment_id": payment.id,
        "reference": payment.reference,
        "package_name": payment.description,
        "tokens": payment.token,
        "amount_minor": payment.amount,
        "currency": payment.currency,
    }
