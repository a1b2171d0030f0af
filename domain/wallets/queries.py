"""What may be looked at in wallets."""

from datetime import UTC, datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain.kernel import LIMIT_MAX, Page, Row
from domain.wallets import chain
from domain.wallets.models import GENESIS_HASH, LotChange, TokenTransaction, Wallet

NEVER_OPENED = datetime(1970, 1, 1, tzinfo=UTC)


async def of(member_id: PydanticObjectId) -> Wallet:
    """The member's wallet; an empty one that is stored nowhere when they never had a token."""
    row = await Wallet.get_pymongo_collection().find_one({"user": member_id})
    return Wallet.read(row) if row else Wallet(user=member_id, created_at=NEVER_OPENED, updated_at=NEVER_OPENED)


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
            {"$expr": {"$ne": ["$token", "$in_lots"]}}, {"$expr": {"$ne": ["$token", "$ledger.tokens"]}},
            {"$expr": {"$ne": ["$entries", "$ledger.entries"]}},
        ]}},
        {"$limit": limit}, {"$project": {"user": 1}},
    ]  # fmt: skip
    return [row["user"] async for row in await Wallet.get_pymongo_collection().aggregate(pipeline)]
