"""Stored webhooks → domain, exactly once: what a webhook says and its completion are one transaction.

Webhooks are taken in any order, several at once, those of one payment included: payments only go forward.
"""

from collections.abc import Sequence
from datetime import datetime

from domain import packs
from domain.kernel import Clock, InboxItem, Transact, Tx, claim_lanes, complete
from domain.payments import Gateway, GatewayFact
from jobs.worker import LEASE_SECONDS, Worker

SOURCE = "razorpay"
CONCURRENCY = 8


async def settle(tx: Tx, *, work: InboxItem, facts: list[GatewayFact], now: datetime) -> None:
    """Take in everything one webhook says and complete it. Raises LeaseLost, with nothing done."""
    await complete(work, now=now)
    for fact in facts:
        await packs.settle(tx, fact=fact, landed_at=work.received_at, now=now)


def worker(transact: Transact, clock: Clock, gateway: Gateway) -> Worker[InboxItem]:
    """The worker of the gateway's webhooks."""

    async def claim_items(limit: int) -> Sequence[InboxItem]:
        return await claim_lanes(SOURCE, now=clock(), limit=limit, lease_seconds=LEASE_SECONDS)

    async def handle(work: InboxItem) -> None:
        said = gateway.facts_of_webhook(work.body.encode())
        # Outside the transaction: it may have to ask the gateway whose payment this is.
        facts = [await packs.resolve(gateway, fact=fact) for fact in said]
        await transact(settle, work=work, facts=facts, now=clock())

    return Worker("inbox", claim=claim_items, handle=handle, clock=clock, concurrency=CONCURRENCY)
