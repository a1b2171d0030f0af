"""Resources: what can be booked, where it stands, when it is open and what it costs.

Nouns: `Venue` (has the time zone and the opening hours), `Resource` (a lab rack, a study seat or a parking slot),
`Slot` (one place on the resource's local grid), `Options` (what a person chose of a rack's offer, or the vehicle they
bring to a parking slot: other kinds refuse it), `Price` (line by line), `CancellationTerms`, `Place` (a resource with
its venue).
Rules: slots are counted in true time from each opening on the venue's clock, so a day with a clock change has its 23
or 25 hours; an opening time that the clock skips is the end of the gap, a closing time that it shows twice is the
later one; hours to 24:00 run on into a next day that opens at 00:00; a booking starts on a slot and lasts whole slots;
turnaround may run past closing time. The advance window counts local calendar days, today being 0. A start is in the
future and at least the lead time away. A slot falls under the first price rule whose window holds its local start; a
rule's line is rounded down, so a fraction is always the member's; options cost once per booking.
Invariants: codes are unique; the quantum (5 or 15 minutes) and the venue of a resource never change; parking slots
require a check-in, so that who never came pays no overtime; slots and turnaround are multiples of it; a
booking lasts a week at most. What was sold keeps its times, price and terms whatever is edited later.
Errors: ResourceNotFound, VenueNotFound, ResourceUnavailable, OffGrid, OutsideOpeningHours, TooSoon, TooFarAhead,
TooShort, TooLong, UnknownOption, CodeTaken, InvalidResource, InvalidVenue.
"""

from domain.resources.errors import (
    CodeTaken,
    InvalidResource,
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
from domain.resources.events import (
    ResourceAdded,
    ResourceChanged,
    ResourceRestored,
    ResourceRetired,
    VenueAdded,
    VenueChanged,
)
from domain.resources.models import (
    LENGTH_MINUTES_MAX,
    RECORDS,
    TURNAROUND_MINUTES_MAX,
    CancellationTerms,
    Hooks,
    Kind,
    OpeningInterval,
    Options,
    OvertimeTerms,
    ParkingSpec,
    Part,
    PreconfigOption,
    PriceRule,
    RackSpec,
    Resource,
    ResourceStatus,
    SeatSpec,
    VehicleType,
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
    moment_at,
    open_intervals,
    open_until,
    overtime_for,
    price,
    slots,
    takes_bookings,
    terms_for,
)
from domain.resources.queries import (
    PLACES_MAX,
    UNKNOWN_SECONDS,
    Area,
    Place,
    aci_versions,
    areas,
    at_venue,
    by_code,
    catalogue,
    get,
    kinds,
    place,
    places,
    vehicle_types,
    venue,
    venues,
)
from domain.resources.service import (
    add_resource,
    add_venue,
    edit_resource,
    edit_venue,
    restore_resource,
    retire_resource,
)

__all__ = [
    "LENGTH_MINUTES_MAX", "PLACES_MAX", "RECORDS", "TURNAROUND_MINUTES_MAX", "UNKNOWN_SECONDS", "Area",
    "CancellationTerms", "CodeTaken", "Hooks", "InvalidResource", "InvalidVenue", "Kind", "OffGrid",
    "OpeningInterval", "Options", "OutsideOpeningHours", "OvertimeTerms", "ParkingSpec", "Part", "Place",
    "PreconfigOption", "Price", "PriceLine", "PriceRule", "RackSpec", "Resource", "ResourceAdded", "ResourceChanged",
    "ResourceNotFound", "ResourceRestored", "ResourceRetired", "ResourceStatus", "ResourceUnavailable", "SeatSpec",
    "Slot", "TooFarAhead", "TooLong", "TooShort", "TooSoon", "UnknownOption", "VehicleType", "Venue", "VenueAdded",
    "VenueChanged", "VenueNotFound", "VenueStatus", "aci_versions", "add_resource", "add_venue", "areas", "at_venue",
    "by_code", "catalogue", "check", "day_bounds", "each_slot", "earliest_start", "edit_resource", "edit_venue",
    "get", "is_open", "kinds", "latest_day", "local_day", "moment_at", "open_intervals", "open_until", "overtime_for",
    "place", "places", "price", "restore_resource", "retire_resource", "slots", "takes_bookings", "terms_for",
    "vehicle_types", "venue", "venues",
]  # fmt: skip
