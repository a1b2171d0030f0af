"""Booking and cancelling, as in chat, and what a booking's member may see of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from beanie import PydanticObjectId
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.commands import CommandDep
from api.dependencies import Caller, Limit, Now, PageNumber, ServicesDep
from api.envelope import Answer, Listing, Pagination
from api.forms import REFUSALS, Chosen, Id, Moment, Reason, Tokens, body, shown
from api.routes.booking_views import BookingView, view
from domain import bookings, provisioning
from domain.kernel import Tx, signs_of_life

router = APIRouter(prefix="/api/v1/bookings", tags=["bookings"])


class ToBook(Chosen):
    """A resource, a time on its grid, and options; for a parking slot the vehicle."""

    model_config = body(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-24T10:00:00+05:30",
        ends_at="2026-11-24T14:00:00+05:30", aci_version="6.0(5h)", options=["multi-site"], expected_cost_tokens=12,
    )  # fmt: skip

    resource_id: Id
    starts_at: Moment
    ends_at: Moment
    expected_cost_tokens: Tokens | None = Field(default=None, description="Refuse if the price is another by now.")


class ToCancel(BaseModel):
    """Why, if you like to say."""

    model_config = body(reason="Exam moved")

    reason: Reason | None = None


class TicketView(BaseModel):
    """What staff scan; `link` leads to the bot, where the bot's name is known here. Show it to nobody else."""

    model_config = shown(
        code="ci-Zl8cKrfhosPU5fYDYm9va2luZ3MtYXJlLWZ1bg", booking_code="B-7F3K9T",
        link="https://t.me/berth_bot?start=ci-Zl8cKrfhosPU5fYDYm9va2luZ3MtYXJlLWZ1bg",
        opens_at="2026-11-24T04:00:00Z", closes_at="2026-11-24T04:45:00Z",
    )  # fmt: skip

    code: str
    booking_code: str
    link: str | None
    opens_at: datetime
    closes_at: datetime


class AccessView(BaseModel):
    """How to get into the rack, by the names that its scripts gave; null while there is nothing to show."""

    model_config = shown(status="active", access={"address": "10.0.0.2", "user": "b-7f3k9t", "password": "kept secret"})

    status: str
    access: dict[str, str] | None


class StepView(BaseModel):
    """One script of the rack for this booking. What it said is for administrators."""

    model_config = shown(
        step="provision", status="succeeded", attempts=1, failures=0, next_try_at=None,
        started_at="2026-11-24T04:10:00Z", finished_at="2026-11-24T04:11:30Z",
    )  # fmt: skip

    step: str
    status: str
    attempts: int
    failures: int
    next_try_at: datetime | None = None
    started_at: datetime | None
    finished_at: datetime | None


class PreparationView(BaseModel):
    """How far the rack is, step by step; `begins_at` null: it needs no preparation."""

    status: str
    begins_at: datetime | None
    steps: list[StepView]


@router.post("", status_code=201, summary="Book", responses=REFUSALS)
async def book(wanted: ToBook, command: CommandDep) -> Answer[BookingView]:
    """Book for the caller and pay with their tokens, all or nothing."""

    async def verb(tx: Tx) -> BookingView:
        booking = await bookings.book(
            tx, resource_id=wanted.resource_id, starts_at=wanted.starts_at, ends_at=wanted.ends_at,
            options=wanted.chosen(), expected_cost_tokens=wanted.expected_cost_tokens, key=command.key,
            actor=command.actor, now=command.now,
        )  # fmt: skip
        return view(booking)

    asked: dict[str, Any] = wanted.model_dump()
    if wanted.vehicle_id is None:  # so that a key used before there were vehicles is known again
        del asked["vehicle_id"]
    return Answer(data=await command.carry_out("book", BookingView, verb, **asked), message="Booked.")


@router.post("/{booking_id}/cancel", summary="Cancel a booking", responses=REFUSALS)
async def cancel(
    booking_id: PydanticObjectId, command: CommandDep, wanted: ToCancel | None = None
) -> Answer[BookingView]:
    """Cancel the caller's booking; tokens come back by the terms it was sold under."""
    reason = wanted.reason if wanted else None

    async def verb(tx: Tx) -> BookingView:
        return view(
            await bookings.cancel(tx, booking_id=booking_id, actor=command.actor, reason=reason, now=command.now)
        )

    outcome = await command.carry_out("cancel", BookingView, verb, booking_id=str(booking_id), reason=reason)
    return Answer(data=outcome, message="Cancelled.")


@router.get("", summary="List your bookings", responses=REFUSALS)
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


@router.get("/{booking_id}", summary="See one of your bookings", responses=REFUSALS)
async def get_booking(booking_id: PydanticObjectId, actor: Caller) -> Answer[BookingView]:
    """One booking of the caller; somebody else's looks like none at all."""
    return Answer(data=view(await bookings.get(booking_id=booking_id, actor=actor)))


@router.get("/{booking_id}/ticket", summary="Get the check-in code", responses=REFUSALS)
async def get_ticket(
    booking_id: PydanticObjectId, actor: Caller, given: ServicesDep, response: Response
) -> Answer[TicketView]:
    """The code by which staff check the caller in: of their own booking, until they are there."""
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    if booking.member_id != actor.member_id:
        raise bookings.BookingNotFound(booking_id=booking_id)
    opens_at, closes_at = bookings.check_in_window(booking)
    is_awaited = booking.status in bookings.AWAITED and booking.checked_in_at is None
    if booking.check_in == "none" or not is_awaited:
        raise bookings.CheckInClosed(
            booking_id=booking_id, status=booking.status.value, opens_at=opens_at, closes_at=closes_at
        )
    response.headers["Cache-Control"] = "no-store"
    code = bookings.ticket(booking, given.vault)
    username = await _bot_username()
    link = f"https://t.me/{username}?start={code}" if username else None
    ticket = TicketView(code=code, booking_code=booking.code, link=link, opens_at=opens_at, closes_at=closes_at)
    return Answer(data=ticket)


async def _bot_username() -> str | None:
    """The bot's name in Telegram, as a running bot says with its heartbeat: the API itself asks Telegram nothing."""
    signs = [sign for sign in await signs_of_life() if sign.role == "bot"]
    return next((str(name) for sign in signs if (name := sign.facts.get("username"))), None)


@router.get("/{booking_id}/access", summary="Get into the rack", responses=REFUSALS)
async def get_access(
    booking_id: PydanticObjectId, actor: Caller, given: ServicesDep, now: Now, response: Response
) -> Answer[AccessView]:
    """The access data of the caller's own booking, while it is ready or active and not over."""
    access = await provisioning.access(booking_id=booking_id, actor=actor, vault=given.vault, now=now)
    response.headers["Cache-Control"] = "no-store"
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    return Answer(data=AccessView(status=booking.status, access=access))


@router.get("/{booking_id}/preparation", summary="See how far the rack is", responses=REFUSALS)
async def get_preparation(booking_id: PydanticObjectId, actor: Caller) -> Answer[PreparationView]:
    """What the rack's scripts did for this booking, the last fifty steps in their order."""
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    runs = await provisioning.of_booking(booking_id=booking_id, actor=actor)
    steps = [StepView.model_validate(run, from_attributes=True) for run in runs]
    return Answer(data=PreparationView(status=booking.status, begins_at=booking.prepare_at, steps=steps))
