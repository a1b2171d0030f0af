"""Looking again at the moment of sending: is what the notice says still true, and with which figures?

A notice waits while Telegram or a member's chat is slow, or until quiet hours end, and the world goes on: a payment
that failed was paid after all, a booking was cancelled, its time has come. Each kind that can be overtaken has its
check here.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from domain import bookings, payments, people, resources, waitlists, wallets
from domain.bookings import AWAITED, Booking, Status
from domain.kernel import Row
from domain.notifications.facts import balance_tokens, booking_facts, coming_bookings, extensions
from domain.notifications.models import Kind, Notice

Check = Callable[[Notice, datetime], Awaitable[Row | None]]
VENUE_RESOURCES_MAX = 200


async def current_facts(notice: Notice, *, now: datetime) -> Row | None:
    """The notice's facts as they are now; None when there is nothing true left to say."""
    check = CHECKS.get(notice.kind)
    return notice.facts if check is None else await check(notice, now)


async def _booking(notice: Notice) -> Booking:
    return await bookings.get(booking_id=notice.facts["booking"]["id"], actor=people.SYSTEM)


def _as_told(notice: Notice, booking: Booking) -> bool:
    """Whether the booking still is where and when the notice says."""
    told = notice.facts["booking"]
    return (booking.resource_id, booking.starts_at, booking.ends_at) == (
        told["resource_id"], told["starts_at"], told["ends_at"],
    )  # fmt: skip


async def _with_booking(notice: Notice) -> Row:
    return {**notice.facts, "booking": await booking_facts(notice.facts["booking"]["id"])}


async def _with_balance(notice: Notice, now: datetime) -> Row:
    return {**notice.facts, "balance_tokens": await balance_tokens(notice.member_id, now=now)}


# bookings


async def _booked(notice: Notice, now: datetime) -> Row | None:
    """It stands, where and when the notice says; what has moved since is told of by its own notice."""
    booking = await _booking(notice)
    stands = booking.status in (*AWAITED, Status.ACTIVE) and booking.ends_at > now and _as_told(notice, booking)
    return await _with_balance(notice, now) if stands else None


