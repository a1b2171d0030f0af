"""One loop for all leased work: claim a batch, work on it side by side, finish under the lease, sleep until rung.

Any number of workers of any number of processes may share the work; the lease decides. What a killed worker held is
claimed again when its lease has ended.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from domain.kernel import Bell, Clock, LeaseLost, Unavailable, Work, WorkStatus, put_back
from jobs import metrics
from jobs.outage import Outage, is_outage

LEASE_SECONDS = 30.0
SLEEP_SECONDS_MAX = 5.0
UPSTREAM_RETRY_SECONDS_MAX = 60.0

log = logging.getLogger(__name__)

W = TypeVar("W", bound=Work)

Claim = Callable[[int], Awaitable[Sequence[W]]]
"""Leases up to so many for `LEASE_SECONDS`."""
Handle = Callable[[W], Awaitable[None]]
"""Does the work and completes it, in one transaction. It may be called again while the database is away."""
PutBack = Callable[[W, str, float | None], Awaitable[WorkStatus]]
"""Returns work that went wrong for the given reason; with a delay when it is not to blame (see `kernel.put_back`)."""


class Worker(Generic[W]):
    """Works until stopped; then finishes what it holds and returns."""

    def __init__(
        self,
        name: str,
        *,
        claim: Claim[W],
        handle: Handle[W],
        clock: Clock,
        concurrency: int,
        put_back: PutBack[W] | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.name = name
        self.bell = Bell()
        self._claim = claim
        self._handle = handle
        self._put_back = put_back or self._put_back_plainly
        self._clock = clock
        self._concurrency = concurrency
        self._lease_seconds = lease_seconds
        self.held: set[asyncio.Task[None]] = set()
        """What is being worked on."""
        self._is_stopping = False
        self._outage = Outage(name)

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what is held has been finished."""
        self._is_stopping = True
        self._outage.is_patient = False
        self.bell.ring()

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._is_stopping:
            if not await self._claim_and_start():
                await self.bell.wait(seconds=SLEEP_SECONDS_MAX)
        if self.held:
            await asyncio.wait(self.held)

    async def _claim_and_start(self) -> bool:
        free = self._concurrency - len(self.held)
        if not free:
            return False
        leased_until = time.monotonic() + self._lease_seconds
        try:
            claimed = await self._claim(free)
        except Exception as error:  # noqa: BLE001 - the last line of defence: a worker never dies silently
            await self._cannot_claim(error)
            return False
        self._outage.over()
        for work in claimed:
            task = asyncio.create_task(self._work_on(work, leased_until), name=f"{self.name} {work.id}")
            self.held.add(task)
            task.add_done_callback(self._finished)
        return bool(claimed)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.held.discard(task)
        self.bell.ring()  # a place is free, and the next of a lane may have become ready

    async def _cannot_claim(self, error: Exception) -> None:
        if is_outage(error):
            self._outage.seen(error)
        else:
            log.exception("%s: cannot claim", self.name, exc_info=error)
        await asyncio.sleep(1.0)

    async def _work_on(self, work: W, leased_until: float) -> None:
        started = time.monotonic()
        try:
            await self._outage.outlive(lambda: self._handle(work), until=leased_until)
        except LeaseLost:
            log.info("%s: somebody else has %s now", self.name, work.id)
            metrics.WORK.labels(self.name, "lease_lost").inc()
        except Exception as error:  # noqa: BLE001 - the last line of defence: one piece of work never stops the others
            await self._failed(work, error, leased_until)
        else:
            metrics.WORK.labels(self.name, "done").inc()
            metrics.WORK_SECONDS.labels(self.name).observe(time.monotonic() - started)

    async def _failed(self, work: W, error: Exception, leased_until: float) -> None:
        reason = f"{type(error).__name__}: {error}"
        log.warning("%s: %s failed (%d before): %s", self.name, work.id, work.failures, reason, exc_info=error)
        # Somebody upstream did not answer: that says nothing about this work, which must outlast their bad day.
        delay = min(UPSTREAM_RETRY_SECONDS_MAX, 2.0**work.attempts) if isinstance(error, Unavailable) else None
        try:
            status = await self._outage.outlive(lambda: self._put_back(work, reason, delay), until=leased_until)
        except Exception as also:  # noqa: BLE001 - the lease will end, and the work be claimed again
            log.warning("%s: cannot put back %s: %s", self.name, work.id, also)
            return
        metrics.WORK.labels(self.name, "dead" if status is WorkStatus.DEAD else "failed").inc()
        if status is WorkStatus.DEAD:
            log.error("%s: %s is dead after %d failures, look at it: %s", self.name, work.id, work.failures + 1, reason)

    async def _put_back_plainly(self, work: W, reason: str, retry_in_seconds: float | None) -> WorkStatus:
        return await put_back(work, failure=reason, now=self._clock(), retry_in_seconds=retry_in_seconds)
