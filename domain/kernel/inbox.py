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

CLAIM_SCAN_MAX = 2000
"""How far into the waiting items a claim looks for lanes; behind it, lanes wait until those before have moved."""


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
    """Lease the first waiting item of up to `limit` lanes, none of which is being worked on or waits for its retry."""
    pipeline: list[Row] = [
        {"$match": {"source": source, "work_status": WorkStatus.PENDING.value}},
        {"$sort": {"sequence": ASCENDING}},
        {"$limit": CLAIM_SCAN_MAX},
        {
            "$group": {
                "_id": "$lane",
                "first": {"$first": "$_id"},
                "sequence": {"$first": "$sequence"},
                "not_before": {"$first": "$not_before"},
                # Not only the first one's: an item may arrive late, with a number before the one being worked on.
                "lease_until": {"$max": "$lease_until"},
            }
        },
        # Lanes that cannot move are left out before the limit is applied, or `limit` of them would stop all others.
        {"$match": {"$or": [{"not_before": None}, {"not_before": {"$lte": now}}]}},
        {"$match": {"$or": [{"lease_until": None}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]}},
        {"$sort": {"sequence": ASCENDING}},
        {"$limit": limit},
    ]
    lanes = await InboxItem.get_pymongo_collection().aggregate(pipeline)
    ids: list[Any] = [row["first"] async for row in lanes]
    if not ids:
        return []
    return await leases.claim_ids(InboxItem, ids, now=now, lease_seconds=lease_seconds)


async def free_lanes(source: str) -> int:
    """Take back every lease on this source's items, and say how many there were.

    For the one process that works on a source, when it starts: whoever held them is gone, and people wait. Somebody who
    is still there after all loses the lease, and with it the right to complete.
    """
    held: Row = {"source": source, "work_status": WorkStatus.PENDING.value, "lease_token": {"$ne": None}}
    result = await InboxItem.get_pymongo_collection().update_many(
        held, {"$set": {"lease_token": None, "lease_until": None}}
    )
    return result.modified_count
