"""Claiming cells: what stands at the moment of asking, and the one insert that decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pymongo.errors import DuplicateKeyError

from domain import resources, wallets
from domain.bookings import policy, queries
from domain.bookings.errors import PriceChanged, SlotTaken, TooManyBookings
from domain.bookings.events import HoldHasLapsed, HoldReleased
from domain.bookings.models import REMINDERS_MINUTES, Booking, Purpose, Status
from domain.bookings.service import paying
from domain.kernel import RELEASED, KeyReused, Row, Tx, cells, emit, run_again, short_code
from domain.resources import Options, Place, Price, overtime_for, terms_for

_SURVEYED = dict.fromkeys(
    (
        "member_id", "resource_id", "code", "starts_at", "ends_at", "occupied_until", "status", "hold_expires_at",
        "seat", "key", "origin", "options", "is_offer", "asked", "series_id", "original_ends_at",
    ),
    1,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for, and under which key."""

    member_id: PydanticObjectId
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    options: Options
    key: str
    origin: str
    is_hold: bool
    entry_id: PydanticObjectId | None = None
    """The waitlist entry that it is offered to (a hold), or booked for."""
    series_id: PydanticObjectId | None = None

    def occupied_until(self, place: Place) -> datetime:
        """The end with the turnaround of the resource."""
        return self.ends_at + timedelta(minutes=place.resource.turnaround_minutes)

    def is_of(self, row: Row) -> bool:
        """Whether this is the very command that made the booking in `row`, wherever that has been moved since."""
        as_booked = {**row, "ends_at": row.get("original_ends_at") or row["ends_at"]}
        first = row["asked"][0] if row.get("asked") else as_booked
        is_same = (first["resource_id"], first["starts_at"], first["ends_at"], first["options"]) == (
            self.resource_id, self.starts_at, self.ends_at, self.options.model_dump(),
        ) and self.is_hold == (row["hold_expires_at"] is not None)  # fmt: skip
        return is_same and (self.series_id is None) == (row.get("series_id") is None)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the member has open, what this key made before, and the dead holds that still lie on the wished cells."""

    mine: list[Row]
    dead: list[Row]
    replayed_id: PydanticObjectId | None

    @property
    def holds(self) -> list[Row]:
        """The member's living holds: one of their own at most, and what is offered to them."""
        return [row for row in self.mine if row["status"] == Status.HELD]


def seat_for(standing: Standing, *, leaving: list[Row]) -> int:
    """A place among the member's open bookings. Raises TooManyBookings."""
    return _seat({row["seat"] for row in standing.mine if row not in leaving})


async def any_seat(member_id: PydanticObjectId) -> int:
    """A free place among the member's open bookings. Raises TooManyBookings."""
    mine = {"member_id": member_id, "seat": {"$gte": 0}}
    rows = await Booking.get_pymongo_collection().find(mine, {"seat": 1}).to_list(None)
    return _seat({row["seat"] for row in rows})


def _seat(taken: set[int]) -> int:
    seat = policy.free_seat(taken)
    if seat is None:
        raise TooManyBookings(open_max=policy.CONCURRENT_MAX)
    return seat


async def agreed_price(wish: Wish, place: Place, expected_cost_tokens: int | None, *, now: datetime) -> Price:
    """What the wish costs by the rules of the resource.

    What costs something asks the wallet about debts as it spends; what costs nothing asks here.
    Raises PriceChanged, VehicleRequired, DebtOutstanding and the errors of `resources.check`.
    """
    resources.check(place.resource, place.venue, wish.starts_at, wish.ends_at, wish.options, now)
    await queries.require_vehicle(place.resource, wish.options, wish.member_id)
    price = resources.price(place.resource, place.venue, wish.starts_at, wish.ends_at, wish.options)
    if expected_cost_tokens not in (None, price.total_tokens):
        raise PriceChanged(expected_tokens=expected_cost_tokens, cost_tokens=price.total_tokens)
    if not price.total_tokens:
        await wallets.require_no_debt(wish.member_id)
    return price


def is_in_the_way(row: Row, wish: Wish, place: Place) -> bool:
    """Whether the member's own hold has cells that the wish needs, turnaround included."""
    if row["resource_id"] != wish.resource_id:
        return False
    return bool(row["starts_at"] < wish.occupied_until(place) and row["occupied_until"] > wish.starts_at)


async def clear(tx: Tx, dead: list[Row], leaving: list[Row], *, by: PydanticObjectId | None, now: datetime) -> None:
    """End the dead holds that lie on wished cells, and the member's own that give way."""
    await lapse(tx, dead, now=now)
    for row in leaving:
        await give_up(tx, row, by=by, reason="replaced", now=now)


async def survey(wish: Wish, place: Place, *, now: datetime) -> Standing:
    """Look at all that matters for `wish`, in one read. Raises KeyReused."""
    conditions: list[Row] = [
        {"member_id": wish.member_id, "seat": {"$gte": 0}},
        {"member_id": wish.member_id, "key": wish.key},
        {
            "status": Status.HELD.value, "hold_expires_at": {"$lte": now}, "resource_id": wish.resource_id,
            "starts_at": {"$lt": wish.occupied_until(place)}, "occupied_until": {"$gt": wish.starts_at},
        },
    ]  # fmt: skip
    rows = await Booking.get_pymongo_collection().find({"$or": conditions}, _SURVEYED).to_list(None)
    replayed_id: PydanticObjectId | None = None
    mine: list[Row] = []
    dead: list[Row] = []
    for row in rows:
        is_mine = row["member_id"] == wish.member_id
        if is_mine and row["key"] == wish.key:
            if not wish.is_of(row):
                raise KeyReused(key=wish.key)
            replayed_id = row["_id"]
        if row["status"] == Status.HELD and row["hold_expires_at"] <= now:
            dead.append(row)
        elif is_mine and row["seat"] is not None:
            mine.append(row)
    return Standing(mine=mine, dead=dead, replayed_id=replayed_id)


