"""What must always hold: run after every test, by the state machines after each step, and in production.

Everything is computed again from what is stored, not by the indexes and counters that should have prevented it. All
checks of one run read one snapshot, so that work going on meanwhile is no violation.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pymongo import ASCENDING

from domain import bookings, payments, resources, wallets
from domain.bookings import Status
from domain.kernel import Row, cells, database, dead_work


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Something that can never be, and is. `name` is the check's, `subject` what it is about."""

    name: str
    subject: str
    detail: str


Check = Callable[[int], Awaitable[list[Violation]]]


async def violations(*, limit: int) -> list[Violation]:
    """Every invariant over the current tenant; at most `limit` violations of each. Not inside a transaction."""
    found: list[Violation] = []
    async with database().client.start_session(snapshot=True) as session, session.bind(end_session=False):
        for check in CHECKS:
            found += await check(limit)
    return found


async def balances_agree(limit: int) -> list[Violation]:
    """Balance = sum of the lots = sum of the ledger, and none is negative."""
    return [
        Violation(name="balances_agree", subject=f"member {member_id}", detail="balance, lots and ledger disagree")
        for member_id in await wallets.unbalanced(limit=limit)
    ]


async def chains_are_whole(limit: int) -> list[Violation]:
    """Every entry of every ledger is unchanged, in its place and linked to the one before."""
    found: list[Violation] = []
    async for row in wallets.Wallet.get_pymongo_collection().find({}, {"user": 1}):
        broken_at = await wallets.broken_chain(row["user"])
        if broken_at is not None:
            found.append(
                Violation(name="chains_are_whole", subject=f"member {row['user']}", detail=f"broken at {broken_at}")
            )
        if len(found) == limit:
            break
    return found


_TAKEN: Row = {"$or": [{"held": True}, {"status": {"$in": [Status.HELD, Status.CONFIRMED, Status.ACTIVE]}}]}
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
    if row["status"] in (Status.CANCELLED, Status.EXPIRED):
        return f"{row['status']}, but still holds cells"
    if row["occupied_until"] < row["ends_at"]:
        return "is released before it ends"
    expected = cells(
        row["resource_id"], row["starts_at"], row["occupied_until"], quantum_minutes=row.get("quantum") or 0
    )
    return None if sorted(row["cells"]) == sorted(expected) else "holds other cells than those of its time"


async def bookings_are_paid_for(limit: int) -> list[Violation]:
    """The ledger says of each booking what the booking says: its cost spent when confirmed, its refund returned."""
    is_confirmed = {"$ne": [{"$ifNull": ["$confirmed_at", None]}, None]}
    by_bookings: Row = {"spent": {"$cond": [is_confirmed, "$cost_tokens", 0]}, "returned": "$refund_tokens"}
    by_ledger: Row = {
        "_id": "$booking",
        "spent": {"$cond": [{"$eq": ["$type", "decrease"]}, {"$multiply": ["$amount", -1]}, 0]},
        "returned": {"$cond": [{"$eq": ["$type", "increase"]}, {"$multiply": ["$amount", -1]}, 0]},
    }
    ledger = wallets.TokenTransaction.get_collection_name()
    of_bookings: Row = {"booking": {"$type": "objectId"}}
    pipeline: list[Row] = [
        {"$project": by_bookings},
        {"$unionWith": {"coll": ledger, "pipeline": [{"$match": of_bookings}, {"$project": by_ledger}]}},
        {"$group": {"_id": "$_id", "spent": {"$sum": "$spent"}, "returned": {"$sum": "$returned"}}},
        {"$match": {"$or": [{"spent": {"$ne": 0}}, {"returned": {"$ne": 0}}]}},
        {"$limit": limit},
    ]
    rows = await bookings.Booking.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="bookings_are_paid_for", subject=f"booking {row['_id']}",
            detail=f"unspent {row['spent']}, unreturned {row['returned']} tokens of what the booking says",
        )
        async for row in rows
    ]  # fmt: skip


async def payments_are_credited_once(limit: int) -> list[Violation]:
    """Each paid payment has one ledger entry of its tokens, and there is no entry by a payment that is not paid."""
    paid: Row = {"status": {"$in": ["success", "partially_refunded", "refunded"]}}
    by_payment: Row = {
        "_id": "$payment_transaction",
        "entries": {"$literal": -1},
        "tokens": {"$multiply": ["$amount", -1]},
    }
    increases: Row = {"type": "increase", "increase_source": "payment"}
    ledger = wallets.TokenTransaction.get_collection_name()
    pipeline: list[Row] = [
        {"$match": paid},
        {"$project": {"entries": {"$literal": 1}, "tokens": "$token"}},
        {"$unionWith": {"coll": ledger, "pipeline": [{"$match": increases}, {"$project": by_payment}]}},
        {"$group": {"_id": "$_id", "entries": {"$sum": "$entries"}, "tokens": {"$sum": "$tokens"}}},
        {"$match": {"$or": [{"entries": {"$ne": 0}}, {"tokens": {"$ne": 0}}]}},
        {"$limit": limit},
    ]
    rows = await payments.PaymentTransaction.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="payments_are_credited_once", subject=f"payment {row['_id']}",
            detail=f"{-row['entries']} credits and {-row['tokens']} tokens more than it was paid for",
        )
        async for row in rows
    ]  # fmt: skip


async def no_work_is_dead(limit: int) -> list[Violation]:
    """Nothing was given up."""
    return [
        Violation(name="no_work_is_dead", subject=f"{work.kind} {work.id}", detail=work.failure or "")
        for work in await dead_work(limit=limit)
    ]


CHECKS: tuple[Check, ...] = (
    balances_agree,
    chains_are_whole,
    no_two_overlap,
    taken_is_in_cells,
    bookings_are_paid_for,
    payments_are_credited_once,
    no_work_is_dead,
)
