"""What may be looked at in line: one's own places, and for staff the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain import bookings, resources
from domain.bookings import Booking
from domain.kernel import LIMIT_MAX, Page, Row
from domain.people import SYSTEM, Actor
from domain.resources import PLACES_MAX, Kind, Options, Place, Resource, VenueStatus
from domain.waitlists import policy
from domain.waitlists.errors import EntryNotFound, InvalidWindow
from domain.waitlists.models import OPEN, Status, WaitlistEntry
from domain.waitlists.policy import Ask, Openings

IN_ORDER = [("priority", ASCENDING), ("_id", ASCENDING)]
_IS_OPEN: Row = {"place": {"$gte": 0}}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A time that is kept for somebody until they answer."""

    entry: WaitlistEntry
    booking: Booking


async def stored(entry_id: PydanticObjectId) -> WaitlistEntry:
    """The entry, whoever asks; raises EntryNotFound. For the room itself."""
    row = await WaitlistEntry.get_pymongo_collection().find_one({"_id": entry_id})
    if row is None:
        raise EntryNotFound(entry_id=entry_id)
    return WaitlistEntry.read(row)


async def own(entry_id: PydanticObjectId, actor: Actor) -> WaitlistEntry:
    """The actor's own entry; raises EntryNotFound."""
    entry = await stored(entry_id)
    if entry.member_id != actor.member_id:
        raise EntryNotFound(entry_id=entry_id)
    return entry


async def get(*, entry_id: PydanticObjectId, actor: Actor) -> WaitlistEntry:
    """The actor's own entry, or with `bookings:read` anybody's; raises EntryNotFound."""
    entry = await stored(entry_id)
    if entry.member_id != actor.member_id and not actor.may("bookings:read"):
        raise EntryNotFound(entry_id=entry_id)
    return entry


async def mine(*, member_id: PydanticObjectId, page: int, limit: int) -> Page[WaitlistEntry]:
    """The member's open entries, the next window first."""
    return await _page({"member_id": member_id, **_IS_OPEN}, [("window_starts_at", ASCENDING)], page=page, limit=limit)


async def past(*, member_id: PydanticObjectId, page: int, limit: int) -> Page[WaitlistEntry]:
    """The member's entries that are over, the latest first."""
    return await _page({"member_id": member_id, "place": None}, [("_id", DESCENDING)], page=page, limit=limit)


async def queue(*, resource_id: PydanticObjectId | None, actor: Actor, page: int, limit: int) -> Page[WaitlistEntry]:
    """Everybody who waits, or who waits for what this resource could be, in order. Raises NotPermitted."""
    actor.require("bookings:read")
    wanted = dict(_IS_OPEN)
    if resource_id is not None:
        wanted |= matching(await resources.get(resource_id))
    return await _page(wanted, IN_ORDER, page=page, limit=limit)


async def live_offer(*, member_id: PydanticObjectId, now: datetime) -> Offer | None:
    """What is offered to the member and waits for their answer; of several the one that lapses first."""
    wanted: Row = {
        "member_id": member_id, **_IS_OPEN, "status": Status.OFFERED.value, "offer_expires_at": {"$gt": now}
    }  # fmt: skip
    rows = WaitlistEntry.get_pymongo_collection().find(wanted).sort("offer_expires_at", ASCENDING)
    async for row in rows:
        entry = WaitlistEntry.read(row)
        assert entry.booking_id is not None
        booking = await bookings.get(booking_id=entry.booking_id, actor=SYSTEM)
        if booking.status is bookings.Status.HELD and booking.is_offer:
            return Offer(entry=entry, booking=booking)
    return None


async def position(entry: WaitlistEntry) -> int | None:
    """How many would be asked before them, plus one; 1 is next, None when the entry is over.

    Those count who wait for a time that overlaps, and for the same resource or, on either side, for any of the kind.
    """
    if not entry.is_open:
        return None
    earlier: list[Row] = [{"priority": {"$lt": entry.priority}}, {"priority": entry.priority, "_id": {"$lt": entry.id}}]
    wanted: Row = {
        **_IS_OPEN, "kind": entry.kind, "$or": earlier, "status": {"$in": [status.value for status in OPEN]},
        "window_starts_at": {"$lt": entry.window_ends_at}, "window_ends_at": {"$gt": entry.window_starts_at},
    }  # fmt: skip
    if entry.resource_id is not None:
        wanted["resource_id"] = {"$in": [None, entry.resource_id]}
    return 1 + await WaitlistEntry.get_pymongo_collection().count_documents(wanted)


