"""What the operator looks at before closing something: whom it would meet, and what is closed already."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from beanie import PydanticObjectId
from pydantic import TypeAdapter
from pymongo import ASCENDING

from domain import resources
from domain.bookings import policy
from domain.bookings.models import NOBODY, OPEN, Booking, Purpose, Status
from domain.bookings.queries.availability import REACH
from domain.kernel import LIMIT_MAX, Page, Row
from domain.resources import OpeningInterval, Resource, Venue

AFFECTED_MAX = 200
"""Bookings that one command may call off."""
_HOURS: TypeAdapter[list[list[OpeningInterval]]] = TypeAdapter(list[list[OpeningInterval]])


@dataclass(frozen=True, kw_only=True)
class Area:
    """What is to be closed: one resource, or all that stands at a venue."""

    venue: Venue
    resources: list[Resource]
    is_venue: bool

    @property
    def quantum_minutes(self) -> int:
        """The coarsest of their grids, on which all the others lie."""
        return max((each.quantum_minutes for each in self.resources), default=15)

    @property
    def bookings(self) -> Row:
        """The condition for its bookings; at a venue also those of what is retired there by now."""
        return {"venue_id": self.venue.id} if self.is_venue else {"resource_id": self.resources[0].id}


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """A period that is taken for maintenance, with all its resources and parts."""

    series_id: PydanticObjectId
    code: str
    venue_id: PydanticObjectId
    resource_ids: list[PydanticObjectId]
    starts_at: datetime
    ends_at: datetime
    reason: str


async def area(*, resource_id: PydanticObjectId | None, venue_id: PydanticObjectId | None) -> Area:
    """The one resource, or all at the venue. Raises ResourceNotFound, VenueNotFound."""
    assert (resource_id is None) != (venue_id is None), "one resource or one venue"
    if resource_id is not None:
        resource = await resources.get(resource_id)
        venue = await resources.venue(resource.venue_id)
        return Area(venue=venue, resources=[resource], is_venue=False)
    assert venue_id is not None
    venue = await resources.venue(venue_id)
    standing = await resources.at_venue(venue_id, limit=resources.PLACES_MAX)
    return Area(venue=venue, resources=standing, is_venue=True)


async def affected(
    *,
    resource_id: PydanticObjectId | None,
    venue_id: PydanticObjectId | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    limit: int,
) -> list[Booking]:
    """Whose bookings a maintenance in this period would call off, the first start first; living holds among them.

    The period is rounded outwards as `reserve_maintenance` does. A booking whose turnaround reaches into it counts; one
    whose time is over does not, its turnaround gives way. Raises ResourceNotFound, VenueNotFound, InvalidPeriod.
    """
    asked = await area(resource_id=resource_id, venue_id=venue_id)
    begin, end = period(asked, starts_at, ends_at, now=now)
    return await met(asked, begin, end, now=now, limit=limit)


def period(asked: Area, starts_at: datetime, ends_at: datetime, *, now: datetime) -> tuple[datetime, datetime]:
    """The whole quanta of the area that the period touches. Raises InvalidPeriod."""
    begin, end = policy.maintenance_period(starts_at, ends_at, quantum_minutes=asked.quantum_minutes, now=now)
    is_mixed = len({each.quantum_minutes for each in asked.resources}) > 1
    if begin < now and is_mixed:  # on the finer grid something may have ended within the present coarse quantum
        begin = min(end, policy.round_up(now, quantum_minutes=asked.quantum_minutes))
    return begin, end


async def met(asked: Area, starts_at: datetime, ends_at: datetime, *, now: datetime, limit: int) -> list[Booking]:
    """The bookings of the area that have some of the period and are not over."""
    wanted: Row = {
        **asked.bookings, "starts_at": {"$gt": starts_at - REACH, "$lt": ends_at}, "occupied_until": {"$gt": starts_at},
        "ends_at": {"$gt": now}, **_standing(now),
    }  # fmt: skip
    return await _in_order(wanted, limit=limit)


async def coming(*, resource_id: PydanticObjectId, now: datetime, limit: int) -> list[Booking]:
    """The resource's bookings that have not begun, the next first; living holds among them."""
    wanted: Row = {"resource_id": resource_id, "starts_at": {"$gt": now}, **_standing(now)}
    return await _in_order(wanted, limit=limit)


