"""Work that any number of processes share: claimed in bounded batches by lease, finished under a fencing token.

A lease runs by the database's clock (`$$NOW`), not by ours and not by the simulated one. A worker that was stopped
beyond its lease finds its token gone and its completion refused: `LeaseLost`, together with its effects.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from pymongo import ASCENDING, IndexModel

from domain.kernel.storage import Record, Row

ATTEMPTS_MAX = 12
BACKOFF_SECONDS_MAX = 300.0

WORK_INDEX = [
    IndexModel(
        [("work_status", ASCENDING), ("not_before", ASCENDING), ("_id", ASCENDING)],
        name="pending_work",
        partialFilterExpression={"work_status": "pending"},
    ),
    IndexModel(
        [("lease_token", ASCENDING)], name="by_lease", partialFilterExpression={"lease_token": {"$type": "string"}}
    ),
]


class WorkStatus(StrEnum):
    """`pending → done`, or `dead` after `ATTEMPTS_MAX` failures, where a person must look."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class LeaseLost(Exception):
    """Somebody else holds this work now; nothing of this attempt may remain."""


class Work(Record):
    """A record that workers claim."""

    work_status: WorkStatus = WorkStatus.PENDING
    not_before: datetime | None = None
    lease_until: datetime | None = None
    lease_token: str | None = None
    attempts: int = 0
    failure: str | None = None
    done_at: datetime | None = None

    claim_order: ClassVar[list[tuple[str, int]]] = [("_id", ASCENDING)]


W = TypeVar("W", bound=Work)


async def claim(kind: type[W], *, now: datetime, limit: int, lease_seconds: float, where: Row | None = None) -> list[W]:
    """Lease up to `limit` pending records to this caller, oldest first, and return them as leased.

    `now` decides what is due (`not_before`); the database's clock decides which leases have ended.
    """
    ready: Row = {
        "work_status": WorkStatus.PENDING.value,
        "$and": [
            {"$or": [{"not_before": None}, {"not_before": {"$lte": now}}]},
            {"$or": [{"lease_until": None}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]},
        ],
    }
    if where:
        ready["$and"].append(where)
    collection = kind.get_pymongo_collection()
    ids = [row["_id"] async for row in collection.find(ready, {"_id": 1}).sort(kind.claim_order).limit(limit)]
    if not ids:
        return []
    token = uuid4().hex
    leased: Row = {
        "lease_token": token,
        "lease_until": {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}},
        "attempts": {"$add": ["$attempts", 1]},
    }
    await collection.update_many({"_id": {"$in": ids}, **ready}, [{"$set": leased}])
    return [kind.read(row) async for row in collection.find({"lease_token": token}).sort(kind.claim_order)]


async def complete(work: Work, *, now: datetime, **also: Any) -> None:
    """Finish leased work, inside the transaction that has its effect: both happen or neither. Raises LeaseLost."""
    await _settle(work, {"work_status": WorkStatus.DONE.value, "done_at": now, "failure": None, **also}, now=now)


async def put_back(work: Work, *, failure: str, now: datetime, retry_in_seconds: float | None = None) -> WorkStatus:
    """Return work that failed: later again with growing delay, or `dead` after `ATTEMPTS_MAX`. Raises LeaseLost.

    With `retry_in_seconds` the delay is given by somebody who knows (a Retry-After), and the work never dies of it.
    """
    backoff_seconds = min(BACKOFF_SECONDS_MAX, 0.5 * 2.0 ** min(work.attempts, 16))
    died = retry_in_seconds is None and work.attempts >= ATTEMPTS_MAX
    status = WorkStatus.DEAD if died else WorkStatus.PENDING
    delay = timedelta(seconds=backoff_seconds if retry_in_seconds is None else retry_in_seconds)
    await _settle(work, {"work_status": status.value, "not_before": now + delay, "failure": failure[:1000]}, now=now)
    return status


async def _settle(work: Work, fields: Row, *, now: datetime) -> None:
    result = await work.get_pymongo_collection().update_one(
        {"_id": work.id, "lease_token": work.lease_token, "work_status": WorkStatus.PENDING.value},
        {"$set": {**fields, "lease_token": None, "lease_until": None, "updated_at": now}},
    )
    if result.matched_count == 0:
        raise LeaseLost
