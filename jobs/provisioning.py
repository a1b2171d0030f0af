"""Runs of scripts → racks prepared and cleared: at least once each, one at a time per rack.

A script may take longer than a lease, so the lease is renewed while it runs. Who cannot renew it (the run was revoked,
the database is away, this process stood still) ends the script before anybody else may begin it again. Asked to end,
the worker breaks its scripts off after a moment and gives them back: they are begun again elsewhere.
"""

import asyncio
import time
from collections.abc import Sequence

from domain import provisioning
from domain.kernel import Clock, LeaseLost, Transact, Vault, WorkStatus, renew
from domain.provisioning import SCRIPT_SECONDS_MAX, Outcome, ProvisioningRun, ScriptRunner
from jobs.outage import Outage, is_outage
from jobs.worker import LEASE_SECONDS, Worker

CONCURRENCY = 4
RENEW_SECONDS = 2.0
MARGIN_SECONDS = 10.0
"""So long before the end of a lease that could not be renewed the script is ended: ending it takes time as well."""
STOP_SECONDS = 2.0


class Lease:
    """The lease of one run, renewed until it is lost."""

    def __init__(self, run: ProvisioningRun, *, seconds: float) -> None:
        self._run = run
        self._seconds = seconds
        self.until = time.monotonic()

    async def renew(self) -> None:
        """Hold it for its whole length from now. Raises LeaseLost."""
        asked_at = time.monotonic()
        await renew(self._run, lease_seconds=self._seconds)
        self.until = asked_at + self._seconds

    async def keep(self) -> None:
        """Renew it until cancelled. Raises LeaseLost, also when it could not be renewed for too long."""
        while True:
            await asyncio.sleep(min(RENEW_SECONDS, self._seconds / 4))
            try:
                await self.renew()
            except Exception as error:
                if not is_outage(error):
                    raise
                if time.monotonic() > self.until - min(MARGIN_SECONDS, self._seconds / 3):
                    raise LeaseLost from error


class Scripts:
    """Does the runs that a worker holds."""

    def __init__(
        self, transact: Transact, clock: Clock, vault: Vault, runner: ScriptRunner, *, lease_seconds: float
    ) -> None:
        self._transact = transact
        self._clock = clock
        self._vault = vault
        self._runner = runner
        self._lease_seconds = lease_seconds
        self._outage = Outage("provisioning")
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Break off what runs, after a moment in which it may end by itself."""
        self._outage.is_patient = False
        self._stopping.set()

    async def claim(self, limit: int) -> Sequence[ProvisioningRun]:
        """Lease runs whose turn it is."""
        return await provisioning.claim(now=self._clock(), limit=limit, lease_seconds=self._lease_seconds)

    async def put_back(self, run: ProvisioningRun, reason: str, retry_in_seconds: float | None) -> WorkStatus:
        """Return a run for which something else went wrong than its script."""
        return await provisioning.give_back(
            run, reason=reason, retry_in_seconds=retry_in_seconds, now=self._clock()
        )  # fmt: skip

    async def handle(self, run: ProvisioningRun) -> None:
        """Run the script under the lease and end the try; LeaseLost once the script has been ended."""
        lease = Lease(run, seconds=self._lease_seconds)
        await lease.renew()
        keeping = asyncio.create_task(lease.keep(), name=f"lease of {run.id}")
        try:
            outcome = await self._run(run, keeping)
            if outcome is None:
                await self.put_back(run, "the worker was asked to end", 0.0)
            else:
                await self._finish(run, outcome, lease)
        except LeaseLost:
            await provisioning.let_go(run, now=self._clock())
            raise
        finally:
            await _cancelled(keeping)

    async def _finish(self, run: ProvisioningRun, outcome: Outcome, lease: Lease) -> None:
        async def finish() -> None:
            await self._transact(provisioning.finish, run=run, outcome=outcome, vault=self._vault, now=self._clock())

        # Here, not by the worker's own patience, which would run the script again.
        await self._outage.outlive(finish, until=lease.until)

    async def _run(self, run: ProvisioningRun, keeping: asyncio.Task[None]) -> Outcome | None:
        """What came of the script; None when the worker is asked to end. Raises LeaseLost, with the script ended."""
        facts = await provisioning.facts_of(run)
        running = asyncio.create_task(
            self._runner.run(run.script, facts, timeout_seconds=SCRIPT_SECONDS_MAX), name=f"script of {run.id}"
        )
        asked = asyncio.create_task(self._asked_to_end())
        try:
            await asyncio.wait({running, keeping, asked}, return_when=asyncio.FIRST_COMPLETED)
            if keeping.done():
                keeping.result()
            return await running if running.done() else None
        finally:
            await _cancelled(running)
            await _cancelled(asked)

    async def _asked_to_end(self) -> None:
        await self._stopping.wait()
        await asyncio.sleep(STOP_SECONDS)


async def _cancelled(task: "asyncio.Task[Outcome] | asyncio.Task[None]") -> None:
    """Return when the task has ended, cancelled unless it had."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # looked at: whoever waited for it has been told


class ProvisioningWorker(Worker[ProvisioningRun]):
    """The worker of scripts, which does not wait for them to the end when it is stopped."""

    def __init__(self, scripts: Scripts, clock: Clock, *, lease_seconds: float) -> None:
        super().__init__(
            "provisioning", claim=scripts.claim, handle=scripts.handle, clock=clock, concurrency=CONCURRENCY,
            put_back=scripts.put_back, lease_seconds=lease_seconds,
        )  # fmt: skip
        self._scripts = scripts

    def stop(self) -> None:
        """Claim nothing more, and give back what does not end within a moment."""
        super().stop()
        self._scripts.stop()


def worker(
    transact: Transact, clock: Clock, vault: Vault, runner: ScriptRunner, *, lease_seconds: float = LEASE_SECONDS
) -> ProvisioningWorker:
    """The worker of the scripts that prepare racks and clear them."""
    scripts = Scripts(transact, clock, vault, runner, lease_seconds=lease_seconds)
    return ProvisioningWorker(scripts, clock, lease_seconds=lease_seconds)
