"""What time does to wallets, taken in leased batches by any number of processes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import kernel
from domain.kernel import RELEASED, Batch, Row, Tx, emit, read_batch
from domain.wallets import policy
from domain.wallets.events import LotsExpiring
from domain.wallets.ledger import forget
from domain.wallets.models import Wallet


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that becomes due: which wallets, in which order, and what is done about each."""

    due: Callable[[datetime], Row]
    order: str
    take: Callable[[Tx, Row, datetime], Awaitable[None]]
    lead: timedelta = timedelta()
    """How long before the moment in `order` it is due: by what lateness is measured."""


async def claim_due(step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:
    """Lease up to `limit` wallets for which the step is due; outside transactions."""
    return await kernel.claim_due(
        Wallet, STEPS[step].due(now), order=STEPS[step].order, limit=limit, lease_seconds=lease_seconds
    )


async def pass_time(tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
    """Do what is due about a leased batch, and say for how many it still was. Raises LeaseLost, with nothing done."""
    rows = await read_batch(Wallet, batch, STEPS[step].due(now), order=STEPS[step].order)
    for row in rows:
        await STEPS[step].take(tx, row, now)
    return len(rows)


# lots_expiring: a member is told, once for each lot, that it lapses soon


def _expiring(now: datetime) -> Row:
    return {"warn_at": {"$lte": now, "$type": "date"}}


async def _warn(tx: Tx, row: Row, now: datetime) -> None:
    wallet = Wallet.read(row)
    soon = [
        lot
        for lot in wallet.lots
        if lot.expires_at is not None and not lot.is_warned and lot.expires_at <= now + policy.WARNING
    ]
    for lot in soon:
        lot.is_warned = True
    change: Row = {
        "lots": [lot.model_dump() for lot in wallet.lots], "warn_at": policy.warn_at(wallet.lots),
        "version": wallet.version + 1, "updated_at": now,
    }  # fmt: skip
    as_read = {"_id": wallet.id, "version": wallet.version}
    result = await Wallet.get_pymongo_collection().update_one(as_read, {"$set": {**RELEASED, **change}})
    assert result.matched_count == 1, "read in this snapshot: a rival change is a write conflict"
    forget(wallet.user)
    live = [lot for lot in soon if not policy.has_lapsed(lot, now=now)]
    if live:  # of what lapsed before anybody looked there is nothing to warn
        expires_at = min(lot.expires_at for lot in live if lot.expires_at)
        told = LotsExpiring(
            member_id=wallet.user, tokens=sum(lot.remaining for lot in live), expires_at=expires_at, occurred_at=now
        )
        await emit(tx, told)


STEPS: dict[str, Step] = {"lots_expiring": Step(due=_expiring, order="warn_at", take=_warn)}
