"""Runs in the hands of workers: claimed in the order of each resource, and ended together with what follows."""

import json
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from domain import bookings, resources
from domain.bookings import Booking, Status
from domain.kernel import LeaseLost, Row, Tx, Vault, WorkStatus, claim_ids, complete, emit, mark, put_back
from domain.people import SYSTEM
from domain.provisioning import policy
from domain.provisioning.events import PreparationFailed
from domain.provisioning.models import PREPARATION, ProvisioningRun, RunStatus
from domain.provisioning.scripts import Outcome
from domain.provisioning.service.queueing import hooks_of, queue, round_of, round_of_run

WAITING_MAX = 5000
TURN_SECONDS = 1.0


async def claim(*, now: datetime, limit: int, lease_seconds: float) -> list[ProvisioningRun]:
    """Lease the next run of up to `limit` resources on which no script is running, and say that they run.

    Outside transactions. The index `one_running_per_resource` decides between two who ask at the same moment.
    """
    ids = (await _next_ids(now))[:limit]
    leased = await claim_ids(ProvisioningRun, ids, now=now, lease_seconds=lease_seconds) if ids else []
    return [run for run in leased if await _has_its_turn(run, now)]


async def _next_ids(now: datetime) -> list[object]:
    collection = ProvisioningRun.get_pymongo_collection()
    wanted = {"resource_id": 1, "status": 1, "not_before": 1, "number": 1}
    waiting = collection.find({"work_status": WorkStatus.PENDING.value}, wanted).sort("_id").limit(WAITING_MAX)
    first: dict[object, Row] = {}
    async for row in waiting:
        other = first.setdefault(row["resource_id"], row)
        # What is running has its turn, also when its worker is gone; then the lowest number.
        if (row["status"] != RunStatus.RUNNING, row["number"]) < (
            other["status"] != RunStatus.RUNNING,
            other["number"],
        ):
            first[row["resource_id"]] = row
    # Not only the lease of the first one: a run that was revoked keeps its own until its script has been ended.
    leased: Row = {"lease_until": {"$type": "date"}, "$expr": {"$gte": ["$lease_until", "$$NOW"]}}
    busy = {row["resource_id"] async for row in collection.find(leased, {"resource_id": 1}).limit(WAITING_MAX)}
    due = [row for row in first.values() if row["not_before"] is None or row["not_before"] <= now]
    return [row["_id"] for row in due if row["resource_id"] not in busy]


async def _has_its_turn(run: ProvisioningRun, now: datetime) -> bool:
    try:
        await mark(run, now=now, status=RunStatus.RUNNING.value, started_at=now, finished_at=None)
    except DuplicateKeyError:
        await put_back(run, failure="another script is running there", now=now, retry_in_seconds=TURN_SECONDS)
        return False
    except LeaseLost:
        return False
    run.status, run.started_at = RunStatus.RUNNING, now
    return True


async def facts_of(run: ProvisioningRun) -> Row:
    """What the script is told: all it needs for its work, and nothing about the person."""
    booking = await bookings.get(booking_id=run.booking_id, actor=SYSTEM)
    resource = (await resources.place(run.resource_id)).resource
    return {
        "run": str(run.id),
        "step": run.step.value,
        "attempt": run.attempts,
        "booking": booking.code,
        "starts_at": run.starts_at.isoformat(),
        "ends_at": run.ends_at.isoformat(),
        "resource": resource.code,
        "options": {"aci_version": booking.options.aci_version, "preconfig": booking.options.preconfig},
    }


async def give_back(run: ProvisioningRun, *, reason: str, retry_in_seconds: float | None, now: datetime) -> WorkStatus:
    """Return a run that its worker could not finish, as `kernel.put_back` does. Raises LeaseLost."""
    also: dict[WorkStatus, Row] = {
        WorkStatus.PENDING: {"status": RunStatus.PENDING.value},
        WorkStatus.DEAD: {"status": RunStatus.FAILED.value, "finished_at": now},
    }
    return await put_back(run, failure=reason, now=now, retry_in_seconds=retry_in_seconds, also=also)


async def let_go(run: ProvisioningRun, *, now: datetime) -> None:
    """Say that the script of a revoked run has been ended: the next one need not wait for the end of its lease."""
    await ProvisioningRun.get_pymongo_collection().update_one(
        {"_id": run.id, "lease_token": run.lease_token, "work_status": WorkStatus.DONE.value},
        {"$set": {"lease_token": None, "lease_until": None, "updated_at": now}},
    )


async def finish(tx: Tx, *, run: ProvisioningRun, outcome: Outcome, vault: Vault, now: datetime) -> None:
    """End a try: what follows from it and its lease end together. Raises LeaseLost, with nothing done.

    After a success the next step waits, or the booking is ready. After a failure it is tried again (`policy`), or
    given up and told to the administrators.
    """
    booking = await bookings.get(booking_id=run.booking_id, actor=SYSTEM)
    said: Row = {"exit_code": outcome.exit_code, "output": _tail(outcome.output), "finished_at": now}
    if outcome.status == "succeeded":
        access = vault.encrypt(json.dumps(outcome.access)) if outcome.access and _is_awaited(run, booking) else None
        await complete(run, now=now, status=RunStatus.SUCCEEDED.value, access=access, **said)
        if run.step in PREPARATION and _is_awaited(run, booking):
            await _go_on(tx, run, booking, now=now)
        return
    failures = run.failures + 1
    again_at = policy.retry_at(run.step, failures=failures, ends_at=booking.ends_at, now=now)
    said["failures"] = failures
    if again_at is not None:
        free: Row = {"lease_token": None, "lease_until": None, "not_before": again_at}
        await mark(run, now=now, status=RunStatus.PENDING.value, **free, **said)
        return
    await complete(run, now=now, status=outcome.status, **said)
    await emit(tx, _failed(run, booking, outcome, failures=failures, now=now))


def _tail(output: str) -> str:
    return output.encode()[-policy.OUTPUT_BYTES_MAX :].decode(errors="ignore")


def _is_awaited(run: ProvisioningRun, booking: Booking) -> bool:
    """Whether the booking still waits for what this run prepares; else its end will be heard of, and cleared away."""
    return booking.status is Status.PREPARING and round_of(booking) == round_of_run(run)


async def _go_on(tx: Tx, run: ProvisioningRun, booking: Booking, *, now: datetime) -> None:
    hooks = await hooks_of(run.resource_id)
    step = policy.next_step(hooks, run.step)
    if step is None:
        await bookings.mark_ready(tx, booking_id=booking.id, by_hand=False, origin=SYSTEM.origin, now=now)
    else:
        await queue(tx, [step], of=round_of(booking), hooks=hooks, now=now)


def _failed(
    run: ProvisioningRun, booking: Booking, outcome: Outcome, *, failures: int, now: datetime
) -> PreparationFailed:
    return PreparationFailed(
        run_id=run.id, booking_id=run.booking_id, resource_id=run.resource_id, code=booking.code,
        starts_at=run.starts_at, ends_at=run.ends_at, step=run.step.value, script=run.script, status=outcome.status,
        failures=failures, exit_code=outcome.exit_code, output=outcome.output[-policy.OUTPUT_TOLD_MAX :],
        occurred_at=now,
    )  # fmt: skip
