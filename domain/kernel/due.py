"""What is due by time, shared by any number of workers: a bounded batch is leased, then done in one transaction.

For records that are no `Work` of their own: a booking is due again and again, each time for something else. They carry
`lease_until` and `lease_token`. The lease runs by the database's clock; the token is the fence: who was stopped beyond
the lease finds another token there, and all that this batch would have done is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING

from domain.kernel.leases import CLAIM_TRIES_MAX, LeaseLost, any_of, looks_at
from domain.kernel.storage import Record, Row

RELEASED: Row = {"lease_token": None, "lease_until": None}
"""What the change that completes a row sets besides."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of one kind that are leased to one worker, by their ids, under one token."""

    kind: type[Record]
    ids: tuple[Any, ...]
    token: str

    def __len__(self) -> int:
        return len(self.ids)

    def in_parts(self, size: int) -> Iterator["Batch"]:
        """The same rows as batches of `size` and a rest, under the same lease."""
        return (replace(self, ids=self.ids[begin : begin + size]) for begin in range(0, len(self), size))


async def claim_due(kind: type[Record], due: Row, *, order: str, limit: int, lease_seconds: float) -> Batch:
    """Lease up to `limit` rows that are `due` and not leased to others, the lowest `order` first; outside transactions.

    Fewer when others were faster with some; none when nothing is due that nobody has.
    """
    free: Row = {"$or": [{"lease_until": None}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]}
    ready: Row = {"$and": [due, free]}
    batch = Batch(kind=kind, ids=(), token=uuid4().hex)
    for attempt in range(CLAIM_TRIES_MAX):  # again when others were faster with every one of them
        found = kind.get_pymongo_collection().find(ready, {"_id": 1}).sort(order, ASCENDING)
        ids = [row["_id"] async for row in found.limit(looks_at(attempt, limit))]
        wanted = replace(batch, ids=tuple(any_of(ids, limit)))
        leased = await _lease(wanted, ready, lease_seconds=lease_seconds) if wanted.ids else batch
        if leased.ids or not wanted.ids:
            return leased
    return batch


async def _lease(batch: Batch, ready: Row, *, lease_seconds: float) -> Batch:
    until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
    fields: Row = {"lease_token": batch.token, "lease_until": until}
    of_batch: Row = {"_id": {"$in": list(batch.ids)}}
    result = await batch.kind.get_pymongo_collection().update_many({**of_batch, **ready}, [{"$set": fields}])
    return batch if result.modified_count == len(batch) else await still_leased(batch)


async def still_leased(batch: Batch) -> Batch:
    """What of the batch nobody else has taken or changed: the lease may be over, but the token is still there."""
    mine = batch.kind.get_pymongo_collection().find(_held(batch), {"_id": 1})
    kept = {row["_id"] async for row in mine}
    return replace(batch, ids=tuple(one for one in batch.ids if one in kept))


async def release_batch(batch: Batch) -> None:
    """Let others have at once what this worker will not do; what it has lost already is not touched."""
    await batch.kind.get_pymongo_collection().update_many(_held(batch), {"$set": RELEASED})


async def read_batch(kind: type[Record], batch: Batch, due: Row, *, order: str) -> list[Row]:
    """The rows of the batch that are still due, inside the transaction that does it. Raises LeaseLost.

    A row that meanwhile is not due any more (a booking cancelled by its member) is let go and left out. So every
    row of the batch is written in this transaction, and a rival who leases one meanwhile is a write conflict.
    """
    collection = kind.get_pymongo_collection()
    if await collection.count_documents(_held(batch)) < len(batch):
        raise LeaseLost
    of_batch: Row = {"_id": {"$in": list(batch.ids)}}
    rows = await collection.find({"$and": [of_batch, due]}).sort(order, ASCENDING).to_list(None)
    if len(rows) < len(batch):
        still = {row["_id"] for row in rows}
        gone = [one for one in batch.ids if one not in still]
        await collection.update_many({"_id": {"$in": gone}}, {"$set": RELEASED})
    return rows


def _held(batch: Batch) -> Row:
    return {"_id": {"$in": list(batch.ids)}, "lease_token": batch.token}
