"""What edges may look at."""

import json
from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain import bookings
from domain.bookings import BookingNotFound, Status
from domain.kernel import LIMIT_MAX, Page, Row, UnreadableSecret, Vault
from domain.people import Actor
from domain.provisioning.models import ProvisioningRun, RunStatus, StepName

RUNS_PER_BOOKING_MAX = 50
PERMISSION = "racks:write"
_WITHOUT_SECRETS = {"access": 0}


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run as the one who asks may see it: `script`, `exit_code` and `output` are for administrators."""

    id: PydanticObjectId
    booking_id: PydanticObjectId
    resource_id: PydanticObjectId
    step: StepName
    status: RunStatus
    attempts: int
    failures: int
    next_try_at: datetime | None
    """When it is tried again; None when it is its turn, or over."""
    started_at: datetime | None
    finished_at: datetime | None
    script: str | None = None
    exit_code: int | None = None
    output: str | None = None


async def of_booking(*, booking_id: PydanticObjectId, actor: Actor) -> list[RunView]:
    """The last runs for a booking that the actor may see, at most 50, in their order. Raises BookingNotFound."""
    await bookings.get(booking_id=booking_id, actor=actor)
    collection = ProvisioningRun.get_pymongo_collection()
    newest = collection.find({"booking_id": booking_id}, _WITHOUT_SECRETS).sort("_id", DESCENDING)
    runs = [_view(row, actor) async for row in newest.limit(RUNS_PER_BOOKING_MAX)]
    return runs[::-1]


async def recent(*, status: RunStatus | None, actor: Actor, page: int, limit: int) -> Page[RunView]:
    """Runs for administrators, the newest first, of one status or all. Raises NotPermitted."""
    actor.require(PERMISSION)
    assert 1 <= limit <= LIMIT_MAX
    wanted: Row = {} if status is None else {"status": status.value}
    collection = ProvisioningRun.get_pymongo_collection()
    rows = collection.find(wanted, _WITHOUT_SECRETS).sort("_id", DESCENDING).skip((page - 1) * limit).limit(limit)
    items = [_view(row, actor) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))


async def access(*, booking_id: PydanticObjectId, actor: Actor, vault: Vault, now: datetime) -> dict[str, str] | None:
    """How the member gets into the rack that was prepared for them; None when there is nothing (more) to show.

    Only of one's own booking, while it is ready or active and before its end: not in overtime, not to staff. None as
    well when none of the vault's keys reads it. Raises BookingNotFound.
    """
    booking = await bookings.get(booking_id=booking_id, actor=actor)
    if booking.member_id != actor.member_id:
        raise BookingNotFound(booking_id=booking_id)
    if booking.status not in (Status.READY, Status.ACTIVE) or booking.ends_at <= now:
        return None
    told: Row = {"booking_id": booking_id, "resource_id": booking.resource_id, "access": {"$ne": None}}
    order = [("number", ASCENDING)]
    rows = await ProvisioningRun.get_pymongo_collection().find(told, {"access": 1}).sort(order).to_list(None)
    found: dict[str, str] = {}
    try:
        for row in rows:
            found |= json.loads(vault.decrypt(row["access"]))
    except UnreadableSecret:
        return None
    return found or None


def _view(row: Row, actor: Actor) -> RunView:
    run = ProvisioningRun.read(row)
    is_office = actor.may(PERMISSION)
    return RunView(
        id=run.id, booking_id=run.booking_id, resource_id=run.resource_id, step=run.step, status=run.status,
        attempts=run.attempts, failures=run.failures,
        next_try_at=run.not_before if run.status is RunStatus.PENDING else None,
        started_at=run.started_at, finished_at=run.finished_at, script=run.script if is_office else None,
        exit_code=run.exit_code if is_office else None, output=run.output if is_office else None,
    )  # fmt: skip
