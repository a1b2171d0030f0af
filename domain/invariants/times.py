"""That nobody has what somebody else has."""

from pymongo import ASCENDING

from domain import bookings, resources
from domain.bookings import Status
from domain.invariants.violation import Violation
from domain.kernel import Row, cells

_TAKEN: Row = {"$or": [{"held": True}, {"status": {"$in": [status.value for status in bookings.OPEN]}}]}
_TIMES = {"resource_id": 1, "starts_at": 1, "ends_at": 1, "occupied_until": 1, "code": 1}


async def no_two_overlap(limit: int) -> list[Violation]:
    """No two bookings have one resource at one time, turnaround included; by their times, not by their cells."""
    found: list[Violation] = []
    before: Row | None = None
    in_order = [("resource_id", ASCENDING), ("starts_at", ASCENDING)]
    rows = bookings.Booking.get_pymongo_collection().find(_TAKEN, _TIMES).sort(in_order)
    async for row in rows.allow_disk_use(True):
        same = before is not None and before["resource_id"] == row["resource_id"]
        if before is not None and same and row["starts_at"] < before["occupied_until"]:
            detail = f"begins {row['starts_at']}, but {before['code']} has it until {before['occupied_until']}"
            found.append(Violation(name="no_two_overlap", subject=f"booking {row['code']}", detail=detail))
        if not same or before is None or row["occupied_until"] > before["occupied_until"]:
            before = row
        if len(found) == limit:
            break
    return found


async def taken_is_in_cells(limit: int) -> list[Violation]:
    """An open booking holds exactly the cells of its time and turnaround, and what has ended badly holds none."""
    found: list[Violation] = []
    with_quantum: list[Row] = [
        {"$match": _TAKEN},
        {
            "$lookup": {
                "from": resources.Resource.get_collection_name(),
                "localField": "resource_id",
                "foreignField": "_id",
                "pipeline": [{"$project": {"quantum_minutes": 1}}],
                "as": "resource",
            }
        },
        {
            "$project": {
                **_TIMES,
                "cells": 1,
                "held": 1,
                "status": 1,
                "quantum": {"$first": "$resource.quantum_minutes"},
            }
        },
    ]
    async for row in await bookings.Booking.get_pymongo_collection().aggregate(with_quantum):
        detail = _wrong_with_cells(row)
        if detail is not None:
            found.append(Violation(name="taken_is_in_cells", subject=f"booking {row['code']}", detail=detail))
        if len(found) == limit:
            break
    return found


def _wrong_with_cells(row: Row) -> str | None:
    if not row["held"]:
        return f"{row['status']}, but holds no cells"
    if row["status"] in (Status.CANCELLED, Status.EXPIRED, Status.NO_SHOW):
        return f"{row['status']}, but still holds cells"
    if row["occupied_until"] < row["ends_at"]:
        return "is released before it ends"
    expected = cells(
        row["resource_id"], row["starts_at"], row["occupied_until"], quantum_minutes=row.get("quantum") or 0
    )
    return None if sorted(row["cells"]) == sorted(expected) else "holds other cells than those of its time"
