"""Taking a time for maintenance, ending it, and calling off whoever is in the way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from beanie import PydanticObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain import resources
from domain.bookings import policy
from domain.bookings.errors import AffectedChanged, BookingNotFound, InvalidPeriod, SlotTaken
from domain.bookings.events import MaintenanceEnded, MaintenanceReserved
from domain.bookings.models import NOBODY, Asked, Booking, Purpose, Status
from domain.bookings.queries import maintenance
from domain.bookings.queries.availability import REACH
from domain.bookings.queries.maintenance import AFFECTED_MAX, Area
from domain.bookings.service import cancelling, claims
from domain.kernel import RELEASED, KeyReused, Row, Tx, cells, emit, insert_rows, run_again, short_code
from domain.people import Actor
from domain.resources import LENGTH_MINUTES_MAX, Options, Resource

PART = timedelta(minutes=LENGTH_MINUTES_MAX)
"""No stored booking is longer: whoever asks what is taken looks no further back."""


async def reserve_maintenance(
    tx: Tx,
    *,
    resource_id: PydanticObjectId | None,
    venue_id: PydanticObjectId | None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    expected_affected: int,
    key: str,
    actor: Actor,
    now: datetime,
) -> list[Booking]:
    """Take a period of one resource, or of all at a venue, so that nobody can book it; rounded outwards to the quantum.

    Sessions in the period are called off and return everything, running ones too; holds and offers are given up. Their
    number must be the one that the operator was shown (`affected`). Asking again with the key returns the first
    outcome. Returns the parts, of a week at most each, which share `series_id`.
    Raises AffectedChanged, InvalidPeriod, SlotTaken (facts: maintenance, the code of what is reserved there already),
    KeyReused, ResourceNotFound, VenueNotFound, NotPermitted.
    """
    actor.require("racks:write")
    asked = Asked(
        key=key, resource_id=resource_id, starts_at=policy.as_stored(starts_at), ends_at=policy.as_stored(ends_at),
        options=Options(),
    )  # fmt: skip
    earlier = await _of_key(key)
    if earlier:
        (first, *_) = earlier
        is_same = (first.asked, first.maintenance_reason) == ([asked], _short(reason))
        if not is_same or venue_id not in (None, first.venue_id):
            raise KeyReused(key=key)
        return earlier
    area = await maintenance.area(resource_id=resource_id, venue_id=venue_id)
    begin, end = maintenance.period(area, starts_at, ends_at, now=now)
    _check_size(area, begin, end)
    await _refuse_if_reserved(area, begin, end)
    affected = await maintenance.met(area, begin, end, now=now, limit=AFFECTED_MAX + 1)
    check_affected(affected, expected_affected=expected_affected)

    await _clear_what_is_over(tx, area, begin, end, now=now)
    await call_off(tx, affected, because="maintenance", reason=reason, actor=actor, now=now)
    rows = _rows(area, begin, end, reason=reason, key=key, actor=actor, now=now)
    rows[0]["asked"] = [asked.model_dump()]
    try:
        await insert_rows(Booking, rows)
    except (DuplicateKeyError, BulkWriteError) as error:  # somebody was faster: look again
        run_again(tx, error)
    await emit(tx, _reserved(area, rows, affected, actor=actor, now=now))
    return [Booking.read(row) for row in rows]


def check_affected(affected: Sequence[Booking], *, expected_affected: int) -> None:
    """That the bookings are as many as the operator was shown. Raises AffectedChanged, InvalidPeriod."""
    if len(affected) > AFFECTED_MAX:
        raise InvalidPeriod(problem="too_many_affected", affected_max=AFFECTED_MAX)
    if len(affected) != expected_affected:
        raise AffectedChanged(affected=len(affected))


async def call_off(
    tx: Tx,
    affected: Sequence[Booking],
    *,
    because: Literal["asked", "maintenance"],
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Cancel bookings as the operator, so that everything comes back; give up holds and offers."""
    for booking in affected:
        if booking.status is Status.HELD:
            await claims.give_up(tx, booking.row(), by=actor.member_id, reason="maintenance", now=now)
        else:
            await cancelling.close(
                tx, booking, refund_tokens=booking.cost_tokens, actor=actor, by_operator=True, because=because,
                reason=reason, now=now,
            )  # fmt: skip


