"""What the tests of notices share: time that passes with its consequences, and what a person would read then."""

from datetime import datetime
from typing import Any

from domain import bookings, notifications, wallets
from domain.bookings import Booking
from domain.kernel import Row
from domain.notifications import Kind, Notice
from domain.people import Actor
from domain.resources import Options
from tests.domain.booking_stage import HOUR, BookingStage
from tests.domain.consequences import consequences, notices_of
from tests.domain.front_desk import step

ALL_STEPS = (
    "prepare", "start", "late", "miss", "end_soon", "overstay", "check_out", "complete", "remind_1440", "remind_30"
)  # fmt: skip


async def time_passes(stage: BookingStage, now: datetime, *steps: str) -> None:
    """Do what is due by then, and let follow what follows."""
    for name in steps or ALL_STEPS:
        await step(stage, name, now)
    await consequences(stage.transact, now=now)


async def told(member: Actor) -> list[Kind]:
    """The kinds of what a person is to be told, in order."""
    return [notice.kind for notice in await notices_of(member)]


async def notice(member: Actor, kind: Kind) -> Notice:
    """The only notice of this kind."""
    (only,) = [each for each in await notices_of(member) if each.kind is kind]
    return only


async def would_read(member: Actor, kind: Kind, now: datetime) -> Row | None:
    """The facts with which the notice would be sent at that moment; None if it would not."""
    return await notifications.current_facts(await notice(member, kind), now=now)


async def moves(
    stage: BookingStage, booking: Booking, actor: Actor, to: datetime, now: datetime, **to_what: Any
) -> None:
    """Reschedule an hour, and let follow what follows."""
    given: dict[str, Any] = {
        "resource_id": None, "starts_at": to, "ends_at": to + HOUR, "options": Options(), "expected_cost_tokens": None,
        "expected_refund_tokens": None, "key": f"move:{to}:{now}", "actor": actor, "now": now, **to_what,
    }  # fmt: skip
    await stage.transact(bookings.reschedule, booking_id=booking.id, **given)
    await consequences(stage.transact, now=now)


async def cancels(stage: BookingStage, booking: Booking, actor: Actor, now: datetime) -> None:
    """Cancel, and let follow what follows."""
    await stage.transact(bookings.cancel, booking_id=booking.id, actor=actor, now=now)
    await consequences(stage.transact, now=now)


async def owes(member: Actor) -> int:
    """What the member owes."""
    assert member.member_id is not None
    return (await wallets.of(member.member_id)).owed_tokens
