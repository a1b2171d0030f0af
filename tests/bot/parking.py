"""Seats and parking slots to book, and vehicles to park."""

from typing import Any

from domain import people, resources, vehicles
from domain.kernel import Transactor
from tests.building import LONG_AGO, a_venue

SEAT = {"floor": "1st floor", "zone": "Silent", "amenities": ["Lamp", "Socket"]}
SLOT = {
    "level": "Level 1", "zone": "Zone A", "vehicle_type": "car", "overtime_multiplier_percent": 150,
    "penalty_tokens_per_hour": 2,
}  # fmt: skip


async def a_seat(transact: Transactor, **fields: Any) -> resources.Resource:
    """A seat at a token an hour, where a code is shown."""
    venue = fields.pop("venue", None) or await a_venue(transact, name="Park Street Library")
    given = {
        "code": "SEAT-01", "name": "Window", "slot_minutes": 60, "max_slots": 8, "check_in": "required",
        "seat": {**SEAT, **fields.pop("seat", {})}, **fields,
    }  # fmt: skip
    return await transact(
        resources.add_resource, venue_id=venue.id, kind="seat", actor=people.SYSTEM, now=LONG_AGO, **given
    )


async def a_slot(transact: Transactor, **fields: Any) -> resources.Resource:
    """A parking slot for cars at two tokens an hour, where staying too long costs."""
    venue = fields.pop("venue", None) or await a_venue(transact, name="Lake Mall Parking")
    given = {
        "code": "P1-01", "name": "By the lift", "slot_minutes": 60, "max_slots": 24, "price_tokens_per_slot": 2,
        "check_in": "required", "parking_slot": {**SLOT, **fields.pop("parking_slot", {})}, **fields,
    }  # fmt: skip
    return await transact(
        resources.add_resource, venue_id=venue.id, kind="parking_slot", actor=people.SYSTEM, now=LONG_AGO, **given
    )


async def a_vehicle(transact: Transactor, member: people.Member, **fields: Any) -> vehicles.Vehicle:
    """A car of the member's."""
    given = {"plate": "WB 02 AB 1234", "type": "car", "make": "Tata", "model": "Nexon", "colour": "blue", **fields}
    return await transact(vehicles.add, actor=people.actor_of(member, "chat"), now=LONG_AGO, **given)
