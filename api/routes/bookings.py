"""Booking and cancelling, as in chat."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from beanie import PydanticObjectId
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import Caller, Changer, CommandKey, Limit, Now, PageNumber, ServicesDep
from api.envelope import Answer, Listing, Pagination, Refusal
from domain import bookings, resources
from domain.kernel import Row, Tx, once

router = APIRouter(prefix="/api/v1", tags=["bookings"])

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal} for status in (400, 401, 402, 403, 404, 409, 429, 503)
}


Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
"""Calendars end before the year 10,000 does: nearer its ends the arithmetic of time zones overflows."""


class ToBook(BaseModel):
    """A resource, a time on its grid, and options."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "resource_id": "665f1c2ab7e1a2c3d4e5f602", "starts_at": "2026-11-24T10:00:00+05:30",
                "ends_at": "2026-11-24T14:00:00+05:30", "aci_version": "6.0(5h)", "options": ["multi-site"],
                "expected_cost_tokens": 12,
            }
        },
    )  # fmt: skip

    resource_id: PydanticObjectId
    starts_at: Moment
    ends_at: Moment
    aci_version: str | None = Field(default=None, max_length=30)
    options: list[Annotated[str, Field(max_length=32)]] = Field(default=[], max_length=20)
    expected_cost_tokens: int | None = Field(default=None, ge=0, description="Refuse if the price is another by now.")


class ToCancel(BaseModel):
    """Why, if you like to say."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "Exam moved"}})

    reason: str | None = Field(default=None, max_length=200)


class BookingView(BaseModel):
    """A booking. `refund_tokens` is what came back when it was cancelled."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "665f1c2ab7e1a2c3d4e5f603", "code": "B-7F3K9T", "resource_id": "665f1c2ab7e1a2c3d4e5f602",
                "starts_at": "2026-11-24T04:30:00Z", "ends_at": "2026-11-24T08:30:00Z", "status": "confirmed",
                "aci_version": "6.0(5h)", "options": ["multi-site"], "cost_tokens": 12, "refund_tokens": 0,
            }
        }
    )  # fmt: skip

    id: PydanticObjectId
    code: str
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    status: str
    aci_version: str | None
    options: list[str]
    cost_tokens: int
    refund_tokens: int


def view(booking: bookings.Booking) -> BookingView:
    """The booking as programs see it."""
    return BookingView(
        id=booking.id, code=booking.code, resource_id=booking.resource_id, starts_at=booking.starts_at,
        ends_at=booking.ends_at, status=booking.status, aci_version=booking.options.aci_version,
        options=list(booking.options.preconfig), cost_tokens=booking.cost_tokens, refund_tokens=booking.refund_tokens,
    )  # fmt: skip


def _replayed(response: Response, is_replay: bool) -> None:
    if is_replay:
        response.headers["Idempotent-Replayed"] = "true"


@router.post("/bookings", status_code=201, summary="Book", responses=REFUSALS)
async def book(
    wanted: ToBook, response: Response, given: ServicesDep, actor: Changer, key: CommandKey, now: Now
) -> Answer[BookingView]:
    """Book for the caller and pay with their tokens, all or nothing."""

    async def verb(tx: Tx) -> Row:
        booking = await bookings.book(
            tx, resource_id=wanted.resource_id, starts_at=wanted.starts_at, ends_at=wanted.ends_at,
            options=resources.Options(aci_version=wanted.aci_version, preconfig=wanted.options),
            expected_cost_tokens=wanted.expected_cost_tokens, key=f"api:{actor.member_id}:{key}", actor=actor, now=now,
        )  # fmt: skip
        return view(booking).model_dump(mode="json")

    moments = {"starts_at": wanted.starts_at.astimezone(UTC), "ends_at": wanted.ends_at.astimezone(UTC)}
    asked: Row = {"verb": "book", **wanted.model_dump(mode="json"), **moments}
    outcome, is_replay = await once(given.transact, verb, key=f"{actor.member_id}:{key}", asked=asked, now=now)
    _replayed(response, is_replay)
    return Answer(data=BookingView.model_validate(outcome), message="Booked.")


@router.post("/bookings/{booking_id}/cancel", summary="Cancel a booking", responses=REFUSALS)
async def cancel(
    booking_id: PydanticObjectId,
    response: Response,
    given: ServicesDep,
    actor: Changer,
    key: CommandKey,
    now: Now,
    wanted: ToCancel | None = None,
) -> Answer[BookingView]:
    """Cancel the caller's booking; tokens come back by the terms it was sold under."""
    reason = wanted.reason if wanted else None

    async def verb(tx: Tx) -> Row:
        booking = await bookings.cancel(tx, booking_id=booking_id, actor=actor, reason=reason, now=now)
        return view(booking).model_dump(mode="json")

    asked: Row = {"verb": "cancel", "booking_id": str(booking_id), "reason": reason}
    outcome, is_replay = await once(given.transact, verb, key=f"{actor.member_id}:{key}", asked=asked, now=now)
    _replayed(response, is_replay)
    return Answer(data=BookingView.model_validate(outcome), message="Cancelled.")


@router.get("/bookings", summary="List your bookings", responses=REFUSALS)
async def list_bookings(
    actor: Caller,
    now: Now,
    when: Annotated[Literal["upcoming", "past"], Query()] = "upcoming",
    page: PageNumber = 1,
    limit: Limit = 20,
) -> Listing[BookingView]:
    """The caller's bookings: upcoming ones soonest first, past ones latest first."""
    assert actor.member_id is not None
    query = bookings.upcoming if when == "upcoming" else bookings.past
    found = await query(member_id=actor.member_id, now=now, page=page, limit=limit)
    return Listing(data=[view(booking) for booking in found.items], pagination=Pagination.of(found))


@router.get("/bookings/{booking_id}", summary="See one of your bookings", responses=REFUSALS)
async def get_booking(booking_id: PydanticObjectId, actor: Caller) -> Answer[BookingView]:
    """One booking of the caller; somebody else's looks like none at all."""
    return Answer(data=view(await bookings.get(booking_id=booking_id, actor=actor)))