async def _of_key(key: str) -> list[Booking]:
    row = await Booking.get_pymongo_collection().find_one({"member_id": NOBODY, "key": f"{key}:0"}, {"series_id": 1})
    return await maintenance.parts_of(row["series_id"]) if row else []


def _short(reason: str) -> str:
    return reason.strip()[: cancelling.REASON_MAX]


def _check_size(area: Area, begin: datetime, end: datetime) -> None:
    if not area.resources:
        raise InvalidPeriod(problem="nothing_there")
    policy.check_maintenance_cells([each.quantum_minutes for each in area.resources], begin, end)


async def _refuse_if_reserved(area: Area, begin: datetime, end: datetime) -> None:
    wanted: Row = {
        "resource_id": {"$in": [each.id for each in area.resources]}, "held": True,
        "purpose": Purpose.MAINTENANCE.value, "starts_at": {"$gt": begin - REACH, "$lt": end},
        "occupied_until": {"$gt": begin},
    }  # fmt: skip
    row = await Booking.get_pymongo_collection().find_one(wanted, sort=[("starts_at", 1)])
    if row is not None:
        raise SlotTaken(
            resource_id=row["resource_id"], starts_at=row["starts_at"], ends_at=row["ends_at"], maintenance=row["code"]
        )


async def _clear_what_is_over(tx: Tx, area: Area, begin: datetime, end: datetime, *, now: datetime) -> None:
    """End dead holds, and what is left of turnarounds: the maintenance itself is one."""
    collection = Booking.get_pymongo_collection()
    touching: Row = {
        **area.bookings, "held": True, "starts_at": {"$gt": begin - REACH, "$lt": end}, "occupied_until": {"$gt": begin}
    }  # fmt: skip
    dead = {"status": Status.HELD.value, "hold_expires_at": {"$lte": now}}
    await claims.lapse(tx, await collection.find({**touching, **dead}).to_list(None), now=now)
    completed = {**touching, "status": Status.COMPLETED.value}
    await collection.update_many(completed, {"$set": {"held": False, "updated_at": now}})
    quanta = {each.id: each.quantum_minutes for each in area.resources}
    over = {**touching, "ends_at": {"$lte": now}, "resource_id": {"$in": list(quanta)}}
    for row in await collection.find(over).to_list(None):  # its time is over, and nobody has noted it yet
        kept = cells(row["resource_id"], row["starts_at"], begin, quantum_minutes=quanta[row["resource_id"]])
        await collection.update_one(
            {"_id": row["_id"]}, {"$set": {"occupied_until": begin, "cells": kept, "updated_at": now}}
        )


def _rows(
    area: Area, begin: datetime, end: datetime, *, reason: str, key: str, actor: Actor, now: datetime
) -> list[Row]:
    series_id = PydanticObjectId()
    code = short_code("M")
    rows: list[Row] = []
    for resource in area.resources:
        at = begin
        while at < end:
            until = min(end, at + PART)
            rows.append(_row(area, resource, at, until, actor=actor, now=now))
            at = until
    for number, row in enumerate(rows):
        row |= {
            "_id": PydanticObjectId() if number else series_id, "series_id": series_id, "key": f"{key}:{number}",
            "code": f"{code}-{number}" if number else code,
            "maintenance_reason": _short(reason),
        }  # fmt: skip
    return rows


