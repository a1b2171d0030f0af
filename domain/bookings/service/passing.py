"""What time does to bookings: steps, each a question about what is stored and a change with its announcement.

Any number of processes take them in bounded batches: leased by `claim_due` and done by `pass_time`, or, where nobody
else is at work, in one go by `take_due`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING

from domain import kernel
from domain.bookings import policy
from domain.bookings.events import (
    BookingCompleted,
    BookingEndsSoon,
    BookingEvent,
    BookingLate,
    BookingNoShow,
    BookingOverstayed,
    BookingPreparing,
    BookingStarted,
    ReminderDue,
)
from domain.bookings.models import AWAITED, REMINDERS_MINUTES, Booking, Purpose, Status
from domain.bookings.queries.begun import PREPARED, begun
from domain.bookings.service import attending, claims, unready
from domain.kernel import RELEASED, Batch, Row, Tx, emit, read_batch

_SESSION: Row = {"purpose": Purpose.SESSION.value}
WAIT = timedelta(seconds=15)
"""How long a booking waits whose rack is still taken, so that others have their turn."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that becomes due: which rows, in which order, and what is done about them."""

    due: Callable[[datetime], Row]
    order: str
    take: Callable[[Tx, list[Row], datetime], Awaitable[None]]
    lead: timedelta = timedelta()
    """How long before the moment in `order` it is due (after it, when negative): by what lateness is measured."""


async def claim_due(step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:
    """Lease up to `limit` bookings for which the step is due; outside transactions."""
    return await kernel.claim_due(
        Booking, STEPS[step].due(now), order=STEPS[step].order, limit=limit, lease_seconds=lease_seconds
    )


async def pass_time(tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
    """Do what is due about a leased batch, and say for how many it still was. Raises LeaseLost, with nothing done."""
    rows = await read_batch(Booking, batch, STEPS[step].due(now), order=STEPS[step].order)
    if rows:
        await STEPS[step].take(tx, rows, now)
    return len(rows)


async def take_due(tx: Tx, *, step: str, now: datetime, limit: int) -> int:
    """Do what is due about up to `limit` bookings, leased or not, and say how many."""
    cursor = Booking.get_pymongo_collection().find(STEPS[step].due(now)).sort(STEPS[step].order, ASCENDING)
    rows = await cursor.limit(limit).to_list(None)
    if rows:
        await STEPS[step].take(tx, rows, now)
    return len(rows)


async def change_rows(rows: list[Row], fields: Row, *, now: datetime, pull: Row | None = None) -> None:
    """Change rows that were read in this transaction, and let go of their lease."""
    change: Row = {"$set": {**RELEASED, **fields, "updated_at": now}}
    if pull:
        change["$pull"] = pull
    result = await Booking.get_pymongo_collection().update_many({"_id": {"$in": [row["_id"] for row in rows]}}, change)
    assert result.matched_count == len(rows), "read in this snapshot: a rival change is a write conflict"


async def announce(tx: Tx, kind: type[BookingEvent], row: Row, now: datetime, **facts: Any) -> None:
    """Emit a booking's event from its stored row."""
    await emit(tx, kind(**{**claims.facts_of_row(row), "origin": "jobs"}, occurred_at=now, **facts))


# lapse: holds that ran out unpaid; offers lapse with the waitlist, which has the next in line


def _lapsing(now: datetime) -> Row:
    return {"status": Status.HELD.value, "is_offer": False, "hold_expires_at": {"$lte": now}}


async def _lapse(tx: Tx, rows: list[Row], now: datetime) -> None:
    await claims.lapse(tx, rows, now=now)


# prepare: racks that prepare themselves begin to


def _to_prepare(now: datetime) -> Row:
    return {
        "status": Status.CONFIRMED.value, "prepare_at": {"$lte": now, "$type": "date"}, "ends_at": {"$gt": now}
    }  # fmt: skip


async def _prepare(tx: Tx, rows: list[Row], now: datetime) -> None:
    """Begin to prepare, unless somebody is still there, or it is prepared for somebody else: then it waits.

    Who waits until the start is told that it is late; what waits does not keep others from beginning.
    """
    still_there = {"status": {"$in": [Status.PREPARING.value, Status.READY.value, Status.ACTIVE.value]}, "held": True}
    on = {"resource_id": {"$in": [row["resource_id"] for row in rows]}}
    occupied = set(await Booking.get_pymongo_collection().distinct("resource_id", {**on, **still_there}))
    begun: list[Row] = []
    waiting: list[Row] = []
    for row in rows:
        (waiting if row["resource_id"] in occupied else begun).append(row)
        occupied.add(row["resource_id"])
    if waiting:
        await change_rows(waiting, {"prepare_at": now + WAIT}, now=now)
    if begun:
        await change_rows(begun, {"status": Status.PREPARING.value}, now=now)
    for row in begun:
        await announce(tx, BookingPreparing, row, now)


# late: the start has come and the rack is not ready


def _late(now: datetime) -> Row:
    """Whether it has begun to prepare itself or not."""
    waited_for: list[Row] = [{"status": Status.PREPARING.value}, {"prepare_at": {"$ne": None}}]
    states = {"$in": [Status.CONFIRMED.value, Status.PREPARING.value]}
    return {"status": states, "held": True, "starts_at": {"$lte": now}, "late_told": False, "$or": waited_for}


async def _tell_late(tx: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"late_told": True}, now=now)
    for row in rows:
        await announce(tx, BookingLate, row, now)


# start


async def _start(tx: Tx, rows: list[Row], now: datetime) -> None:
    for ended in (False, True):
        some = [row for row in rows if (row["ends_at"] <= now) is ended]
        if some:
            await change_rows(some, attending.as_begun(some[0]["ends_at"], now), now=now)
    for row in rows:
        if row["purpose"] == Purpose.SESSION:
            await announce(tx, BookingStarted, row, now)


# no-show


def _missed(now: datetime) -> Row:
    """Whom nothing but themselves was missing; whose rack was late may come until the end."""
    deadline = now - timedelta(minutes=policy.NO_SHOW_MINUTES)
    awaited = {"$in": [Status.CONFIRMED.value, Status.READY.value]}
    in_vain: list[Row] = [{"late_told": False}, {"ends_at": {"$lte": now}}]
    return {
        "status": awaited, "held": True, "check_in": "required", "checked_in_at": None, "starts_at": {"$lte": deadline},
        "$and": [{"$or": PREPARED}, {"$or": in_vain}],
    }  # fmt: skip


async def _miss(tx: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"status": Status.NO_SHOW.value, "held": False, "seat": None}, now=now)
    for row in rows:
        await announce(tx, BookingNoShow, row, now, cost_tokens=row["cost_tokens"])


