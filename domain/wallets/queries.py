"""What may be looked at in wallets."""

from collections.abc import Collection
from datetime import UTC, datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain.kernel import LIMIT_MAX, Page, Row
from domain.wallets import chain
from domain.wallets.errors import DebtOutstanding, ReceivableNotFound
from domain.wallets.models import (
    GENESIS_HASH,
    LotChange,
    Receivable,
    ReceivableStatus,
    TokenTransaction,
    Wallet,
)

NEVER_OPENED = datetime(1970, 1, 1, tzinfo=UTC)
SEVERAL_MAX = 100


async def of(member_id: PydanticObjectId) -> Wallet:
    """The member's wallet; an empty one that is stored nowhere when they never had a token."""
    row = await Wallet.get_pymongo_collection().find_one({"user": member_id})
    return Wallet.read(row) if row else _never_opened(member_id)


async def of_several(member_ids: Collection[PydanticObjectId]) -> dict[PydanticObjectId, Wallet]:
    """The wallets of these members, at most `SEVERAL_MAX`, in one read."""
    assert len(member_ids) <= SEVERAL_MAX
    rows = Wallet.get_pymongo_collection().find({"user": {"$in": list(member_ids)}})
    found = {row["user"]: Wallet.read(row) async for row in rows}
    return {one: found.get(one) or _never_opened(one) for one in member_ids}


def _never_opened(member_id: PydanticObjectId) -> Wallet:
    return Wallet(user=member_id, created_at=NEVER_OPENED, updated_at=NEVER_OPENED)


async def entry(*, key: str) -> TokenTransaction | None:
    """The ledger entry made under this key."""
    row = await TokenTransaction.get_pymongo_collection().find_one({"key": key})
    return TokenTransaction.read(row) if row else None


async def refunded_lots(*, spent_key: str) -> list[LotChange]:
    """What came back of a spending so far, lot by lot; bounded by the tokens spent."""
    rows = TokenTransaction.get_pymongo_collection().find({"refund_of": spent_key}, {"lots": 1})
    return [LotChange.model_validate(change) async for row in rows for change in row["lots"]]


async def history(*, member_id: PydanticObjectId, page: int, limit: int) -> Page[TokenTransaction]:
    """The member's entries, newest first."""
    assert 1 <= limit <= LIMIT_MAX
    ledger = TokenTransaction.get_pymongo_collection()
    rows = ledger.find({"user": member_id}).sort("sequence", DESCENDING).skip((page - 1) * limit).limit(limit)
    items = [TokenTransaction.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await ledger.count_documents({"user": member_id}))


async def require_no_debt(member_id: PydanticObjectId) -> None:
    """Raise DebtOutstanding while the member owes anything; for what is booked without spending."""
    row = await Wallet.get_pymongo_collection().find_one({"user": member_id}, {"owed_tokens": 1, "token": 1})
    if row is not None and row.get("owed_tokens"):
        raise DebtOutstanding(owed_tokens=row["owed_tokens"], balance_tokens=row["token"])


async def receivable(receivable_id: PydanticObjectId) -> Receivable:
    """The receivable; raises ReceivableNotFound."""
    row = await Receivable.get_pymongo_collection().find_one({"_id": receivable_id})
    if row is None:
        raise ReceivableNotFound(receivable_id=receivable_id)
    return Receivable.read(row)


async def receivables(*, member_id: PydanticObjectId, page: int, limit: int) -> Page[Receivable]:
    """What the member owes or owed, newest first."""
    return await _receivables({"user": member_id}, DESCENDING, page=page, limit=limit)


async def open_receivables(*, page: int, limit: int) -> Page[Receivable]:
    """For administrators: what everybody owes, the oldest first."""
    return await _receivables({"status": ReceivableStatus.OPEN.value}, ASCENDING, page=page, limit=limit)


async def _receivables(wanted: Row, direction: int, *, page: int, limit: int) -> Page[Receivable]:
    assert page >= 1
    assert 1 <= limit <= LIMIT_MAX
    collection = Receivable.get_pymongo_collection()
    order = [("created_at", direction), ("_id", direction)]
    rows = collection.find(wanted).sort(order).skip((page - 1) * limit).limit(limit)
    items = [Receivable.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))


async def with_expired_lots(*, now: datetime, limit: int) -> list[PydanticObjectId]:
    """Members who have lots to be written off, those who wait longest first."""
    rows = Wallet.get_pymongo_collection().find({"expires_at": {"$lte": now, "$type": "date"}}, {"user": 1})
    return [row["user"] async for row in rows.sort("expires_at", ASCENDING).limit(limit)]


async def broken_chain(member_id: PydanticObjectId) -> int | None:
    """The place of the first entry that is missing, changed or out of place in the member's chain; None when whole."""
    wallet = await of(member_id)
    previous_hash, balance_tokens, sequence = GENESIS_HASH, 0, 0
    rows = TokenTransaction.get_pymongo_collection().find({"user": member_id}).sort("sequence", ASCENDING)
    async for row in rows:
        sequence += 1
        balance_tokens += row["amount"] if row["type"] == "increase" else -row["amount"]
        facts = (row["sequence"], row["previous_hash"], row["hash"], row["balance_after"])
        if facts != (sequence, previous_hash, chain.seal(row), balance_tokens):
            return sequence
        previous_hash = row["hash"]
    if (sequence, previous_hash, balance_tokens) != (wallet.entries, wallet.chain_hash, wallet.token):
        return sequence + 1 if sequence < wallet.entries else sequence
    return None


async def unbalanced(*, limit: int) -> list[PydanticObjectId]:
    """Members whose balance, lots and ledger do not say the same; always empty, or something is badly wrong."""
    increase = {"$cond": [{"$eq": ["$type", "increase"]}, "$amount", {"$multiply": ["$amount", -1]}]}
    totals: list[Row] = [
        {"$match": {"$expr": {"$eq": ["$user", "$$user"]}}},
        {"$group": {"_id": None, "tokens": {"$sum": increase}, "entries": {"$sum": 1}}},
    ]
    pipeline: list[Row] = [
        {"$lookup": {"from": TokenTransaction.get_collection_name(), "let": {"user": "$user"}, "pipeline": totals,
                     "as": "ledger"}},
        {"$set": {"ledger": {"$first": "$ledger"}, "in_lots": {"$sum": "$lots.remaining"}}},
        {"$match": {"$or": [
            {"token": {"$lt": 0}}, {"lots.remaining": {"$lte": 0}},
            {"$expr": {"$ne": ["$token", "$in_lots"]}},
            {"$expr": {"$ne": ["$token", {"$ifNull": ["$ledger.tokens", 0]}]}},  # a first charge may be all owed
            {"$expr": {"$ne": ["$entries", {"$ifNull": ["$ledger.entries", 0]}]}},
        ]}},
        {"$limit": limit}, {"$project": {"user": 1}},
    ]  # fmt: skip
    return [row["user"] async for row in await Wallet.get_pymongo_collection().aggregate(pipeline)]
