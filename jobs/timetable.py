"""The whole schedule on one page. APScheduler is only the ticker: nothing durable lives in it.

Everything here asks what is due by the clock's `now` and does it in bounded batches, so it may be late, run twice or
run in several processes at once, and a clock that jumps hours ahead finds everything done at the next tick. What time
does to bookings and the like is `jobs/steps.py`; the sweep wakes it.

What is `IN_TURN` is done by one process at a time, to save work. That it happens once does not hang on the turn, for a
process that was stopped beyond it may go on beside the next: lots are written off by a conditional change of the
wallet, payments only go forward and are credited under a unique key, administrators are told once per key.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from beanie import PydanticObjectId

from domain import invariants, notifications, payments, wallets
from domain.kernel import Bell, DomainError, beat, give_turns_back, take_turn, tenant
from domain.notifications import Kind
from domain.packs import reconcile
from domain.payments import PaymentGatewayError
from jobs import metrics
from jobs.outage import Outage, is_outage
from jobs.services import Services

BATCH = 100
BATCHES_PER_TICK_MAX = 20
RECONCILED_PER_TICK_MAX = 20
RECONCILE_OLDER_THAN_SECONDS = 20.0
GATEWAY_FAILURES_MAX = 3
VIOLATIONS_MAX = 20
FIRST_AFTER_SECONDS_MAX = 30
VIOLATIONS_TOLD_MAX = 5
INVARIANTS_SECONDS = 15 * 60

EXPIRE, RECONCILE, CHECK = "expire lots", "reconcile payments", "check invariants"
IN_TURN = {EXPIRE: 30.0, RECONCILE: 30.0, CHECK: INVARIANTS_SECONDS + 30.0}
"""What one process at a time does, and for how many seconds it keeps its turn, each time it comes to it.

When it dies, another takes over after that time; when it is stopped, at once.
"""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Timetable:
    """What one jobs process does by time. `instance` names it among others."""

    services: Services
    bells: list[Bell]
    instance: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    violations: int | None = None
    """How many the last check found; None before the first."""
    _token: str = field(default_factory=lambda: uuid4().hex)
    """Under which this process has its turns."""
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def scheduler(self) -> AsyncIOScheduler:
        """The schedule, ready to start."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        start = datetime.now(UTC)  # the ticker's own time; what is due is asked of the services' clock
        for name, seconds, step in (
            ("heartbeat", 2, self.beat),
            ("sweep", 1, self.sweep),
            (EXPIRE, 5, self.expire_lots),
            (RECONCILE, 5, self.reconcile_payments),
            (CHECK, INVARIANTS_SECONDS, self.check_invariants),
        ):
            run = partial(self.run_entry, name, step, Outage(name))
            first = start if seconds < FIRST_AFTER_SECONDS_MAX else start + timedelta(seconds=FIRST_AFTER_SECONDS_MAX)
            scheduler.add_job(
                run, "interval", seconds=seconds, id=name, coalesce=True, misfire_grace_time=None, next_run_time=first
            )
        return scheduler

    async def run_entry(self, name: str, step: Callable[[], Awaitable[None]], outage: Outage) -> None:
        """Run one entry once; whatever happens, its next turn comes."""
        task = asyncio.create_task(self._in_tenant(name, step), name=name)
        self._running.add(task)
        try:
            # Shielded: the ticker's shutdown cancels its jobs, `finish` lets them come to their end.
            await asyncio.shield(task)
        except asyncio.CancelledError:
            return
        except Exception as error:
            metrics.TICKS.labels(name, "failed").inc()
            if is_outage(error):
                outage.seen(error)
            else:
                log.exception("%s failed", name, exc_info=error)
        else:
            metrics.TICKS.labels(name, "done").inc()
            outage.over()
        finally:
            if task.done():
                self._running.discard(task)

    async def _in_tenant(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        with tenant(self.services.database):
            if name not in IN_TURN or await self.has_turn(name):
                await step()

    async def has_turn(self, name: str) -> bool:
        """Take or keep the turn, and say whether it is ours."""
        return await take_turn(name, token=self._token, lease_seconds=IN_TURN[name])

    async def finish(self) -> None:
        """Wait for the entries that are running, and give our turns to others; the scheduler starts no more."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await give_turns_back(token=self._token)

    async def beat(self) -> None:
        """Say that we are well, and what we have counted."""
        facts = {"invariant_violations": self.violations, "figures": metrics.figures()}
        await beat(role="jobs", instance=self.instance, facts=facts)

    async def sweep(self) -> None:
        """Wake the workers for what was put back, and for what fell due by the clock alone."""
        for bell in self.bells:
            bell.ring()

    async def expire_lots(self) -> None:
        """Write off the tokens that have lapsed."""
        failed: set[PydanticObjectId] = set()
        for _ in range(BATCHES_PER_TICK_MAX):
            found = await wallets.with_expired_lots(now=self.services.clock(), limit=BATCH)
            for member_id in found:
                try:
                    await self.services.transact(wallets.expire, member_id=member_id, now=self.services.clock())
                except DomainError as error:  # one wallet must not stand before all others
                    failed.add(member_id)
                    log.error("the lapsed lots of member %s were not written off: %s", member_id, error)  # noqa: TRY400
            if len(found) < BATCH or failed.issuperset(found):
                return

    async def reconcile_payments(self) -> None:
        """Ask the gateway about payments that are still open: each one at a growing distance, outside transactions."""
        failures = 0
        given = self.services
        for payment in await payments.open_payments(
            now=given.clock(), older_than_seconds=RECONCILE_OLDER_THAN_SECONDS, limit=RECONCILED_PER_TICK_MAX
        ):
            if not await self.has_turn(RECONCILE):  # the gateway was slow, and somebody else is at it now
                return
            try:
                await reconcile(given.transact, given.gateway, payment_id=payment.id, clock=given.clock)
            except PaymentGatewayError as error:
                # Put off as well: one payment that the gateway cannot answer for must not stand before all others.
                await given.transact(payments.postpone_check, payment_id=payment.id, now=given.clock())
                failures += 1
                log.warning("the gateway did not answer about payment %s: %s", payment.reference, error)
                if failures == GATEWAY_FAILURES_MAX:
                    return
            except Exception as error:
                if is_outage(error):
                    raise
                # The last line of defence: what nobody can make sense of must not stand before all others either.
                log.exception("payment %s cannot be reconciled, look at it", payment.reference)
                await given.transact(payments.postpone_check, payment_id=payment.id, now=given.clock())

    async def check_invariants(self) -> None:
        """Look whether everything holds that must; tell the log, the metrics and the administrators if not."""
        found = await invariants.violations(limit=VIOLATIONS_MAX)
        self.violations = len(found)
        metrics.VIOLATIONS.set(len(found))
        if not found:
            return
        for violation in found:
            log.error("invariant violated: %s: %s: %s", violation.name, violation.subject, violation.detail)
        now = self.services.clock()
        told = [{"name": each.name, "detail": f"{each.subject}: {each.detail}"} for each in found[:VIOLATIONS_TOLD_MAX]]
        await self.services.transact(
            notifications.tell_administrators, kind=Kind.INVARIANT_VIOLATED, now=now,
            facts={"total": len(found), "violations": told},
            dedupe_key=f"invariant_violated:{sorted({each.name for each in found})}:{now.date().isoformat()}",
        )  # fmt: skip