# remind: once per wish, and not for a moment that had passed when the booking was made


def _reminding(minutes: int) -> Callable[[datetime], Row]:
    def due(now: datetime) -> Row:
        soon = {"$lte": now + timedelta(minutes=minutes)}
        return {"reminders_left": minutes, "held": True, "starts_at": soon, "status": {"$ne": Status.HELD.value}}

    return due


def _remind(minutes: int) -> Callable[[Tx, list[Row], datetime], Awaitable[None]]:
    async def take(tx: Tx, rows: list[Row], now: datetime) -> None:
        await change_rows(rows, {}, now=now, pull={"reminders_left": minutes})
        awaited = {status.value for status in AWAITED}
        for row in rows:
            reminded_at = row["starts_at"] - timedelta(minutes=minutes)
            in_time = policy.is_reminder_true(minutes, starts_at=row["starts_at"], now=now)
            if in_time and row["status"] in awaited and row["confirmed_at"] < reminded_at:
                await announce(tx, ReminderDue, row, now, minutes_before=minutes)

    return take


# end soon, overstay, complete, free


def _ending_soon(now: datetime) -> Row:
    soon = {"$lte": now + timedelta(minutes=policy.ENDS_SOON_MINUTES)}
    return {"status": Status.ACTIVE.value, "ends_at": soon, "end_told": False, **_SESSION}


async def _tell_end(tx: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"end_told": True}, now=now)
    for row in rows:
        if row["ends_at"] > now:
            await announce(tx, BookingEndsSoon, row, now)


def _overstaying(now: datetime) -> Row:
    return {
        "status": Status.ACTIVE.value, "ends_at": {"$lte": now}, "overtime": {"$ne": None}, "late_told": False
    }  # fmt: skip


async def _tell_overstay(tx: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"late_told": True}, now=now)
    for row in rows:
        await announce(tx, BookingOverstayed, row, now)


def _ending(now: datetime) -> Row:
    return {"status": Status.ACTIVE.value, "ends_at": {"$lte": now}, "overtime": None}


async def _complete(tx: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"status": Status.COMPLETED.value, "seat": None}, now=now)
    for row in rows:
        if row["purpose"] == Purpose.SESSION:
            await announce(tx, BookingCompleted, row, now)


def _turned_around(now: datetime) -> Row:
    return {"status": Status.COMPLETED.value, "held": True, "occupied_until": {"$lte": now}}


async def _free(_: Tx, rows: list[Row], now: datetime) -> None:
    await change_rows(rows, {"held": False}, now=now)


STEPS: dict[str, Step] = {
    "lapse": Step(due=_lapsing, order="hold_expires_at", take=_lapse),
    "prepare": Step(due=_to_prepare, order="prepare_at", take=_prepare),
    "start": Step(due=begun, order="starts_at", take=_start),
    "late": Step(due=_late, order="starts_at", take=_tell_late),
    "miss": Step(due=_missed, order="starts_at", take=_miss, lead=-timedelta(minutes=policy.NO_SHOW_MINUTES)),
    "end_soon": Step(
        due=_ending_soon, order="ends_at", take=_tell_end, lead=timedelta(minutes=policy.ENDS_SOON_MINUTES)
    ),
    "overstay": Step(due=_overstaying, order="ends_at", take=_tell_overstay),
    "give_up": Step(due=unready.never_ready, order="ends_at", take=unready.give_up),
    "check_out": Step(
        due=attending.outstaying,
        order="ends_at",
        take=attending.check_out_by_time,
        lead=-timedelta(minutes=policy.OVERSTAY_MAX_MINUTES),
    ),
    "complete": Step(due=_ending, order="ends_at", take=_complete),
    "free": Step(due=_turned_around, order="occupied_until", take=_free),
    **{
        f"remind_{m}": Step(due=_reminding(m), order="starts_at", take=_remind(m), lead=timedelta(minutes=m))
        for m in REMINDERS_MINUTES
    },
}
"""In the order in which they are best asked."""


async def lapse_holds(tx: Tx, *, now: datetime, limit: int) -> int:
    """End up to `limit` holds that ran out, the oldest first, and say how many."""
    return await take_due(tx, step="lapse", now=now, limit=limit)


async def start_due(tx: Tx, *, now: datetime, limit: int) -> int:
    """Make up to `limit` bookings active whose start has come, and say how many."""
    return await take_due(tx, step="start", now=now, limit=limit)


async def complete_due(tx: Tx, *, now: datetime, limit: int) -> int:
    """Complete up to `limit` active bookings whose end has come, and say how many.

    Frees as well the cells of bookings whose turnaround is over.
    """
    count = await take_due(tx, step="complete", now=now, limit=limit)
    await take_due(tx, step="free", now=now, limit=limit)
    return count
