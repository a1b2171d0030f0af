"""What time does to bookings, in bounded batches that any number of processes may run."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING

from domain.bookings.events import BookingCompleted, BookingEvent, BookingStarted
from domain.bookings.models import Booking, Status
from domain.kernel import Row, Tx, emit

_TOLD = dict.fromkeys(("member_id", "resource_id", "code", "starts_at", "ends_at"), 1)


async def start_due(tx: Tx, *, now: datetime, limit: int) -> int:
    """Make up to `limit` confirmed bookings active whose start has come, and say how many."""
    due = {"status": Status.CONFIRMED.value, "starts_at": {"$lte": now}}
    return await _move(tx, due, "starts_at", {"status": Status.ACTIVE.value}, BookingStarted, now=now, limit=limit)


async def complete_due(tx: Tx, *, now: datetime, limit: int) -> int:
    """Complete up to `limit` active bookings whose end has come, and say how many.

    Frees as well the cells of bookings whose turnaround is over.
    """
    due = {"status": Status.ACTIVE.value, "ends_at": {"$lte": now}}
    completed = {"status": Status.COMPLETED.value, "seat": None}
    count = await _move(tx, due, "ends_at", completed, BookingCompleted, now=now, limit=limit)
    over: Row = {"status": Status.COMPLETED.value, "held": True, "occupied_until": {"$lte": now}}
    collection = Booking.get_pymongo_collection()
    ids = [row["_id"] async for row in collection.find(over, {"_id": 1}).limit(limit)]
    if ids:
        await collection.update_many({"_id": {"$in": ids}, **over}, {"$set": {"held": False, "updated_at": now}})
    return count


async def _move(tx: Tx, due: Row, by: str, fields: Row, kind: type[BookingEvent], *, now: datetime, limit: int) -> int:
    collection = Booking.get_pymongo_collection()
    rows: list[dict[str, Any]] = await collection.find(due, _TOLD).sort(by, ASCENDING).limit(limit).to_list(None)
    if not rows:
        return 0
    ids = [row.pop("_id") for row in rows]
    result = await collection.update_many({"_id": {"$in": ids}, **due}, {"$set": {**fields, "updated_at": now}})
    assert result.modified_count == len(ids), "read in this snapshot: a rival change is a write conflict"
    for booking_id, row in zip(ids, rows, strict=True):
        await emit(tx, kind(booking_id=booking_id, origin="jobs", occurred_at=now, **row))
    return len(ids)
