"""What a person has chosen of a rack's offer, in a few characters of callback data.

`<fingerprint of the offer><version>.<options as bits>`: when the operator has changed the offer since, the fingerprint
differs and the choice is None: it is made anew instead of meaning something else. Of a parking slot it is
`v<tag of the vehicle>`; a seat leaves nothing to choose.
"""

import base64
import hashlib
from collections.abc import Sequence

from bot.views.ids import base36
from domain.resources import Options, Resource
from domain.vehicles import Vehicle

FINGERPRINT_LENGTH = 3
NONE = ""
VEHICLE = "v"


def _fingerprint(resource: Resource) -> str:
    offer = repr((_versions(resource), _keys(resource)))
    digest = hashlib.blake2b(offer.encode(), digest_size=4).digest()
    return base64.urlsafe_b64encode(digest).decode()[:FINGERPRINT_LENGTH]


def _versions(resource: Resource) -> list[str]:
    return resource.rack.aci_versions if resource.rack else []


def _keys(resource: Resource) -> list[str]:
    return [option.key for option in resource.rack.preconfig_options] if resource.rack else []


def default(resource: Resource, vehicles: Sequence[Vehicle] = ()) -> Options:
    """What is booked when nobody chose: the version the operator names first, no options; the first vehicle.

    `vehicles` are those of the member that fit there, the usual one first.
    """
    if resource.kind == "parking_slot":
        return Options(vehicle_id=vehicles[0].id if vehicles else None)
    versions = _versions(resource)
    return Options(aci_version=versions[0] if versions else None)


def encode(resource: Resource, options: Options) -> str:
    """The options in at most a dozen characters."""
    if resource.kind == "parking_slot":
        return f"{VEHICLE}{tag(str(options.vehicle_id))}" if options.vehicle_id else NONE
    if resource.kind == "seat":
        return NONE
    versions, keys = _versions(resource), _keys(resource)
    version = versions.index(options.aci_version) + 1 if options.aci_version in versions else 0
    bits = sum(1 << place for place, key in enumerate(keys) if key in options.preconfig)
    return f"{_fingerprint(resource)}{base36(version)}.{base36(bits)}"


def decode(resource: Resource, choice: str, vehicles: Sequence[Vehicle] = ()) -> Options | None:
    """The options again; the default for an empty choice, None when the offer, or the vehicle, is there no more."""
    if choice == NONE or resource.kind == "seat":
        return default(resource, vehicles)
    if resource.kind == "parking_slot":
        chosen_id = next((one.id for one in vehicles if f"{VEHICLE}{tag(str(one.id))}" == choice), None)
        return Options(vehicle_id=chosen_id) if chosen_id else None
    if choice[:FINGERPRINT_LENGTH] != _fingerprint(resource):
        return None
    version, _, bits = choice[FINGERPRINT_LENGTH:].partition(".")
    versions, keys = _versions(resource), _keys(resource)
    try:
        number, mask = int(version, 36), int(bits, 36)
    except ValueError:
        return None
    chosen = [key for place, key in enumerate(keys) if mask >> place & 1]
    return Options(aci_version=versions[number - 1] if 0 < number <= len(versions) else None, preconfig=chosen)


def toggled(options: Options, key: str) -> Options:
    """The options with one of them switched."""
    on = key in options.preconfig
    preconfig = [each for each in options.preconfig if each != key] if on else [*options.preconfig, key]
    return options.model_copy(update={"preconfig": preconfig})


def tag(text: str) -> str:
    """A short stand-in for an ACI version, an area, a type of vehicle or a vehicle."""
    digest = hashlib.blake2b(text.encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def version_of(wanted: str, versions: list[str]) -> str | None:
    """The version with this tag, if there still is one."""
    return next((version for version in versions if tag(version) == wanted), None)


def words(resource: Resource, options: Options, vehicle: Vehicle | None = None) -> list[str]:
    """`ACI 6.0(5h)`, then each option's label; the plate of the vehicle."""
    labels = {option.key: option.label for option in resource.rack.preconfig_options} if resource.rack else {}
    version = [f"ACI {options.aci_version}"] if options.aci_version else []
    plate = [vehicle.plate] if vehicle is not None else []
    return [*version, *(labels.get(key, key) for key in options.preconfig), *plate]
