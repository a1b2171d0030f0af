"""What may be looked at of vehicles."""

from beanie import PydanticObjectId
from pymongo import ASCENDING

from domain.kernel import LIMIT_MAX, Row
from domain.people import Actor
from domain.vehicles.errors import VehicleNotFound
from domain.vehicles.models import Vehicle


async def get(*, vehicle_id: PydanticObjectId, actor: Actor) -> Vehicle:
    """One's own vehicle, or anybody's for staff, removed or not. Raises VehicleNotFound."""
    vehicle = await stored(vehicle_id)
    if vehicle.member_id != actor.member_id and not actor.may("bookings:read"):
        raise VehicleNotFound(vehicle_id=vehicle_id)
    return vehicle


async def mine(*, member_id: PydanticObjectId, limit: int) -> list[Vehicle]:
    """The member's vehicles that were not removed, by plate."""
    assert 1 <= limit <= LIMIT_MAX
    rows = Vehicle.get_pymongo_collection().find({"member_id": member_id, "place": {"$gte": 0}})
    return [Vehicle.read(row) async for row in rows.sort("plate", ASCENDING).limit(limit)]


async def owns(
    *,
    member_id: PydanticObjectId,
    vehicle_id: PydanticObjectId,
    type: str | None = None,  # noqa: A002
) -> bool:
    """Whether the member has this vehicle, not removed, and, if one is named, it is of that type."""
    wanted: Row = {"_id": vehicle_id, "member_id": member_id, "is_deleted": False}
    if type is not None:
        wanted["type"] = type
    return await Vehicle.get_pymongo_collection().find_one(wanted, {"_id": 1}) is not None


async def stored(vehicle_id: PydanticObjectId) -> Vehicle:
    """The vehicle, whoever asks. Raises VehicleNotFound."""
    row = await Vehicle.get_pymongo_collection().find_one({"_id": vehicle_id})
    if row is None:
        raise VehicleNotFound(vehicle_id=vehicle_id)
    return Vehicle.read(row)
