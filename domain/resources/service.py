"""What operators change about venues and racks."""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError

from domain.kernel import AdministrativeEvent, Tx, emit
from domain.people import Actor
from domain.resources import queries
from domain.resources.errors import CodeTaken, InvalidResource, InvalidVenue
from domain.resources.events import (
    ResourceAdded,
    ResourceChanged,
    ResourceRestored,
    ResourceRetired,
    VenueAdded,
    VenueChanged,
)
from domain.resources.models import Resource, ResourceStatus, Venue

RESOURCE_FIELDS = frozenset({
    "code", "name", "description", "status", "slot_minutes", "min_slots", "max_slots", "turnaround_minutes",
    "price_tokens_per_slot", "price_rules", "advance_days_max", "lead_minutes_min", "check_in", "terms", "rack", "seat",
    "parking_slot",
})  # fmt: skip
"""What may change about a rack. Its quantum may not, because stored cells are counted in it; nor its venue, because
bookings keep where they are."""
VENUE_FIELDS = frozenset({
    "code", "name", "address", "city", "timezone", "opening_hours", "closed_on", "amenities", "status", "terms",
    "currency",
})  # fmt: skip


async def add_venue(tx: Tx, /, *, actor: Actor, now: datetime, **fields: Any) -> Venue:
    """Open a venue; `fields` are those of `Venue`. Raises InvalidVenue, CodeTaken."""
    actor.require("racks:write")
    _only(fields, VENUE_FIELDS, InvalidVenue)
    venue = _valid_venue({**fields, "created_at": now, "updated_at": now})
    await _insert(venue)
    await emit(tx, _told(VenueAdded, actor, venue.id, now, after=_facts(venue, fields)))
    return venue


async def edit_venue(
    tx: Tx, *, venue_id: PydanticObjectId, changes: dict[str, Any], actor: Actor, now: datetime
) -> Venue:
    """Change fields of a venue; bookings sold before keep their times and terms. Raises InvalidVenue, CodeTaken."""
    actor.require("racks:write")
    _only(changes, VENUE_FIELDS, InvalidVenue)
    before = await queries.venue(venue_id)
    venue = _valid_venue({**before.model_dump(), **changes, "updated_at": now})
    await _replace(venue, before)
    changed = {"$set": {"revision": PydanticObjectId()}}
    await Resource.get_pymongo_collection().update_many({"venue_id": venue_id}, changed)
    told = _told(VenueChanged, actor, venue_id, now, before=_facts(before, changes), after=_facts(venue, changes))
    await emit(tx, told)
    return venue


async def add_resource(
    tx: Tx, /, *, code: str, name: str, venue_id: PydanticObjectId, actor: Actor, now: datetime, **fields: Any
) -> Resource:
    """Offer something to book, a rack where no `kind` is given; `fields` are those of `Resource`.

    Raises InvalidResource, CodeTaken, VenueNotFound.
    """
    actor.require("racks:write")
    fields |= {"code": code, "name": name, "venue_id": venue_id}
    _only(fields, RESOURCE_FIELDS | {"quantum_minutes", "kind", "venue_id"}, InvalidResource)
    await queries.venue(venue_id)
    rack = _valid_resource({**fields, "created_at": now, "updated_at": now})
    await _insert(rack)
    await emit(tx, _told(ResourceAdded, actor, rack.id, now, after=_facts(rack, fields)))
    return rack


async def edit_resource(
    tx: Tx, *, resource_id: PydanticObjectId, changes: dict[str, Any], actor: Actor, now: datetime
) -> Resource:
    """Change fields of a rack; bookings sold before keep their price, times and terms.

    `status` here is `available` or `maintenance`. Raises InvalidResource, CodeTaken, ResourceNotFound.
    """
    actor.require("racks:write")
    _only(changes, RESOURCE_FIELDS, InvalidResource)
    if changes.get("status") == ResourceStatus.RETIRED.value:
        raise InvalidResource(field="status", problem="retire the rack instead")
    before = await queries.get(resource_id)
    if before.status is ResourceStatus.RETIRED and "status" in changes:
        raise InvalidResource(field="status", problem="restore the rack first")
    return await _change_resource(tx, ResourceChanged, before, changes, actor=actor, now=now)


