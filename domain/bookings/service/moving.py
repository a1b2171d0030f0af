"""The same booking at another time, on another resource, or for longer."""

from datetime import UTC, datetime

from beanie import PydanticObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import (
    BookingNotFound,
    NotExtendable,
    NotReschedulable,
    PriceChanged,
    SlotTaken,
)
from domain.bookings.events import BookingExtended, BookingRescheduled, BookingRescheduledByOffice
from domain.bookings.models import ASKED_MAX, Asked, Booking, Status
from domain.bookings.service import claims, paying
from domain.bookings.service.claims import Wish
from domain.kernel import KeyReused, Row, Tx, cells, emit
from domain.people import Actor
from domain.resources import Options, Place, Price


async def reschedule(
    tx: Tx,
    *,
    booking_id: PydanticObjectId,
    resource_id: PydanticObjectId | None,
    starts_at: datetime,
    ends_at: datetime,
    options: Options,
    expected_cost_tokens: int | None,
    expected_refund_tokens: int | None,
    key: str,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Give the booking other times, options or (unless None) another resource: all or nothing.

    What cancelling now would return comes back, then the new price is spent; with `expected_*` (what the member was
    shown) anything else is refused. Somebody else's (`bookings:cancel_any`) returns everything. Asking again with `key`
    returns the booking as it stands. Raises BookingNotFound, NotReschedulable, SlotTaken, PriceChanged, KeyReused,
    MemberDisabled, NotPermitted, InsufficientBalance, DebtOutstanding, VehicleRequired and those of `resources.check`.
    """
    booking = await queries.get(booking_id=booking_id, actor=actor)
    by_operator = booking.member_id != actor.member_id
    actor.require("bookings:cancel_any" if by_operator else "bookings:write")
    asked = Asked(
        key=key, resource_id=resource_id, starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC),
        options=options,
    )  # fmt: skip
    if _was_asked(booking, asked):
        return booking
    if not policy.is_movable(booking, now):
        raise NotReschedulable(booking_id=booking_id, status=booking.status.value)
    wish = wish_of(booking, asked, actor=actor)
    if _is_as_it_stands(booking, wish):
        return booking
    place = await resources.place(wish.resource_id)
    price = await claims.agreed_price(wish, place, expected_cost_tokens, now=now)
    returned_tokens = policy.returned_by_moving(booking, by_operator=by_operator, now=now)
    _agree(expected_refund_tokens, returned_tokens, price)

    await make_room(tx, wish, place, actor=actor, now=now)
    fields = {
        **_placed(wish, place, price, now=now), "spendings": _spending(booking, price.total_tokens),
        "moved_cost_tokens": booking.moved_cost_tokens + booking.cost_tokens,
        "moved_refund_tokens": booking.moved_refund_tokens + returned_tokens,
    }  # fmt: skip
    moved = await change(booking, wish, place, fields, asked=asked_by_now(booking, asked), now=now)
    await _settle(tx, booking, moved, returned_tokens, now=now)
    await _announce(tx, booking, moved, returned_tokens, actor=actor, now=now)
    return moved


async def extend(
    tx: Tx,
    *,
    booking_id: PydanticObjectId,
    ends_at: datetime,
    expected_cost_tokens: int | None,
    key: str,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Let the member's running booking last until `ends_at`, for the price of what is added.

    With `expected_cost_tokens` (what the member was shown) another price is refused. Asking again with `key` returns
    the booking as it stands. Raises BookingNotFound, NotExtendable, SlotTaken, PriceChanged, KeyReused, MemberDisabled,
    InsufficientBalance, DebtOutstanding, ResourceUnavailable, OffGrid, TooLong, OutsideOpeningHours.
    """
    actor.require("bookings:write")
    booking = await own(booking_id, actor)
    asked = Asked(
        key=key, resource_id=booking.resource_id, starts_at=booking.starts_at, ends_at=ends_at.astimezone(UTC),
        options=booking.options,
    )  # fmt: skip
    if _was_asked(booking, asked):
        return booking
    if not policy.is_extendable(booking, now) or asked.ends_at <= booking.ends_at:
        raise NotExtendable(booking_id=booking_id, status=booking.status.value)
    place = await resources.place(booking.resource_id)
    policy.check_extension(booking, place, asked.ends_at)
    price = resources.price(place.resource, place.venue, booking.ends_at, asked.ends_at, Options())
    if expected_cost_tokens not in (None, price.total_tokens):
        raise PriceChanged(expected_tokens=expected_cost_tokens, cost_tokens=price.total_tokens)

    wish = wish_of(booking, asked, actor=actor)
    await make_room(tx, wish, place, actor=actor, now=now)
    before = [spending.model_dump() for spending in paying.spendings_of(booking)]
    fields = {
        "cost_tokens": booking.cost_tokens + price.total_tokens,
        "price_lines": [line.model_dump() for line in (*booking.price_lines, *price.lines)],
        "spendings": [*before, *_spending(booking, price.total_tokens)],
    }
    extended = await change(booking, wish, place, fields, asked=asked_by_now(booking, asked), now=now)
    await _pay(tx, extended, price.total_tokens, now=now)
    told = BookingExtended(
        **claims.facts_of(extended), origin=actor.origin, previous_ends_at=booking.ends_at,
        paid_tokens=price.total_tokens, occurred_at=now,
    )  # fmt: skip
    await emit(tx, told)
    return extended


async def own(booking_id: PydanticObjectId, actor: Actor) -> Booking:
    """The actor's own booking; raises BookingNotFound."""
    booking = await queries.stored(booking_id)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking_id)
    return booking


