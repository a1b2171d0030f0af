"""What arrived from outside, stored under the sender's own key before it was acknowledged.

Items of one `lane` (one person's updates) are worked on one after the other, in `sequence`; lanes go side by side.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from domain.kernel import leases
from domain.kernel.leases import WORK_INDEX, Work, WorkStatus
from domain.kernel.storage import Row

CLAIM_SCAN_MAX = 200


class InboxItem(Work):
    """One webhook or update. `key` is unique per `source`; `body` is what was received, as text."""

    source: str
    key: str
    lane: str
    sequence: int
    body: str
    headers: dict[str, str] = {}
    received_at: datetime

    claim_order = [("sequence", ASCENDING)]

    class Settings:
        name = "inbox"
        indexes = [
            *WORK_INDEX,
            IndexModel([("source", ASCENDING), ("key", ASCENDING)], unique=True, name="one_per_key"),
            IndexModel(
                [("source", ASCENDING), ("sequence", ASCENDING)],
                name="pending_in_order",
                partialFilterExpression={"work_status": "pending"},
            ),
            IndexModel(
                [("source", ASCENDING), ("lane", ASCENDING), ("sequence", ASCENDING)],
                name="pending_in_lane",
                partialFilterExpression={"work_status": "pending"},
            ),
            # Garbage collection only: what was received is kept for two weeks after it was stored.
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=14 * 24 * 3600, name="garbage"),
        ]


async def receive(
    *, source: str, key: str, lane: str, sequence: int, body: str, headers: dict[str, str], now: datetime
) -> bool:
    """Store one item; False when it is here already. Acknowledge to the sender only after this returned."""
    item = InboxItem(
        source=source, key=key, lane=lane, sequence=sequence, body=body, headers=headers, received_at=now,
        created_at=now, updated_at=now,
    )  # fmt: skip
    try:
        await InboxItem.get_pymongo_collection().insert_one(item.row())
    except DuplicateKeyError:
        return False
    return True


async def claim_lanes(source: str, *, now: datetime, limit: int, lease_seconds: float) -> list[InboxItem]:
    """Lease the first waiting item of up to `limit` lanes, none of which somebody else is working on."""
    collection = InboxItem.get_pymongo_collection()
    pending: Row = {"source": source, "work_status": WorkStatus.PENDING.value}
    firsts: dict[str, Any] = {}
    async for row in collection.find(pending, {"lane": 1}).sort("sequence", ASCENDING).limit(CLAIM_SCAN_MAX):
        firsts.setdefault(row["lane"], row["_id"])
    if not firsts:
        return []
    # An item ahead in its lane that is leased keeps its lane busy: the first pending one is then that very item,
    # and `claim` leaves it alone because its lease has not ended.
    ids = list(firsts.values())[:limit]
    return await leases.claim(InboxItem, now=now, limit=limit, lease_seconds=lease_seconds, where={"_id": {"$in": ids}})
