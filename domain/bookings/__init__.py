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
    AffectedChanged,
    AlreadyCheckedIn,
    BookingAlreadyStarted,
    BookingNotFound,
    CheckInClosed,
    HoldLapsed,
    InvalidPeriod,
    InvalidSeries,
    InvalidTicket,
    NotCancellable,
    NotCheckedIn,
    NotExtendable,
    NotPreparing,
    NotReschedulable,
    OtherVenue,
    PriceChanged,
    SeriesClashes,
    SlotTaken,
    TooManyBookings,
    VehicleRequired,
)
from domain.bookings.events import (
    BookingCancelled,
    BookingCancelledByOffice,
    BookingCheckedIn,
    BookingCheckedOut,
    BookingCompleted,
    BookingConfirmed,
    BookingEndsSoon,
    BookingEvent,
    BookingExtended,
    BookingHeld,
    BookingLate,
    BookingNoShow,
    BookingOverstayed,
    BookingPreparing,
    BookingReady,
    BookingRescheduled,
    BookingStarted,
    HoldHasLapsed,
    HoldReleased,
    HoldStillShort,
    MaintenanceEnded,
    MaintenanceReserved,
    OfferMade,
    PaidTooLate,
    PreparationOverridden,
    ReminderDue,
)
from domain.bookings.models import (
    AWAITED,
    NOBODY,
    OPEN,
    RECORDS,
    REMINDERS_MINUTES,
    Booking,
    Purpose,
    Spending,
    Status,
)
from domain.bookings.policy import (
    CHECK_IN_EARLY_MINUTES,
    CONCURRENT_MAX,
    ENDS_SOON_MINUTES,
    HOLD_MINUTES,
    NO_SHOW_MINUTES,
    Cancellation,
    cancellation,
    free_cancellation_until,
    is_reminder_true,
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
    STEPS,
    book,
    cancel,
    claim_due,
    complete_due,
    confirm,
    confirm_paid,
    hold,
    lapse_holds,
    pass_time,
    release,
    start_due,
    take_due,
)
from domain.kernel import KeyReused
from domain.people import MemberDisabled

__all__ = [
    "AWAITED", "CHECK_IN_EARLY_MINUTES", "CONCURRENT_MAX", "ENDS_SOON_MINUTES", "HOLD_MINUTES", "NOBODY",
    "NO_SHOW_MINUTES", "OPEN", "RECORDS", "REMINDERS_MINUTES", "STEPS", "AffectedChanged", "AlreadyCheckedIn",
    "Booking", "BookingAlreadyStarted", "BookingCancelled", "BookingCancelledByOffice", "BookingCheckedIn",
    "BookingCheckedOut", "BookingCompleted", "BookingConfirmed", "BookingEndsSoon", "BookingEvent", "BookingExtended",
    "BookingHeld", "BookingLate", "BookingNoShow", "BookingNotFound", "BookingOverstayed", "BookingPreparing",
    "BookingReady", "BookingRescheduled", "BookingStarted", "Busy", "Cancellation", "CheckInClosed", "DayLoad",
    "DayView", "DurationChoice", "HoldHasLapsed", "HoldLapsed", "HoldReleased", "HoldStillShort", "InvalidPeriod",
    "InvalidSeries", "InvalidTicket", "KeyReused", "MaintenanceEnded", "MaintenanceReserved", "MemberDisabled",
    "NotCancellable", "NotCheckedIn", "NotExtendable", "NotPreparing", "NotReschedulable", "OfferMade", "OtherVenue",
    "PaidTooLate", "PreparationOverridden", "PriceChanged", "Purpose", "Quote", "ReminderDue", "SeriesClashes",
    "SlotTaken", "SlotView", "Spending", "Status", "TooManyBookings", "VehicleRequired", "book", "by_code", "cancel",
    "cancellation", "claim_due", "complete_due", "confirm", "confirm_paid", "current_hold", "day", "durations",
    "free_between", "free_cancellation_until", "get", "hold", "is_reminder_true", "lapse_holds", "month", "next_free",
    "pass_time", "past", "quote", "refund_due_tokens", "refund_percent", "release", "start_due", "take_due", "taken",
    "today", "upcoming",
]  # fmt: skip
