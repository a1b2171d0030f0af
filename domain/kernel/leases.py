"""Work that any number of processes share: claimed in bounded batches by lease, finished under a fencing token.

A lease runs by the database's clock (`$$NOW`), not by ours and not by the simulated one. A worker that was stopped
beyond its lease finds its token gone and its completion refused: `LeaseLost`, together with its effects.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from pymongo import ASCENDING, IndexModel, ReturnDocument

from domain.kernel.storage import Record, Row

ATTEMPTS_MAX = 12
BACKOFF_SECONDS_MAX = 300.0
CLAIM_TRIES_MAX = 3
FAILURE_LENGTH_MAX = 1000
SPREAD = 4
KEPT_SECONDS = 30 * 24 * 3600

WORK_INDEX = [
    # In the order of claiming: an index led by `not_before` would sort the whole backlog for every batch.
    IndexModel(
        [("work_status", ASCENDING), ("_id", ASCENDING)],
        name="pending_work",
        partialFilterExpression={"work_status": "pending"},
    ),
    IndexModel([("work_status", ASCENDING)], name="dead_work", partialFilterExpression={"work_status": "dead"}),
    # Garbage collection only, and only of what is done: dead work stays until a person has looked.
    IndexModel([("done_at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS, name="garbage"),
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
    """How often it was claimed."""
    failures: int = 0
    """How often it went wrong by its own fault: what `ATTEMPTS_MAX` counts."""
    failure: str | None = None
    done_at: datetime | None = None

    claim_order: ClassVar[list[tuple[str, int]]] = [("_id", ASCENDING)]
    revived: ClassVar[Row] = {}
    """What else a kind sets when its dead work is to be tried again."""


BLANK_WORK: Row = {
    "work_status": WorkStatus.PENDING.value, "not_before": None, "lease_until": None, "lease_token": None,
    "attempts": 0, "failures": 0, "failure": None, "done_at": None,
}  # fmt: skip
"""The stored form of work that nobody has touched yet, for rows that are written without making a record first."""

W = TypeVar("W", bound=Work)


def looks_at(attempt: int, limit: int) -> int:
    """How many to look at to choose `limit`: who was beaten to the first ones looks further."""
    return limit * SPREAD if attempt else limit


def any_of(ids: list[Any], limit: int) -> list[Any]:
    """Up to `limit` neighbours from anywhere: of several who all want the oldest one gets them, the others nothing."""
    places = -(-len(ids) // limit)
    start = uuid4().int % places * limit if places else 0
    return ids[start : start + limit]


async def claim(kind: type[W], *, now: datetime, limit: int, lease_seconds: float, where: Row | None = None) -> list[W]:
    """Lease up to `limit` pending records to this caller, oldest first, and return them as leased.

    `now` decides what is due (`not_before`); the database's clock decides which leases have ended.
    """
    ready = _ready(now)
    if where:
        ready["$and"].append(where)
    for attempt in range(CLAIM_TRIES_MAX):  # again when others were faster with every one of them
        ids = any_of(await _ready_ids(kind, ready, limit=looks_at(attempt, limit)), limit)
        leased = await _lease(kind, ids, ready, lease_seconds=lease_seconds) if ids else []
        if leased or not ids:
            return leased
    return []


async def claim_ids(kind: type[W], ids: list[Any], *, now: datetime, lease_seconds: float) -> list[W]:
    """Lease those of these records that are still ready, and return them as leased."""
    return await _lease(kind, ids, _ready(now), lease_seconds=lease_seconds)


def _ready(now: datetime) -> Row:
    return {
        "work_status": WorkStatus.PENDING.value,
        "$and": [
            {"$or": [{"not_before": None}, {"not_before": {"$lte": now}}]},
            {"$or": [{"lease_until": None}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]},
        ],
    }


async def _ready_ids(kind: type[W], ready: Row, *, limit: int) -> list[Any]:
    rows = kind.get_pymongo_collection().find(ready, {"_id": 1}).sort(kind.claim_order).limit(limit)
    return [row["_id"] async for row in rows]


async def _lease(kind: type[W], ids: list[Any], ready: Row, *, lease_seconds: float) -> list[W]:
    token = uuid4().hex
    until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
    fields: Row = {"lease_token": token, "lease_until": until, "attempts": {"$add": ["$attempts", 1]}}
    collection = kind.get_pymongo_collection()
    if len(ids) == 1:  # one round trip instead of two: somebody waits for it
        wanted = {"_id": ids[0], **ready}
        row = await collection.find_one_and_update(wanted, [{"$set": fields}], return_document=ReturnDocument.AFTER)
        return [kind.read(row)] if row else []
    await collection.update_many({"_id": {"$in": ids}, **ready}, [{"$set": fields}])
    leased = collection.find({"_id": {"$in": ids}, "lease_token": token})  # by token alone no partial index serves
    return [kind.read(row) async for row in leased.sort(kind.claim_order)]


async def complete(work: Work, *, now: datetime, **also: Any) -> None:
    """Finish leased work, inside the transaction that has its effect: both happen or neither. Raises LeaseLost."""
    await _settle(work, {"work_status": WorkStatus.DONE.value, "done_at": now, "failure": None, **also}, now=now)


async def put_back(
    work: Work,
    *,
    failure: str,
    now: datetime,
    retry_in_seconds: float | None = None,
    also: Mapping[WorkStatus, Row] | None = None,
) -> WorkStatus:
    """Return work that failed: later again with growing delay, or `dead` after `ATTEMPTS_MAX`. Raises LeaseLost.

    With `retry_in_seconds` the delay is given by somebody who knows (a Retry-After, an outage): such a failure is not
    the work's own fault, and it never dies of it. `also` are fields to set, by the status it gets.
    """
    is_own_fault = retry_in_seconds is None
    died = is_own_fault and work.failures + 1 >= ATTEMPTS_MAX
    status = WorkStatus.DEAD if died else WorkStatus.PENDING
    backoff_seconds = min(BACKOFF_SECONDS_MAX, 0.5 * 2.0 ** min(work.failures + 1, 16))
    delay = timedelta(seconds=backoff_seconds if retry_in_seconds is None else retry_in_seconds)
    fields: Row = {
        "work_status": status.value,
        "not_before": now + delay,
        "failure": failure[:FAILURE_LENGTH_MAX],
        "failures": work.failures + (1 if is_own_fault else 0),
        **(also or {}).get(status, {}),
    }
    await _settle(work, fields, now=now)
    return status


async def mark(work: Work, *, now: datetime, **fields: Any) -> None:
    """Set fields of leased work and keep the lease. Raises LeaseLost."""
    result = await work.get_pymongo_collection().update_one(_held(work), {"$set": {**fields, "updated_at": now}})
    if result.matched_count == 0:
        raise LeaseLost


async def renew(work: Work, *, lease_seconds: float) -> None:
    """Hold the lease for so long from now, for work that takes longer than one lease. Raises LeaseLost."""
    until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
    result = await work.get_pymongo_collection().update_one(_held(work), [{"$set": {"lease_until": until}}])
    if result.matched_count == 0:
        raise LeaseLost


async def _settle(work: Work, fields: Row, *, now: datetime) -> None:
    await mark(work, now=now, **fields, lease_token=None, lease_until=None)


def _held(work: Work) -> Row:
    return {"_id": work.id, "lease_token": work.lease_token, "work_status": WorkStatus.PENDING.value}
