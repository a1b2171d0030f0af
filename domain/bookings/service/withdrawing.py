"""Closing a venue for days or hours, or a resource until further notice, together with the bookings that lie there.

Whoever would keep those bookings changes the venue or the resource alone (`resources.edit_venue`, `edit_resource`).
"""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId

from domain import resources
from domain.bookings.queries.maintenance import AFFECTED_MAX, coming, outside_hours
from domain.bookings.service import maintaining
from domain.kernel import Tx
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
    venue = await resources.edit_venue(tx, venue_id=venue_id, changes=changes, actor=actor, now=now)
    await maintaining.call_off(tx, affected, because="asked", reason=reason, actor=actor, now=now)
    return venue


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
    return resource
