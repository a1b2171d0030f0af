"""What the tests of bookings share: a rack that is open round the clock in India, and members with tokens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from domain import bookings, people, resources, wallets
from domain.kernel import OutboxEvent, Transactor
from domain.resources import Options
from tests.building import a_member, a_rack

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
"""Tuesday 10:00 in India."""
HALF_HOUR, HOUR, MINUTE = timedelta(minutes=30), timedelta(hours=1), timedelta(minutes=1)
_keys = count(1)


@dataclass(frozen=True, kw_only=True)
class BookingStage:
    """One rack with half an hour of turnaround, and the verbs with all but what matters filled in."""

    transact: Transactor
    rack: resources.Resource

    async def member(self, *, tokens: int = 100, role: people.Role = people.Role.MEMBER) -> people.Actor:
        """Somebody with tokens."""
        actor = await a_member(self.transact, role=role)
        if tokens:
            await self.give(actor, tokens)
        return actor

    async def give(self, actor: people.Actor, tokens: int) -> None:
        """Put tokens into the wallet."""
        assert actor.member_id is not None
        key = f"given:{next(_keys)}"
        await self.transact(wallets.credit, member_id=actor.member_id, tokens=tokens, source="bonus", key=key, now=NOW)

    async def balance(self, actor: people.Actor) -> int:
        """The tokens in the wallet."""
        assert actor.member_id is not None
        return (await wallets.of(actor.member_id)).token

    async def book(self, actor: people.Actor, starts_at: datetime = START, **fields: Any) -> bookings.Booking:
        """Book an hour."""
        given = {"expected_cost_tokens": None, **self._wish(actor, starts_at, fields)}
        return await self.transact(bookings.book, **given)

    async def hold(self, actor: people.Actor, starts_at: datetime = START, **fields: Any) -> bookings.Booking:
        """Hold an hour."""
        return await self.transact(bookings.hold, **self._wish(actor, starts_at, fields))

    def _wish(self, actor: people.Actor, starts_at: datetime, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "resource_id": self.rack.id, "starts_at": starts_at, "ends_at": starts_at + HOUR, "options": Options(),
            "key": f"key:{next(_keys)}", "actor": actor, "now": NOW, **fields,
        }  # fmt: skip

    async def events(self) -> list[tuple[str, Any]]:
        """The name and the booking of every event about this rack."""
        rows = OutboxEvent.get_pymongo_collection().find({"facts.resource_id": self.rack.id})
        told_again = ("booking.hold_still_short", "booking.paid_too_late")
        return [(row["name"], row["facts"]["booking_id"]) async for row in rows if row["name"] not in told_again]

    async def edit(self, **changes: Any) -> None:
        """Change the rack."""
        await self.transact(
            resources.edit_resource, resource_id=self.rack.id, changes=changes, actor=people.SYSTEM, now=NOW
        )


async def a_stage(transact: Transactor, **rack: Any) -> BookingStage:
    """A stage on a new rack."""
    return BookingStage(transact=transact, rack=await a_rack(transact, **{"turnaround_minutes": 30, **rack}))


async def told(name: str) -> list[dict[str, Any]]:
    """The facts of the events with this name, in order."""
    return [row["facts"] async for row in OutboxEvent.get_pymongo_collection().find({"name": name}).sort("_id")]
