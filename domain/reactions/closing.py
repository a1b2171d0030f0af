"""What an operator closed stays closed."""

from datetime import datetime

from domain import bookings, people
from domain.bookings import BookingsCalledOff
from domain.kernel import Tx


async def call_off_late(tx: Tx, event: BookingsCalledOff, now: datetime) -> None:
    """Whoever was booking at the very moment is called off like those before."""
    actor = people.SYSTEM
    if event.actor_id is not None:
        actor = people.actor_of(await people.get(event.actor_id), event.origin)
    await bookings.call_off_late(tx, closed=event, actor=actor, now=now)
