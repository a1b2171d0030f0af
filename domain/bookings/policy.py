"""Terms as arithmetic: what comes back, how long a hold lasts, which states follow."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.bookings.models import REMINDERS_MINUTES, Booking, Status
from domain.resources import CancellationTerms, Resource

CONCURRENT_MAX = 10
"""Open bookings (held, confirmed or active) one member may have at once."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOLD_MINUTES = 10
PAID_LATE_MINUTES = 60
"""A payment this soon after a hold lapsed was meant for it."""

NO_SHOW_MINUTES = 15
"""Who has not checked in by then has not come."""
CHECK_IN_EARLY_MINUTES = 30
ENDS_SOON_MINUTES = 10


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """What cancelling now would mean; `free_until` is the last moment at which everything comes back."""

    refund_tokens: int
    kept_tokens: int
    percent: int
    free_until: datetime


def refund_percent(*, notice: timedelta, terms: CancellationTerms) -> int:
    """How much comes back for cancelling `notice` before the start; the full-refund boundary itself is still full."""
    if notice <= timedelta(0):
        return 0
    return 100 if notice >= timedelta(hours=terms.full_refund_hours) else terms.late_percent


def refund_due_tokens(cost_tokens: int, *, notice: timedelta, terms: CancellationTerms) -> int:
    """Tokens to return for cancelling `notice` before the start; fractions round down."""
    return cost_tokens * refund_percent(notice=notice, terms=terms) // 100


def cancellation(booking: Booking, now: datetime) -> Cancellation:
    """What the member gets back for cancelling now, by the terms as sold; a mere hold has cost nothing yet."""
    paid_tokens = 0 if booking.status is Status.HELD else booking.cost_tokens
    notice = booking.starts_at - now
    refund_tokens = refund_due_tokens(paid_tokens, notice=notice, terms=booking.terms)
    return Cancellation(
        refund_tokens=refund_tokens,
        kept_tokens=paid_tokens - refund_tokens,
        percent=refund_percent(notice=notice, terms=booking.terms),
        free_until=free_cancellation_until(booking.starts_at, booking.terms),
    )


def free_cancellation_until(starts_at: datetime, terms: CancellationTerms) -> datetime:
    """The last moment at which cancelling returns everything."""
    return starts_at - timedelta(hours=terms.full_refund_hours)


def prepare_at(resource: Resource, starts_at: datetime) -> datetime | None:
    """When the resource begins to prepare itself for a session at `starts_at`; None if it does not."""
    hooks = resource.rack.hooks if resource.rack else None
    if hooks is None or not hooks.prepares:
        return None
    return starts_at - timedelta(minutes=hooks.lead_minutes)


def is_reminder_true(minutes: int, *, starts_at: datetime, now: datetime) -> bool:
    """Whether reminding still helps: the start lies ahead, and a reminder nearer to it is not due as well."""
    nearer = [other for other in REMINDERS_MINUTES if other < minutes]
    return now < starts_at - timedelta(minutes=max(nearer, default=0))


def hold_expiry(starts_at: datetime, now: datetime) -> datetime:
    """When a hold made now lapses: after `HOLD_MINUTES`, and at the start at the latest."""
    return min(now + timedelta(minutes=HOLD_MINUTES), starts_at)


def free_seat(taken: Collection[int]) -> int | None:
    """The first of the member's `CONCURRENT_MAX` places that is not taken."""
    return next((seat for seat in range(CONCURRENT_MAX) if seat not in taken), None)


def likely_seat(starts_at: datetime) -> int:
    """A place that is probably free, told by the start alone: times on following days or hours give different ones."""
    days, seconds = divmod((starts_at - EPOCH).total_seconds(), 86_400)
    return int(3 * days + seconds // 3600) % CONCURRENT_MAX
