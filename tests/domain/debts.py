"""What the tests of charges and debts share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from beanie import PydanticObjectId

from domain import wallets
from domain.invariants import violations
from domain.kernel import OutboxEvent, Row, Transactor
from domain.wallets import Charge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def credited(transact: Transactor, member_id: PydanticObjectId, tokens: int, **how: Any) -> None:
    how = {"source": "bonus", "key": f"credit:{PydanticObjectId()}", "now": NOW, **how}
    await transact(wallets.credit, member_id=member_id, tokens=tokens, **how)


async def charged(transact: Transactor, member_id: PydanticObjectId, tokens: int, key: str = "c", **how: Any) -> Charge:
    how = {"purpose": "fine", "booking_id": None, "now": NOW, **how}
    return await transact(wallets.charge, member_id=member_id, tokens=tokens, key=key, **how)


async def spent(
    transact: Transactor, member_id: PydanticObjectId, tokens: int, key: str = "s", purpose: str = "booking"
) -> wallets.TokenTransaction:
    return await transact(wallets.spend, member_id=member_id, tokens=tokens, purpose=purpose, key=key, now=NOW)


async def standing(member_id: PydanticObjectId) -> tuple[int, int]:
    """Tokens to spend, and tokens owed."""
    wallet = await wallets.of(member_id)
    return wallet.spendable_tokens(NOW), wallet.owed_tokens


async def owed(member_id: PydanticObjectId) -> list[tuple[int, int, str]]:
    """Amount, remainder and status of the member's receivables, the oldest first."""
    page = await wallets.receivables(member_id=member_id, page=1, limit=50)
    return [(one.amount, one.remaining, one.status.value) for one in reversed(page.items)]


async def told(name: str) -> list[Row]:
    rows = OutboxEvent.get_pymongo_collection().find({"name": name}).sort("_id")
    return [row["facts"] async for row in rows]


async def is_sound(member_id: PydanticObjectId) -> bool:
    return await wallets.broken_chain(member_id) is None and await violations(limit=5) == []
