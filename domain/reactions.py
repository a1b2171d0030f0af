"""When X happened, then Y: the table of contents of all consequences.

`jobs/outbox.py` hands every stored event to `react` exactly once, in one transaction with whatever follows from it.
A reaction may emit further events; those have their turn later. Order within a row is the order of execution.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from domain import audit, bookings, notifications, payments, people
from domain.bookings import Booking, BookingCancelled, BookingConfirmed, HoldHasLapsed, Status
from domain.kernel import AdministrativeEvent, Event, Row, Tx
from domain.notifications import Kind, balance_tokens, booking_facts
from domain.packs import PackBought
from domain.payments import PaymentFailed, PaymentQuarantined
from domain.people import MemberDisabledByOffice, MemberEnabled, RoleChanged
from domain.wallets import TokensAdjusted

Reaction = Callable[[Tx, Any, datetime], Awaitable[None]]


async def react(tx: Tx, event: Event, now: datetime) -> None:
    """Do everything that follows from the event: what its own row says, then what the rows of its bases say."""
    for kind in type(event).__mro__:
        for reaction in REACTIONS.get(kind, ()):
            await reaction(tx, event, now)


async def keep_in_audit(tx: Tx, event: AdministrativeEvent, now: datetime) -> None:
    """Who changed what, from where, with the values before and after."""
    await audit.record(tx, event=event)


async def confirm_hold_and_tell_receipt(tx: Tx, event: PackBought, now: datetime) -> None:
    """Confirm the booking that waited for this money, and say in one receipt what became of both.

    One reaction and not two, because the receipt must say what the confirmation came to.
    """
    booking = await bookings.confirm_paid(tx, member_id=event.member_id, landed_at=event.landed_at, now=now)
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
            missing_tokens = booking.cost_tokens - balance_tokens
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


async def tell_tokens_adjusted(tx: Tx, event: TokensAdjusted, now: datetime) -> None:
    """Somebody granted or took tokens, and why."""
    assert event.subject_id is not None
    facts = {
        "tokens": event.after["tokens"],
        "reason": event.after["reason"],
        "balance_tokens": await balance_tokens(event.subject_id, now=now),
    }
    await _tell_subject(tx, event, Kind.TOKENS_ADJUSTED, facts, now)


async def tell_role_changed(tx: Tx, event: RoleChanged, now: datetime) -> None:
    """What the member may do now."""
    facts = {"role": event.after["role"], "previous_role": event.before["role"]}
    await _tell_subject(tx, event, Kind.ROLE_CHANGED, facts, now)


async def tell_disabled(tx: Tx, event: MemberDisabledByOffice, now: datetime) -> None:
    """The member can only read from now on, and why."""
    await _tell_subject(tx, event, Kind.ACCOUNT_DISABLED, {"reason": event.after["reason"]}, now)


async def tell_enabled(tx: Tx, event: MemberEnabled, now: datetime) -> None:
    """The member can buy and book again."""
    await _tell_subject(tx, event, Kind.ACCOUNT_ENABLED, {"reason": event.after["reason"]}, now)


async def _tell_subject(tx: Tx, event: AdministrativeEvent, kind: Kind, facts: Row, now: datetime) -> None:
    assert event.subject_id is not None
    moment = event.occurred_at.isoformat(timespec="milliseconds")  # the same may happen to the same person again
    await notifications.tell(
        tx, member_id=event.subject_id, kind=kind, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.subject_id}:{moment}",
    )  # fmt: skip


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


REACTIONS: dict[type, tuple[Reaction, ...]] = {
    AdministrativeEvent: (keep_in_audit,),
    # payments and packs
    PackBought: (confirm_hold_and_tell_receipt,),
    PaymentFailed: (tell_payment_failed,),
    PaymentQuarantined: (tell_administrators_of_quarantine,),
    # bookings; HoldStillShort and PaidTooLate are told by the receipt above
    BookingConfirmed: (tell_booking_confirmed,),
    BookingCancelled: (tell_booking_cancelled,),
    HoldHasLapsed: (tell_hold_lapsed,),
    # wallets and people; each is an AdministrativeEvent too
    TokensAdjusted: (tell_tokens_adjusted,),
    RoleChanged: (tell_role_changed,),
    MemberDisabledByOffice: (tell_disabled,),
    MemberEnabled: (tell_enabled,),
}
