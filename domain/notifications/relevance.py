"""Looking again at the moment of sending: is what the notice says still true, and with which figures?

A notice waits while Telegram or a member's chat is slow, and the world goes on: a payment that failed was paid after
all, a hold that was still kept has lapsed. Each kind that can be overtaken has its check here.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from domain import bookings, payments, people
from domain.bookings import Status
from domain.kernel import Row
from domain.notifications.facts import balance_tokens
from domain.notifications.models import Kind, Notice

Check = Callable[[Notice, datetime], Awaitable[Row | None]]


async def current_facts(notice: Notice, *, now: datetime) -> Row | None:
    """The notice's facts as they are now; None when there is nothing true left to say."""
    check = CHECKS.get(notice.kind)
    return notice.facts if check is None else await check(notice, now)


async def _booking_confirmed(notice: Notice, now: datetime) -> Row | None:
    booking = await bookings.get(booking_id=notice.facts["booking"]["id"], actor=people.SYSTEM)
    if booking.status not in (Status.CONFIRMED, Status.ACTIVE):
        return None
    return await _with_balance(notice, now)


async def _payment_received(notice: Notice, now: datetime) -> Row | None:
    facts = await _with_balance(notice, now)
    if facts["booking"] is None:
        return facts
    booking = await bookings.get(booking_id=facts["booking"]["id"], actor=people.SYSTEM)
    is_held = booking.status is Status.HELD and booking.hold_expires_at is not None and booking.hold_expires_at > now
    if is_held:
        missing_tokens = max(0, booking.cost_tokens - facts["balance_tokens"])
        return {**facts, "booking_state": "held", "missing_tokens": missing_tokens}
    if booking.status is Status.CANCELLED:
        return {**facts, "booking": None, "booking_state": None}
    lapsed = booking.status in (Status.HELD, Status.EXPIRED)
    return {**facts, "booking_state": "lapsed" if lapsed else "confirmed"}


async def _payment_failed(notice: Notice, now: datetime) -> Row | None:
    payment = await payments.get(payment_id=notice.facts["payment_id"])
    return None if payment.paid_at is not None else notice.facts


async def _role_changed(notice: Notice, now: datetime) -> Row | None:
    member = await people.get(notice.member_id)
    return notice.facts if member.role == notice.facts["role"] else None


async def _account_disabled(notice: Notice, now: datetime) -> Row | None:
    return None if (await people.get(notice.member_id)).is_active else notice.facts


async def _account_enabled(notice: Notice, now: datetime) -> Row | None:
    return notice.facts if (await people.get(notice.member_id)).is_active else None


async def _with_balance(notice: Notice, now: datetime) -> Row:
    return {**notice.facts, "balance_tokens": await balance_tokens(notice.member_id, now=now)}


CHECKS: dict[Kind, Check] = {
    Kind.BOOKING_CONFIRMED: _booking_confirmed,
    Kind.PAYMENT_RECEIVED: _payment_received,
    Kind.PAYMENT_FAILED: _payment_failed,
    Kind.TOKENS_ADJUSTED: _with_balance,
    Kind.ROLE_CHANGED: _role_changed,
    Kind.ACCOUNT_DISABLED: _account_disabled,
    Kind.ACCOUNT_ENABLED: _account_enabled,
}
"""Kinds that are not here stay true whatever happens: a cancellation, a lapsed hold, an alarm."""
