"""What is due by time, shared by any number of workers: a bounded batch is leased, then done in one transaction.

For records that are no `Work` of their own: a booking is due again and again, each time for something else. They carry
`lease_until` and `lease_token`. The lease runs by the database's clock; the token is the fence: who was stopped beyond
the lease finds another token there, and all that this batch would have done is refused.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING

from domain.kernel.leases import LeaseLost
from domain.kernel.storage import Record, Row

RELEASED: Row = {"lease_token": None, "lease_until": None}
"""What the change that completes a row sets besides."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows that are leased to one worker, by their ids, under one token."""

    ids: tuple[Any, ...]
    token: str

    def __len__(self) -> int:
        return len(self.ids)


async def claim_due(kind: type[Record], due: Row, *, order: str, limit: int, lease_seconds: float) -> Batch:
    """Lease up to `limit` rows that are `due` and not leased to others, the lowest `order` first; outside transactions.

    Fewer, perhaps none, when others were faster.
    """
    free: Row = {"$or": [{"lease_until": None}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]}
    ready: Row = {"$and": [due, free]}
    collection = kind.get_pymongo_collection()
    ids = [row["_id"] async for row in collection.find(ready, {"_id": 1}).sort(order, ASCENDING).limit(limit)]
    token = uuid4().hex
    if ids:
        until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
        fields: Row = {"lease_token": token, "lease_until": until}
        result = await collection.update_many({"_id": {"$in": ids}, **ready}, [{"$set": fields}])
        if result.modified_count < len(ids):
            mine = collection.find({"_id": {"$in": ids}, "lease_token": token}, {"_id": 1})
            ids = [row["_id"] async for row in mine]
    return Batch(ids=tuple(ids), token=token)


async def read_batch(kind: type[Record], batch: Batch, due: Row, *, order: str) -> list[Row]:
    """The rows of the batch that are still due, inside the transaction that does it. Raises LeaseLost.

    A row that meanwhile is not due any more (a booking cancelled by its member) is let go and left out.
    """
    collection = kind.get_pymongo_collection()
    of_batch: Row = {"_id": {"$in": list(batch.ids)}}
    held = await collection.count_documents({**of_batch, "lease_token": batch.token})
    if held < len(batch.ids):
        raise LeaseLost
    rows = await collection.find({"$and": [of_batch, due]}).sort(order, ASCENDING).to_list(None)
    if len(rows) < len(batch.ids):
        still = [row["_id"] for row in rows]
        await collection.update_many(
            {"_id": {"$in": [one for one in batch.ids if one not in still]}}, {"$set": RELEASED}
        )
    return rows
