"""Which times are taken: plain projections, answered from the index `busy_times` alone."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from beanie import PydanticObjectId
from bson.codec_options import CodecOptions
from pymongo import ASCENDING

from domain import resources
from domain.bookings.models import BUSY, Booking, Status
from domain.kernel import Row
from domain.resources import Place

DAYS_MAX = 92
REACH = timedelta(minutes=resources.LENGTH_MINUTES_MAX + resources.TURNAROUND_MINUTES_MAX)
"""No booking that starts this long before a moment can still occupy it."""

_COVERED = {
    "_id": 0, "resource_id": 1, "starts_at": 1, "occupied_until": 1, "ends_at": 1, "member_id": 1, "status": 1,
    "hold_expires_at": 1,
}  # fmt: skip
_IN_ORDER = [("resource_id", ASCENDING), ("starts_at", ASCENDING)]
_STATUSES = {status.value: status for status in Status}
_LONG_AGO = datetime.min  # noqa: DTZ901 - compared with what is decoded without a zone
_NAIVE: CodecOptions[Row] = CodecOptions(tz_aware=False)


class _Moments(dict[datetime, datetime]):
    """Aware moments for naive ones, each made once: decoding aware times costs more than all the rest of this query."""

    def __missing__(self, naive: datetime) -> datetime:
        aware = self[naive] = naive.replace(tzinfo=UTC)
        return aware


class Busy(NamedTuple):
    """A time that is taken, and until when its turnaround lasts. `member_id` is for staff, and to know one's own."""

    starts_at: datetime
    ends_at: datetime
    member_id: PydanticObjectId
    status: Status
    occupied_until: datetime


async def taken(
    *,
    resource_ids: Collection[PydanticObjectId],
    from_at: datetime,
    until_at: datetime,
    now: datetime | None = None,
) -> dict[PydanticObjectId, list[Busy]]:
    """What touches the time between, per resource (each has an entry), the first start first.

    At most 200 resources and 92 days. Holds that ran out by `now` are left out; without `now` they count until swept.
    """
    assert len(resource_ids) <= resources.PLACES_MAX
    assert until_at - from_at <= timedelta(days=DAYS_MAX)
    found: dict[PydanticObjectId, list[Busy]] = {resource_id: [] for resource_id in resource_ids}
    wanted: Row = {
        "resource_id": {"$in": list(resource_ids)}, "held": True,
        "starts_at": {"$gt": from_at - REACH, "$lt": until_at}, "occupied_until": {"$gt": from_at},
    }  # fmt: skip
    dead_at = _LONG_AGO if now is None else now.astimezone(UTC).replace(tzinfo=None)
    collection = Booking.get_pymongo_collection().with_options(codec_options=_NAIVE)
    cursor = collection.find(wanted, _COVERED, batch_size=20_000).hint(BUSY).sort(_IN_ORDER)
    moments = _Moments()
    for row in await cursor.to_list(None):
        # Left out here and not by the query: a condition on `hold_expires_at` would have every document fetched.
        if row["status"] == Status.HELD and row["hold_expires_at"] <= dead_at:
            continue
        found[row["resource_id"]].append(
            Busy(
                moments[row["starts_at"]], moments[row["ends_at"]], row["member_id"], _STATUSES[row["status"]],
                moments[row["occupied_until"]],
            )
        )  # fmt: skip
    return found


def is_clear(busy: Sequence[Busy], starts_at: datetime, occupied_until: datetime) -> bool:
    """Whether nothing in `busy` touches the time between."""
    return all(one.starts_at >= occupied_until or one.occupied_until <= starts_at for one in busy)


async def free_between(
    *,
    resource_ids: Collection[PydanticObjectId],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> set[PydanticObjectId]:
    """Which of these resources nobody has between the two moments, their own turnaround after it included.

    Says nothing of opening hours or limits: `quote` does.
    """
    places = await resources.places(resource_ids)
    turnarounds = {key: timedelta(minutes=place.resource.turnaround_minutes) for key, place in places.items()}
    until_at = ends_at + max(turnarounds.values(), default=timedelta(0))
    times = await taken(resource_ids=list(places), from_at=starts_at, until_at=until_at, now=now)
    return {key for key, busy in times.items() if is_clear(busy, starts_at, ends_at + turnarounds[key])}


async def next_free(
    *, resource_ids: Collection[PydanticObjectId], now: datetime, days: int
) -> dict[PydanticObjectId, datetime | None]:
    """The first start at which each resource can be booked for its shortest length, within `days` local days from now.

    None where there is none, also for a resource that takes no bookings. Unknown ids are None too.
    """
    assert 1 <= days <= DAYS_MAX
    places = await resources.places(resource_ids)
    longest = max((_shortest(place) for place in places.values()), default=timedelta(0))
    until_at = min(now + timedelta(days=days + 1) + longest, now + timedelta(days=DAYS_MAX))
    times = await taken(resource_ids=list(places), from_at=now, until_at=until_at, now=now)
    found: dict[PydanticObjectId, datetime | None] = dict.fromkeys(resource_ids)
    for key, place in places.items():
        found[key] = _first_start(place, times[key], now=now, days=days)
    return found


def _shortest(place: Place) -> timedelta:
    """How long the shortest booking keeps the resource, turnaround included."""
    resource = place.resource
    return timedelta(minutes=resource.min_slots * resource.slot_minutes + resource.turnaround_minutes)


def _first_start(place: Place, busy: Sequence[Busy], *, now: datetime, days: int) -> datetime | None:
    resource, venue = place.resource, place.venue
    if not resources.takes_bookings(resource, venue):
        return None
    step = timedelta(minutes=resource.slot_minutes)
    length, turnaround = resource.min_slots * step, timedelta(minutes=resource.turnaround_minutes)
    earliest_at = resources.earliest_start(resource, now)
    first_on = resources.local_day(venue, now)
    position = 0
    for offset in range(min(days, resource.advance_days_max + 1)):
        for slot in resources.each_slot(resource, venue, first_on + timedelta(days=offset)):
            if slot.starts_at < earliest_at or slot.starts_at <= now:
                continue
            while position < len(busy) and busy[position].occupied_until <= slot.starts_at:
                position += 1
            ends_at = slot.starts_at + length
            if position < len(busy) and busy[position].starts_at < ends_at + turnaround:
                continue
            if resources.is_open(resource, venue, slot.starts_at, ends_at):
                return slot.starts_at
    return None
