"""What people may be told no for about racks, venues and times."""

from domain.kernel import Conflict, Invalid, NotFound


class ResourceNotFound(NotFound):
    """No such resource."""

    code = "RESOURCE_NOT_FOUND"
    number = 3101


class VenueNotFound(NotFound):
    """No such venue."""

    code = "VENUE_NOT_FOUND"
    number = 3102


class ResourceUnavailable(Conflict):
    """The resource or its venue takes no bookings now; facts: resource_id, status."""

    code = "RESOURCE_UNAVAILABLE"
    number = 3103


class OffGrid(Invalid):
    """The times do not lie on the resource's slots; facts: starts_at, ends_at, slot_minutes."""

    code = "OFF_GRID"
    number = 3104


class OutsideOpeningHours(Invalid):
    """The venue is closed for some of the time; facts: starts_at, ends_at."""

    code = "OUTSIDE_OPENING_HOURS"
    number = 3105


class TooSoon(Invalid):
    """The start is past or within the lead time; facts: earliest_at."""

    code = "TOO_SOON"
    number = 3106


class TooFarAhead(Invalid):
    """The day is beyond the advance window; facts: advance_days_max, latest_on (the last day, ISO, at the venue)."""

    code = "TOO_FAR_AHEAD"
    number = 3107


class TooShort(Invalid):
    """Fewer slots than the least; facts: min_slots, slot_minutes."""

    code = "TOO_SHORT"
    number = 3108


class TooLong(Invalid):
    """More slots than the most; facts: max_slots, slot_minutes."""

    code = "TOO_LONG"
    number = 3109


class UnknownOption(Invalid):
    """The resource does not offer this option, or it was named twice; facts: option."""

    code = "UNKNOWN_OPTION"
    number = 3110


class CodeTaken(Conflict):
    """Another rack or venue has this code; facts: code."""

    code = "CODE_TAKEN"
    number = 3111


class InvalidResource(Invalid):
    """The description of a rack cannot be right; facts: field, problem."""

    code = "INVALID_RESOURCE"
    number = 3112


class InvalidVenue(Invalid):
    """The description of a venue cannot be right; facts: field, problem."""

    code = "INVALID_VENUE"
    number = 3113
