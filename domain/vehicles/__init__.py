"""Vehicles: what members park.

Nouns: `Vehicle` (one that a member brings), *plate* (its number: capital letters and digits, nothing else).
Rules: a plate is written as people write it and kept without spaces and signs, so that "wb 02-ab 1234" is WB02AB1234. A
member has ten vehicles at most. The type never changes, because slots are booked for it; whoever drives another one
adds it. Removing is for good and is never refused: bookings made before keep the vehicle, and its owner and staff can
still read it; the plate is free for others. Adding the very vehicle that one has is adding it once.
Invariants: no two vehicles that were not removed have one plate, by the unique index `one_per_plate`; a member has ten
places for them, by the unique index `one_per_place`.
Errors: PlateTaken (never whose it is), VehicleNotFound (somebody else's looks like none), InvalidVehicle,
TooManyVehicles.
"""

from domain.vehicles.errors import InvalidVehicle, PlateTaken, TooManyVehicles, VehicleNotFound
from domain.vehicles.models import RECORDS, VEHICLES_MAX, Vehicle, normal_plate
from domain.vehicles.queries import get, mine, owns
from domain.vehicles.service import add, edit, remove

__all__ = [
    "RECORDS", "VEHICLES_MAX", "InvalidVehicle", "PlateTaken", "TooManyVehicles", "Vehicle", "VehicleNotFound", "add",
    "edit", "get", "mine", "normal_plate", "owns", "remove",
]  # fmt: skip
