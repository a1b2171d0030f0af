"""Terms as arithmetic: what comes back, how long a hold lasts, which states follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain import resources
from domain.bookings.errors import InvalidPeriod
from domain.bookings.models import AWAITED, REMINDERS_MINUTES, TRANSITIONS, Booking, Purpose, Status
from domain.resources import (
    CancellationTerms,
    OffGrid,
    OutsideOpeningHours,
    OvertimeTerms,
    Place,
    Resource,
    ResourceUnavailable,
    TooLong,
    Venue,
)

SERIES_WEEKS_MIN, SERIES_WEEKS_MAX = 2, 8
CONCURRENT_MAX = 10
"""Open bookings (held, confirmed or active) one member may have at once."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOLD_MINUTES = 10
PAID_LATE_MINUTES = 60
"""A payment this soon after a hold lapsed was meant for it."""

NO_SHOW_MINUTES = 15
"""Who has not checked in by then has not come."""
CHECK_IN_EARLY_MINUTES = 30
OVERSTAY_MAX_MINUTES = 24 * 60
"""Who has not checked out this long after the end is checked out by time; more is never charged."""
ENDS_SOON_MINUTES = 10

MAINTENANCE_DAYS_MAX = 31
MAINTENANCE_CELLS_MAX = 60_000
"""What one transaction writes in a second or two: twenty racks for a month."""


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


def returned_by_moving(booking: Booking, *, by_operator: bool, now: datetime) -> int:
    """Tokens that come back for having other times: what cancelling now would return, or all by an operator."""
    return booking.cost_tokens if by_operator else cancellation(booking, now).refund_tokens


def is_movable(booking: Booking, now: datetime) -> bool:
    """Whether it can take place at another time: it is a paid session that has not begun, and nobody is there yet."""
    is_awaited = booking.purpose is Purpose.SESSION and booking.status in AWAITED
    return is_awaited and booking.checked_in_at is None and now < booking.starts_at


def is_prepared(booking: Booking) -> bool:
    """Whether nothing but the member is waited for."""
    if Status.ACTIVE not in TRANSITIONS[booking.status]:
        return False
    return booking.status is Status.READY or booking.prepare_at is None


def has_begun(booking: Booking, now: datetime) -> bool:
    """Whether the session runs: it is active, or nothing is missing for that but that somebody notes it."""
    if booking.purpose is not Purpose.SESSION:
        return False
    is_present = booking.check_in == "none" or booking.checked_in_at is not None
    is_due = is_prepared(booking) and is_present and booking.starts_at <= now
    return booking.status is Status.ACTIVE or (booking.status in AWAITED and is_due)


def is_extendable(booking: Booking, now: datetime) -> bool:
    """Whether it can last longer: it runs, and its end has not come."""
    return has_begun(booking, now) and now < booking.ends_at


def is_unready(booking: Booking, now: datetime) -> bool:
    """Whether its time has come and its rack is not ready, or has not even begun to prepare itself.

    Then another rack or all tokens can be had. One that became ready late is ready.
    """
    is_late = booking.late_told or booking.starts_at <= now
    is_waited_for = booking.status is Status.CONFIRMED and booking.prepare_at is not None and booking.starts_at <= now
    return ((booking.status is Status.PREPARING and is_late) or is_waited_for) and now < booking.ends_at


def check_extension(booking: Booking, place: Place, ends_at: datetime) -> None:
    """Refuse an end that can never be had: only what is added has to lie within the hours, by the rules of today.

    Raises ResourceUnavailable, OffGrid, TooLong, OutsideOpeningHours.
    """
    resource, venue = place.resource, place.venue
    step = timedelta(minutes=resource.slot_minutes)
    times = {"starts_at": booking.ends_at, "ends_at": ends_at}
    if not resources.takes_bookings(resource, venue):
        raise ResourceUnavailable(resource_id=resource.id, status=resource.status.value)
    if (ends_at - booking.ends_at) % step:
        raise OffGrid(**times, slot_minutes=resource.slot_minutes)
    if ends_at - booking.starts_at > resource.max_slots * step:
        raise TooLong(max_slots=resource.max_slots, slot_minutes=resource.slot_minutes)
    if not resources.is_open(resource, venue, booking.ends_at, ends_at):
        raise OutsideOpeningHours(**times)


def check_replacement(booking: Booking, place: Place) -> None:
    """Refuse what is no rack, or could not have been booked for the same time and options, had there been time to.

    Raises the errors of `resources.check`, but those of its window.
    """
    if place.resource.kind != "rack":
        raise ResourceUnavailable(resource_id=place.resource.id, status=place.resource.status.value)
    long_before = booking.starts_at - timedelta(minutes=max(1, place.resource.lead_minutes_min))
    resources.check(place.resource, place.venue, booking.starts_at, booking.ends_at, booking.options, long_before)


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