def _was_asked(booking: Booking, asked: Asked) -> bool:
    """Whether this very command was carried out before. Raises KeyReused when its key named something else."""
    earlier = next((one for one in booking.asked if one.key == asked.key), None)
    if earlier not in (None, asked):
        raise KeyReused(key=asked.key)
    return earlier is not None


def asked_by_now(booking: Booking, *asked: Asked) -> list[Row]:
    """What is stored of the commands so far: the first, and the last ones."""
    as_booked = Asked(
        key=booking.key, resource_id=booking.resource_id, starts_at=booking.starts_at, ends_at=booking.ends_at,
        options=booking.options,
    )  # fmt: skip
    first = booking.asked[0] if booking.asked else as_booked
    later = [*booking.asked[1:], *asked][1 - ASKED_MAX :]
    return [one.model_dump() for one in (first, *later)]


def wish_of(booking: Booking, asked: Asked, *, actor: Actor) -> Wish:
    """The times that a command asks for its booking."""
    return Wish(
        member_id=booking.member_id, resource_id=asked.resource_id or booking.resource_id, starts_at=asked.starts_at,
        ends_at=asked.ends_at, options=asked.options, key=asked.key, origin=actor.origin, is_hold=False,
    )  # fmt: skip


def _is_as_it_stands(booking: Booking, wish: Wish) -> bool:
    return (booking.resource_id, booking.starts_at, booking.ends_at, booking.options) == (
        wish.resource_id, wish.starts_at, wish.ends_at, wish.options,
    )  # fmt: skip


def _agree(expected_refund_tokens: int | None, returned_tokens: int, price: Price) -> None:
    """The price was agreed; what comes back may have changed since, so that the difference is another."""
    if expected_refund_tokens not in (None, returned_tokens):
        assert expected_refund_tokens is not None
        raise PriceChanged(
            expected_tokens=price.total_tokens - expected_refund_tokens,
            cost_tokens=price.total_tokens - returned_tokens,
        )


async def make_room(tx: Tx, wish: Wish, place: Place, *, actor: Actor, now: datetime) -> None:
    """End dead holds, and the member's own, that lie on the wished cells. Raises KeyReused."""
    standing = await claims.survey(wish, place, now=now)
    if standing.replayed_id is not None:
        raise KeyReused(key=wish.key)
    leaving = [row for row in standing.holds if claims.is_in_the_way(row, wish, place)]
    await claims.clear(tx, standing.dead, leaving, by=actor.member_id, now=now)


