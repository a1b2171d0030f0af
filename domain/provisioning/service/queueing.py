"""The order of a resource: runs wait in it by their numbers, one at a time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from beanie import PydanticObjectId
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from domain import resources
from domain.bookings import Booking
from domain.kernel import Row, Tx, WorkStatus, insert_rows, run_again
from domain.provisioning import policy
from domain.provisioning.models import ProvisioningRun, RunStatus, StepName
from domain.resources import Hooks

REVOKED: Row = {
    "work_status": WorkStatus.DONE.value, "status": RunStatus.CANCELLED.value, "access": None, "not_before": None,
}  # fmt: skip
"""What ends an open run. Its lease stays: until the worker lets go or the lease ends, the resource has a script."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """A booking on a resource at the times that it had when that began: one that is moved begins another round."""

    booking_id: PydanticObjectId
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime


def round_of(booking: Booking) -> Round:
    """The present round of a booking."""
    return Round(
        booking_id=booking.id, resource_id=booking.resource_id, starts_at=booking.starts_at, ends_at=booking.ends_at
    )


def round_of_run(run: ProvisioningRun) -> Round:
    """The round for which something was run."""
    return Round(booking_id=run.booking_id, resource_id=run.resource_id, starts_at=run.starts_at, ends_at=run.ends_at)


async def hooks_of(resource_id: PydanticObjectId) -> Hooks:
    """The scripts of the resource, none for what is no rack."""
    found = await resources.place(resource_id)
    return found.resource.rack.hooks if found.resource.rack else Hooks()


async def last_run(wanted: Row) -> ProvisioningRun | None:
    """The run with the highest number of those wanted."""
    row = await ProvisioningRun.get_pymongo_collection().find_one(wanted, sort=[("number", DESCENDING)])
    return ProvisioningRun.read(row) if row else None


async def queue(tx: Tx, steps: Sequence[StepName], *, of: Round, hooks: Hooks, now: datetime) -> None:
    """Have those of the steps that the rack has, and that do not wait already, run after all that waits there now."""
    collection = ProvisioningRun.get_pymongo_collection()
    mine: Row = {"booking_id": of.booking_id, "resource_id": of.resource_id}
    mine["work_status"] = WorkStatus.PENDING.value
    waiting = set(await collection.distinct("step", mine))
    last = await last_run({"resource_id": of.resource_id})
    number = last.number if last else 0
    rows: list[Row] = []
    for step in steps:
        script = policy.script_for(hooks, step)
        if script is None or step in waiting:
            continue
        number += 1
        run = ProvisioningRun(**asdict(of), number=number, step=step, script=script, created_at=now, updated_at=now)
        rows.append(run.row())
    await _insert(tx, rows)


async def _insert(tx: Tx, rows: list[Row]) -> None:
    # One by one: a refused bulk does not say so in the way that `run_again` needs, and they are two at most.
    for row in rows:
        try:
            await insert_rows(ProvisioningRun, [row])
        except DuplicateKeyError as error:
            run_again(tx, error)


async def revoke(wanted: Row, *, now: datetime) -> None:
    """End the open ones of these runs; the completion of one that is running will find its lease lost."""
    await ProvisioningRun.get_pymongo_collection().update_many(
        {**wanted, "work_status": WorkStatus.PENDING.value},
        {"$set": {**REVOKED, "finished_at": now, "done_at": now, "updated_at": now}},
    )
