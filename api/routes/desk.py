"""The staff's desk: who comes, who is there, and checking in."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

from beanie import PydanticObjectId
from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from api.commands import CommandDep
from api.dependencies import Caller, Limit, Now, PageNumber, ServicesDep
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, body, holding, shown
from api.routes.booking_views import EXAMPLE, BookingView, view
from domain import bookings, people, resources, vehicles
from domain.kernel import Page, Tx, Vault

PERMISSION = "bookings:check_in"
router = APIRouter(prefix="/api/v1", tags=["desk"], responses=REFUSALS, dependencies=[holding(PERMISSION)])


class ToCheckIn(BaseModel):
    """What was scanned, or the booking's own code; one of them."""

    model_config = body(booking_code="B-7F3K9T")

    code: str | None = Field(default=None, max_length=200, description="The check-in code, as `ticket` has it.")
    booking_code: str | None = Field(default=None, max_length=20)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.booking_code is None):
            raise ValueError("either code or booking_code")
        return self


class GuestView(BookingView):
    """A booking, whose it is, where, and the plate of the vehicle."""

    model_config = shown(**EXAMPLE, member="Asha Roy", resource_code="RACK-01", plate=None)

    member: str
    resource_code: str
    plate: str | None


async def guests(found: Sequence[bookings.Booking], actor: people.Actor) -> list[GuestView]:
    """The bookings as staff see them."""
    places = await resources.places({booking.resource_id for booking in found})
    return [
        GuestView(
            **view(booking).model_dump(), member=(await people.get(booking.member_id)).name,
            resource_code=places[booking.resource_id].resource.code, plate=await _plate(booking, actor),
        )
        for booking in found
    ]  # fmt: skip


async def _plate(booking: bookings.Booking, actor: people.Actor) -> str | None:
    if booking.options.vehicle_id is None:
        return None
    return (await vehicles.get(vehicle_id=booking.options.vehicle_id, actor=actor)).plate


@router.post("/check-in", summary="Check a member in")
async def check_in(wanted: ToCheckIn, command: CommandDep, given: ServicesDep) -> Answer[GuestView]:
    """Say that the member is there, once, by what they show or by the booking's code."""

    async def verb(tx: Tx) -> GuestView:
        booking_id = await _named(wanted, command.actor, given.vault)
        booking = await bookings.check_in(tx, booking_id=booking_id, actor=command.actor, now=command.now)
        return (await guests([booking], command.actor))[0]

    outcome = await command.carry_out("check-in", GuestView, verb, **wanted.model_dump())
    return Answer(data=outcome, message="Checked in.")


async def _named(wanted: ToCheckIn, actor: people.Actor, vault: Vault) -> PydanticObjectId:
    if wanted.code is not None:
        return bookings.read_ticket(wanted.code, vault)
    return (await bookings.by_code(code=wanted.booking_code or "", actor=actor)).id


@router.get("/venues/{venue_id}/arrivals", summary="See who comes")
async def arrivals(
    venue_id: PydanticObjectId, actor: Caller, now: Now, page: PageNumber = 1, limit: Limit = 20
) -> Listing[GuestView]:
    """Whom to check in now at the venue, the first start first."""
    return await _listed(bookings.arrivals, venue_id, actor, now=now, page=page, limit=limit)


@router.get("/venues/{venue_id}/present", summary="See who is there")
async def present(
    venue_id: PydanticObjectId, actor: Caller, now: Now, page: PageNumber = 1, limit: Limit = 20
) -> Listing[GuestView]:
    """Who is at the venue at this moment, also beyond their end."""
    return await _listed(bookings.present, venue_id, actor, now=now, page=page, limit=limit)


async def _listed(
    query: Callable[..., Awaitable[Page[bookings.Booking]]],
    venue_id: PydanticObjectId,
    actor: people.Actor,
    **asked: Any,
) -> Listing[GuestView]:
    """A page of the venue's, if the caller works there. Raises VenueNotFound, NotPermitted."""
    await resources.venue(venue_id)
    if actor.venue_id not in (None, venue_id):
        raise people.NotPermitted(permission=PERMISSION, venue_id=actor.venue_id)
    found = await query(venue_id=venue_id, **asked)
    return Listing(data=await guests(found.items, actor), pagination=Pagination.of(found))
