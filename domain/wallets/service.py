"""What moves tokens."""

from datetime import datetime

from beanie import PydanticObjectId

from domain.kernel import Tx, emit
from domain.people import Actor
from domain.wallets import chain, owing, policy, queries
from domain.wallets.errors import (
    DebtOutstanding,
    InsufficientBalance,
    ReasonMissing,
    RefundExceedsSpending,
    SpendingNotFound,
)
from domain.wallets.events import BalanceLow, TokensAdjusted
from domain.wallets.ledger import Posting, begin, open_boldly, open_wallet, store
from domain.wallets.models import EntryType, LotChange, Source, TokenLot, TokenTransaction

BOOKING = "booking"
"""The purpose that is refused to who owes something."""
NOTE_MAX = 500


async def credit(
    tx: Tx, *, member_id: PydanticObjectId, tokens: int, source: Source | str, key: str, now: datetime,
    expires_at: datetime | None = None, package_id: PydanticObjectId | None = None,
    payment_id: PydanticObjectId | None = None, note: str | None = None,
) -> TokenTransaction:  # fmt: skip
    """Open a lot of `tokens`; with `expires_at` None it never lapses. What the member owes is paid from it at once.

    Replaying `key` returns the first entry, whatever `now` and `expires_at` are by then.
    Raises KeyReused, InvalidAmount.
    """
    policy.check_amount(tokens)
    source = Source(source)
    facts = chain.digest(
        {"verb": "credit", "member": member_id, "tokens": tokens, "source": source, "payment": payment_id}
    )
    posting = await open_wallet(member_id, key=key, input_hash=facts, now=now)
    if posting.earlier is not None:
        return posting.earlier
    lot = TokenLot(
        id=PydanticObjectId(), source=source, package=package_id, payment_transaction=payment_id, amount=tokens,
        remaining=tokens, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    posting.lots = policy.bounded([*posting.lots, lot])
    entry = posting.add(
        EntryType.INCREASE, [policy.change_of(lot, tokens)], key=key, input_hash=facts, increase_source=source,
        package=package_id, payment_transaction=payment_id, note=note,
    )  # fmt: skip
    await owing.settle(tx, posting)
    await store(tx, posting, package=package_id)
    return entry


async def spend(
    tx: Tx, *, member_id: PydanticObjectId, tokens: int, purpose: str, key: str, now: datetime,
    booking_id: PydanticObjectId | None = None,
) -> TokenTransaction:  # fmt: skip
    """Take `tokens` from the lots, the earliest expiry first, then bonus before paid, then the oldest.

    Replaying `key` returns the first entry. A refusal stores nothing and may be tried again with the same key.
    Raises DebtOutstanding for a booking while anything is owed, InsufficientBalance, KeyReused, InvalidAmount.
    """
    policy.check_amount(tokens)
    facts = chain.digest(
        {"verb": "spend", "member": member_id, "tokens": tokens, "purpose": purpose, "booking": booking_id}
    )
    posting = await open_boldly(tx, member_id, tokens=tokens, now=now)
    if posting is None:
        posting = await open_wallet(member_id, key=key, input_hash=facts, now=now)
        if posting.earlier is not None:
            return posting.earlier
    if posting.owed_tokens and purpose == BOOKING:
        raise DebtOutstanding(owed_tokens=posting.owed_tokens, balance_tokens=posting.live_tokens)
    changes = _take(posting, tokens)
    entry = posting.add(
        EntryType.DECREASE, changes, key=key, input_hash=facts, decrease_source=purpose, booking=booking_id
    )
    await store(tx, posting)
    if policy.LOW_TOKENS - tokens <= posting.live_tokens < policy.LOW_TOKENS:  # it was not low before
        await emit(tx, BalanceLow(member_id=member_id, balance_tokens=posting.live_tokens, occurred_at=now))
    return entry


async def refund(
    tx: Tx, *, member_id: PydanticObjectId, spent_key: str, tokens: int, key: str, now: datetime
) -> TokenTransaction:
    """Return `tokens` of the spending made under `spent_key` to the lots they came from, the last taken first.

    What came from lots that lapsed meanwhile opens a lot of 30 days. A spending can be returned in parts, never more
    than it was. What the member owes is paid from it at once.
    Raises SpendingNotFound, RefundExceedsSpending, KeyReused, InvalidAmount.
    """
    policy.check_amount(tokens)
    facts = chain.digest({"verb": "refund", "member": member_id, "tokens": tokens, "spent": spent_key})
    posting = await open_wallet(member_id, key=key, input_hash=facts, now=now)
    if posting.earlier is not None:
        return posting.earlier
    spent = await queries.entry(key=spent_key)
    if spent is None or spent.user != member_id or spent.type is not EntryType.DECREASE:
        raise SpendingNotFound(spent_key=spent_key)
    left = policy.returnable(spent.lots, await queries.refunded_lots(spent_key=spent_key))
    refundable_tokens = sum(change.tokens for change in left)
    if tokens > refundable_tokens:
        raise RefundExceedsSpending(spent_key=spent_key, tokens=tokens, refundable_tokens=refundable_tokens)
    after, changes = policy.give_back(posting.lots, left, tokens, new_lot_id=PydanticObjectId(), now=now)
    posting.lots = policy.bounded(after)
    entry = posting.add(
        EntryType.INCREASE, changes, key=key, input_hash=facts, increase_source=Source.REFUND, booking=spent.booking,
        refund_of=spent_key,
    )  # fmt: skip
    await owing.settle(tx, posting)
    await store(tx, posting)
    return entry


async def adjust(
    tx: Tx, *, member_id: PydanticObjectId, tokens: int, reason: str, key: str, actor: Actor, now: datetime
) -> TokenTransaction:
    """Grant tokens that never lapse, or take some when `tokens` is negative; audited.

    What the member owes is paid from a grant at once: the balance is then less than the entry's `balance_after`.
    Raises InsufficientBalance when less is left than should be taken, ReasonMissing, KeyReused, InvalidAmount.
    """
    actor.require("wallets:adjust")
    reason = reason.strip()[:NOTE_MAX]
    if not reason:
        raise ReasonMissing
    policy.check_amount(abs(tokens))
    facts = chain.digest({"verb": "adjust", "member": member_id, "tokens": tokens, "reason": reason})
    posting = await open_wallet(member_id, key=key, input_hash=facts, now=now)
    if posting.earlier is not None:
        return posting.earlier
    before_tokens = posting.balance_tokens
    if tokens > 0:
        lot = TokenLot(id=PydanticObjectId(), source=Source.ADJUSTMENT, amount=tokens, remaining=tokens, created_at=now)
        posting.lots = policy.bounded([*posting.lots, lot])
        entry = posting.add(
            EntryType.INCREASE, [policy.change_of(lot, tokens)], key=key, input_hash=facts,
            increase_source=Source.ADJUSTMENT, note=reason,
        )  # fmt: skip
        await owing.settle(tx, posting)
    else:
        entry = posting.add(
            EntryType.DECREASE, _take(posting, -tokens), key=key, input_hash=facts, decrease_source="adjustment",
            note=reason,
        )  # fmt: skip
    await store(tx, posting)
    await emit(
        tx,
        TokensAdjusted(
            actor_id=actor.member_id, origin=actor.origin, subject_id=member_id, occurred_at=now,
            before={"token": before_tokens},
            after={"token": posting.balance_tokens, "tokens": tokens, "reason": reason},
        ),
    )  # fmt: skip
    return entry


async def expire(tx: Tx, *, member_id: PydanticObjectId, now: datetime) -> TokenTransaction | None:
    """Write off the lots that lapsed by `now` in one entry; None when there are none."""
    posting = begin(await queries.of(member_id), now=now)
    if not posting.entries:
        return None
    await store(tx, posting)
    return posting.entries[-1]


def _take(posting: Posting, tokens: int) -> list[LotChange]:
    balance_tokens = posting.live_tokens
    if balance_tokens < tokens:
        raise InsufficientBalance(
            needed_tokens=tokens, balance_tokens=balance_tokens, missing_tokens=tokens - balance_tokens
        )
    posting.lots, changes = policy.take(posting.lots, tokens)
    return changes
