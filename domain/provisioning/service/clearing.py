"""Beginning to prepare, and putting away what was prepared."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import bookings
from domain.bookings import Purpose, Status
from domain.kernel import Row, Tx, WorkStatus
from domain.people import SYSTEM
from domain.provisioning import policy
from domain.provisioning.models import CLEARING, PREPARATION, ProvisioningRun
from domain.provisioning.service.queueing import Round, hooks_of, last_run, queue, revoke, round_of, round_of_run


async def begin(tx: Tx, *, booking_id: PydanticObjectId, now: datetime) -> None:
    """Begin to prepare the rack of a booking that is preparing; without a script for it, it is ready at once.

    Once, however often it is asked. What the booking before it left, or this one at the times before it was moved, is
    cleared away first, should its end or the move not have been heard of yet.
    """
    booking = await bookings.get(booking_id=booking_id, actor=SYSTEM)
    if booking.status is not Status.PREPARING:
        return
    mine: Row = {"booking_id": booking.id, "resource_id": booking.resource_id}
    begun: Row = {**mine, "starts_at": booking.starts_at, "ends_at": booking.ends_at}
    if await last_run({**begun, "step": {"$in": list(PREPARATION)}, "work_status": WorkStatus.PENDING.value}):
        return
    before = await last_run({"resource_id": booking.resource_id})
    if before is not None and round_of_run(before) != round_of(booking):
        await _clear(tx, before, {"booking_id": before.booking_id, "resource_id": before.resource_id}, now=now)
    hooks = await hooks_of(booking.resource_id)
    step = policy.next_step(hooks, None)
    if step is None:
        await bookings.mark_ready(tx, booking_id=booking.id, by_hand=False, origin=SYSTEM.origin, now=now)
        return
    await queue(tx, [step], of=round_of(booking), hooks=hooks, now=now)


async def stand_down(tx: Tx, *, booking_id: PydanticObjectId, resource_id: PydanticObjectId, now: datetime) -> None:
    """End the preparation of a booking that is over and clear its rack away, if it had been begun.

    Its access data are wiped at once; a script that is running is ended by its worker, within seconds.
    """
    mine: Row = {"booking_id": booking_id, "resource_id": resource_id}
    last = await last_run(mine)
    if last is not None:
        await _clear(tx, last, mine, now=now)


async def stand_down_moved(
    tx: Tx,
    *,
    booking_id: PydanticObjectId,
    resource_id: PydanticObjectId,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> None:
    """As `stand_down`, for a booking that goes on at another time or on another rack; the times are the earlier ones.

    A preparation that has meanwhile been begun for the new times is left alone.
    """
    mine: Row = {"booking_id": booking_id, "resource_id": resource_id, "starts_at": starts_at, "ends_at": ends_at}
    last = await last_run(mine)
    if last is not None:
        await _clear(tx, last, mine, now=now)


async def clear(tx: Tx, *, booking_id: PydanticObjectId, resource_id: PydanticObjectId, now: datetime) -> None:
    """As `stand_down`, after a session that took place: the rack is cleared away also if it needed no preparation."""
    mine: Row = {"booking_id": booking_id, "resource_id": resource_id}
    last = await last_run(mine)
    if last is not None:
        await _clear(tx, last, mine, now=now)
        return
    booking = await bookings.get(booking_id=booking_id, actor=SYSTEM)
    if booking.purpose is not Purpose.SESSION:
        return
    this = Round(booking_id=booking_id, resource_id=resource_id, starts_at=booking.starts_at, ends_at=booking.ends_at)
    await queue(tx, CLEARING, of=this, hooks=await hooks_of(resource_id), now=now)


async def _clear(tx: Tx, last: ProvisioningRun, mine: Row, *, now: datetime) -> None:
    if last.step in CLEARING:  # heard of before
        return
    await revoke({**mine, "step": {"$in": list(PREPARATION)}}, now=now)
    wiped = {"$set": {"access": None, "updated_at": now}}
    await ProvisioningRun.get_pymongo_collection().update_many({**mine, "access": {"$ne": None}}, wiped)
    await queue(tx, CLEARING, of=round_of_run(last), hooks=await hooks_of(last.resource_id), now=now)
