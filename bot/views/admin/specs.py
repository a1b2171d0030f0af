"""What racks, seats and parking slots each have of their own, in words."""

from bot.views import wording
from bot.views.reader import Html, Reader
from domain.resources import Hooks, Kind, ParkingSpec, RackSpec, Resource, SeatSpec, VehicleType


def vehicle_word(reader: Reader, kind: VehicleType) -> str:
    """`car`, `motorcycle`, …"""
    words: dict[VehicleType, str] = {
        "car": reader.label("car"), "motorcycle": reader.label("motorcycle"), "van": reader.label("van"),
        "truck": reader.label("truck"), "bicycle": reader.label("bicycle"),
    }  # fmt: skip
    return words[kind]


def changes(reader: Reader, kind: Kind) -> list[tuple[str, str]]:
    """The buttons for what only this kind has: label, and name of the form."""
    label = reader.label
    of_kind: dict[Kind, list[tuple[str, str]]] = {
        "rack": [
            (label("ACI versions"), "versions"), (label("Options"), "options"), (label("Preparation"), "hooks"),
        ],
        "seat": [(label("Place"), "place"), (label("Amenities"), "amenities")],
        "parking_slot": [(label("Place"), "level"), (label("Vehicle"), "vehicle"), (label("Overtime"), "overtime")],
    }  # fmt: skip
    return of_kind[kind]


def facts(reader: Reader, resource: Resource) -> list[Html | None]:
    """The lines about what only this kind has."""
    if resource.rack:
        return _of_rack(reader, resource.rack)
    if resource.seat:
        return _of_seat(reader, resource.seat)
    return _of_slot(reader, resource.parking_slot) if resource.parking_slot else []


def _of_rack(reader: Reader, spec: RackSpec) -> list[Html | None]:
    labels = ", ".join(f"{each.label} (+{each.extra_tokens})" for each in spec.preconfig_options)
    return [
        reader.say("ACI versions: {versions}", versions=", ".join(spec.aci_versions)) if spec.aci_versions else None,
        reader.say("Options: {options}", options=labels) if labels else None,
        *_of_hooks(reader, spec.hooks),
    ]


def _of_hooks(reader: Reader, hooks: Hooks) -> list[Html | None]:
    before = " → ".join(filter(None, (hooks.provision, hooks.power_on)))
    after = " → ".join(filter(None, (hooks.power_off, hooks.deprovision)))
    return [
        reader.say("Prepares itself {minutes} min before: {scripts}", minutes=hooks.lead_minutes, scripts=before)
        if before else None,
        reader.say("Puts itself away: {scripts}", scripts=after) if after else None,
    ]  # fmt: skip


def _of_seat(reader: Reader, spec: SeatSpec) -> list[Html | None]:
    return [
        reader.say("Floor: {floor}", floor=spec.floor) if spec.floor else None,
        reader.say("Zone: {zone}", zone=spec.zone) if spec.zone else None,
        reader.say("Has: {amenities}", amenities=", ".join(spec.amenities)) if spec.amenities else None,
    ]


def _of_slot(reader: Reader, spec: ParkingSpec) -> list[Html | None]:
    return [
        reader.say("Level: {level}", level=spec.level) if spec.level else None,
        reader.say("Zone: {zone}", zone=spec.zone) if spec.zone else None,
        reader.say("For: {name}", name=vehicle_word(reader, spec.vehicle_type)),
        reader.say("Overtime costs {percent} % of the price", percent=spec.overtime_multiplier_percent),
        reader.say("and {tokens} for each hour begun", tokens=wording.tokens(reader, spec.penalty_tokens_per_hour))
        if spec.penalty_tokens_per_hour else None,
    ]  # fmt: skip
