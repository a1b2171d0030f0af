"""What a member must pay and cannot: charges that open receivables, and what becomes of those.

The receivables say what is owed and why; the wallet carries their sum, which changes in the same conditional update as
its lots. So whoever spends learns of a debt without a look at the receivables.
"""

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING

from domain.kernel import KeyReused, Row, Tx, emit
from domain.people import Actor
from domain.wallets import chain, policy, queries
from domain.wallets.errors import ReasonMissing, ReceivableSettled
from domain.wallets.events import DebtSettled, ReceivableForgiven
from domain.wallets.ledger import Posting, open_wallet, read_wallet, store
from domain.wallets.models import EntryType, Receivable, ReceivableStatus, TokenTransaction

REASON_MAX = 500
SETTLED_MAX = 100
"""Receivables that one posting pays; the next one goes on."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What became of a charge when it was made: `paid_tokens` by `entry`, `owed_tokens` by a receivable."""

    paid_tokens: int
    owed_tokens: int
    entry: TokenTransaction | None


async def charge(
    tx: Tx, *, member_id: PydanticObjectId, tokens: int, purpose: str, key: str, booking_id: PydanticObjectId | None,
    now: datetime,
) -> Charge:  # fmt: skip
    """Take `tokens` that the member owes in any case: what live tokens there are now, the rest as a receivable.

    The lots pay in the order in which they are spent. Replaying `key` returns what the first call did, whatever was
    paid or forgiven since. Raises KeyReused, InvalidAmount; never InsufficientBalance.
    """
    policy.check_amount(tokens)
    facts = chain.digest(
        {"verb": "charge", "member": member_id, "tokens": tokens, "purpose": purpose, "booking": booking_id}
    )
    posting = await open_wallet(member_id, key=key, input_hash=facts, now=now)
    earlier = await _receivable_under(key, input_hash=facts)
    if posting.earlier is not None or earlier is not None:
        return _charged(posting.earlier, earlier)
    entry, receivable = None, None
    paid_tokens = min(tokens, posting.live_tokens)
    if paid_tokens:
        posting.lots, changes = policy.take(posting.lots, paid_tokens)
        entry = posting.add(
            EntryType.DECREASE, changes, key=key, input_hash=facts, decrease_source=purpose, booking=booking_id
        )
    if paid_tokens < tokens:
        receivable = Receivable(
            user=member_id, user_wallet=posting.wallet.id, booking=booking_id, purpose=purpose,
            amount=tokens - paid_tokens, remaining=tokens - paid_tokens, key=key, input_hash=facts, created_at=now,
            updated_at=now,
        )  # fmt: skip
        posting.owed_tokens += receivable.amount
    await store(tx, posting)
    if receivable is not None:
        await Receivable.get_pymongo_collection().insert_one(receivable.row())
    return _charged(entry, receivable)


async def _receivable_under(key: str, *, input_hash: str) -> Receivable | None:
    row = await Receivable.get_pymongo_collection().find_one({"key": key})
    if row is not None and row["input_hash"] != input_hash:
        raise KeyReused(key=key)
    return Receivable.read(row) if row else None


def _charged(entry: TokenTransaction | None, receivable: Receivable | None) -> Charge:
    return Charge(
        paid_tokens=entry.amount if entry else 0, owed_tokens=receivable.amount if receivable else 0, entry=entry
    )


async def settle(tx: Tx, posting: Posting) -> int:
    """Within a posting that is not yet stored: pay what is owed, the oldest first, and say how much was paid."""
    if not posting.owed_tokens or not posting.live_tokens:
        return 0
    paid_tokens = 0
    rows = Receivable.get_pymongo_collection().find(
        {"user": posting.wallet.user, "status": ReceivableStatus.OPEN.value}
    )
    async for row in rows.sort([("created_at", ASCENDING), ("_id", ASCENDING)]).limit(SETTLED_MAX):
        part_tokens = min(row["remaining"], posting.live_tokens)
        if not part_tokens:
            break
        await _pay(posting, row, part_tokens)
        paid_tokens += part_tokens
    assert paid_tokens, f"what {posting.wallet.user} owes is in no receivable"
    told = DebtSettled(
        member_id=posting.wallet.user, paid_tokens=paid_tokens, owed_tokens=posting.owed_tokens,
        occurred_at=posting.now,
    )  # fmt: skip
    await emit(tx, told)
    return paid_tokens


async def _pay(posting: Posting, row: Row, tokens: int) -> None:
    key = f"receivable:{row['_id']}:{row['parts'] + 1}"
    posting.lots, changes = policy.take(posting.lots, tokens)
    posting.add(
        EntryType.DECREASE, changes, key=key, input_hash=chain.digest({"verb": "settle", "key": key}),
        decrease_source=row["purpose"], booking=row["booking"],
    )  # fmt: skip
    posting.owed_tokens -= tokens
    change: Row = {"remaining": row["remaining"] - tokens, "parts": row["parts"] + 1}
    if tokens == row["remaining"]:
        change |= {"status": ReceivableStatus.SETTLED.value, "settled_at": posting.now}
    await _change(row, change, now=posting.now)


async def _change(row: Row, change: Row, *, now: datetime) -> None:
    as_read = {"_id": row["_id"], "status": ReceivableStatus.OPEN.value, "remaining": row["remaining"]}
    result = await Receivable.get_pymongo_collection().update_one(as_read, {"$set": {**change, "updated_at": now}})
    assert result.matched_count == 1, "read in this snapshot: a rival change is a write conflict"


async def settle_owed(tx: Tx, *, member_id: PydanticObjectId, now: datetime) -> int:
    """Pay what is owed from the live tokens, the oldest receivable first, and say how much was paid.

    Tokens that come in do so by themselves; this is for what more than `SETTLED_MAX` receivables left over.
    """
    posting = await read_wallet(member_id, now=now)
    paid_tokens = await settle(tx, posting)
    if paid_tokens:
        await store(tx, posting)
    return paid_tokens


async def forgive(tx: Tx, *, receivable_id: PydanticObjectId, actor: Actor, reason: str, now: datetime) -> Receivable:
    """Let what remains of a receivable go; audited. Forgiving twice is forgiving once.

    Raises ReceivableNotFound, ReceivableSettled when it was paid meanwhile, ReasonMissing, NotPermitted.
    """
    actor.require("wallets:adjust")
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise ReasonMissing
    receivable = await queries.receivable(receivable_id)
    if receivable.status is ReceivableStatus.FORGIVEN:
        return receivable
    if receivable.status is ReceivableStatus.SETTLED:
        raise ReceivableSettled(receivable_id=receivable_id)
    posting = await read_wallet(receivable.user, now=now)
    before_tokens = posting.owed_tokens
    posting.owed_tokens -= receivable.remaining
    await store(tx, posting)
    change: Row = {
        "status": ReceivableStatus.FORGIVEN.value, "forgiven_at": now, "forgiven_by": actor.member_id,
        "forgiven_reason": reason,
    }  # fmt: skip
    await _change(receivable.row(), change, now=now)
    told = ReceivableForgiven(
        actor_id=actor.member_id, origin=actor.origin, subject_id=receivable.user, occurred_at=now,
        before={"owed_tokens": before_tokens},
        after={
            "owed_tokens": posting.owed_tokens, "tokens": receivable.remaining, "purpose": receivable.purpose,
            "reason": reason, "receivable_id": str(receivable_id),
        },
    )  # fmt: skip
    await emit(tx, told)
    return await queries.receivable(receivable_id)