async def claim(
    tx: Tx,
    wish: Wish,
    place: Place,
    price: Price,
    *,
    seat: int,
    now: datetime,
    booking_id: PydanticObjectId | None = None,
) -> Booking:
    """Insert the booking: whoever's insert stands has the cells. Raises SlotTaken when a look has been taken before.

    Refused in the transaction's first run, or for anything but the cells, it has the whole transaction run again: a
    fresh look at what stands tells the same command, a dead hold, the member's own bookings and a code drawn twice.
    """
    resource = place.resource
    occupied_until = wish.occupied_until(place)
    overtime = overtime_for(resource)
    booking_id = booking_id or PydanticObjectId()
    # Built as stored, and read once: this is the hottest path there is, and making and encoding a record costs more.
    row: Row = {
        "_id": booking_id, "code": short_code("B"), "purpose": Purpose.SESSION.value,
        "member_id": wish.member_id, "resource_id": wish.resource_id, "venue_id": resource.venue_id,
        "starts_at": wish.starts_at, "ends_at": wish.ends_at, "occupied_until": occupied_until,
        "cells": cells(wish.resource_id, wish.starts_at, occupied_until, quantum_minutes=resource.quantum_minutes),
        "held": True, "seat": seat, "status": (Status.HELD if wish.is_hold else Status.CONFIRMED).value,
        "hold_expires_at": policy.hold_expiry(wish.starts_at, now) if wish.is_hold else None,
        "confirmed_at": None if wish.is_hold else now, "options": wish.options.model_dump(),
        "cost_tokens": price.total_tokens, "price_lines": [line.model_dump() for line in price.lines],
        "terms": terms_for(resource, place.venue).model_dump(), "refund_tokens": 0, "key": wish.key,
        "origin": wish.origin, "cancelled_at": None, "cancelled_by": None, "cancelled_reason": None,
        "spendings": paying.first_spending(booking_id, 0 if wish.is_hold else price.total_tokens),
        "entry_id": wish.entry_id, "is_offer": wish.is_hold and wish.entry_id is not None,
        "series_id": wish.series_id, "prepare_at": policy.prepare_at(resource, wish.starts_at), "late_told": False,
        "reminders_left": list(REMINDERS_MINUTES), "end_told": False, "check_in": resource.check_in,
        "checked_in_at": None, "overtime": overtime.model_dump() if overtime else None, "lease_until": None,
        "lease_token": None, "created_at": now, "updated_at": now,
    }  # fmt: skip
    try:
        await Booking.get_pymongo_collection().insert_one(row)
    except DuplicateKeyError as error:
        if tx.attempt > 1 and is_about_cells(error):
            raise SlotTaken(resource_id=wish.resource_id, starts_at=wish.starts_at, ends_at=wish.ends_at) from error
        run_again(tx, error)
    return Booking.read(row)


def is_about_cells(error: DuplicateKeyError) -> bool:
    """Whether somebody else has a cell, rather than the key, the seat or the code."""
    return "cells" in (error.details or {}).get("keyPattern", {})


async def lapse(tx: Tx, rows: list[Row], *, now: datetime) -> None:
    """End holds that ran out and free their cells."""
    if not rows:
        return
    await _end_holds(rows, {"status": Status.EXPIRED.value}, now=now)
    for row in rows:
        await emit(tx, HoldHasLapsed(**facts_of_row(row), hold_expires_at=row["hold_expires_at"], occurred_at=now))


async def give_up(tx: Tx, row: Row, *, by: PydanticObjectId | None, reason: str, now: datetime) -> None:
    """End a living hold at its member's wish and free its cells."""
    ended = {"status": Status.CANCELLED.value, "cancelled_at": now, "cancelled_by": by, "cancelled_reason": reason}
    await _end_holds([row], ended, now=now)
    await emit(tx, HoldReleased(**facts_of_row(row), occurred_at=now))


async def _end_holds(rows: list[Row], fields: Row, *, now: datetime) -> None:
    result = await Booking.get_pymongo_collection().update_many(
        {"_id": {"$in": [row["_id"] for row in rows]}, "status": Status.HELD.value},
        {"$set": {**RELEASED, **fields, "held": False, "seat": None, "updated_at": now}},
    )
    assert result.modified_count == len(rows), "read in this snapshot: a rival change is a write conflict"


def facts_of_row(row: Row) -> Row:
    """What every event says of its booking, from the stored row."""
    return {
        "booking_id": row["_id"], "member_id": row["member_id"], "resource_id": row["resource_id"],
        "origin": row["origin"], "code": row["code"], "starts_at": row["starts_at"], "ends_at": row["ends_at"],
    }  # fmt: skip


def facts_of(booking: Booking) -> Row:
    """What every event says of its booking, but where it came from."""
    return {
        "booking_id": booking.id, "member_id": booking.member_id, "resource_id": booking.resource_id,
        "code": booking.code, "starts_at": booking.starts_at, "ends_at": booking.ends_at,
    }  # fmt: skip
