"""Bookings: a resource taken for a member, for a time, paid in tokens.

Nouns: `Booking` (a time taken), a *hold* (a booking in the state `held`: cells kept until `hold_expires_at` while the
member buys tokens), a *cell* (one quantum of one resource), *turnaround* (cells after the end that nobody can book),
a *seat* (one of the ten places a member has for open bookings), a *ticket* (the signed code of one booking, by which
staff check its member in), *overtime* (minutes beyond the end of a booking that has terms for them), a *series* (two
to eight weekly bookings that share `series_id`, the id of the first).
States: `held → confirmed → (preparing → ready →) active → completed`; `cancelled`, `no_show` and `expired` (a hold that
lapsed) are the other ends. Every step is a conditional update.
Invariants: no two held bookings share a cell, by the unique index `one_per_cell`; held means cells, each once, by the
collection's validator; a member has one hold and at most ten open bookings, by unique indexes; what a booking cost is
in the ledger under `booking:<id>`, what came back under `booking.cancelled:<id>`; for the times of its nth move under
`booking:<id>:<n>`, and what that returned of the times before under `booking.moved:<id>:<n>`.
Rules: a hold lasts ten minutes, less if the start is near, at the price of the moment it was made; a new one ends the
old one. A hold is over at `hold_expires_at`, whether or not it was swept: whoever books those cells ends it. A payment
that lands in time confirms it if tokens suffice; later, the tokens stay in the wallet. Terms are those as sold:
exactly at the boundary everything comes back. Nothing comes back after the start, so members cannot cancel then; an
operator can until the end, and everything comes back. A booking of the operator's own is theirs as a member's. A
disabled member books nothing but may give up and cancel what they have. A completed booking keeps its cells until its
turnaround is over. Nobody but staff learns who has a time. Who owes something neither books nor holds, free of charge
or not, until it is settled. A parking slot is booked, held, quoted and moved to for a vehicle of the member's own that
was not removed and is of the slot's type.
Moving: before the start, unless checked in early, a booking can have other times, options or another resource by the
rules and prices of today: what cancelling now would return comes back (everything, when an operator moves it), then the
new price is spent, as any other: nor can an operator move a booking of who owes something. It stays the same booking
under new terms, and its reminders and preparation begin anew. While it is active, its end can be moved for the price of
what is added, within the limit of its whole length. A move is known again by its key (the last twenty of a booking),
and so is the command that made a booking that was moved since. A rack that is not ready at the start: its member takes
another one for the same time at no cost, or has everything back; who does neither has everything back at the end. So it
is too where a rack cannot prepare itself in time, because it does for a later booking already: one taken at short
notice before that waits, is late at its start, and may leave likewise (no rack that is prepared for others is offered
to it). Ready late is ready, at full price for what is left; at the end it is too late, and everything comes back. Who
waits for a rack asks again every 15 seconds, and holds nobody else up.
Series: each week begins when the venue's clock shows the same and lasts the same true time; a time that the clock shows
twice is the first, one that it skips the end of the gap. All weeks are booked or none; each is a booking by itself.
Offers: an offer (`is_offer`) is a hold for the next in line, made and ended by the waitlist (`offer`, `take_up`,
`release_offer`); money confirms a member's own hold, never an offer they did not take up. Taken up without enough
tokens it becomes their own hold, anew for ten minutes.
Attending: where check-in is required, staff of the venue check the member in once, from 30 minutes before the start
until before 15 minutes after it; who has not come by then is a no-show, the time is free and nothing comes back. Whose
rack was not ready at the start may come until the end, told of it or not. A booking that is checked in begins at its
start: whether or not step `start` has noted it, its member can leave or stay longer (`has_begun`). A ticket stays
good when the booking is rescheduled. The member, or staff, may check out of what is active: early, it ends with the
quantum that has begun and the rest is free; nothing comes back. With overtime terms it stays active beyond its end
until somebody checks out, after 24 hours by time; each started minute costs, each started hour the penalty besides,
posted once under `booking.overtime:<id>`. What became active only after its end, because nobody was there to note its
start, costs no overtime: nobody knows how long somebody stayed. Who has the slot next is not told that somebody still
stands there, nor are staff, but by `present` and the notice to whoever overstays.
Maintenance: bookings of the operator's (`purpose`, member `NOBODY`), parts of a week at most that share `series_id`,
take the cells of one resource or of all at a venue, so that the same index keeps everybody out. A period is rounded
outwards to the quantum, lasts 31 days at most, may begin with the present quantum, and meets 200 bookings at most.
Whoever is in it (turnaround included, unless only that is left of it) is called off and gets everything back, also when
running; holds and offers are given up; the operator confirms how many. Its key is known again, with the same facts
only. What is outside other opening hours or closed days, or comes to a resource that is withdrawn, stays, unless the
operator has it called off in the same transaction (`withdraw`, `change_hours`). Booking reads what a resource is
without holding it still, so at that very moment a booking can slip in beside the transaction; some 24 seconds later,
when none can any more, a second look (`BookingsCalledOff`) calls off with everything back what lies there still and
should not. Whoever switches off or changes hours without calling off keeps what slipped in as they keep the rest.
Errors: SlotTaken, BookingNotFound, BookingAlreadyStarted, NotCancellable, HoldLapsed, PriceChanged, TooManyBookings,
NotReschedulable, NotExtendable, NotPreparing, SeriesClashes, InvalidSeries, InvalidTicket, OtherVenue,
AlreadyCheckedIn, CheckInClosed, NotCheckedIn, VehicleRequired, AffectedChanged, InvalidPeriod; KeyReused,
MemberDisabled, InsufficientBalance and DebtOutstanding come from the rooms below.
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
    BookingRescheduledByOffice,
    BookingsCalledOff,
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
    TRANSITIONS,
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
    MAINTENANCE_DAYS_MAX,
    NO_SHOW_MINUTES,
    OVERSTAY_MAX_MINUTES,
    SERIES_WEEKS_MAX,
    SERIES_WEEKS_MIN,
    Cancellation,
    cancellation,
    check_in_window,
    free_cancellation_until,
    has_begun,
    is_extendable,
    is_movable,
    is_reminder_true,
    is_unready,
    overtime_due,
    overtime_minutes,
    refund_due_tokens,
    refund_percent,
)
from domain.bookings.queries import (
    AFFECTED_MAX,
    Busy,
    Count,
    DayLoad,
    DayView,
    DurationChoice,
    ExtensionChoice,
    Maintenance,
    Occupancy,
    Occurrence,
    Quote,
    RescheduleQuote,
    SeriesQuote,
    SlotView,
    affected,
    alternatives,
    arrivals,
    by_code,
    coming,
    current_hold,
    day,
    durations,
    extension_choices,
    free_between,
    get,
    maintenances,
    month,
    next_free,
    occupancy,
    of_series,
    outside_hours,
    past,
    present,
    quote,
    require_vehicle,
    reschedule_quote,
    series_quote,
    taken,
    today,
    upcoming,
)
from domain.bookings.service import (
    STEPS,
    book,
    book_for,
    book_series,
    call_off_late,
    cancel,
    cancel_series,
    change_hours,
    check_in,
    check_out,
    claim_due,
    complete_due,
    confirm,
    confirm_paid,
    end_maintenance,
    extend,
    hold,
    lapse_holds,
    mark_ready,
    offer,
    pass_time,
    refund_unready,
    release,
    release_offer,
    reschedule,
    reserve_maintenance,
    start_due,
    take_due,
    take_other,
    take_up,
    withdraw,
)
from domain.bookings.tickets import read_ticket, ticket
from domain.kernel import KeyReused
from domain.people import MemberDisabled

__all__ = [
    "AFFECTED_MAX", "AWAITED", "CHECK_IN_EARLY_MINUTES", "CONCURRENT_MAX", "ENDS_SOON_MINUTES", "HOLD_MINUTES",
    "MAINTENANCE_DAYS_MAX", "NOBODY", "NO_SHOW_MINUTES", "OPEN", "OVERSTAY_MAX_MINUTES", "RECORDS",
    "REMINDERS_MINUTES", "SERIES_WEEKS_MAX", "SERIES_WEEKS_MIN", "STEPS", "TRANSITIONS", "AffectedChanged",
    "AlreadyCheckedIn", "Booking", "BookingAlreadyStarted", "BookingCancelled", "BookingCancelledByOffice",
    "BookingCheckedIn", "BookingCheckedOut", "BookingCompleted", "BookingConfirmed", "BookingEndsSoon",
    "BookingEvent", "BookingExtended", "BookingHeld", "BookingLate", "BookingNoShow", "BookingNotFound",
    "BookingOverstayed", "BookingPreparing", "BookingReady", "BookingRescheduled", "BookingRescheduledByOffice",
    "BookingStarted", "BookingsCalledOff", "Busy", "Cancellation", "CheckInClosed", "Count", "DayLoad", "DayView",
    "DurationChoice", "ExtensionChoice", "HoldHasLapsed", "HoldLapsed", "HoldReleased", "HoldStillShort",
    "InvalidPeriod", "InvalidSeries", "InvalidTicket", "KeyReused", "Maintenance", "MaintenanceEnded",
    "MaintenanceReserved", "MemberDisabled", "NotCancellable", "NotCheckedIn", "NotExtendable", "NotPreparing",
    "NotReschedulable", "Occupancy", "Occurrence", "OfferMade", "OtherVenue", "PaidTooLate", "PreparationOverridden",
    "PriceChanged", "Purpose", "Quote", "ReminderDue", "RescheduleQuote", "SeriesClashes", "SeriesQuote", "SlotTaken",
    "SlotView", "Spending", "Status", "TooManyBookings", "VehicleRequired", "affected", "alternatives", "arrivals",
    "book", "book_for", "book_series", "by_code", "call_off_late", "cancel", "cancel_series", "cancellation",
    "change_hours", "check_in", "check_in_window", "check_out", "claim_due", "coming", "complete_due", "confirm",
    "confirm_paid", "current_hold", "day", "durations", "end_maintenance", "extend", "extension_choices",
    "free_between", "free_cancellation_until", "get", "has_begun", "hold", "is_extendable", "is_movable",
    "is_reminder_true", "is_unready", "lapse_holds", "maintenances", "mark_ready", "month", "next_free", "occupancy",
    "of_series", "offer", "outside_hours", "overtime_due", "overtime_minutes", "pass_time", "past", "present",
    "quote", "read_ticket", "refund_due_tokens", "refund_percent", "refund_unready", "release", "release_offer",
    "require_vehicle", "reschedule", "reschedule_quote", "reserve_maintenance", "series_quote", "start_due",
    "take_due", "take_other", "take_up", "taken", "ticket", "today", "upcoming", "withdraw",
]  # fmt: skip
