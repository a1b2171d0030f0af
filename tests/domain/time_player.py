"""One rack with check-in, four members and an operator, whose time is moved by jumps: for random histories."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from beanie import PydanticObjectId

from domain import bookings, people, waitlists
from domain.bookings import Booking, Status
from domain.kernel import DomainError, Row
from domain.resources import Options
from domain.waitlists import WaitlistEntry
from tests.domain.booking_stage import BookingStage
from tests.domain.consequences import consequences
from tests.invariants import assert_invariants

BEGINNING = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
SLOT = timedelta(minutes=30)
SLOTS = 8
MEMBERS = 4
_keys = count(1)


class TimePlayer:
    """Plays the steps. Refusals are expected and change nothing; what holds after each step is checked in `settle`."""

    def __init__(self, stage: BookingStage, actors: list[people.Actor], operator: people.Actor) -> None:
        self.stage, self.actors, self.operator = stage, actors, operator
        self.now = BEGINNING - timedelta(hours=2)
        self.begins_at = BEGINNING
        self.done: dict[str, int] = {}
        """How often each step came through, so that a history of refusals alone is seen."""

    async def _do(self, name: str, asked: Awaitable[Any]) -> None:
        with suppress(DomainError):
            await asked
            self.done[name] = self.done.get(name, 0) + 1

    def _times(self, slot: int, length: int) -> tuple[datetime, datetime]:
        starts_at = self.begins_at + SLOT * (slot % SLOTS)
        return starts_at, starts_at + SLOT * length

    async def _bookings(self, *statuses: Status) -> list[Booking]:
        wanted: Row = {"resource_id": self.stage.rack.id, "status": {"$in": [status.value for status in statuses]}}
        rows = Booking.get_pymongo_collection().find(wanted).sort("_id", 1)
        return [Booking.read(row) async for row in rows]

    async def _entries(self, *statuses: waitlists.Status) -> list[WaitlistEntry]:
        wanted: Row = {"resource_id": self.stage.rack.id, "status": {"$in": [status.value for status in statuses]}}
        rows = WaitlistEntry.get_pymongo_collection().find(wanted).sort("_id", 1)
        return [WaitlistEntry.read(row) async for row in rows]

    def _actor(self, member_id: PydanticObjectId) -> people.Actor:
        return next(actor for actor in self.actors if actor.member_id == member_id)

    async def _with_one(
        self, name: str, among: list[Booking], number: int, verb: Callable[[Booking], Awaitable[Any]]
    ) -> None:
        if among:
            await self._do(name, verb(among[number % len(among)]))

    async def book(self, member: int, slot: int, length: int) -> None:
        starts_at, ends_at = self._times(slot, length)
        await self._do("book", self.stage.book(self.actors[member], starts_at, ends_at=ends_at, now=self.now))

    async def hold(self, member: int, slot: int, length: int) -> None:
        starts_at, ends_at = self._times(slot, length)
        await self._do("hold", self.stage.hold(self.actors[member], starts_at, ends_at=ends_at, now=self.now))

    async def cancel(self, number: int) -> None:
        among = [one for one in await self._bookings(*bookings.OPEN) if one.member_id != bookings.NOBODY]
        await self._with_one("cancel", among, number, lambda one: self.stage.transact(
            bookings.cancel, booking_id=one.id, actor=self._actor(one.member_id), now=self.now,
        ))  # fmt: skip

    async def reschedule(self, number: int, slot: int, length: int) -> None:
        starts_at, ends_at = self._times(slot, length)
        among = [one for one in await self._bookings(*bookings.AWAITED) if one.member_id != bookings.NOBODY]
        await self._with_one("reschedule", among, number, lambda one: self.stage.transact(
            bookings.reschedule, booking_id=one.id, resource_id=None, starts_at=starts_at, ends_at=ends_at,
            options=Options(), expected_cost_tokens=None, expected_refund_tokens=None, key=f"move:{next(_keys)}",
            actor=self._actor(one.member_id), now=self.now,
        ))  # fmt: skip

    async def extend(self, number: int) -> None:
        await self._with_one("extend", await self._bookings(Status.ACTIVE), number, lambda one: self.stage.transact(
            bookings.extend, booking_id=one.id, ends_at=one.ends_at + SLOT, expected_cost_tokens=None,
            key=f"extend:{next(_keys)}", actor=self._actor(one.member_id), now=self.now,
        ))  # fmt: skip

    async def check_in(self, number: int) -> None:
        among = await self._bookings(Status.CONFIRMED, Status.READY)
        await self._with_one("check_in", among, number, lambda one: self.stage.transact(
            bookings.check_in, booking_id=one.id, actor=self.operator, now=self.now,
        ))  # fmt: skip

    async def check_out(self, number: int) -> None:
        among = [one for one in await self._bookings(Status.ACTIVE) if one.member_id != bookings.NOBODY]
        await self._with_one("check_out", among, number, lambda one: self.stage.transact(
            bookings.check_out, booking_id=one.id, actor=self.operator, now=self.now,
        ))  # fmt: skip

    async def join(self, member: int, slot: int, length: int, is_whole: bool, auto_book: bool) -> None:
        starts_at, ends_at = self._times(slot, length)
        window_ends_at = ends_at if is_whole else ends_at + 2 * SLOT
        await self._do("join", self.stage.transact(
            waitlists.join, resource_id=self.stage.rack.id, kind="rack", aci_version=None, venue_id=None,
            window_starts_at=starts_at, window_ends_at=window_ends_at, length_minutes=None if is_whole else 30 * length,
            options=Options(), auto_book=auto_book, cost_tokens_max=length, key=f"wait:{next(_keys)}",
            actor=self.actors[member], now=self.now,
        ))  # fmt: skip

    async def accept(self, number: int) -> None:
        offered = await self._entries(waitlists.Status.OFFERED)
        if offered:
            entry = offered[number % len(offered)]
            await self._do("accept", self.stage.transact(
                waitlists.accept, entry_id=entry.id, actor=self._actor(entry.member_id), now=self.now,
            ))  # fmt: skip

    async def decline(self, number: int) -> None:
        offered = await self._entries(waitlists.Status.OFFERED)
        if offered:
            entry = offered[number % len(offered)]
            await self._do("decline", self.stage.transact(
                waitlists.decline, entry_id=entry.id, actor=self._actor(entry.member_id), now=self.now,
            ))  # fmt: skip

    async def maintain(self, slot: int, length: int) -> None:
        starts_at, ends_at = self._times(slot, length)
        await self._do("maintain", self._maintain(starts_at, ends_at))

    async def _maintain(self, starts_at: datetime, ends_at: datetime) -> None:
        shown = await bookings.affected(
            resource_id=self.stage.rack.id, venue_id=None, starts_at=starts_at, ends_at=ends_at, now=self.now, limit=50
        )
        await self.stage.transact(
            bookings.reserve_maintenance, resource_id=self.stage.rack.id, venue_id=None, starts_at=starts_at,
            ends_at=ends_at, reason="cables", expected_affected=len(shown), key=f"maintain:{next(_keys)}",
            actor=self.operator, now=self.now,
        )  # fmt: skip

    async def end_maintenance(self, number: int) -> None:
        among = [one for one in await self._bookings(*bookings.OPEN) if one.member_id == bookings.NOBODY]
        await self._with_one("end_maintenance", among, number, lambda one: self.stage.transact(
            bookings.end_maintenance, series_id=one.series_id, actor=self.operator, now=self.now,
        ))  # fmt: skip

    async def jump(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    async def settle(self) -> None:
        """Let time and consequences do what is due, then look whether everything holds that must."""
        for room in (bookings, waitlists):
            for step in room.STEPS:
                await self.stage.transact(room.take_due, step=step, now=self.now, limit=50)
            await consequences(self.stage.transact, now=self.now)
        await assert_invariants()
        await self._nobody_is_forgotten()
        await self._nobody_jumped_the_line()

    async def _nobody_is_forgotten(self) -> None:
        """Whoever waits while their whole length is free was told why; else the line is stuck."""
        for entry in await self._entries(waitlists.Status.WAITING):
            reason = await waitlists.reason(entry, now=self.now)
            length = entry.length_minutes or (entry.window_ends_at - entry.window_starts_at) // timedelta(minutes=1)
            starts_at = entry.window_starts_at
            while starts_at + timedelta(minutes=length) <= entry.window_ends_at:
                ends_at = starts_at + timedelta(minutes=length)
                near = starts_at - self.now < timedelta(minutes=1)
                free = await bookings.free_between(
                    resource_ids=[self.stage.rack.id], starts_at=starts_at, ends_at=ends_at, now=self.now
                )
                assert near or not free or entry.skips, f"{entry.id} waits for what is free at {starts_at}: {reason}"
                starts_at += SLOT

    async def _nobody_jumped_the_line(self) -> None:
        """Of two who want exactly the same, the later one has no offer while the earlier waits without a reason."""
        waiting = [entry for entry in await self._entries(waitlists.Status.WAITING) if not entry.skips]
        for offered in await self._entries(waitlists.Status.OFFERED):
            for entry in waiting:
                same = (entry.window_starts_at, entry.window_ends_at, entry.length_minutes) == (
                    offered.window_starts_at, offered.window_ends_at, offered.length_minutes,
                )  # fmt: skip
                earlier = (entry.priority, entry.id) < (offered.priority, offered.id)
                assert not (same and earlier and entry.created_at <= offered.created_at), f"{entry.id} was passed over"

    async def leave_nothing(self) -> None:
        """End what is open, so that the next history finds only its own."""
        self.now += timedelta(days=3)
        await self.settle()
