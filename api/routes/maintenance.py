"""Closing a resource or a venue for maintenance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from beanie import PydanticObjectId
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from api.commands import CommandDep
from api.dependencies import Limit, Now, PageNumber
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, Moment, Reason, body, holding, shown
from api.routes.booking_views import EXAMPLE, BookingView, view
from domain import bookings
from domain.kernel import Tx

router = APIRouter(
    prefix="/api/v1/maintenance", tags=["maintenance"], responses=REFUSALS, dependencies=[holding("racks:write")]
)


class Period(BaseModel):
    """A time of one resource, or of all at a venue; rounded outwards to the quantum."""

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-24T10:00:00+05:30",
        ends_at="2026-11-24T14:00:00+05:30",
    )  # fmt: skip

    resource_id: PydanticObjectId | None = None
    venue_id: PydanticObjectId | None = None
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.resource_id is None) == (self.venue_id is None):
            raise ValueError("either resource_id or venue_id")
        return self


class ToReserve(Period):
    """The period, why, and how many bookings were shown as affected: another number by now is refused."""

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-24T10:00:00+05:30",
        ends_at="2026-11-24T14:00:00+05:30", reason="New line cards", expected_affected=2,
    )  # fmt: skip

    reason: Reason
    expected_affected: int = Field(ge=0, le=bookings.AFFECTED_MAX)


class AffectedView(BaseModel):
    """Whose bookings the period would call off, the first start first; `count` is what `expected_affected` takes."""

    model_config = shown(count=1, bookings=[EXAMPLE])

    count: int
    bookings: list[BookingView]


class MaintenanceView(BaseModel):
    """A period of maintenance; `is_called_off`: ended before it began."""

    model_config = shown(
        series_id="665f1c2ab7e1a2c3d4e5f608", code="M-7F3K9T", venue_id="665f1c2ab7e1a2c3d4e5f600",
        resource_ids=["665f1c2ab7e1a2c3d4e5f602"], starts_at="2026-11-24T04:30:00Z", ends_at="2026-11-24T08:30:00Z",
        reason="New line cards", is_called_off=False,
    )  # fmt: skip

    series_id: PydanticObjectId
    code: str
    venue_id: PydanticObjectId
    resource_ids: list[PydanticObjectId]
    starts_at: datetime
    ends_at: datetime
    reason: str
    is_called_off: bool = False


def of_parts(parts: Sequence[bookings.Booking]) -> MaintenanceView:
    """The period that these parts make; what was called off counts only when all of it was."""
    first = parts[0]
    assert first.series_id is not None
    standing = [part for part in parts if part.status is not bookings.Status.CANCELLED]
    concerned = standing or parts
    return MaintenanceView(
        series_id=first.series_id, code=first.code, venue_id=first.venue_id,
        resource_ids=sorted({part.resource_id for part in concerned}),
        starts_at=min(part.starts_at for part in concerned), ends_at=max(part.ends_at for part in concerned),
        reason=first.maintenance_reason or "", is_called_off=not standing,
    )  # fmt: skip


@router.get("", summary="List the maintenance that runs or is to come")
async def list_maintenances(
    now: Now, venue_id: PydanticObjectId | None = None, page: PageNumber = 1, limit: Limit = 20
) -> Listing[MaintenanceView]:
    """The periods that run or are to come, the first start first; at one venue, or everywhere."""
    found = await bookings.maintenances(venue_id=venue_id, now=now, page=page, limit=limit)
    views = [MaintenanceView.model_validate(each) for each in found.items]
    return Listing(data=views, pagination=Pagination.of(found))


@router.get("/affected", summary="See whom a maintenance would call off")
async def affected(asked: Annotated[Period, Query()], now: Now) -> Answer[AffectedView]:
    """The bookings in the period, living holds among them; more than two hundred are refused."""
    most = bookings.AFFECTED_MAX
    found = await bookings.affected(**asked.model_dump(), now=now, limit=most + 1)
    if len(found) > most:
        raise bookings.InvalidPeriod(problem="too_many_affected", affected_max=most)
    return Answer(data=AffectedView(count=len(found), bookings=[view(booking) for booking in found]))


@router.post("", status_code=201, summary="Reserve a maintenance")
async def reserve(wanted: ToReserve, command: CommandDep) -> Answer[MaintenanceView]:
    """Take the period, so that nobody can book it; whoever is in it is called off and gets everything back."""

    async def verb(tx: Tx) -> MaintenanceView:
        parts = await bookings.reserve_maintenance(
            tx, **wanted.model_dump(), key=command.key, actor=command.actor, now=command.now
        )
        return of_parts(parts)

    outcome = await command.carry_out("reserve-maintenance", MaintenanceView, verb, **wanted.model_dump())
    return Answer(data=outcome, message="Reserved.")


@router.post("/{series_id}/end", summary="End a maintenance")
async def end(series_id: PydanticObjectId, command: CommandDep) -> Answer[MaintenanceView]:
    """Call it off, or end it now: the rest of the time is free, from the next quantum on."""

    async def verb(tx: Tx) -> MaintenanceView:
        return of_parts(
            await bookings.end_maintenance(tx, series_id=series_id, actor=command.actor, now=command.now)
        )  # fmt: skip

    outcome = await command.carry_out("end-maintenance", MaintenanceView, verb, series_id=str(series_id))
    return Answer(data=outcome, message="Ended.")