def reminders_ahead(starts_at: datetime, now: datetime) -> list[int]:
    """Which reminders of a session at `starts_at` still lie ahead."""
    return [minutes for minutes in REMINDERS_MINUTES if starts_at - timedelta(minutes=minutes) > now]


def weekly(venue: Venue, starts_at: datetime, ends_at: datetime, *, weeks: int) -> list[tuple[datetime, datetime]]:
    """The times of a weekly series: each begins when the venue's clock shows the same, and lasts the same true time.

    Where the clock shows that time twice it is the first, where it skips it, the end of the gap, as for opening hours.
    """
    local = starts_at.astimezone(ZoneInfo(venue.timezone))
    later = [
        resources.moment_at(venue, local.date() + timedelta(weeks=number), local.hour * 60 + local.minute)
        for number in range(1, weeks)
    ]
    return [(begins_at, begins_at + (ends_at - starts_at)) for begins_at in [starts_at, *later]]


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


def check_in_window(booking: Booking) -> tuple[datetime, datetime]:
    """From when, and until before when, the member can be checked in: until the end, where the rack was late."""
    opens_at = booking.starts_at - timedelta(minutes=CHECK_IN_EARLY_MINUTES)
    if booking.late_told:
        return opens_at, booking.ends_at
    return opens_at, min(booking.starts_at + timedelta(minutes=NO_SHOW_MINUTES), booking.ends_at)


def end_when_left(starts_at: datetime, left_at: datetime, *, quantum_minutes: int) -> datetime:
    """When a booking ends that is left at this moment: at the end of the quantum that has begun, at least of one."""
    at_least = starts_at + timedelta(minutes=quantum_minutes)
    return max(at_least, round_up(left_at, quantum_minutes=quantum_minutes))


def overtime_minutes(ends_at: datetime, left_at: datetime) -> int:
    """Minutes from the end until the member left, each started one whole; never more than `OVERSTAY_MAX_MINUTES`."""
    return min(max(0, -((ends_at - as_stored(left_at)) // timedelta(minutes=1))), OVERSTAY_MAX_MINUTES)


def overtime_due(terms: OvertimeTerms, minutes: int) -> tuple[int, int]:
    """What so many minutes beyond the end cost, and the penalty for each started hour besides; one rounding, down."""
    price = minutes * terms.price_tokens_per_slot * terms.multiplier_percent
    return price // (terms.slot_minutes * 100), -(-minutes // 60) * terms.penalty_tokens_per_hour


def as_stored(moment: datetime) -> datetime:
    """The moment as the database keeps it: in UTC, to the millisecond."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def round_down(moment: datetime, *, quantum_minutes: int) -> datetime:
    """The last moment of the grid that is not after `moment`."""
    moment = moment.astimezone(UTC)
    return moment - (moment - EPOCH) % timedelta(minutes=quantum_minutes)


def round_up(moment: datetime, *, quantum_minutes: int) -> datetime:
    """The first moment of the grid that is not before `moment`."""
    return (
        -(-(moment.astimezone(UTC) - EPOCH) // timedelta(minutes=quantum_minutes)) * timedelta(minutes=quantum_minutes)
        + EPOCH
    )


def maintenance_period(
    starts_at: datetime, ends_at: datetime, *, quantum_minutes: int, now: datetime
) -> tuple[datetime, datetime]:
    """The whole quanta that a maintenance takes: the period, rounded outwards. It may begin with the present quantum.

    Raises InvalidPeriod (`order`, `past`, `too_long`).
    """
    if ends_at <= starts_at:
        raise InvalidPeriod(problem="order")
    begin = round_down(starts_at, quantum_minutes=quantum_minutes)
    end = round_up(ends_at, quantum_minutes=quantum_minutes)
    if begin < round_down(now, quantum_minutes=quantum_minutes) or ends_at <= now:
        raise InvalidPeriod(problem="past")
    # On the clock a month with 25-hour days is a month.
    if ends_at - starts_at > timedelta(days=MAINTENANCE_DAYS_MAX, hours=1):
        raise InvalidPeriod(problem="too_long", days_max=MAINTENANCE_DAYS_MAX)
    return begin, end


def check_maintenance_cells(quanta_minutes: Sequence[int], starts_at: datetime, ends_at: datetime) -> None:
    """That all the resources with these quanta can be taken in one transaction. Raises InvalidPeriod (`too_much`)."""
    taken = sum((ends_at - starts_at) // timedelta(minutes=each) for each in quanta_minutes)
    if taken > MAINTENANCE_CELLS_MAX:
        raise InvalidPeriod(problem="too_much")