def _placed(wish: Wish, place: Place, price: Price, *, now: datetime) -> Row:
    """What a booking of these times has that was made now."""
    resource = place.resource
    overtime = resources.overtime_for(resource)
    return {
        "venue_id": resource.venue_id, "status": Status.CONFIRMED.value, "options": wish.options.model_dump(),
        "cost_tokens": price.total_tokens, "price_lines": [line.model_dump() for line in price.lines],
        "terms": resources.terms_for(resource, place.venue).model_dump(), "check_in": resource.check_in,
        "overtime": overtime.model_dump() if overtime else None, "late_told": False,
        "prepare_at": policy.prepare_at(resource, wish.starts_at),
        "reminders_left": policy.reminders_ahead(wish.starts_at, now),
    }  # fmt: skip


def _spending(booking: Booking, tokens: int) -> list[Row]:
    key = paying.spending_key(booking.id, booking.moves + 1)
    return [{"key": key, "tokens": tokens}] if tokens else []


async def change(
    booking: Booking, wish: Wish, place: Place, fields: Row, *, asked: list[Row], now: datetime
) -> Booking:
    """Let the booking have other cells instead of its own, after a look at what stands. Raises SlotTaken."""
    until = wish.occupied_until(place)
    quantum_minutes = place.resource.quantum_minutes
    change: Row = {
        "resource_id": wish.resource_id, "starts_at": wish.starts_at, "ends_at": wish.ends_at, "occupied_until": until,
        "cells": cells(wish.resource_id, wish.starts_at, until, quantum_minutes=quantum_minutes),
        "moves": booking.moves + 1, "asked": asked, "end_told": False, "updated_at": now, **fields,
    }  # fmt: skip
    try:
        row = await Booking.get_pymongo_collection().find_one_and_update(
            {"_id": booking.id, "status": booking.status.value}, {"$set": change}, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError as error:
        raise SlotTaken(resource_id=wish.resource_id, starts_at=wish.starts_at, ends_at=wish.ends_at) from error
    assert row is not None, "read in this snapshot: a rival change is a write conflict"
    return Booking.read(row)


async def _settle(tx: Tx, before: Booking, after: Booking, returned_tokens: int, *, now: datetime) -> None:
    """First what comes back of the old times, so that it can pay for the new ones."""
    if returned_tokens:
        refund_key = f"booking.moved:{before.id}:{after.moves}"
        await paying.give_back(tx, before, returned_tokens, key=refund_key, now=now)
    await _pay(tx, after, after.cost_tokens, now=now)


async def _pay(tx: Tx, booking: Booking, tokens: int, *, now: datetime) -> None:
    if tokens:
        await wallets.spend(
            tx, member_id=booking.member_id, tokens=tokens, purpose="booking", booking_id=booking.id,
            key=paying.spending_key(booking.id, booking.moves), now=now,
        )  # fmt: skip


def facts(before: Booking, after: Booking, *, actor: Actor, now: datetime) -> Row:
    """What is told of every move."""
    return {
        **claims.facts_of(after), "origin": actor.origin, "previous_resource_id": before.resource_id,
        "previous_starts_at": before.starts_at, "previous_ends_at": before.ends_at, "occurred_at": now,
    }  # fmt: skip


async def _announce(
    tx: Tx, before: Booking, after: Booking, returned_tokens: int, *, actor: Actor, now: datetime
) -> None:
    by_operator = before.member_id != actor.member_id
    told = BookingRescheduled(
        **facts(before, after, actor=actor, now=now), because="asked", paid_tokens=after.cost_tokens,
        returned_tokens=returned_tokens, by_operator=by_operator,
    )  # fmt: skip
    await emit(tx, told)
    if by_operator:
        await emit(tx, _for_the_audit(before, after, returned_tokens, actor=actor, now=now))


def _for_the_audit(
    before: Booking, after: Booking, returned_tokens: int, *, actor: Actor, now: datetime
) -> BookingRescheduledByOffice:
    def times(booking: Booking) -> Row:
        return {
            "resource_id": booking.resource_id, "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(), "cost_tokens": booking.cost_tokens,
        }  # fmt: skip

    return BookingRescheduledByOffice(
        actor_id=actor.member_id, origin=actor.origin, subject_id=after.id, occurred_at=now, before=times(before),
        after={"code": after.code, **times(after), "returned_tokens": returned_tokens},
    )  # fmt: skip
