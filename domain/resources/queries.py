"""Looking up what can be booked and where it stands."""

from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple, get_args

from beanie import PydanticObjectId
from pymongo import ASCENDING

from domain.kernel import LIMIT_MAX, Page, Row
from domain.resources.errors import ResourceNotFound, VenueNotFound
from domain.resources.models import Kind, Resource, ResourceStatus, Venue

PLACES_MAX = 200
PAIRS_MAX = 500
NOT_RETIRED = {"$ne": ResourceStatus.RETIRED.value}
KNOWN_MAX = 1000
KNOWN_SECONDS = 1.0
CHANGE_SECONDS = 12.0
"""Longer than any transaction and `KNOWN_SECONDS` after it: until then nobody knows whether a change was committed."""
UNKNOWN_SECONDS = 2 * CHANGE_SECONDS
"""After a change was begun: it was committed by then, and so was every booking by somebody who did not know of it."""

_WITH_VENUE: list[Row] = [
    {"$lookup": {"from": "venues", "localField": "venue_id", "foreignField": "_id", "as": "venue"}},
]


class Area(NamedTuple):
    """Where seats are."""

    floor: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """A resource together with the venue where it stands."""

    resource: Resource
    venue: Venue


_known: dict[PydanticObjectId, tuple[Place, float]] = {}
"""Places by resource and when they were known to be so. Revisions are random: a rolled back one cannot come again."""
_trusted_from = 0.0


async def get(resource_id: PydanticObjectId) -> Resource:
    """The resource, retired or not; raises ResourceNotFound."""
    row = await Resource.get_pymongo_collection().find_one({"_id": resource_id})
    if row is None:
        raise ResourceNotFound(resource_id=resource_id)
    return Resource.read(row)


async def by_code(code: str) -> Resource | None:
    """The resource with this code, in capitals or not."""
    row = await Resource.get_pymongo_collection().find_one({"code": code.strip().upper()})
    return Resource.read(row) if row else None


async def venue(venue_id: PydanticObjectId) -> Venue:
    """The venue; raises VenueNotFound."""
    row = await Venue.get_pymongo_collection().find_one({"_id": venue_id})
    if row is None:
        raise VenueNotFound(venue_id=venue_id)
    return Venue.read(row)


async def venues(*, limit: int) -> list[Venue]:
    """The venues, by code."""
    rows = Venue.get_pymongo_collection().find().sort("code", ASCENDING).limit(limit)
    return [Venue.read(row) async for row in rows]


async def place(resource_id: PydanticObjectId) -> Place:
    """The resource and its venue; raises ResourceNotFound.

    Every booking asks this, so what was read is used again: for `KNOWN_SECONDS` as it is, then while the stored
    revision is the same. A change made in this process is seen at once, one made in another within that second.
    """
    known, known_at = _known.get(resource_id, (None, 0.0))
    if known is not None and monotonic() - known_at < KNOWN_SECONDS and monotonic() >= _trusted_from:
        return known
    row = await Resource.get_pymongo_collection().find_one({"_id": resource_id}, {"revision": 1})
    if row is None:
        raise ResourceNotFound(resource_id=resource_id)
    if known is None or known.resource.revision != row["revision"]:
        known = (await places([resource_id]))[resource_id]
    if len(_known) >= KNOWN_MAX:
        _known.clear()
    _known[resource_id] = (known, monotonic())
    return known


def doubt_places() -> None:
    """Look at every revision until the change that is being made here has been committed, or not."""
    global _trusted_from
    _trusted_from = monotonic() + CHANGE_SECONDS


async def places(resource_ids: Collection[PydanticObjectId]) -> dict[PydanticObjectId, Place]:
    """Resources with their venues, at most `PLACES_MAX`; unknown ids are left out."""
    assert len(resource_ids) <= PLACES_MAX
    wanted: Row = {"_id": {"$in": list(resource_ids)}}
    cursor = await Resource.get_pymongo_collection().aggregate([{"$match": wanted}, *_WITH_VENUE])
    found: dict[PydanticObjectId, Place] = {}
    async for row in cursor:
        (at,) = row.pop("venue")
        found[row["_id"]] = Place(resource=Resource.read(row), venue=Venue.read(at))
    return found


async def catalogue(
    *,
    kind: str = "rack",
    aci_version: str | None = None,
    venue_id: PydanticObjectId | None = None,
    area: Area | None = None,
    vehicle_type: str | None = None,
    include_retired: bool = False,
    page: int,
    limit: int,
) -> Page[Resource]:
    """Resources of a kind by code, those in maintenance included; each other wish that is not None narrows them."""
    assert 1 <= limit <= LIMIT_MAX
    wanted: Row = {"kind": kind}
    if aci_version is not None:
        wanted["rack.aci_versions"] = aci_version
    if venue_id is not None:
        wanted["venue_id"] = venue_id
    if area is not None:
        wanted |= {"seat.floor": area.floor, "seat.zone": area.zone}
    if vehicle_type is not None:
        wanted["parking_slot.vehicle_type"] = vehicle_type
    if not include_retired:
        wanted["status"] = NOT_RETIRED
    collection = Resource.get_pymongo_collection()
    rows = collection.find(wanted).sort("code", ASCENDING).skip((page - 1) * limit).limit(limit)
    items = [Resource.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))


async def kinds() -> dict[str, set[PydanticObjectId]]:
    """The kinds in the catalogue, racks first, each with the venues that offer it."""
    found: dict[str, set[PydanticObjectId]] = {}
    pairs: Row = {"_id": {"kind": "$kind", "venue_id": "$venue_id"}}
    cursor = await Resource.get_pymongo_collection().aggregate(
        [{"$match": {"status": NOT_RETIRED}}, {"$group": pairs}, {"$limit": PAIRS_MAX}]
    )
    async for row in cursor:
        found.setdefault(row["_id"]["kind"], set()).add(row["_id"]["venue_id"])
    return {kind: found[kind] for kind in get_args(Kind) if kind in found}


async def areas() -> list[Area]:
    """Where seats are, each floor and zone once, in order."""
    pairs: Row = {"_id": {"floor": "$seat.floor", "zone": "$seat.zone"}}
    cursor = await Resource.get_pymongo_collection().aggregate(
        [{"$match": {"kind": "seat", "seat": {"$ne": None}, "status": NOT_RETIRED}}, {"$group": pairs},
         {"$limit": PAIRS_MAX}]
    )  # fmt: skip
    return sorted([Area(row["_id"]["floor"], row["_id"]["zone"]) async for row in cursor])


async def vehicle_types() -> list[str]:
    """For which vehicles there are parking slots, in order."""
    wanted = {"kind": "parking_slot", "parking_slot": {"$ne": None}, "status": NOT_RETIRED}
    return sorted(await Resource.get_pymongo_collection().distinct("parking_slot.vehicle_type", wanted))


async def at_venue(venue_id: PydanticObjectId, *, limit: int) -> list[Resource]:
    """What stands at the venue and is not retired, by code."""
    wanted: Row = {"venue_id": venue_id, "status": {"$ne": ResourceStatus.RETIRED.value}}
    rows = Resource.get_pymongo_collection().find(wanted).sort("code", ASCENDING).limit(limit)
    return [Resource.read(row) async for row in rows]


async def aci_versions() -> list[str]:
    """Every version that some rack in the catalogue offers, in order."""
    wanted = {"kind": "rack", "status": {"$ne": ResourceStatus.RETIRED.value}}
    return sorted(await Resource.get_pymongo_collection().distinct("rack.aci_versions", wanted))
