"""What an operator does about a preparation by hand."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import bookings
from domain.bookings import Booking, NotPreparing, PreparationOverridden, Status
from domain.kernel import Row, Tx, WorkStatus, emit
from domain.people import SYSTEM, Actor
from domain.provisioning.errors import NotRetryable, RunNotFound
from domain.provisioning.events import PreparationRetried
from domain.provisioning.models import CLEARING, PREPARATION, ProvisioningRun, RunStatus
from domain.provisioning.service.queueing import last_run, revoke

PERMISSION = "racks:write"
_GIVEN_UP = (RunStatus.FAILED, RunStatus.TIMED_OUT)


async def retry(tx: Tx, *, run_id: PydanticObjectId, actor: Actor, now: datetime) -> ProvisioningRun:
    """Have a script that was given up tried again, as if it had never failed.

    A preparation only while its booking waits for it; what clears a rack away only while nothing came after it there,
    or it would clear away what another booking has. Raises RunNotFound, NotRetryable, NotPreparing, NotPermitted.
    """
    actor.require(PERMISSION)
    collection = ProvisioningRun.get_pymongo_collection()
    row = await collection.find_one({"_id": run_id})
    if row is None:
        raise RunNotFound(run_id=run_id)
    run = ProvisioningRun.read(row)
    await _check(run)
    changed: Row = {
        "work_status": WorkStatus.PENDING.value, "status": RunStatus.PENDING.value, "failures": 0, "not_before": None,
        "done_at": None, "finished_at": None, "updated_at": now,
    }  # fmt: skip
    await collection.update_one({"_id": run_id}, {"$set": changed})
    retried = PreparationRetried(
        actor_id=actor.member_id, origin=actor.origin, subject_id=run.booking_id, occurred_at=now,
        before={"status": run.status.value, "failures": run.failures},
        after={"step": run.step.value, "script": run.script, "resource_id": run.resource_id},
    )  # fmt: skip
    await emit(tx, retried)
    return ProvisioningRun.read({**row, **changed})


async def _check(run: ProvisioningRun) -> None:
    if run.status not in _GIVEN_UP:
        raise NotRetryable(run_id=run.id, status=run.status.value)
    later: Row = {"resource_id": run.resource_id, "number": {"$gt": run.number}}
    if run.step in CLEARING:  # the other half of clearing the same booking away does not matter
        later["$or"] = [{"booking_id": {"$ne": run.booking_id}}, {"step": {"$in": list(PREPARATION)}}]
    if await last_run(later) is not None:
        raise NotRetryable(run_id=run.id, status=run.status.value)
    if run.step in PREPARATION:
        booking = await bookings.get(booking_id=run.booking_id, actor=SYSTEM)
        if booking.status is not Status.PREPARING or booking.resource_id != run.resource_id:
            raise NotPreparing(booking_id=booking.id, status=booking.status.value)


async def declare_ready(tx: Tx, *, booking_id: PydanticObjectId, actor: Actor, now: datetime) -> Booking:
    """Say that a rack is ready, whatever its scripts say; those that wait or run for it are ended.

    Raises BookingNotFound, NotPreparing, NotPermitted.
    """
    actor.require(PERMISSION)
    booking = await bookings.mark_ready(tx, booking_id=booking_id, by_hand=True, origin=actor.origin, now=now)
    await revoke({"booking_id": booking_id, "step": {"$in": list(PREPARATION)}}, now=now)
    overridden = PreparationOverridden(
        actor_id=actor.member_id, origin=actor.origin, subject_id=booking_id, occurred_at=now,
        before={"status": Status.PREPARING.value}, after={"status": booking.status.value, "code": booking.code},
    )  # fmt: skip
    await emit(tx, overridden)
    return booking