async def reason(entry: WaitlistEntry, now: datetime) -> str:
    """How it stands with the entry, or why nothing was offered yet, as a code for the edges to put into words.

    `offered`, `accepted`; `passed`, `left`, `offer_lapsed`, `hold_lapsed`, `window_over` for what is over; of what
    waits: `closed` while what they wait for takes no bookings; the reason of the last skip while that time still lies
    ahead; else `taken`: others have the time.
    """
    if entry.end_reason is not None:
        return entry.end_reason
    if entry.status is not Status.WAITING:
        return entry.status.value
    if entry.last_start_at <= now:
        return "window_over"
    if await _is_closed(entry):
        return "closed"
    if entry.skips and entry.skips[-1].starts_at > now:
        return entry.skips[-1].reason
    return "taken"


async def _is_closed(entry: WaitlistEntry) -> bool:
    """Whether the resource, or the venue where any of the kind must stand, takes no bookings at all."""
    if entry.resource_id is not None:
        place = await resources.place(entry.resource_id)
        return not resources.takes_bookings(place.resource, place.venue)
    return entry.venue_id is not None and (await resources.venue(entry.venue_id)).status is not VenueStatus.OPEN


async def cost_limit(
    *,
    resource_id: PydanticObjectId | None,
    kind: Kind,
    aci_version: str | None,
    venue_id: PydanticObjectId | None,
    window_starts_at: datetime,
    window_ends_at: datetime,
    length_minutes: int | None,
    options: Options,
    now: datetime,
) -> int:
    """The most that a booking for such a wish would cost today, for whoever is about to `join` with just these words.

    Raises InvalidWindow when there could never be one, ResourceNotFound.
    """
    if aci_version is not None and options.aci_version is None:
        options = options.model_copy(update={"aci_version": aci_version})
    found = await places_for(resource_id=resource_id, kind=kind, aci_version=aci_version, venue_id=venue_id)
    length = None if length_minutes is None else timedelta(minutes=length_minutes)
    ask = Ask(starts_at=window_starts_at, ends_at=window_ends_at, length=length, options=options)
    every = [policy.put_back(place) for place in found]
    problem = policy.problem_with(ask, every, now=now)
    if problem is not None:
        raise InvalidWindow(problem=problem)
    return max(
        Openings(place=place, from_at=ask.starts_at, until_at=ask.ends_at, busy=[], now=now).highest_price(ask)
        for place in every
    )


def matching(resource: Resource) -> Row:
    """The entries that this resource suits, by name or as any of its kind."""
    versions = resource.rack.aci_versions if resource.rack else []
    by_kind: Row = {
        "kind": resource.kind, "resource_id": None, "aci_version": {"$in": [None, *versions]},
        "venue_id": {"$in": [None, resource.venue_id]},
    }  # fmt: skip
    return {"$or": [{"kind": resource.kind, "resource_id": resource.id}, by_kind]}


async def places_for(
    *,
    resource_id: PydanticObjectId | None,
    kind: Kind,
    aci_version: str | None,
    venue_id: PydanticObjectId | None,
) -> list[Place]:
    """The resources that such an entry is for, by code; at most `PLACES_MAX`."""
    if resource_id is not None:
        return [await resources.place(resource_id)]
    found: list[PydanticObjectId] = []
    for page in range(1, PLACES_MAX // LIMIT_MAX + 1):
        of_kind = await resources.catalogue(kind=kind, aci_version=aci_version, page=page, limit=LIMIT_MAX)
        found += [one.id for one in of_kind.items if venue_id in (None, one.venue_id)]
        if not of_kind.has_next:
            break
    places = await resources.places(found)
    return [places[one] for one in found]


async def _page(wanted: Row, order: list[tuple[str, int]], *, page: int, limit: int) -> Page[WaitlistEntry]:
    assert page >= 1
    assert 1 <= limit <= LIMIT_MAX
    collection = WaitlistEntry.get_pymongo_collection()
    rows = collection.find(wanted).sort(order).skip((page - 1) * limit).limit(limit)
    items = [WaitlistEntry.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))
