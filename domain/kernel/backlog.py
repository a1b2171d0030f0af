"""How much work waits, for how long, and how much has died: what an operator watches."""

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId

from domain.kernel.leases import Work, WorkStatus
from domain.kernel.storage import Row

COUNTED_MAX = 100_000


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The work of one kind (its collection's name). `oldest_age_seconds` is of what is due, 0.0 when nothing is."""

    kind: str
    pending: int
    dead: int
    oldest_age_seconds: float


@dataclass(frozen=True, kw_only=True)
class DeadWork:
    """Work that was given up, and its last failure."""

    kind: str
    id: PydanticObjectId
    failure: str | None


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


async def dead_work(*, limit: int) -> list[DeadWork]:
    """Work of every kind in the current tenant that was given up, at most `limit`."""
    found: list[DeadWork] = []
    for kind in _kinds(Work):
        rows = kind.get_pymongo_collection().find({"work_status": WorkStatus.DEAD.value}, {"failure": 1})
        name = kind.get_collection_name()
        found += [DeadWork(kind=name, id=row["_id"], failure=row.get("failure")) async for row in rows.limit(limit)]
    return found[:limit]
