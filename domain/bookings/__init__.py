"""Bookings: a resource taken for a member, for a time, paid in tokens.

Nouns: `Booking` (a time taken), a *hold* (a booking in the state `held`: cells kept until `hold_expires_at` while the
member buys tokens), a *cell* (one quantum of one resource), *turnaround* (cells after the end that nobody can book),
a *seat* (one of the ten places a member has for open bookings).
States: `held → confirmed → active → completed`; `cancelled` and `expired` (a hold that lapsed) are the other ends.
Every step is a conditional update.
Invariants: no two held bookings share a cell, by the unique index `one_per_cell`; held means cells, each once, by the
collection's validator; a member has one hold and at most ten open bookings, by unique indexes; what a booking cost is
in the ledger under `booking:<id>`, what came back under `booking.cancelled:<id>`.
Rules: a hold lasts ten minutes, less if the start is near, at the price of the moment it was made; a new one ends the
old one. A hold is over at `hold_expires_at`, whether or not it was swept: whoever books those cells ends it. A payment
that lands in time confirms it if tokens suffice; later, the tokens stay in the wallet. Terms are those as sold:
exactly at the boundary everything comes back. Nothing comes back after the start, so members cannot cancel then; an
operator can until the end, and everything comes back. A booking of the operator's own is theirs as a member's. A
disabled member books nothing but may give up and cancel what they have. A completed booking keeps its cells until its
turnaround is over. Nobody but staff learns who has a time.
Errors: SlotTaken, BookingNotFound, BookingAlreadyStarted, NotCancellable, HoldLapsed, PriceChanged, TooManyBookings;
KeyReused, MemberDisabled and InsufficientBalance come from the rooms below.
"""

from domain.bookings.errors import (
    BookingAlreadyStarted,
    BookingNotFound,
    HoldLapsed,
    NotCancellable,
    PriceChanged,
    SlotTaken,
    TooManyBookings,
)
from domain.bookings.events import (
    BookingCancelled,
    BookingCancelledByOffice,
    BookingCompleted,
    BookingConfirmed,
    BookingEvent,
    BookingHeld,
    BookingStarted,
    HoldHasLapsed,
    HoldReleased,
    HoldStillShort,
    PaidTooLate,
)
from domain.bookings.models import RECORDS, Booking, Purpose, Status
from domain.bookings.policy import (
    CONCURRENT_MAX,
    HOLD_MINUTES,
    Cancellation,
    cancellation,
    free_cancellation_until,
    refund_due_tokens,
    refund_percent,
)
from domain.bookings.queries import (
    Busy,
    DayLoad,
    DayView,
    DurationChoice,
    Quote,
    SlotView,
    by_code,
    current_hold,
    day,
    durations,
    free_between,
    get,
    month,
    next_free,
    past,
    quote,
    taken,
    today,
    upcoming,
)
from domain.bookings.service import (
    book,
    cancel,
    complete_due,
    confirm,
    confirm_paid,
    hold,
    lapse_holds,
    release,
    start_due,
)
from domain.kernel import KeyReused
from domain.people import MemberDisabled

__all__ = [
    "CONCURRENT_MAX", "HOLD_MINUTES", "RECORDS", "Booking", "BookingAlreadyStarted", "BookingCancelled",
    "BookingCancelledByOffice",
    "BookingCompleted", "BookingConfirmed", "BookingEvent", "BookingHeld", "BookingNotFound", "BookingStarted", "Busy",
    "Cancellation", "DayLoad", "DayView", "DurationChoice", "HoldHasLapsed", "HoldLapsed", "HoldReleased",
    "HoldStillShort", "KeyReused", "MemberDisabled", "NotCancellable", "PaidTooLate", "PriceChanged", "Purpose",
    "Quote", "SlotTaken", "SlotView", "Status", "TooManyBookings", "book", "by_code", "cancel", "cancellation",
    "complete_due", "confirm", "confirm_paid", "current_hold", "day", "durations", "free_between",
    "free_cancellation_until", "get", "hold", "lapse_holds", "month", "next_free", "past", "quote", "refund_due_tokens",
    "refund_percent", "release", "start_due", "taken", "today", "upcoming",
]  # fmt: skip
