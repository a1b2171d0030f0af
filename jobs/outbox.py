"""Events → reactions, exactly once: all reactions of an event and its completion are one transaction."""

from collections.abc import Sequence
from datetime import datetime

from domain import reactions
from domain.kernel import Clock, OutboxEvent, Transact, Tx, claim, complete
from jobs.worker import LEASE_SECONDS, Worker

CONCURRENCY = 8


async def react(tx: Tx, *, work: OutboxEvent, now: datetime) -> None:
    """Do everything that follows from a stored event and complete it. Raises LeaseLost, with nothing done."""
    await complete(work, now=now)
    await reactions.react(tx, work.event(), now)


def worker(transact: Transact, clock: Clock, *, lease_seconds: float = LEASE_SECONDS) -> Worker[OutboxEvent]:
    """The worker of the outbox."""

    async def claim_events(limit: int) -> Sequence[OutboxEvent]:
        return await claim(OutboxEvent, now=clock(), limit=limit, lease_seconds=lease_seconds)

    async def handle(work: OutboxEvent) -> None:
        await transact(react, work=work, now=clock())

    return Worker(
        "outbox", claim=claim_events, handle=handle, clock=clock, concurrency=CONCURRENCY, lease_seconds=lease_seconds
    )
