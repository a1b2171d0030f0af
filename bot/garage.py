"""The vehicles a member has, the one they would take first."""

from collections.abc import Sequence
from datetime import datetime

from beanie import PydanticObjectId

from bot.views import choices, kinds
from domain import bookings, vehicles
from domain.bookings import Booking
from domain.people import Actor
from domain.resources import Resource
from domain.vehicles import VEHICLES_MAX, Vehicle, VehicleNotFound

LOOKED_AT_MAX = 10


async def own(actor: Actor) -> list[Vehicle]:
    """All of them, by plate."""
    assert actor.member_id is not None, "the system parks nothing"
    return await vehicles.mine(member_id=actor.member_id, limit=VEHICLES_MAX)


async def fitting(resource: Resource, actor: Actor, now: datetime) -> list[Vehicle]:
    """Those that may stand there, the one that was used last first; none for what is no parking slot."""
    if resource.kind != "parking_slot":
        return []
    found = [one for one in await own(actor) if one.type == kinds.type_of(resource)]
    return await _usual_first(found, actor, now)


async def usual_tag(actor: Actor, now: datetime) -> str:
    """The filter for the type of the vehicle that was used last, or is the only one; no filter without any."""
    found = await own(actor)
    if len({one.type for one in found}) > 1:
        found = await _usual_first(found, actor, now)
    return choices.tag(found[0].type) if found else ""


async def of_booking(booking: Booking, actor: Actor) -> Vehicle | None:
    """The vehicle of a booking, removed since or not."""
    if booking.options.vehicle_id is None:
        return None
    try:
        return await vehicles.get(vehicle_id=booking.options.vehicle_id, actor=actor)
    except VehicleNotFound:
        return None


async def _usual_first(found: list[Vehicle], actor: Actor, now: datetime) -> list[Vehicle]:
    if len(found) <= 1:
        return found
    used = await _used(actor, now)
    places = {vehicle_id: place for place, vehicle_id in reversed(list(enumerate(used)))}
    return sorted(found, key=lambda one: places.get(one.id, len(used)))


async def _used(actor: Actor, now: datetime) -> Sequence[PydanticObjectId]:
    """The vehicles of the last bookings, the one booked last first."""
    assert actor.member_id is not None
    coming = await bookings.upcoming(member_id=actor.member_id, now=now, page=1, limit=LOOKED_AT_MAX)
    over = await bookings.past(member_id=actor.member_id, now=now, page=1, limit=LOOKED_AT_MAX)
    found = sorted([*coming.items, *over.items], key=lambda one: one.created_at, reverse=True)
    return [one.options.vehicle_id for one in found if one.options.vehicle_id is not None]
