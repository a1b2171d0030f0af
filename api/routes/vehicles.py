"""What members park."""

from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.commands import CommandDep
from api.dependencies import Caller, Changer, Now, ServicesDep
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, body, shown
from domain import vehicles
from domain.kernel import Page, Tx
from domain.resources import VehicleType

router = APIRouter(prefix="/api/v1/vehicles", tags=["vehicles"], responses=REFUSALS)

Word = Annotated[str, Field(max_length=64)]


class ToAdd(BaseModel):
    """A vehicle; the plate as people write it. Its type never changes."""

    model_config = body(plate="WB 02 AB 1234", type="car", make="Tata", model="Nexon", colour="blue")

    plate: Word
    type: VehicleType
    make: Word = ""
    model: Word = ""
    colour: Word = ""


class ToEdit(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = body(colour="white")

    plate: Word = ""
    make: Word = ""
    model: Word = ""
    colour: Word = ""


class VehicleView(BaseModel):
    """A vehicle of the caller's; the plate as it is kept."""

    model_config = shown(
        id="665f1c2ab7e1a2c3d4e5f606", plate="WB02AB1234", type="car", make="Tata", model="Nexon", colour="blue"
    )

    id: PydanticObjectId
    plate: str
    type: str
    make: str
    model: str
    colour: str


@router.get("", summary="List your vehicles")
async def list_vehicles(actor: Caller) -> Listing[VehicleView]:
    """The caller's vehicles by plate."""
    assert actor.member_id is not None
    most = vehicles.VEHICLES_MAX
    found = await vehicles.mine(member_id=actor.member_id, limit=most)
    shown_page = Page(items=found, number=1, limit=most, total=len(found))
    return Listing(
        data=[VehicleView.model_validate(vehicle) for vehicle in found], pagination=Pagination.of(shown_page)
    )  # fmt: skip


@router.post("", status_code=201, summary="Add a vehicle")
async def add(wanted: ToAdd, command: CommandDep) -> Answer[VehicleView]:
    """Register a vehicle of the caller's; ten at most."""

    async def verb(tx: Tx) -> VehicleView:
        vehicle = await vehicles.add(tx, **wanted.model_dump(), actor=command.actor, now=command.now)
        return VehicleView.model_validate(vehicle)

    outcome = await command.carry_out("add-vehicle", VehicleView, verb, **wanted.model_dump())
    return Answer(data=outcome, message="Added.")


@router.patch("/{vehicle_id}", summary="Change a vehicle")
async def edit(
    vehicle_id: PydanticObjectId, wanted: ToEdit, given: ServicesDep, actor: Changer, now: Now
) -> Answer[VehicleView]:
    """Change what is written of the caller's own vehicle."""
    changes = wanted.model_dump(exclude_unset=True)
    vehicle = await given.transact(vehicles.edit, vehicle_id=vehicle_id, changes=changes, actor=actor, now=now)
    return Answer(data=VehicleView.model_validate(vehicle), message="Changed.")


@router.delete("/{vehicle_id}", summary="Remove a vehicle")
async def remove(
    vehicle_id: PydanticObjectId, given: ServicesDep, actor: Changer, now: Now
) -> Answer[VehicleView]:  # fmt: skip
    """Take the caller's own vehicle off their list, for good; bookings made for it stay."""
    vehicle = await given.transact(vehicles.remove, vehicle_id=vehicle_id, actor=actor, now=now)
    return Answer(data=VehicleView.model_validate(vehicle), message="Removed.")