async def _reminder(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    helps = bookings.is_reminder_true(notice.facts["minutes_before"], starts_at=booking.starts_at, now=now)
    if booking.status not in AWAITED or not _as_told(notice, booking) or not helps:
        return None
    return await _with_booking(notice)


async def _cancelled(notice: Notice, now: datetime) -> Row | None:
    """Always told; whether they are first in line for the same time is looked up here."""
    told = notice.facts["booking"]
    if notice.facts["because"] != "maintenance":
        return notice.facts
    waiting = await waitlists.mine(member_id=notice.member_id, page=1, limit=waitlists.ENTRIES_MAX)
    is_first = any(
        entry.priority == 0
        and entry.resource_id == told["resource_id"]
        and entry.window_starts_at < told["ends_at"]
        and told["starts_at"] < entry.window_ends_at
        for entry in waiting.items
    )
    return {**notice.facts, "is_first": is_first}


async def _hold_lapsed(notice: Notice, now: datetime) -> Row | None:
    """Still lapsed, or taken by the operator: money that had landed in time may have confirmed it since."""
    is_over = (await _booking(notice)).status in (Status.EXPIRED, Status.CANCELLED)
    return notice.facts if is_over else None


# sessions


def _while_status(*statuses: Status, until_start: bool = False) -> Check:
    """True while the booking has one of these states and its time is not over, or not come."""

    async def check(notice: Notice, now: datetime) -> Row | None:
        booking = await _booking(notice)
        over_at = booking.starts_at if until_start else booking.ends_at
        if booking.status not in statuses or over_at <= now or not _as_told(notice, booking):
            return None
        return await _with_booking(notice)

    return check


async def _late(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    if not bookings.is_unready(booking, now) or not _as_told(notice, booking):
        return None
    return await _with_booking(notice)


async def _ends_soon(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    if booking.status is not Status.ACTIVE or booking.ends_at <= now or not _as_told(notice, booking):
        return None
    return {**notice.facts, "extensions": await extensions(booking.id, now=now)}


async def _overstayed(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    stays = booking.status is Status.ACTIVE and booking.ends_at <= now and _as_told(notice, booking)
    return notice.facts if stays else None


# waitlist


async def _offer_made(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    if booking.status is not Status.HELD or not booking.is_offer:
        return None
    if booking.hold_expires_at is None or booking.hold_expires_at <= now:
        return None
    return await _with_balance(notice, now)


async def _offer_lapsed(notice: Notice, now: datetime) -> Row | None:
    entry = await waitlists.get(entry_id=notice.facts["entry_id"], actor=people.SYSTEM)
    return notice.facts if entry.status is waitlists.Status.LAPSED else None


# money


async def _payment_received(notice: Notice, now: datetime) -> Row | None:
    facts = await _with_balance(notice, now)
    if facts["booking"] is None:
        return facts
    booking = await _booking(notice)
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


async def _tokens_low(notice: Notice, now: datetime) -> Row | None:
    facts = await _with_balance(notice, now)
    return facts if facts["balance_tokens"] < facts["threshold_tokens"] else None


async def _tokens_expiring(notice: Notice, now: datetime) -> Row | None:
    """What is left of the lots that were told of."""
    wallet = await wallets.of(notice.member_id)
    lapsing = [
        (lot.expires_at, lot.remaining)
        for lot in wallet.lots
        if lot.expires_at is not None and now < lot.expires_at <= notice.facts["until_at"]
    ]
    if not lapsing:
        return None
    facts = await _with_balance(notice, now)
    return {**facts, "tokens": sum(tokens for _, tokens in lapsing), "expires_at": min(lapsing)[0]}


async def _debt(notice: Notice, now: datetime) -> Row | None:
    """With what is owed by now."""
    return {**await _with_balance(notice, now), "owed_tokens": (await wallets.of(notice.member_id)).owed_tokens}


# people and the office


async def _role_changed(notice: Notice, now: datetime) -> Row | None:
    member = await people.get(notice.member_id)
    return notice.facts if member.role == notice.facts["role"] else None


async def _account_disabled(notice: Notice, now: datetime) -> Row | None:
    return None if (await people.get(notice.member_id)).is_active else notice.facts


async def _account_enabled(notice: Notice, now: datetime) -> Row | None:
    return notice.facts if (await people.get(notice.member_id)).is_active else None


async def _resource_off(notice: Notice, now: datetime) -> Row | None:
    """Still off, and with how many bookings now."""
    facts = notice.facts
    if facts["what"] == "venue":
        venue = await resources.venue(facts["subject_id"])
        ids = [one.id for one in await resources.at_venue(venue.id, limit=VENUE_RESOURCES_MAX)]
        is_off = venue.status is not resources.VenueStatus.OPEN
    else:
        resource = await resources.get(facts["subject_id"])
        ids, is_off = [resource.id], resource.status is not resources.ResourceStatus.AVAILABLE
    return {**facts, "coming": await coming_bookings(ids, now=now)} if is_off else None


async def _unready(notice: Notice, now: datetime) -> Row | None:
    booking = await _booking(notice)
    is_awaited = booking.status is Status.PREPARING or bookings.is_unready(booking, now)
    return notice.facts if is_awaited and _as_told(notice, booking) else None


async def _preparation_failed(notice: Notice, now: datetime) -> Row | None:
    """A rack that could not be cleared stays so whatever becomes of the booking."""
    return await _unready(notice, now) if notice.facts["is_preparation"] else notice.facts


CHECKS: dict[Kind, Check] = {
    Kind.BOOKING_CONFIRMED: _booked,
    Kind.AUTO_BOOKED: _booked,
    Kind.BOOKING_RESCHEDULED: _booked,
    Kind.BOOKING_MOVED: _booked,
    Kind.BOOKING_EXTENDED: _booked,
    Kind.BOOKING_CANCELLED: _cancelled,
    Kind.HOLD_LAPSED: _hold_lapsed,
    Kind.REMINDER_24H: _reminder,
    Kind.REMINDER_30M: _reminder,
    Kind.SESSION_PREPARING: _while_status(Status.PREPARING, until_start=True),
    Kind.SESSION_READY: _while_status(Status.READY, Status.ACTIVE),
    Kind.SESSION_LATE: _late,
    Kind.SESSION_STARTED: _while_status(Status.ACTIVE),
    Kind.SESSION_ENDS_SOON: _ends_soon,
    Kind.SESSION_OVERSTAYED: _overstayed,
    Kind.OFFER_MADE: _offer_made,
    Kind.OFFER_LAPSED: _offer_lapsed,
    Kind.PAYMENT_RECEIVED: _payment_received,
    Kind.PAYMENT_FAILED: _payment_failed,
    Kind.TOKENS_ADJUSTED: _with_balance,
    Kind.TOKENS_LOW: _tokens_low,
    Kind.TOKENS_EXPIRING: _tokens_expiring,
    Kind.DEBT_SETTLED: _debt,
    Kind.DEBT_FORGIVEN: _debt,
    Kind.ROLE_CHANGED: _role_changed,
    Kind.ACCOUNT_DISABLED: _account_disabled,
    Kind.ACCOUNT_ENABLED: _account_enabled,
    Kind.RESOURCE_OFF: _resource_off,
    Kind.PREPARATION_FAILED: _preparation_failed,
    Kind.BOOKING_UNREADY: _unready,
}
"""Kinds that are not here stay true whatever happens: a session that was missed, a receipt, an alarm."""
