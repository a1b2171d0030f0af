"""Venues, and what goes on there now."""

from collections.abc import AsyncIterator
from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from api.dependencies import Now, visitor
from api.envelope import Answer, Listing, Pagination, Refusal
from api.occupancy import Live, OccupancyView, view
from domain import bookings, resources
from domain.kernel import Page

router = APIRouter(prefix="/api/v1/venues", tags=["venues"], dependencies=[Depends(visitor)])

VENUES_MAX = 100


class VenueView(BaseModel):
    """Where resources stand."""

    id: PydanticObjectId
    code: str
    name: str
    city: str
    timezone: str
    status: str


@router.get("", summary="List the venues", responses={429: {"model": Refusal}})
async def list_venues() -> Listing[VenueView]:
    """All venues, by code."""
    found = await resources.venues(limit=VENUES_MAX)
    page = Page(items=found, number=1, limit=VENUES_MAX, total=len(found))
    shown = [VenueView.model_validate(venue, from_attributes=True) for venue in found]
    return Listing(data=shown, pagination=Pagination.of(page))


@router.get(
    "/{venue_id}/occupancy",
    summary="See what goes on at a venue now",
    responses={404: {"model": Refusal}, 429: {"model": Refusal}},
)
async def occupancy(venue_id: PydanticObjectId, now: Now) -> Answer[OccupancyView]:
    """How many resources are in use, free, kept or closed, and how many sessions begin within the hour."""
    return Answer(data=view(await bookings.occupancy(venue_id=venue_id, now=now)))


async def live_of(venue_id: PydanticObjectId, request: Request) -> Live:
    """What is live, of a venue that exists and with room for one more. Raises VenueNotFound, TooManyFollowers."""
    await resources.venue(venue_id)
    live: Live = request.app.state.live
    live.require_room()
    return live


@router.get(
    "/{venue_id}/occupancy/stream",
    summary="Follow what goes on at a venue",
    response_class=EventSourceResponse,
    responses={404: {"model": Refusal}, 429: {"model": Refusal}},
)
async def follow(venue_id: PydanticObjectId, live: Annotated[Live, Depends(live_of)]) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `occupancy`: the state at once, then whenever it changes; comments keep it open."""
    async for newest in live.follow(venue_id):
        yield ServerSentEvent(event="occupancy", raw_data=newest)
