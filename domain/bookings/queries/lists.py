"""Bookings themselves: one, or a member's, or a day's."""

from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain import resources
from domain.bookings import policy
from domain.bookings.errors import BookingNotFound
from domain.bookings.models import AWAITED, Booking, Purpose, Status
from domain.bookings.queries.begun import begun
from domain.kernel import LIMIT_MAX, Page, Row
from domain.people import Actor

VENUES_MAX = 100
_PAID_AND_OPEN = tuple(status.value for status in (*AWAITED, Status.ACTIVE))


async def stored(booking_id: PydanticObjectId) -> Booking:
    """The booking, whoever asks; raises BookingNotFound. For the room itself and for what time does."""
    row = await Booking.get_pymongo_collection().find_one({"_id": booking_id})
    if row is None:
        raise BookingNotFound(booking_id=booking_id)
    return Booking.read(row)


async def get(*, booking_id: PydanticObjectId, actor: Actor) -> Booking:
    """The actor's own booking, or with `bookings:read` anybody's; raises BookingNotFound."""
    return _visible(await stored(booking_id), actor)


async def by_code(*, code: str, actor: Actor) -> Booking:
    """The booking with this code, in capitals or not, as `get` shows it."""
    row = await Booking.get_pymongo_collection().find_one({"code": code.strip().upper()})
    if row is None:
        raise BookingNotFound(code=code)
    return _visible(Booking.read(row), actor)


def _visible(booking: Booking, actor: Actor) -> Booking:
    if booking.member_id != actor.member_id and not actor.may("bookings:read"):
        raise BookingNotFound(booking_id=booking.id)
    return booking


async def upcoming(*, member_id: PydanticObjectId, now: datetime, page: int, limit: int) -> Page[Booking]:
    """What the member has before them: living holds, bookings to come and running, the next first; no offers."""
    wanted: Row = {"member_id": member_id, "$and": [_not_over(now), _standing(now)]}
    return await _page(wanted, ASCENDING, page=page, limit=limit)


async def past(*, member_id: PydanticObjectId, now: datetime, page: int, limit: int) -> Page[Booking]:
    """What is over or was cancelled, the latest first; holds that came to nothing are left out."""
    over: list[Row] = [
        {"status": {"$in": [*_PAID_AND_OPEN]}, "ends_at": {"$lte": now}, "$nor": [{"overtime": {"$ne": None}}]},
        {"status": {"$in": [Status.COMPLETED.value, Status.NO_SHOW.value]}},
        {"status": Status.CANCELLED.value, "confirmed_at": {"$ne": None}},
    ]
    return await _page({"member_id": member_id, "$or": over}, DESCENDING, page=page, limit=limit)


async def today(*, venue_id: PydanticObjectId | None, now: datetime, page: int, limit: int) -> Page[Booking]:
    """For staff: what stands on the venue's local day, the first start first; every venue by its own day where None."""
    at = [await resources.venue(venue_id)] if venue_id else await resources.venues(limit=VENUES_MAX)
    days: list[Row] = []
    for venue in at:
        starts_at, ends_at = resources.day_bounds(venue, resources.local_day(venue, now))
        within = {"$gt": starts_at - timedelta(minutes=resources.LENGTH_MINUTES_MAX), "$lt": ends_at}
        days.append({"venue_id": venue.id, "starts_at": within, "ends_at": {"$gt": starts_at}})
    if not days:
        return Page(items=[], number=page, limit=limit, total=0)
    states = [*_PAID_AND_OPEN, Status.COMPLETED.value, Status.NO_SHOW.value]
    wanted: Row = {"$or": days, "status": {"$in": states}, "purpose": Purpose.SESSION.value}
    return await _page(wanted, ASCENDING, page=page, limit=limit)


async def arrivals(*, venue_id: PydanticObjectId | None, now: datetime, page: int, limit: int) -> Page[Booking]:
    """For staff: whom to check in now at the venue (everywhere, where None), the first start first."""
    in_window = {
        "$gt": now - timedelta(minutes=policy.NO_SHOW_MINUTES),
        "$lte": now + timedelta(minutes=policy.CHECK_IN_EARLY_MINUTES),
    }
    awaited = {"$in": [status.value for status in AWAITED]}
    late: Row = {"late_told": True, "starts_at": {"$lte": now}}  # the rack: they may come until the end
    wanted: Row = {
        "status": awaited, "held": True, "check_in": "required", "checked_in_at": None, "ends_at": {"$gt": now},
        "$or": [{"starts_at": in_window}, late],
    }  # fmt: skip
    return await _page(wanted | _at(venue_id), ASCENDING, page=page, limit=limit)


async def present(*, venue_id: PydanticObjectId | None, now: datetime, page: int, limit: int) -> Page[Booking]:
    """For staff: who is at the venue (everywhere, where None) at this moment, also beyond their end."""
    active: Row = {"status": Status.ACTIVE.value, "starts_at": {"$lte": now}}
    wanted: Row = {"purpose": Purpose.SESSION.value, "$or": [active, begun(now)]}
    return await _page(wanted | _at(venue_id), ASCENDING, page=page, limit=limit)


def _at(venue_id: PydanticObjectId | None) -> Row:
    return {} if venue_id is None else {"venue_id": venue_id}


async def current_hold(*, member_id: PydanticObjectId, now: datetime) -> Booking | None:
    """The member's hold that has not run out."""
    living: Row = {"status": Status.HELD.value, "is_offer": False, "hold_expires_at": {"$gt": now}}
    wanted = {"member_id": member_id, **living}
    row = await Booking.get_pymongo_collection().find_one(wanted)
    return Booking.read(row) if row else None


def _not_over(now: datetime) -> Row:
    """What is before its end, or beyond it without a check-out."""
    overstaying = {"status": Status.ACTIVE.value, "overtime": {"$ne": None}}
    return {"$or": [{"ends_at": {"$gt": now}}, overstaying]}


def _standing(now: datetime) -> Row:
    return {
        "$or": [
            {"status": {"$in": [*_PAID_AND_OPEN]}},
            {"status": Status.HELD.value, "is_offer": False, "hold_expires_at": {"$gt": now}},
        ]
    }


async def _page(wanted: Row, direction: int, *, page: int, limit: int) -> Page[Booking]:
    assert page >= 1
    assert 1 <= limit <= LIMIT_MAX
    collection = Booking.get_pymongo_collection()
    order = [("starts_at", direction), ("_id", direction)]
    rows = collection.find(wanted).sort(order).skip((page - 1) * limit).limit(limit)
    items = [Booking.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))