def _row(area: Area, resource: Resource, at: datetime, until: datetime, *, actor: Actor, now: datetime) -> Row:
    return {
        "purpose": Purpose.MAINTENANCE.value, "member_id": NOBODY, "resource_id": resource.id,
        "venue_id": resource.venue_id, "starts_at": at, "ends_at": until, "occupied_until": until,
        "cells": cells(resource.id, at, until, quantum_minutes=resource.quantum_minutes), "held": True, "seat": None,
        "status": Status.CONFIRMED.value, "hold_expires_at": None, "confirmed_at": now,
        "options": Options().model_dump(), "cost_tokens": 0, "price_lines": [],
        "terms": resources.terms_for(resource, area.venue).model_dump(), "refund_tokens": 0, "origin": actor.origin,
        "cancelled_at": None, "is_offer": False, "prepare_at": None, "late_told": True, "reminders_left": [],
        "end_told": True, "check_in": "none", "checked_in_at": None, "overtime": None, **RELEASED, "created_at": now,
        "updated_at": now,
    }  # fmt: skip


def _reserved(
    area: Area, rows: Sequence[Row], affected: Sequence[Booking], *, actor: Actor, now: datetime
) -> MaintenanceReserved:
    first: dict[str, Any] = {
        "code": rows[0]["code"], "resource": ", ".join(each.code for each in area.resources),
        "starts_at": rows[0]["starts_at"].isoformat(), "ends_at": rows[-1]["ends_at"].isoformat(),
        "reason": rows[0]["maintenance_reason"], "cancelled": [booking.code for booking in affected],
    }  # fmt: skip
    return MaintenanceReserved(
        actor_id=actor.member_id, origin=actor.origin, subject_id=rows[0]["_id"], after=first, occurred_at=now
    )


async def end_maintenance(tx: Tx, *, series_id: PydanticObjectId, actor: Actor, now: datetime) -> list[Booking]:
    """Call a maintenance off, or end it now: the rest of its cells is free, from the next quantum on.

    Ending twice is ending once. Raises BookingNotFound, NotPermitted.
    """
    actor.require("racks:write")
    parts = await maintenance.parts_of(series_id)
    if not parts:
        raise BookingNotFound(series_id=series_id)
    left = [part for part in parts if part.status in (Status.CONFIRMED, Status.ACTIVE) and part.ends_at > now]
    freed: dict[PydanticObjectId, tuple[datetime, datetime]] = {}
    quanta = {each.resource_id: (await resources.get(each.resource_id)).quantum_minutes for each in left}
    for part in left:
        free_from = max(part.starts_at, policy.round_up(now, quantum_minutes=quanta[part.resource_id]))
        if free_from < part.ends_at:
            await _shorten(part, free_from, quantum_minutes=quanta[part.resource_id], actor=actor, now=now)
            begin, end = freed.get(part.resource_id, (free_from, part.ends_at))
            freed[part.resource_id] = min(begin, free_from), max(end, part.ends_at)
    for resource_id, (begin, end) in freed.items():
        ended = MaintenanceEnded(
            actor_id=actor.member_id, origin=actor.origin, subject_id=series_id, resource_id=resource_id,
            starts_at=begin, ends_at=end, occurred_at=now, before={"ends_at": end.isoformat()},
            after={"code": parts[0].code, "ends_at": begin.isoformat()},
        )  # fmt: skip
        await emit(tx, ended)
    return await maintenance.parts_of(series_id)


async def _shorten(part: Booking, ends_at: datetime, *, quantum_minutes: int, actor: Actor, now: datetime) -> None:
    fields: Row = {
        "status": Status.CANCELLED.value, "held": False, "cancelled_at": now, "cancelled_by": actor.member_id
    }  # fmt: skip
    if ends_at > part.starts_at:
        kept = cells(part.resource_id, part.starts_at, ends_at, quantum_minutes=quantum_minutes)
        fields = {"cells": kept, "ends_at": ends_at, "occupied_until": ends_at, "original_ends_at": part.ends_at}
    result = await Booking.get_pymongo_collection().update_one(
        {"_id": part.id, "status": part.status.value}, {"$set": {**RELEASED, **fields, "updated_at": now}}
    )
    assert result.modified_count == 1, "read in this snapshot: a rival change is a write conflict"
