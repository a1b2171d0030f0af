"""What administrators must know at any hour."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import notifications, people, resources
from domain.bookings import BookingLate
from domain.kernel import AdministrativeEvent, Row, Tx
from domain.notifications import Kind, booking_facts, coming_bookings
from domain.reactions.telling import as_told
from domain.resources import ResourceChanged, ResourceRetired, VenueChanged

VENUE_RESOURCES_MAX = 200


async def tell_resource_off(tx: Tx, event: ResourceChanged | ResourceRetired, now: datetime) -> None:
    """Something that took bookings takes none any more, and so many are still to come."""
    before, after = event.before.get("status"), event.after.get("status")
    if before != resources.ResourceStatus.AVAILABLE or after in (None, resources.ResourceStatus.AVAILABLE):
        return
    assert event.subject_id is not None
    resource = await resources.get(event.subject_id)
    facts = {"what": "resource", "code": resource.code, "name": resource.name, "status": after}
    await _tell_off(tx, event, facts, [resource.id], now)


async def tell_venue_off(tx: Tx, event: VenueChanged, now: datetime) -> None:
    """A venue is closed, with all that stands there."""
    before, after = event.before.get("status"), event.after.get("status")
    if before != resources.VenueStatus.OPEN or after in (None, resources.VenueStatus.OPEN):
        return
    assert event.subject_id is not None
    venue = await resources.venue(event.subject_id)
    there = [one.id for one in await resources.at_venue(venue.id, limit=VENUE_RESOURCES_MAX)]
    facts = {"what": "venue", "code": venue.code, "name": venue.name, "status": after}
    await _tell_off(tx, event, facts, there, now)


async def _tell_off(
    tx: Tx, event: AdministrativeEvent, facts: Row, resource_ids: list[PydanticObjectId], now: datetime
) -> None:
    by = (await people.get(event.actor_id)).name if event.actor_id else None
    coming = await coming_bookings(resource_ids, now=now)
    moment = event.occurred_at.isoformat(timespec="milliseconds")
    await notifications.tell_administrators(
        tx, kind=Kind.RESOURCE_OFF, facts={"subject_id": event.subject_id, **facts, "by": by, "coming": coming},
        now=now, dedupe_key=f"off:{event.subject_id}:{moment}",
        besides=[event.actor_id] if event.origin == "chat" else [],
    )  # fmt: skip


async def tell_booking_unready(tx: Tx, event: BookingLate, now: datetime) -> None:
    """A member waits before a rack that is not ready."""
    booking = await as_told(event)
    if booking is None:
        return
    facts = {
        "booking": await booking_facts(booking.id), "member_name": (await people.get(event.member_id)).name,
    }  # fmt: skip
    await notifications.tell_administrators(
        tx, kind=Kind.BOOKING_UNREADY, facts=facts, now=now, dedupe_key=f"unready:{booking.id}:{booking.moves}"
    )
