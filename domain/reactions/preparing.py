"""Racks that prepare themselves follow their bookings."""

from datetime import datetime

from domain import provisioning
from domain.bookings import (
    BookingCancelled,
    BookingCheckedOut,
    BookingCompleted,
    BookingNoShow,
    BookingPreparing,
    BookingRescheduled,
)
from domain.kernel import Tx


async def begin_to_prepare(tx: Tx, event: BookingPreparing, now: datetime) -> None:
    """The scripts of its rack begin."""
    await provisioning.begin(tx, booking_id=event.booking_id, now=now)


async def clear_after_session(tx: Tx, event: BookingCompleted | BookingCheckedOut, now: datetime) -> None:
    """The rack is switched off and wiped, whether or not it had to be prepared."""
    await provisioning.clear(tx, booking_id=event.booking_id, resource_id=event.resource_id, now=now)


async def stand_down(tx: Tx, event: BookingCancelled | BookingNoShow, now: datetime) -> None:
    """What was begun is ended and cleared away; a session that was called off while it ran is cleared after as well."""
    follow = provisioning.clear if event.occurred_at >= event.starts_at else provisioning.stand_down
    await follow(tx, booking_id=event.booking_id, resource_id=event.resource_id, now=now)


async def stand_down_moved(tx: Tx, event: BookingRescheduled, now: datetime) -> None:
    """What was begun for the earlier times, or on the other rack, is ended and cleared away."""
    await provisioning.stand_down_moved(
        tx, booking_id=event.booking_id, resource_id=event.previous_resource_id,
        starts_at=event.previous_starts_at, ends_at=event.previous_ends_at, now=now,
    )  # fmt: skip
