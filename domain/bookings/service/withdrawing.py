"""Closing a venue for days or hours, or a resource until further notice, together with the bookings that lie there.

Whoever would keep those bookings changes the venue or the resource alone (`resources.edit_venue`, `edit_resource`).
"""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId

from domain import resources
from domain.bookings.events import BookingsCalledOff
from domain.bookings.models import Booking
from domain.bookings.queries.maintenance import AFFECTED_MAX, coming, outside_hours, put_outside, with_hours
from domain.bookings.service import maintaining
from domain.kernel import Tx, emit
from domain.people import Actor
from domain.resources import Resource, ResourceStatus, Venue


async def change_hours(
    tx: Tx,
    *,
    venue_id: PydanticObjectId,
    changes: dict[str, Any],
    reason: str,
    expected_affected: int,
    actor: Actor,
    now: datetime,
) -> Venue:
    """Change `opening_hours` or `closed_on` and call off, with everything back, what would lie outside.

    Raises AffectedChanged, InvalidPeriod (`too_many_affected`), InvalidVenue, VenueNotFound, NotPermitted.
    """
    actor.require("racks:write")
    assert changes.keys() <= {"opening_hours", "closed_on"}, "nothing else puts a booking outside"
    affected = await outside_hours(
        venue_id=venue_id, new_hours=changes.get("opening_hours"), closed_on=changes.get("closed_on"), now=now,
        limit=AFFECTED_MAX + 1,
    )  # fmt: skip
    maintaining.check_affected(affected, expected_affected=expected_affected)
    before = await resources.venue(venue_id)
    venue = await resources.edit_venue(tx, venue_id=venue_id, changes=changes, actor=actor, now=now)
    await maintaining.call_off(tx, affected, because="asked", reason=reason, actor=actor, now=now)
    called_off = BookingsCalledOff(
        actor_id=actor.member_id, origin=actor.origin, closed_at=now, reason=reason, venue_id=venue_id,
        hours_before=_hours(before), hours=_hours(venue), occurred_at=now,
    )  # fmt: skip
    await emit(tx, called_off)
    return venue


def _hours(venue: Venue) -> dict[str, Any]:
    hours: dict[str, Any] = venue.model_dump(mode="json", include={"opening_hours", "closed_on"})
    return hours


async def withdraw(
    tx: Tx, *, resource_id: PydanticObjectId, reason: str, expected_affected: int, actor: Actor, now: datetime
) -> Resource:
    """Switch a resource to maintenance until further notice and call off, with everything back, what has not begun.

    Raises AffectedChanged, InvalidPeriod (`too_many_affected`), InvalidResource, ResourceNotFound, NotPermitted.
    """
    actor.require("racks:write")
    affected = await coming(resource_id=resource_id, now=now, limit=AFFECTED_MAX + 1)
    maintaining.check_affected(affected, expected_affected=expected_affected)
    changes = {"status": ResourceStatus.MAINTENANCE.value}
    resource = await resources.edit_resource(tx, resource_id=resource_id, changes=changes, actor=actor, now=now)
    await maintaining.call_off(tx, affected, because="asked", reason=reason, actor=actor, now=now)
    called_off = BookingsCalledOff(
        actor_id=actor.member_id, origin=actor.origin, closed_at=now, reason=reason, resource_id=resource_id,
        occurred_at=now,
    )  # fmt: skip
    await emit(tx, called_off)
    return resource


async def call_off_late(tx: Tx, *, closed: BookingsCalledOff, actor: Actor, now: datetime) -> None:
    """Call off, with everything back, what slipped in while something was closed, unless it is open again."""
    late = await _late(closed)
    await maintaining.call_off(tx, late, because="asked", reason=closed.reason, actor=actor, now=now)
    if len(late) == AFFECTED_MAX:  # there may be more of them
        await emit(tx, closed.model_copy(update={"occurred_at": now}))


async def _late(closed: BookingsCalledOff) -> list[Booking]:
    if closed.resource_id is not None:
        resource = await resources.get(closed.resource_id)
        if resource.status is ResourceStatus.AVAILABLE:
            return []
        return await coming(resource_id=resource.id, now=closed.closed_at, limit=AFFECTED_MAX)
    assert closed.venue_id is not None
    venue = await resources.venue(closed.venue_id)
    before, after = with_hours(venue, **closed.hours_before), with_hours(venue, **closed.hours)
    outside = await put_outside(before, after, closed.closed_at, limit=AFFECTED_MAX)
    # By now it may be open then after all; what only a later change put outside was kept by whoever made it.
    return [one for one in outside if resources.open_until(venue, one.starts_at, at_most=one.ends_at) < one.ends_at]
