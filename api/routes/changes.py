"""The same booking at another time, for longer, or left."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.commands import CommandDep
from api.dependencies import Caller, Now
from api.envelope import Answer
from api.forms import REFUSALS, Chosen, Moment, Tokens, body, shown
from api.routes.booking_views import BookingView, view
from domain import bookings
from domain.kernel import Tx

router = APIRouter(prefix="/api/v1/bookings/{booking_id}", tags=["bookings"], responses=REFUSALS)


class OtherTimes(Chosen):
    """Other times, on another resource if one is named; options that are left out stay as they are."""

    model_config = body(
        starts_at="2026-11-25T10:00:00+05:30", ends_at="2026-11-25T14:00:00+05:30",
        resource_id="665f1c2ab7e1a2c3d4e5f602",
    )  # fmt: skip

    starts_at: Moment
    ends_at: Moment
    resource_id: PydanticObjectId | None = None


class ToReschedule(OtherTimes):
    """Other times, as in the quote, and what was quoted: anything else by now is refused."""

    model_config = body(
        starts_at="2026-11-25T10:00:00+05:30", ends_at="2026-11-25T14:00:00+05:30", expected_cost_tokens=12,
        expected_refund_tokens=12,
    )  # fmt: skip

    expected_cost_tokens: Tokens | None = None
    expected_refund_tokens: Tokens | None = None


class ToExtend(BaseModel):
    """A later end, and what was shown as the price of what is added."""

    model_config = body(ends_at="2026-11-24T15:00:00+05:30", expected_cost_tokens=2)

    ends_at: Moment
    expected_cost_tokens: Tokens | None = None


class RescheduleQuoteView(BaseModel):
    """What other times would mean. `difference_tokens`: to be paid, or, when negative, to be had."""

    model_config = shown(
        resource_id="665f1c2ab7e1a2c3d4e5f602", starts_at="2026-11-25T04:30:00Z", ends_at="2026-11-25T08:30:00Z",
        cost_tokens=12, returned_tokens=12, kept_tokens=0, difference_tokens=0, balance_tokens=20, missing_tokens=0,
        free_until="2026-11-24T04:30:00Z", is_free=True,
    )  # fmt: skip

    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    cost_tokens: int
    returned_tokens: int
    kept_tokens: int
    difference_tokens: int
    balance_tokens: int
    missing_tokens: int
    free_until: datetime
    is_free: bool


class ExtensionView(BaseModel):
    """A later end, and the price of the minutes that are added."""

    model_config = shown(ends_at="2026-11-24T09:00:00Z", minutes=30, cost_tokens=1, is_free=True)

    ends_at: datetime
    minutes: int
    cost_tokens: int
    is_free: bool


@router.get("/reschedule-quote", summary="Price other times")
async def reschedule_quote(
    booking_id: PydanticObjectId, asked: Annotated[OtherTimes, Query()], actor: Caller, now: Now
) -> Answer[RescheduleQuoteView]:
    """What moving the caller's booking would cost and return now."""
    before = await bookings.get(booking_id=booking_id, actor=actor)
    found = await bookings.reschedule_quote(
        booking_id=booking_id, resource_id=asked.resource_id, starts_at=asked.starts_at, ends_at=asked.ends_at,
        options=asked.chosen_over(before.options), actor=actor, now=now,
    )  # fmt: skip
    quote = found.quote
    return Answer(
        data=RescheduleQuoteView(
            resource_id=quote.resource.id, starts_at=quote.starts_at, ends_at=quote.ends_at,
            cost_tokens=quote.price.total_tokens, returned_tokens=found.returned_tokens,
            kept_tokens=found.kept_tokens, difference_tokens=found.difference_tokens,
            balance_tokens=quote.balance_tokens, missing_tokens=quote.missing_tokens, free_until=quote.free_until,
            is_free=quote.is_free,
        )
    )  # fmt: skip


@router.post("/reschedule", summary="Move a booking")
async def reschedule(
    booking_id: PydanticObjectId, wanted: ToReschedule, command: CommandDep
) -> Answer[BookingView]:  # fmt: skip
    """Give the caller's booking other times before its start, all or nothing; the same booking under new terms."""

    async def verb(tx: Tx) -> BookingView:
        before = await bookings.get(booking_id=booking_id, actor=command.actor)
        moved = await bookings.reschedule(
            tx, booking_id=booking_id, resource_id=wanted.resource_id, starts_at=wanted.starts_at,
            ends_at=wanted.ends_at, options=wanted.chosen_over(before.options),
            expected_cost_tokens=wanted.expected_cost_tokens, expected_refund_tokens=wanted.expected_refund_tokens,
            key=command.key, actor=command.actor, now=command.now,
        )  # fmt: skip
        return view(moved)

    asked = wanted.model_dump(exclude_unset=True)
    outcome = await command.carry_out("reschedule", BookingView, verb, booking_id=str(booking_id), **asked)
    return Answer(data=outcome, message="Rescheduled.")


@router.get("/extensions", summary="See how much longer it may last")
async def extensions(booking_id: PydanticObjectId, actor: Caller, now: Now) -> Answer[list[ExtensionView]]:
    """The later ends that a running booking could have, the nearest first; none for one that is not running."""
    found = await bookings.extension_choices(booking_id=booking_id, actor=actor, now=now)
    return Answer(data=[ExtensionView.model_validate(choice) for choice in found])


@router.post("/extend", summary="Extend a running booking")
async def extend(booking_id: PydanticObjectId, wanted: ToExtend, command: CommandDep) -> Answer[BookingView]:
    """Let the caller's running booking last longer, for the price of what is added."""

    async def verb(tx: Tx) -> BookingView:
        extended = await bookings.extend(
            tx, booking_id=booking_id, ends_at=wanted.ends_at, expected_cost_tokens=wanted.expected_cost_tokens,
            key=command.key, actor=command.actor, now=command.now,
        )  # fmt: skip
        return view(extended)

    outcome = await command.carry_out(
        "extend", BookingView, verb, booking_id=str(booking_id), **wanted.model_dump()
    )  # fmt: skip
    return Answer(data=outcome, message="Extended.")


@router.post("/check-out", summary="Leave")
async def check_out(booking_id: PydanticObjectId, command: CommandDep) -> Answer[BookingView]:
    """Say that the caller (or, by staff of the venue, the member) has left; what is left of the time is free."""

    async def verb(tx: Tx) -> BookingView:
        return view(await bookings.check_out(tx, booking_id=booking_id, actor=command.actor, now=command.now))

    outcome = await command.carry_out("check-out", BookingView, verb, booking_id=str(booking_id))
    return Answer(data=outcome, message="Checked out.")
