"""Resources: what can be booked, where it stands, when it is open and what it costs.

Nouns: `Venue` (has the time zone and the opening hours), `Resource` (a lab rack; other kinds later), `Slot` (one place
on the resource's local grid), `Options` (what a person chose of a rack's offer), `Price` (line by line),
`CancellationTerms`, `Place` (a resource with its venue).
Rules: slots are counted in true time from each opening on the venue's clock, so a day with a clock change has its 23
or 25 hours; an opening time that the clock skips is the end of the gap, a closing time that it shows twice is the
later one; hours to 24:00 run on into a next day that opens at 00:00; a booking starts on a slot and lasts whole slots;
turnaround may run past closing time. The advance window counts local calendar days, today being 0. A start is in the
future and at least the lead time away. A slot falls under the first price rule whose window holds its local start; a
rule's line is rounded down, so a fraction is always the member's; options cost once per booking.
Invariants: codes are unique; the quantum (5 or 15 minutes) never changes; slots and turnaround are multiples of it; a
booking lasts a week at most. What was sold keeps its times, price and terms whatever is edited later.
Errors: ResourceNotFound, VenueNotFound, ResourceUnavailable, OffGrid, OutsideOpeningHours, TooSoon, TooFarAhead,
TooShort, TooLong, UnknownOption, CodeTaken, InvalidRack, InvalidVenue.
"""

from domain.resources.errors import (
    CodeTaken,
    InvalidRack,
    InvalidVenue,
    OffGrid,
    OutsideOpeningHours,
    ResourceNotFound,
    ResourceUnavailable,
    TooFarAhead,
    TooLong,
    TooShort,
    TooSoon,
    UnknownOption,
    VenueNotFound,
)
from domain.resources.events import RackAdded, RackChanged, RackRestored, RackRetired, VenueAdded, VenueChanged
from domain.resources.models import (
    LENGTH_MINUTES_MAX,
    RECORDS,
    TURNAROUND_MINUTES_MAX,
    CancellationTerms,
    OpeningInterval,
    Options,
    PreconfigOption,
    PriceRule,
    RackSpec,
    Resource,
    ResourceStatus,
    Venue,
    VenueStatus,
)
from domain.resources.policy import (
    Price,
    PriceLine,
    Slot,
    check,
    day_bounds,
    each_slot,
    earliest_start,
    is_open,
    latest_day,
    local_day,
    open_intervals,
    open_until,
    price,
    slots,
    takes_bookings,
    terms_for,
)
from domain.resources.queries import (
    PLACES_MAX,
    Place,
    aci_versions,
    by_code,
    catalogue,
    get,
    place,
    places,
    venue,
    venues,
)
from domain.resources.service import add_rack, add_venue, edit_rack, edit_venue, restore_rack, retire_rack

__all__ = [
    "LENGTH_MINUTES_MAX", "PLACES_MAX", "RECORDS", "TURNAROUND_MINUTES_MAX", "CancellationTerms", "CodeTaken",
    "InvalidRack", "InvalidVenue", "OffGrid", "OpeningInterval", "Options", "OutsideOpeningHours", "Place",
    "PreconfigOption", "Price", "PriceLine", "PriceRule", "RackAdded", "RackChanged", "RackRestored", "RackRetired",
    "RackSpec", "Resource", "ResourceNotFound", "ResourceStatus", "ResourceUnavailable", "Slot", "TooFarAhead",
    "TooLong", "TooShort", "TooSoon", "UnknownOption", "Venue", "VenueAdded", "VenueChanged", "VenueNotFound",
    "VenueStatus", "aci_versions", "add_rack", "add_venue", "by_code", "catalogue", "check", "day_bounds", "each_slot",
    "earliest_start", "edit_rack", "edit_venue", "get", "is_open", "latest_day", "local_day", "open_intervals",
    "open_until", "place", "places", "price", "restore_rack", "retire_rack", "slots", "takes_bookings", "terms_for",
    "venue", "venues",
]  # fmt: skip
