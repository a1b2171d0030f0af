"""What members change about their vehicles."""

from datetime import datetime
from typing import Any, NoReturn

from beanie import PydanticObjectId
from pydantic import ValidationError
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.kernel import Row, Tx, run_again
from domain.people import Actor
from domain.vehicles import queries
from domain.vehicles.errors import InvalidVehicle, PlateTaken, TooManyVehicles, VehicleNotFound
from domain.vehicles.models import VEHICLES_MAX, Vehicle

EDITABLE = frozenset({"plate", "make", "model", "colour"})
_DESCRIBED = ("plate", "make", "model", "colour", "type")


async def add(
    tx: Tx, *, plate: str, type: str, actor: Actor, now: datetime, make: str = "", model: str = "", colour: str = ""  # noqa: A002
) -> Vehicle:  # fmt: skip
    """Register a vehicle of the actor's own; the very one that they have already is returned as it is.

    Raises PlateTaken, InvalidVehicle, TooManyVehicles, MemberDisabled.
    """
    actor.require("bookings:write")
    assert actor.member_id is not None, "the system parks nothing"
    described = {"plate": plate, "type": type, "make": make, "model": model, "colour": colour}
    vehicle = _valid({**described, "member_id": actor.member_id, "created_at": now, "updated_at": now})
    own = await queries.mine(member_id=actor.member_id, limit=VEHICLES_MAX)
    for other in own:
        if all(getattr(other, name) == getattr(vehicle, name) for name in _DESCRIBED):
            return other
    taken = {other.place for other in own}
    vehicle.place = next((place for place in range(VEHICLES_MAX) if place not in taken), None)
    if vehicle.place is None:
        raise TooManyVehicles(vehicles_max=VEHICLES_MAX)
    try:
        await Vehicle.get_pymongo_collection().insert_one(vehicle.row())
    except DuplicateKeyError as error:
        _refuse(tx, error, vehicle.plate)
    return vehicle


async def edit(
    tx: Tx, *, vehicle_id: PydanticObjectId, changes: dict[str, Any], actor: Actor, now: datetime
) -> Vehicle:
    """Change the plate, make, model or colour of the actor's own vehicle.

    Raises VehicleNotFound (also for a removed one), PlateTaken, InvalidVehicle, MemberDisabled.
    """
    actor.require("bookings:write")
    for field in changes:
        if field not in EDITABLE:
            raise InvalidVehicle(field=field, problem="cannot be changed")
    before = await _own(vehicle_id, actor)
    if before.is_deleted:
        raise VehicleNotFound(vehicle_id=vehicle_id)
    after = _valid({**before.model_dump(), **changes})
    fields = {name: getattr(after, name) for name in EDITABLE}
    try:
        return await _change(before, {**fields, "updated_at": now})
    except DuplicateKeyError as error:
        _refuse(tx, error, after.plate)


async def remove(tx: Tx, *, vehicle_id: PydanticObjectId, actor: Actor, now: datetime) -> Vehicle:
    """Take the actor's own vehicle off their list, for good; removing twice is removing once.

    Bookings made for it stay as they are. Raises VehicleNotFound.
    """
    before = await _own(vehicle_id, actor)
    if before.is_deleted:
        return before
    return await _change(before, {"is_deleted": True, "place": None, "updated_at": now})


async def _own(vehicle_id: PydanticObjectId, actor: Actor) -> Vehicle:
    vehicle = await queries.stored(vehicle_id)
    if vehicle.member_id != actor.member_id:
        raise VehicleNotFound(vehicle_id=vehicle_id)
    return vehicle


async def _change(before: Vehicle, fields: Row) -> Vehicle:
    row = await Vehicle.get_pymongo_collection().find_one_and_update(
        {"_id": before.id, "is_deleted": False}, {"$set": fields}, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    return Vehicle.read(row)


def _refuse(tx: Tx, error: DuplicateKeyError, plate: str) -> NoReturn:
    """Raise PlateTaken, or have it run again when the place went to another vehicle of the same member."""
    if "plate" in (error.details or {}).get("keyPattern", {}):
        raise PlateTaken(plate=plate) from error
    run_again(tx, error)


def _valid(fields: Row) -> Vehicle:
    try:
        vehicle: Vehicle = Vehicle.model_validate(fields)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        raise InvalidVehicle(field=".".join(str(part) for part in problem["loc"]), problem=problem["msg"]) from error
    return vehicle
