"""Resources and when they are free."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from beanie import PydanticObjectId
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api.dependencies import Limit, Now, PageNumber, visitor
from api.envelope import Answer, Listing, Pagination, Refusal
from api.forms import shown
from domain import bookings, people, resources
from domain.resources import Kind, VehicleType

router = APIRouter(prefix="/api/v1", tags=["resources"], dependencies=[Depends(visitor)])

PUBLIC = people.visitor("api")


class OptionView(BaseModel):
    """An option that can be chosen when booking, with what it costs on top."""

    key: str
    label: str
    extra_tokens: int


class SeatView(BaseModel):
    """Where a study seat is and what it has."""

    model_config = shown(floor="2", zone="Quiet", amenities=["Lamp", "Socket"])

    floor: str
    zone: str
    amenities: list[str]


class ParkingView(BaseModel):
    """A parking slot. Beyond the end a minute costs the slot's price by the minute times the percent, and a penalty."""

    model_config = shown(
        level="P1", zone="A", vehicle_type="car", overtime_multiplier_percent=150, penalty_tokens_per_hour=2
    )

    level: str
    zone: str
    vehicle_type: str
    overtime_multiplier_percent: int
    penalty_tokens_per_hour: int


class ResourceView(BaseModel):
    """What can be booked. A slot is `slot_minutes` long and costs `price_tokens_per_slot`, peak hours apart.

    `aci_versions` and `options` are of racks, `seat` and `parking_slot` of those kinds; a parking slot is booked with
    `vehicle_id`. Where `check_in` is `required`, staff check members in.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "665f1c2ab7e1a2c3d4e5f602", "code": "RACK-01", "kind": "rack", "name": "Two-spine fabric",
                "description": "Two spines, four leaves", "venue_id": "665f1c2ab7e1a2c3d4e5f600",
                "venue": "Sector V Lab", "timezone": "Asia/Kolkata",
                "status": "available", "slot_minutes": 30, "min_slots": 2, "max_slots": 16,
                "price_tokens_per_slot": 1, "aci_versions": ["6.0(5h)"],
                "options": [{"key": "multi-site", "label": "Multi-site", "extra_tokens": 2}],
                "check_in": "required", "seat": None, "parking_slot": None,
            }
        }
    )  # fmt: skip

    id: PydanticObjectId
    code: str
    kind: str
    name: str
    description: str | None
    venue_id: PydanticObjectId
    venue: str
    timezone: str
    status: str
    slot_minutes: int
    min_slots: int
    max_slots: int
    price_tokens_per_slot: int
    aci_versions: list[str]
    options: list[OptionView]
    check_in: str
    seat: SeatView | None
    parking_slot: ParkingView | None


class SlotView(BaseModel):
    """One slot; `state` is `free`, `taken`, `past` or `closed`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"starts_at": "2026-11-24T04:30:00Z", "ends_at": "2026-11-24T05:00:00Z", "state": "free"}
        }
    )

    starts_at: datetime
    ends_at: datetime
    state: str


class AvailabilityView(BaseModel):
    """One resource on one day of its venue."""

    resource_id: PydanticObjectId
    on: date
    timezone: str
    slots: list[SlotView]


def view(resource: resources.Resource, venue: resources.Venue) -> ResourceView:
    """The resource as programs see it."""
    rack = resource.rack
    return ResourceView(
        id=resource.id, code=resource.code, kind=resource.kind, name=resource.name, description=resource.description,
        venue_id=venue.id, venue=venue.name, timezone=venue.timezone, status=resource.status,
        slot_minutes=resource.slot_minutes, min_slots=resource.min_slots, max_slots=resource.max_slots,
        price_tokens_per_slot=resource.price_tokens_per_slot, aci_versions=rack.aci_versions if rack else [],
        options=[
            OptionView(key=option.key, label=option.label, extra_tokens=option.extra_tokens)
            for option in (rack.preconfig_options if rack else [])
        ],
        check_in=resource.check_in, seat=SeatView.model_validate(resource.seat) if resource.seat else None,
        parking_slot=ParkingView.model_validate(resource.parking_slot) if resource.parking_slot else None,
    )  # fmt: skip


@router.get("/resources", summary="List what can be booked", responses={429: {"model": Refusal}})
async def list_resources(
    kind: Kind = "rack",
    venue_id: PydanticObjectId | None = None,
    aci_version: Annotated[str | None, Query(max_length=30, examples=["6.0(5h)"])] = None,
    vehicle_type: VehicleType | None = None,
    page: PageNumber = 1,
    limit: Limit = 20,
) -> Listing[ResourceView]:
    """Resources of one kind, by code, at one venue if you like.

    `aci_version` keeps the racks that can run it, `vehicle_type` the parking slots for it.
    """
    found = await resources.catalogue(
        kind=kind, aci_version=aci_version, venue_id=venue_id, vehicle_type=vehicle_type, page=page, limit=limit
    )
    places = await resources.places([resource.id for resource in found.items])
    return Listing(
        data=[view(resource, places[resource.id].venue) for resource in found.items], pagination=Pagination.of(found)
    )


@router.get(
    "/resources/{resource_id}/availability",
    summary="See one day of a resource",
    responses={404: {"model": Refusal}, 429: {"model": Refusal}},
)
async def availability(
    resource_id: PydanticObjectId,
    now: Now,
    on: Annotated[
        date | None,
        Query(
            ge=date(2000, 1, 1), lt=date(2200, 1, 1), description="A day of the venue's calendar; today if left out."
        ),
    ] = None,
) -> Answer[AvailabilityView]:
    """Every slot of the day, in UTC, with its state; whose a taken slot is stays private."""
    resource = await resources.get(resource_id)
    venue = await resources.venue(resource.venue_id)
    local_day = on or now.astimezone(ZoneInfo(venue.timezone)).date()
    day = await bookings.day(resource_id=resource_id, on=local_day, actor=PUBLIC, now=now)
    slots = [SlotView(starts_at=slot.starts_at, ends_at=slot.ends_at, state=slot.state) for slot in day.slots]
    return Answer(data=AvailabilityView(resource_id=resource_id, on=local_day, timezone=venue.timezone, slots=slots))
