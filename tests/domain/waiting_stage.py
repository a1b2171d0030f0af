"""What the tests of waiting share: a rack whose hour somebody has, and a line for it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from beanie import PydanticObjectId

from domain import bookings, people, waitlists
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.people import Member
from domain.resources import Options
from domain.waitlists import WaitlistEntry
from tests.domain.booking_stage import HOUR, NOW, START, BookingStage, a_stage
from tests.domain.consequences import consequences

_keys = count(1)
_people = count(900_000)


async def waits(stage: BookingStage, actor: people.Actor, starts_at: datetime = START, **fields: Any) -> WaitlistEntry:
    """Join the line for an hour on the stage's rack."""
    given: dict[str, Any] = {
        "resource_id": stage.rack.id, "kind": "rack", "aci_version": None, "venue_id": None,
        "window_starts_at": starts_at, "window_ends_at": starts_at + HOUR, "length_minutes": None,
        "options": Options(), "auto_book": False, "cost_tokens_max": 2, "key": f"wait:{next(_keys)}", "actor": actor,
        "now": NOW, **fields,
    }  # fmt: skip
    return await stage.transact(waitlists.join, **given)


async def a_taken_hour(transact: Transactor, **rack: Any) -> tuple[BookingStage, people.Actor, Booking]:
    """A stage on which somebody has the hour at START."""
    stage = await a_stage(transact, **rack)
    owner = await stage.member()
    return stage, owner, await stage.book(owner)


async def cancels(stage: BookingStage, owner: people.Actor, booking: Booking, *, now: datetime = NOW) -> None:
    """Cancel, and let follow what follows."""
    await stage.transact(bookings.cancel, booking_id=booking.id, actor=owner, now=now)
    await consequences(stage.transact, now=now)


async def entry_of(entry: WaitlistEntry) -> WaitlistEntry:
    """The entry as it is now."""
    return await waitlists.get(entry_id=entry.id, actor=people.SYSTEM)


async def offered_to(entry: WaitlistEntry) -> Booking:
    """The booking that the entry was offered or given."""
    booking_id = (await entry_of(entry)).booking_id
    assert booking_id is not None
    return await bookings.get(booking_id=booking_id, actor=people.SYSTEM)


async def statuses(entries: Sequence[WaitlistEntry]) -> list[str]:
    """How it stands with each."""
    return [(await entry_of(entry)).status.value for entry in entries]


async def a_crowd_waits(stage: BookingStage, number: int) -> list[PydanticObjectId]:
    """So many members in line for the hour, stored directly; their entries in order."""
    venue_line = stage.rack
    members: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for _ in range(number):
        telegram_id = next(_people)
        member = Member(
            telegram_id=telegram_id, name=f"Waiter {telegram_id}", joined_at=NOW, last_seen_at=NOW,
            referral_code=f"R{telegram_id}", created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        entry = WaitlistEntry(
            member_id=member.id, resource_id=venue_line.id, kind="rack", target=str(venue_line.id),
            window_starts_at=START, window_ends_at=START + HOUR, length_minutes=None, last_start_at=START,
            options=Options(), auto_book=False, cost_tokens_max=2, place=0, key="crowd", origin="chat", looked_at=NOW,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        members.append(member.row())
        entries.append(entry.row())
    await Member.get_pymongo_collection().insert_many(members)
    await WaitlistEntry.get_pymongo_collection().insert_many(entries)
    return [row["_id"] for row in entries]
