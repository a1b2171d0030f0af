"""What a member may choose whose rack is not ready at the start."""

from beanie import PydanticObjectId
from fastapi import APIRouter
from pydantic import BaseModel

from api.commands import CommandDep
from api.dependencies import Caller, Now
from api.envelope import Answer
from api.forms import REFUSALS, Id, body, shown
from api.routes.booking_views import BookingView, view
from domain import bookings
from domain.kernel import Tx

router = APIRouter(prefix="/api/v1/bookings/{booking_id}", tags=["bookings"], responses=REFUSALS)
ALTERNATIVES_MAX = 20


class ToTakeOther(BaseModel):
    """One of the alternatives."""

    model_config = body(resource_id="665f1c2ab7e1a2c3d4e5f604")

    resource_id: Id


class AlternativeView(BaseModel):
    """Another rack that is free for the same time."""

    model_config = shown(
        resource_id="665f1c2ab7e1a2c3d4e5f604", code="RACK-02", name="Two-spine fabric", venue="Sector V Lab"
    )

    resource_id: PydanticObjectId
    code: str
    name: str
    venue: str


@router.get("/alternatives", summary="See what else is free when the rack is late")
async def alternatives(booking_id: PydanticObjectId, actor: Caller, now: Now) -> Answer[list[AlternativeView]]:
    """Racks that the caller may take at no cost because theirs is not ready at the start; none for other bookings."""
    found = await bookings.alternatives(booking_id=booking_id, actor=actor, now=now, limit=ALTERNATIVES_MAX)
    views = [
        AlternativeView(
            resource_id=place.resource.id, code=place.resource.code, name=place.resource.name, venue=place.venue.name
        )
        for place in found
    ]
    return Answer(data=views)


@router.post("/take-other", summary="Take another rack because one's own is late")
async def take_other(booking_id: PydanticObjectId, wanted: ToTakeOther, command: CommandDep) -> Answer[BookingView]:
    """The same time on another rack, at no cost."""

    async def verb(tx: Tx) -> BookingView:
        taken = await bookings.take_other(
            tx, booking_id=booking_id, resource_id=wanted.resource_id, actor=command.actor, now=command.now
        )
        return view(taken)

    outcome = await command.carry_out(
        "take-other", BookingView, verb, booking_id=str(booking_id), resource_id=str(wanted.resource_id)
    )
    return Answer(data=outcome, message="Taken.")


@router.post("/refund-unready", summary="Have everything back because the rack is late")
async def refund_unready(booking_id: PydanticObjectId, command: CommandDep) -> Answer[BookingView]:
    """Give the booking up for all that it cost."""

    async def verb(tx: Tx) -> BookingView:
        return view(await bookings.refund_unready(tx, booking_id=booking_id, actor=command.actor, now=command.now))

    outcome = await command.carry_out("refund-unready", BookingView, verb, booking_id=str(booking_id))
    return Answer(data=outcome, message="Returned.")
