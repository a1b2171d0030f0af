"""Signs of life: each running part says every few seconds that it is well, by the database's clock.

The simulated time has no part in it: a demo that jumps ahead a day has not lost its workers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel.storage import Record, Row

FRESH_SECONDS = 10.0
"""A part that was silent for longer is not counted on; it beats every two seconds."""
LISTED_MAX = 100


class Heartbeat(Record):
    """The last sign of life of one running instance of one role (`jobs`, `bot`), and what it said of itself."""

    role: str
    instance: str
    beat_at: datetime
    facts: dict[str, Any] = {}

    class Settings:
        name = "heartbeats"
        indexes = [
            IndexModel([("role", ASCENDING), ("instance", ASCENDING)], unique=True, name="one_per_instance"),
            IndexModel([("beat_at", ASCENDING)], expireAfterSeconds=24 * 3600, name="garbage"),
        ]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """How long ago an instance gave its last sign of life."""

    role: str
    instance: str
    age_seconds: float
    facts: dict[str, Any]

    @property
    def is_fresh(self) -> bool:
        """Whether the instance can be counted on."""
        return self.age_seconds <= FRESH_SECONDS


async def beat(*, role: str, instance: str, facts: Row | None = None) -> None:
    """Say that this instance is well. A single upsert outside any transaction."""
    fields: Row = {
        "beat_at": "$$NOW",
        "updated_at": "$$NOW",
        "created_at": {"$ifNull": ["$created_at", "$$NOW"]},
        "facts": {"$literal": facts or {}},
    }
    collection = Heartbeat.get_pymongo_collection()
    await collection.update_one({"role": role, "instance": instance}, [{"$set": fields}], upsert=True)


async def stop_beating(*, role: str, instance: str) -> None:
    """Take leave in good order, so that nobody waits for this instance."""
    await Heartbeat.get_pymongo_collection().delete_one({"role": role, "instance": instance})


async def signs_of_life(*, limit: int = LISTED_MAX) -> list[Sign]:
    """The last signs of life, the freshest first."""
    pipeline: list[Row] = [
        {"$sort": {"beat_at": DESCENDING}},
        {"$limit": limit},
        {"$set": {"age": {"$dateDiff": {"startDate": "$beat_at", "endDate": "$$NOW", "unit": "millisecond"}}}},
    ]
    rows = await Heartbeat.get_pymongo_collection().aggregate(pipeline)
    return [
        Sign(role=row["role"], instance=row["instance"], age_seconds=row["age"] / 1000, facts=row["facts"])
        async for row in rows
    ]