async def outside_hours(
    *,
    venue_id: PydanticObjectId,
    new_hours: Any = None,
    closed_on: list[str] | None = None,
    now: datetime,
    limit: int,
) -> list[Booking]:
    """Which coming bookings would lie outside other opening hours or closed days (None: as they are), the next first.

    Not those that lie outside already, and were kept. Raises VenueNotFound.
    """
    before = await resources.venue(venue_id)
    return await put_outside(before, with_hours(before, opening_hours=new_hours, closed_on=closed_on), now, limit=limit)


def with_hours(venue: Venue, *, opening_hours: Any = None, closed_on: list[str] | None = None) -> Venue:
    """The venue, were these its opening hours and closed days (None: as they are)."""
    changes: Row = {}
    if opening_hours is not None:
        changes["opening_hours"] = _HOURS.validate_python(opening_hours)
    if closed_on is not None:
        changes["closed_on"] = closed_on
    changed: Venue = venue.model_copy(update=changes)
    return changed


async def put_outside(before: Venue, after: Venue, now: datetime, *, limit: int) -> list[Booking]:
    """Which coming bookings lie within the hours of the venue before, and not after."""
    wanted: Row = {"venue_id": after.id, "starts_at": {"$gt": now}, **_standing(now)}
    found: list[Booking] = []
    rows = Booking.get_pymongo_collection().find(wanted).sort("starts_at", ASCENDING)
    async for row in rows:
        begin, end = row["starts_at"], row["ends_at"]
        is_open_then = resources.open_until(after, begin, at_most=end) >= end
        if not is_open_then and resources.open_until(before, begin, at_most=end) >= end:
            found.append(Booking.read(row))
        if len(found) == limit:
            break
    return found


def _standing(now: datetime) -> Row:
    """Sessions that are open, and holds that have not run out."""
    living = [{"status": {"$ne": Status.HELD.value}}, {"hold_expires_at": {"$gt": now}}]
    states = [status.value for status in OPEN]
    return {"held": True, "status": {"$in": states}, "purpose": Purpose.SESSION.value, "$or": living}


async def _in_order(wanted: Row, *, limit: int) -> list[Booking]:
    rows = Booking.get_pymongo_collection().find(wanted).sort([("starts_at", ASCENDING), ("_id", ASCENDING)])
    return [Booking.read(row) async for row in rows.limit(limit)]


async def maintenances(*, venue_id: PydanticObjectId | None, now: datetime, page: int, limit: int) -> Page[Maintenance]:
    """The periods of maintenance that run or are to come, the first start first; at one venue, or everywhere."""
    assert page >= 1
    assert 1 <= limit <= LIMIT_MAX
    since = now - timedelta(days=policy.MAINTENANCE_DAYS_MAX + 2)
    wanted: Row = {"member_id": NOBODY, "starts_at": {"$gt": since}, "status": {"$ne": Status.CANCELLED.value}}
    if venue_id is not None:
        wanted["venue_id"] = venue_id
    one_each: Row = {
        "_id": "$series_id", "code": {"$first": "$code"}, "venue_id": {"$first": "$venue_id"},
        "resource_ids": {"$addToSet": "$resource_id"}, "starts_at": {"$min": "$starts_at"},
        "ends_at": {"$max": "$ends_at"}, "reason": {"$first": "$maintenance_reason"},
    }  # fmt: skip
    shown: list[Row] = [{"$sort": {"starts_at": 1, "_id": 1}}, {"$skip": (page - 1) * limit}, {"$limit": limit}]
    pipeline: list[Row] = [
        {"$match": wanted}, {"$sort": {"_id": 1}}, {"$group": one_each}, {"$match": {"ends_at": {"$gt": now}}},
        {"$facet": {"items": shown, "total": [{"$count": "number"}]}},
    ]  # fmt: skip
    (answer,) = await (await Booking.get_pymongo_collection().aggregate(pipeline)).to_list(None)
    total = answer["total"][0]["number"] if answer["total"] else 0
    return Page(items=[_maintenance(row) for row in answer["items"]], number=page, limit=limit, total=total)


async def parts_of(series_id: PydanticObjectId) -> list[Booking]:
    """All parts of a maintenance, in the order in which they were made; none for an unknown one."""
    rows = Booking.get_pymongo_collection().find({"series_id": series_id, "purpose": Purpose.MAINTENANCE.value})
    return [Booking.read(row) async for row in rows.sort("_id", ASCENDING)]


def _maintenance(row: Row) -> Maintenance:
    return Maintenance(
        series_id=row["_id"], code=row["code"], venue_id=row["venue_id"], resource_ids=sorted(row["resource_ids"]),
        starts_at=row["starts_at"].astimezone(UTC), ends_at=row["ends_at"].astimezone(UTC), reason=row["reason"] or "",
    )  # fmt: skip
