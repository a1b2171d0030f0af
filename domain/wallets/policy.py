"""The terms of tokens as arithmetic: which lots pay, which get back, which lapse."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from domain.wallets.errors import InvalidAmount
from domain.wallets.models import LotChange, LotFacts, Source, TokenLot

TOKENS_MAX = 1_000_000_000
"""The most that one entry moves."""
LOTS_MAX = 64
REFUND_LOT_LIFETIME = timedelta(days=30)
"""What comes back to a lot that lapsed meanwhile can be spent this long."""
LOW_TOKENS = 5
"""A balance below this is low."""
WARNING = timedelta(days=7)
"""How long before a lot lapses its member is told."""

NEVER = datetime.max.replace(tzinfo=UTC)


def check_amount(tokens: int) -> None:
    """Raise InvalidAmount unless one entry can move `tokens`."""
    if not 0 < tokens <= TOKENS_MAX:
        raise InvalidAmount(tokens=tokens)


def has_lapsed(lot: LotFacts, *, now: datetime) -> bool:
    """Whether the lot's time is over; a lot can be spent until just before `expires_at`."""
    return lot.expires_at is not None and lot.expires_at <= now


def warn_at(lots: Sequence[TokenLot]) -> datetime | None:
    """When to tell of the next lot that lapses; None when every one was told of, or never lapses."""
    expiries = [lot.expires_at for lot in lots if lot.expires_at is not None and not lot.is_warned]
    return min(expiries) - WARNING if expiries else None


def in_spending_order(lots: Sequence[TokenLot]) -> list[TokenLot]:
    """Earliest expiry first, then bonus before paid, then the oldest."""
    return sorted(lots, key=lambda lot: (lot.expires_at or NEVER, lot.source != Source.BONUS, lot.created_at, lot.id))


def change_of(lot: LotFacts, tokens: int) -> LotChange:
    """The line an entry keeps about `tokens` going in or out of the lot."""
    return LotChange(
        id=lot.id, source=lot.source, package=lot.package, payment_transaction=lot.payment_transaction,
        amount=lot.amount, created_at=lot.created_at, expires_at=lot.expires_at, tokens=tokens,
    )  # fmt: skip


def take(lots: Sequence[TokenLot], tokens: int) -> tuple[list[TokenLot], list[LotChange]]:
    """Take up to `tokens` in spending order: the lots that remain, and what was taken from which, in that order.

    The lots given must be live; when less than `tokens` was taken, there was no more.
    """
    remaining: list[TokenLot] = []
    changes: list[LotChange] = []
    for lot in in_spending_order(lots):
        taken = min(tokens, lot.remaining)
        tokens -= taken
        if taken:
            changes.append(change_of(lot, taken))
        if lot.remaining > taken:
            remaining.append(lot if not taken else lot.model_copy(update={"remaining": lot.remaining - taken}))
    return remaining, changes


def lapse(lots: Sequence[TokenLot], *, now: datetime) -> tuple[list[TokenLot], list[LotChange]]:
    """Part the live lots from what lapses at `now`."""
    live = [lot for lot in lots if not has_lapsed(lot, now=now)]
    return live, [change_of(lot, lot.remaining) for lot in lots if has_lapsed(lot, now=now)]


def returnable(spent: Sequence[LotChange], returned: Sequence[LotChange]) -> list[LotChange]:
    """What of a spending has not come back yet, lot by lot, in the order it was taken.

    Tokens that came back by way of a new lot count against the lots from the last to the first, as they were given.
    """
    back = {change.id: 0 for change in spent}
    elsewhere = 0
    for change in returned:
        if change.id in back:
            back[change.id] += change.tokens
        else:
            elsewhere += change.tokens
    left: list[LotChange] = []
    for change in reversed(spent):
        tokens = change.tokens - back[change.id]
        absorbed = min(tokens, elsewhere)
        elsewhere -= absorbed
        if tokens > absorbed:
            left.append(change.model_copy(update={"tokens": tokens - absorbed}))
    return left[::-1]


def give_back(
    lots: Sequence[TokenLot], left: Sequence[LotChange], tokens: int, *, new_lot_id: PydanticObjectId, now: datetime
) -> tuple[list[TokenLot], list[LotChange]]:
    """Return `tokens` to where they came from: the lots after it, and what went where.

    A part goes back the way it was taken, the last lot first, which is the one that lives longest. What belongs to
    lots that lapsed meanwhile opens one new lot of `REFUND_LOT_LIFETIME`.
    """
    after = {lot.id: lot for lot in lots}
    changes: list[LotChange] = []
    homeless = 0
    for change in reversed(left):
        returned = min(tokens, change.tokens)
        tokens -= returned
        if not returned:
            break
        if has_lapsed(change, now=now):
            homeless += returned
            continue
        changes.append(change.model_copy(update={"tokens": returned}))
        after[change.id] = _refilled(after.get(change.id), change, returned)
    if homeless:
        lot = TokenLot(
            id=new_lot_id, source=Source.REFUND, amount=homeless, remaining=homeless, created_at=now,
            expires_at=now + REFUND_LOT_LIFETIME,
        )  # fmt: skip
        after[lot.id] = lot
        changes.append(change_of(lot, homeless))
    return list(after.values()), changes


def _refilled(lot: TokenLot | None, facts: LotFacts, tokens: int) -> TokenLot:
    if lot is not None:
        return lot.model_copy(update={"remaining": lot.remaining + tokens})
    return TokenLot(
        id=facts.id, source=facts.source, package=facts.package, payment_transaction=facts.payment_transaction,
        amount=facts.amount, remaining=tokens, created_at=facts.created_at, expires_at=facts.expires_at,
    )  # fmt: skip


def bounded(lots: Sequence[TokenLot]) -> list[TokenLot]:
    """At most `LOTS_MAX` lots: lots of one source whose expiries lie closest are joined, the later expiry wins.

    Nobody loses a token or a day by it; a refund to a lot that was joined opens that lot again from the ledger.
    """
    kept = in_spending_order(lots)
    while len(kept) > LOTS_MAX:
        earlier, later = _closest(kept)
        joined = later.model_copy(
            update={"remaining": later.remaining + earlier.remaining, "amount": later.amount + earlier.amount}
        )
        kept = in_spending_order([lot for lot in kept if lot.id not in (earlier.id, later.id)] + [joined])
    return kept


def _closest(ordered: Sequence[TokenLot]) -> tuple[TokenLot, TokenLot]:
    pairs: list[tuple[TokenLot, TokenLot]] = []
    last: dict[Source, TokenLot] = {}
    for lot in ordered:
        if lot.source in last:
            pairs.append((last[lot.source], lot))
        last[lot.source] = lot
    return min(pairs, key=lambda pair: (pair[1].expires_at or NEVER) - (pair[0].expires_at or NEVER))
