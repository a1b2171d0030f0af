"""What a freed time means for those who wait.

A rack that is back in service, new hours or a debt paid are told to nobody here: the sweep of the line finds them.
"""

from datetime import datetime

from domain import waitlists
from domain.bookings import (
    BookingCancelled,
    BookingCheckedOut,
    BookingConfirmed,
    BookingEvent,
    BookingRescheduled,
    MaintenanceEnded,
)
from domain.kernel import Tx
from domain.waitlists import QueueContinues


async def settle_entry(tx: Tx, event: BookingConfirmed, now: datetime) -> None:
    """What was offered has been booked, by whatever way."""
    await waitlists.settle(tx, booking_id=event.booking_id, now=now)


async def offer_freed(tx: Tx, event: BookingEvent, now: datetime) -> None:
    """It will not take place: its entry is settled, its time is for the next in line."""
    await waitlists.settle(tx, booking_id=event.booking_id, now=now)
    await waitlists.offer_freed(
        tx, resource_id=event.resource_id, from_at=event.starts_at, until_at=event.ends_at, now=now
    )


async def put_first_in_line(tx: Tx, event: BookingCancelled, now: datetime) -> None:
    """Whose time the operator took for maintenance is asked first, should it become free again."""
    if event.because == "maintenance":
        await waitlists.join_first(tx, booking_id=event.booking_id, now=now)


async def offer_previous(tx: Tx, event: BookingRescheduled, now: datetime) -> None:
    """The times before are free."""
    await waitlists.offer_freed(
        tx, resource_id=event.previous_resource_id, from_at=event.previous_starts_at, until_at=event.previous_ends_at,
        now=now,
    )  # fmt: skip


async def offer_rest(tx: Tx, event: BookingCheckedOut, now: datetime) -> None:
    """Who left early leaves the rest to others; after the end there is none, and the line finds nothing."""
    await waitlists.offer_freed(
        tx, resource_id=event.resource_id, from_at=event.checked_out_at, until_at=event.original_ends_at, now=now
    )


async def offer_after_maintenance(tx: Tx, event: MaintenanceEnded, now: datetime) -> None:
    """What is left of a maintenance is free."""
    await waitlists.offer_freed(
        tx, resource_id=event.resource_id, from_at=event.starts_at, until_at=event.ends_at, now=now
    )


async def look_on(tx: Tx, event: QueueContinues, now: datetime) -> None:
    """So many wait that one transaction did not see them all."""
    await waitlists.offer_freed(
        tx, resource_id=event.resource_id, from_at=event.from_at, until_at=event.until_at, now=now,
        after=(event.after_priority, event.after_id),
    )  # fmt: skip
