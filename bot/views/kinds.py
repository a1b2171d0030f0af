"""The words of each kind: whole sentences, because languages bend them differently."""

from collections.abc import Collection

from bot.views import wording
from bot.views.reader import Html, Reader
from domain.resources import Area, ParkingSpec, Resource, SeatSpec, VehicleType
from domain.vehicles import Vehicle

VERSIONS_MAX = 80
AMENITIES_MAX = 60


def book_one(reader: Reader, kind: str) -> str:
    """`Book a rack`, for a button and a heading."""
    return {
        "rack": reader.label("Book a rack"), "seat": reader.label("Book a seat"),
        "parking_slot": reader.label("Book a parking slot"),
    }[kind]  # fmt: skip


def book(reader: Reader, kinds: Collection[str]) -> str:
    """The door to booking: the only kind's own words, `Book` when there are several."""
    return reader.label("Book") if len(kinds) > 1 else book_one(reader, next(iter(kinds), "rack"))


def other_one(reader: Reader, kind: str) -> str:
    """Another of the same kind, for a button."""
    return {
        "rack": reader.label("Other rack, same time"), "seat": reader.label("Other seat, same time"),
        "parking_slot": reader.label("Other slot, same time"),
    }[kind]  # fmt: skip


def what_we_do(reader: Reader, kinds: Collection[str]) -> Html:
    """What can be done here, in one line."""
    if len(kinds) > 1:
        return reader.say("You book here for the hours you need and pay with tokens.")
    return {
        "rack": reader.say("You book lab racks here and pay with tokens."),
        "seat": reader.say("You book study seats here and pay with tokens."),
        "parking_slot": reader.say("You book parking slots here and pay with tokens."),
    }[next(iter(kinds), "rack")]


def none_free(reader: Reader, kind: str) -> Html:
    """Instead of an empty list."""
    return {
        "rack": reader.say("No rack is free then. Try another time or version."),
        "seat": reader.say("No seat is free then. Try another time or area."),
        "parking_slot": reader.say("No parking slot is free then. Try another time or vehicle."),
    }[kind]


def nothing_again(reader: Reader, kind: str) -> Html:
    """When the same length is free at no time soon."""
    return {
        "rack": reader.say("This rack has no free time of that length soon. Please pick a day."),
        "seat": reader.say("This seat has no free time of that length soon. Please pick a day."),
        "parking_slot": reader.say("This parking slot has no free time of that length soon. Please pick a day."),
    }[kind]


def all_on(reader: Reader, kind: str, day: str) -> Html:
    """The heading of the day's picture."""
    return {
        "rack": reader.say("All racks on {day}", day=day), "seat": reader.say("All seats on {day}", day=day),
        "parking_slot": reader.say("All parking slots on {day}", day=day),
    }[kind]  # fmt: skip


def which(reader: Reader, kind: str) -> Html:
    """The question of the filter that only this kind has."""
    return {
        "rack": reader.say("Which ACI version?"), "seat": reader.say("Which area?"),
        "parking_slot": reader.say("For which vehicle?"),
    }[kind]  # fmt: skip


def narrowed(reader: Reader, kind: str, word: str | None) -> str:
    """The button of that filter, with what it is set to."""
    word = word or reader.label("any")
    return {
        "rack": reader.label("ACI: {version}", version=word), "seat": reader.label("Area: {area}", area=word),
        "parking_slot": reader.label("For: {vehicle}", vehicle=word),
    }[kind]  # fmt: skip


def area(where: Area) -> str:
    """`Silent, 1st floor`."""
    return ", ".join(part for part in (where.zone, where.floor) if part) or "–"


def vehicle_type(reader: Reader, kind: VehicleType) -> str:
    """`car`, `motorcycle`, …"""
    words: dict[VehicleType, str] = {
        "car": reader.label("car"), "motorcycle": reader.label("motorcycle"), "van": reader.label("van"),
        "truck": reader.label("truck"), "bicycle": reader.label("bicycle"),
    }  # fmt: skip
    return words[kind]


def for_vehicles(reader: Reader, kind: VehicleType) -> Html:
    """For whom a parking slot is."""
    words: dict[VehicleType, Html] = {
        "car": reader.say("for cars"), "motorcycle": reader.say("for motorcycles"), "van": reader.say("for vans"),
        "truck": reader.say("for trucks"), "bicycle": reader.say("for bicycles"),
    }  # fmt: skip
    return words[kind]


def type_of(resource: Resource) -> VehicleType:
    """For which vehicles a parking slot is."""
    return (resource.parking_slot or ParkingSpec()).vehicle_type


def vehicle(one: Vehicle) -> str:
    """`WB02AB1234 · Tata Nexon, blue`."""
    described = ", ".join(part for part in (f"{one.make} {one.model}".strip(), one.colour) if part)
    return f"{one.plate} · {described}" if described else one.plate


def facts(reader: Reader, resource: Resource) -> str | None:
    """What matters when choosing one: a rack's versions, where a seat is and what it has, for whom a slot is."""
    if resource.kind == "seat":
        seat = resource.seat or SeatSpec()
        amenities = wording.cut(", ".join(seat.amenities), characters_max=AMENITIES_MAX)
        return " · ".join(part for part in (seat.zone, seat.floor, amenities) if part) or None
    if resource.kind == "parking_slot":
        slot = resource.parking_slot or ParkingSpec()
        return " · ".join(part for part in (slot.level, slot.zone, for_vehicles(reader, slot.vehicle_type)) if part)
    versions = ", ".join(resource.rack.aci_versions) if resource.rack else ""
    return f"ACI {wording.cut(versions, characters_max=VERSIONS_MAX)}" if versions else None
