"""How much work waits, for how long, and how much has died: what an operator watches, and the way out for the dead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from beanie import PydanticObjectId
from pymongo import ASCENDING

from domain.kernel.leases import Work, WorkStatus
from domain.kernel.storage import Record, Row

COUNTED_MAX = 100_000
DUE_COUNTED_MAX = 10_000
REVIVED_MAX = 1000


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The work of one kind (its collection's name). `oldest_age_seconds` is of what is due, 0.0 when nothing is."""

    kind: str
    pending: int
    dead: int
    oldest_age_seconds: float


@dataclass(frozen=True, kw_only=True)
class DeadWork:
    """Work that was given up, when it was made, and its last failure."""

    kind: str
    id: PydanticObjectId
    created_at: datetime
    failure: str | None


class Timed(Protocol):
    """What a room's step says of when it is due: which rows, the field that orders them, and how long before it."""

    @property
    def due(self) -> Callable[[datetime], Row]: ...
    @property
    def order(self) -> str: ...
    @property
    def lead(self) -> timedelta: ...


@dataclass(frozen=True, kw_only=True)
class DueRows:
    """How many rows wait for a step, at most `DUE_COUNTED_MAX`, and how late the latest of them is; 0.0 for none."""

    pending: int
    late_seconds: float


def _kinds(base: type[Work]) -> list[type[Work]]:
    return [kind for child in base.__subclasses__() for kind in (child, *_kinds(child))]


async def backlog(now: datetime) -> list[Backlog]:
    """The backlog of every kind of work in the current tenant; counts end at `COUNTED_MAX`."""
    return [await _backlog_of(kind, now) for kind in _kinds(Work)]


async def _backlog_of(kind: type[Work], now: datetime) -> Backlog:
    collection = kind.get_pymongo_collection()
    pending: Row = {"work_status": WorkStatus.PENDING.value}
    due: Row = {**pending, "$or": [{"not_before": None}, {"not_before": {"$lte": now}}]}
    oldest = await collection.find_one(due, {"created_at": 1}, sort=[("_id", 1)])
    return Backlog(
        kind=kind.get_collection_name(),
        pending=await collection.count_documents(pending, limit=COUNTED_MAX),
        dead=await collection.count_documents({"work_status": WorkStatus.DEAD.value}, limit=COUNTED_MAX),
        oldest_age_seconds=max(0.0, (now - oldest["created_at"]).total_seconds()) if oldest else 0.0,
    )


async def backlog_of_step(kind: type[Record], step: Timed, *, now: datetime) -> DueRows:
    """What is due for one step of a room, whether or not somebody is at it."""
    collection = kind.get_pymongo_collection()
    due = step.due(now)
    pending = await collection.count_documents(due, limit=DUE_COUNTED_MAX)
    oldest = await collection.find_one(due, {step.order: 1}, sort=[(step.order, ASCENDING)]) if pending else None
    late_seconds = (now + step.lead - oldest[step.order]).total_seconds() if oldest else 0.0
    return DueRows(pending=pending, late_seconds=max(0.0, late_seconds))


async def dead_work(*, limit: int) -> list[DeadWork]:
    """Work of every kind in the current tenant that was given up, at most `limit`."""
    found: list[DeadWork] = []
    for kind in _kinds(Work):
        wanted = {"failure": 1, "created_at": 1}
        rows = kind.get_pymongo_collection().find({"work_status": WorkStatus.DEAD.value}, wanted).limit(limit)
        name = kind.get_collection_name()
        found += [
            DeadWork(kind=name, id=row["_id"], created_at=row["created_at"], failure=row.get("failure"))
            async for row in rows
        ]
    return found[:limit]


async def revive(kind_name: str, *, now: datetime, ids: Sequence[PydanticObjectId] | None = None) -> int:
    """Let dead work of one kind be tried again as if it had never failed, and answer how much it was.

    Only what is dead is touched: of `ids`, or without them of all, at most `REVIVED_MAX` either way. The last failure
    stays readable until the work is done. A name that is no kind of work is a KeyError.
    """
    kind = {each.get_collection_name(): each for each in _kinds(Work)}[kind_name]
    collection = kind.get_pymongo_collection()
    dead: Row = {"work_status": WorkStatus.DEAD.value}
    if ids is None:
        chosen = [row["_id"] async for row in collection.find(dead, {"_id": 1}).limit(REVIVED_MAX)]
    else:
        chosen = list(ids[:REVIVED_MAX])
    untried: Row = {
        "work_status": WorkStatus.PENDING.value, "not_before": None, "lease_until": None, "lease_token": None,
        "failures": 0, "updated_at": now, **kind.revived,
    }  # fmt: skip
    result = await collection.update_many({"_id": {"$in": chosen}, **dead}, {"$set": untried})
    return result.modified_count
