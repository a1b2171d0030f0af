"""What a member is told about their tokens, unasked."""

from datetime import datetime

from domain import notifications, wallets
from domain.kernel import Tx
from domain.notifications import Kind, balance_tokens
from domain.wallets import BalanceLow, DebtSettled, LotsExpiring, ReceivableForgiven


async def tell_balance_low(tx: Tx, event: BalanceLow, now: datetime) -> None:
    """The next booking may fail for it."""
    facts = {"balance_tokens": event.balance_tokens, "threshold_tokens": wallets.LOW_TOKENS}
    moment = event.occurred_at.isoformat(timespec="milliseconds")
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.TOKENS_LOW, facts=facts, now=now, dedupe_key=f"{event.name}:{moment}"
    )


async def tell_lots_expiring(tx: Tx, event: LotsExpiring, now: datetime) -> None:
    """They can still be used."""
    facts = {
        "tokens": event.tokens, "expires_at": event.expires_at, "until_at": event.occurred_at + wallets.WARNING,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.TOKENS_EXPIRING, facts=facts, now=now,
        dedupe_key=f"{event.name}:{event.expires_at.isoformat(timespec='milliseconds')}",
    )  # fmt: skip


async def tell_debt_forgiven(tx: Tx, event: ReceivableForgiven, now: datetime) -> None:
    """The office let a debt go."""
    assert event.subject_id is not None
    left = (await wallets.of(event.subject_id)).owed_tokens
    facts = {
        "tokens": event.before["owed_tokens"] - event.after["owed_tokens"], "reason": event.after["reason"],
        "owed_tokens": left, "balance_tokens": await balance_tokens(event.subject_id, now=now),
    }  # fmt: skip
    moment = event.occurred_at.isoformat(timespec="milliseconds")
    await notifications.tell(
        tx, member_id=event.subject_id, kind=Kind.DEBT_FORGIVEN, facts=facts, now=now,
        dedupe_key=f"{event.name}:{moment}",
    )  # fmt: skip


async def tell_debt_settled(tx: Tx, event: DebtSettled, now: datetime) -> None:
    """Tokens that came in paid what was owed, or a part of it."""
    facts = {
        "paid_tokens": event.paid_tokens, "owed_tokens": event.owed_tokens,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    moment = event.occurred_at.isoformat(timespec="milliseconds")
    await notifications.tell(
        tx, member_id=event.member_id, kind=Kind.DEBT_SETTLED, facts=facts, now=now,
        dedupe_key=f"{event.name}:{moment}:{event.owed_tokens}",
    )  # fmt: skip
