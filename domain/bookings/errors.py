"""What people may be told no for about bookings."""

from domain.kernel import Conflict, LimitReached, NotFound


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