async def retire_resource(tx: Tx, *, resource_id: PydanticObjectId, actor: Actor, now: datetime) -> Resource:
    """Take no more bookings of this rack; those made before stay. Retiring twice is retiring once."""
    actor.require("racks:write")
    rack = await queries.get(resource_id)
    if rack.status is ResourceStatus.RETIRED:
        return rack
    changes = {"status": ResourceStatus.RETIRED.value}
    return await _change_resource(tx, ResourceRetired, rack, changes, actor=actor, now=now)


async def restore_resource(tx: Tx, *, resource_id: PydanticObjectId, actor: Actor, now: datetime) -> Resource:
    """Take bookings of a retired rack again; any other rack stays as it is."""
    actor.require("racks:write")
    rack = await queries.get(resource_id)
    if rack.status is not ResourceStatus.RETIRED:
        return rack
    changes = {"status": ResourceStatus.AVAILABLE.value}
    return await _change_resource(tx, ResourceRestored, rack, changes, actor=actor, now=now)


async def _change_resource(
    tx: Tx, kind: type[AdministrativeEvent], before: Resource, changes: dict[str, Any], *, actor: Actor, now: datetime
) -> Resource:
    rack = _valid_resource({**before.model_dump(), **changes, "revision": PydanticObjectId(), "updated_at": now})
    await _replace(rack, before)
    await emit(
        tx, _told(kind, actor, rack.id, now, before=_facts(before, changes), after=_facts(rack, changes))
    )  # fmt: skip
    return rack


def _told(
    kind: type[AdministrativeEvent],
    actor: Actor,
    subject_id: PydanticObjectId,
    now: datetime,
    *,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> AdministrativeEvent:
    return kind(
        actor_id=actor.member_id, origin=actor.origin, subject_id=subject_id, occurred_at=now,
        before=before or {}, after=after,
    )  # fmt: skip


def _facts(record: Venue | Resource, fields: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = record.model_dump(mode="json", include=set(fields) | {"code"})
    return facts


def _only(fields: dict[str, Any], known: frozenset[str], refusal: type[InvalidResource | InvalidVenue]) -> None:
    for field in fields:
        if field not in known:
            raise refusal(field=field, problem="cannot be set")


def _valid_venue(fields: dict[str, Any]) -> Venue:
    try:
        venue: Venue = Venue.model_validate(fields)
    except ValidationError as error:
        raise InvalidVenue(**_first_problem(error)) from error
    return venue


def _valid_resource(fields: dict[str, Any]) -> Resource:
    try:
        rack: Resource = Resource.model_validate(fields)
    except ValidationError as error:
        raise InvalidResource(**_first_problem(error)) from error
    return rack


def _first_problem(error: ValidationError) -> dict[str, str]:
    problem = error.errors(include_url=False, include_context=False)[0]
    return {"field": ".".join(str(part) for part in problem["loc"]), "problem": problem["msg"]}


async def _insert(record: Venue | Resource) -> None:
    try:
        await record.get_pymongo_collection().insert_one(record.row())
    except DuplicateKeyError as error:
        raise CodeTaken(code=record.code) from error


async def _replace(record: Venue | Resource, before: Venue | Resource) -> None:
    """Write the whole record over the one that was read in this transaction; a rival change is a write conflict."""
    try:
        result = await record.get_pymongo_collection().replace_one({"_id": before.id}, record.row())
    except DuplicateKeyError as error:
        raise CodeTaken(code=record.code) from error
    assert result.matched_count == 1
    queries.doubt_places()
