"""A rack that does not prepare itself in time: another one for the same time, or everything back."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import resources
from domain.bookings import policy
from domain.bookings.errors import NotPreparing, SlotTaken
from domain.bookings.events import BookingRescheduled
from domain.bookings.models import Asked, Booking, Status
from domain.bookings.queries.changes import prepared_for_others
from domain.bookings.service import cancelling, moving
from domain.kernel import Row, Tx, emit
from domain.people import SYSTEM, Actor


async def take_other(
    tx: Tx, *, booking_id: PydanticObjectId, resource_id: PydanticObjectId, actor: Actor, now: datetime
) -> Booking:
    """Take another rack for the same time at no cost, because one's own is not ready at the start.

    Its terms and price stay; asking again for that rack changes nothing. Raises BookingNotFound, NotPreparing,
    SlotTaken, MemberDisabled and the errors of `resources.check`.
    """
    actor.require("bookings:write")
    booking = await moving.own(booking_id, actor)
    if booking.resource_id == resource_id:
        return booking
    if not policy.is_unready(booking, now):
        raise NotPreparing(booking_id=booking_id, status=booking.status.value)
    place = await resources.place(resource_id)
    policy.check_replacement(booking, place)
    if await prepared_for_others([resource_id]):
        raise SlotTaken(resource_id=resource_id, starts_at=booking.starts_at, ends_at=booking.ends_at)
    asked = Asked(
        key=f"other:{booking.id}", resource_id=resource_id, starts_at=booking.starts_at, ends_at=booking.ends_at,
        options=booking.options,
    )  # fmt: skip
    wish = moving.wish_of(booking, asked, actor=actor)

    await moving.make_room(tx, wish, place, actor=actor, now=now)
    prepare_at = policy.prepare_at(place.resource, booking.starts_at)
    fields = {
        "venue_id": place.resource.venue_id, "status": Status.CONFIRMED.value, "prepare_at": prepare_at,
        # The other one may be late, too. One that needs no preparing is ready, and its member still comes late.
        "late_told": prepare_at is None,
    }  # fmt: skip
    moved = await moving.change(booking, wish, place, fields, asked=moving.asked_by_now(booking), now=now)
    told = BookingRescheduled(
        **moving.facts(booking, moved, actor=actor, now=now), because="not_ready", paid_tokens=0, returned_tokens=0
    )
    await emit(tx, told)
    return moved


async def refund_unready(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Give the member's booking up for all that it cost, because its rack is not ready at the start; once.

    Raises BookingNotFound, NotPreparing.
    """
    booking = await moving.own(booking_id, actor)
    if booking.status is Status.CANCELLED:
        return booking
    if not policy.is_unready(booking, now):
        raise NotPreparing(booking_id=booking_id, status=booking.status.value)
    return await cancelling.close(
        tx, booking, refund_tokens=booking.cost_tokens, actor=actor, by_operator=True, reason=None,
        because="not_ready", now=now,
    )  # fmt: skip


def never_ready(now: datetime) -> Row:
    """What has come to its end without its rack having been ready (step `give_up`)."""
    unprepared: list[Row] = [
        {"status": Status.PREPARING.value},
        {"status": Status.CONFIRMED.value, "prepare_at": {"$ne": None}},
    ]
    return {"$or": unprepared, "held": True, "starts_at": {"$lt": now}, "ends_at": {"$lte": now}}


async def give_up(tx: Tx, rows: list[Row], now: datetime) -> None:
    """Cancel what was `never_ready`, and return all that it cost."""
    for row in rows:
        booking = Booking.read(row)
        await cancelling.close(
            tx, booking, refund_tokens=booking.cost_tokens, actor=SYSTEM, by_operator=True, reason=None,
            because="not_ready", now=now,
        )  # fmt: skip
