"""The same time every week: priced, booked and called off as one."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.commands import CommandDep
from api.dependencies import Caller, Now
from api.envelope import Answer
from api.forms import REFUSALS, Chosen, Id, Moment, Tokens, body, shown
from api.routes.booking_views import EXAMPLE, BookingView, view
from domain import bookings
from domain.kernel import Tx

router = APIRouter(prefix="/api/v1", tags=["series"], responses=REFUSALS)


class Weekly(Chosen):
    """A resource, the times of the first week, and how many weeks."""

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-24T10:00:00+05:30",
        ends_at="2026-11-24T14:00:00+05:30", aci_version="6.0(5h)", weeks=4,
    )  # fmt: skip

    resource_id: Id
    starts_at: Moment
    ends_at: Moment
    weeks: int = Field(ge=bookings.SERIES_WEEKS_MIN, le=bookings.SERIES_WEEKS_MAX)


class ToBookSeries(Weekly):
    """A weekly series, and the sum that was quoted: another by now is refused."""

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-24T10:00:00+05:30",
        ends_at="2026-11-24T14:00:00+05:30", aci_version="6.0(5h)", weeks=4, expected_cost_tokens=32,
    )  # fmt: skip

    expected_cost_tokens: Tokens | None = None


class WeekView(BaseModel):
    """One week; `problem` is the code of what stands against it, null when it can be booked."""

    model_config = shown(
        starts_at="2026-12-01T04:30:00Z", ends_at="2026-12-01T08:30:00Z", cost_tokens=8, problem="SLOT_TAKEN"
    )

    starts_at: datetime
    ends_at: datetime
    cost_tokens: int
    problem: str | None


class SeriesQuoteView(BaseModel):
    """Every week with its price; booked are all of them or none."""

    is_bookable: bool
    total_tokens: int
    balance_tokens: int
    missing_tokens: int
    weeks: list[WeekView]


class SeriesView(BaseModel):
    """Bookings of one series, the first start first; each is a booking by itself too."""

    model_config = shown(
        series_id="665f1c2ab7e1a2c3d4e5f603",
        bookings=[{**EXAMPLE, "series_id": "665f1c2ab7e1a2c3d4e5f603"}],
    )

    series_id: PydanticObjectId
    bookings: list[BookingView]


@router.get("/bookings/series-quote", summary="Price a weekly series")
async def series_quote(asked: Annotated[Weekly, Query()], actor: Caller, now: Now) -> Answer[SeriesQuoteView]:
    """What the same time of so many weeks costs, and which weeks cannot be had."""
    found = await bookings.series_quote(
        resource_id=asked.resource_id, starts_at=asked.starts_at, ends_at=asked.ends_at, options=asked.chosen(),
        weeks=asked.weeks, actor=actor, now=now,
    )  # fmt: skip
    weeks = [
        WeekView(
            starts_at=one.starts_at, ends_at=one.ends_at, cost_tokens=one.price.total_tokens, problem=one.problem
        )
        for one in found.occurrences
    ]  # fmt: skip
    quote = SeriesQuoteView(
        is_bookable=found.is_bookable, total_tokens=found.total_tokens, balance_tokens=found.balance_tokens,
        missing_tokens=found.missing_tokens, weeks=weeks,
    )  # fmt: skip
    return Answer(data=quote)


@router.post("/bookings/series", status_code=201, summary="Book a weekly series")
async def book_series(wanted: ToBookSeries, command: CommandDep) -> Answer[SeriesView]:
    """Book every week or none; SERIES_CLASHES lists the weeks that cannot be had."""

    async def verb(tx: Tx) -> SeriesView:
        series = await bookings.book_series(
            tx, resource_id=wanted.resource_id, starts_at=wanted.starts_at, ends_at=wanted.ends_at,
            options=wanted.chosen(), weeks=wanted.weeks, expected_cost_tokens=wanted.expected_cost_tokens,
            key=command.key, actor=command.actor, now=command.now,
        )  # fmt: skip
        return SeriesView(series_id=series[0].id, bookings=[view(booking) for booking in series])

    outcome = await command.carry_out("book-series", SeriesView, verb, **wanted.model_dump())
    return Answer(data=outcome, message="Booked.")


@router.post("/series/{series_id}/cancel", summary="Cancel a weekly series")
async def cancel_series(series_id: PydanticObjectId, command: CommandDep) -> Answer[SeriesView]:
    """Cancel all weeks of the caller's series that are still to come, each by its terms, and answer those."""

    async def verb(tx: Tx) -> SeriesView:
        cancelled = await bookings.cancel_series(tx, series_id=series_id, actor=command.actor, now=command.now)
        return SeriesView(series_id=series_id, bookings=[view(booking) for booking in cancelled])

    outcome = await command.carry_out("cancel-series", SeriesView, verb, series_id=str(series_id))
    return Answer(data=outcome, message="Cancelled.")
