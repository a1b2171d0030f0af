"""What people may be told no for about bookings."""

from domain.kernel import Conflict, Invalid, LimitReached, NotFound


class BookingNotFound(NotFound):
    """No such booking, or it is somebody else's."""

    code = "BOOKING_NOT_FOUND"
    number = 3201


class SlotTaken(Conflict):
    """Somebody has some of these cells; facts: resource_id, starts_at, ends_at."""

    code = "SLOT_TAKEN"
    number = 3202


class BookingAlreadyStarted(Conflict):
    """It has begun: nothing would come back, and it can no longer be cancelled; facts: booking_id, starts_at."""

    code = "BOOKING_ALREADY_STARTED"
    number = 3203


class NotCancellable(Conflict):
    """It has ended, or is no longer a mere hold; facts: booking_id, status."""

    code = "NOT_CANCELLABLE"
    number = 3204


class HoldLapsed(Conflict):
    """The hold is over, the time is free for others; facts: booking_id, hold_expires_at."""

    code = "HOLD_LAPSED"
    number = 3205


class PriceChanged(Conflict):
    """It costs something else than the member was shown; facts: expected_tokens, cost_tokens."""

    code = "PRICE_CHANGED"
    number = 3206


class TooManyBookings(LimitReached):
    """As many bookings are open as one member may have; facts: open_max."""

    code = "TOO_MANY_BOOKINGS"
    number = 3207


class NotReschedulable(Conflict):
    """It has begun or ended, or is a mere hold; facts: booking_id, status."""

    code = "NOT_RESCHEDULABLE"
    number = 3208


class NotExtendable(Conflict):
    """It is not running, or not longer than before; facts: booking_id, status."""

    code = "NOT_EXTENDABLE"
    number = 3209


class SeriesClashes(Conflict):
    """Some weeks cannot be booked, so none was; facts: clashes, a list of {starts_at, ends_at, code} in order."""

    code = "SERIES_CLASHES"
    number = 3210


class InvalidSeries(Invalid):
    """Not a number of weeks; facts: weeks, weeks_max."""

    code = "INVALID_SERIES"
    number = 3211


class CheckInClosed(Conflict):
    """Too early, or too late, or nothing to check in to; facts: booking_id, status, opens_at, closes_at."""

    code = "CHECK_IN_CLOSED"
    number = 3212


class AlreadyCheckedIn(Conflict):
    """The code was used; facts: booking_id, checked_in_at."""

    code = "ALREADY_CHECKED_IN"
    number = 3213


class InvalidTicket(Invalid):
    """Not a code that we made, or one of a booking that is no more."""

    code = "INVALID_TICKET"
    number = 3214


class OtherVenue(Conflict):
    """The booking is at another venue than the one where this person works; facts: booking_id, venue_id."""

    code = "OTHER_VENUE"
    number = 3215


class NotCheckedIn(Conflict):
    """Nobody is there who could leave; facts: booking_id, status."""

    code = "NOT_CHECKED_IN"
    number = 3216


class VehicleRequired(Invalid):
    """A parking slot is booked for a vehicle of one's own that fits; facts: vehicle_type."""

    code = "VEHICLE_REQUIRED"
    number = 3217


class AffectedChanged(Conflict):
    """Other bookings lie in the period by now than the operator was shown; facts: affected (their number)."""

    code = "AFFECTED_CHANGED"
    number = 3218


class InvalidPeriod(Invalid):
    """Not a period that can be reserved for maintenance; facts: problem."""

    code = "INVALID_PERIOD"
    number = 3219


class NotPreparing(Conflict):
    """There is no preparation to wait for or to end; facts: booking_id, status."""

    code = "NOT_PREPARING"
    number = 3220
