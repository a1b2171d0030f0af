"""Bookings that somebody in chat has already, made by the verbs, at times of the racks' own clock."""

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from domain import bookings, people, resources, wallets
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.resources import Options, Resource
from tests.bot.stage import BotStage
from tests.people import Person

KOLKATA = ZoneInfo("Asia/Kolkata")
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
_keys = count(1)


class Guest:
    """Somebody in chat with a wallet and what they have booked."""

    def __init__(self, stage: BotStage, transact: Transactor, person: Person, member: people.Member) -> None:
        self.stage, self.transact, self.person, self.member = stage, transact, person, member
        self.actor = people.actor_of(member, "chat")

    @classmethod
    async def comes(cls, stage: BotStage, transact: Transactor, *, tokens: int = 10, **user: Any) -> "Guest":
        """Known to the bot, with tokens."""
        person = await stage.person(**user)
        member = await people.by_telegram_id(person.id)
        assert member is not None
        guest = cls(stage, transact, person, member)
        if tokens:
            await guest.gets(tokens)
        return guest

    async def gets(self, tokens: int) -> None:
        """Put tokens into the wallet."""
        await self.transact(
            wallets.credit, member_id=self.member.id, tokens=tokens, source="bonus", key=f"coming:{next(_keys)}",
            now=self.stage.now(),
        )  # fmt: skip

    async def balance(self) -> int:
        """The tokens in the wallet."""
        return (await wallets.of(self.member.id)).token

    def at(self, hour: int, *, days: int = 3) -> datetime:
        """An hour on the venue's clock, so many days ahead."""
        on = self.stage.now().astimezone(KOLKATA).date() + timedelta(days=days)
        return datetime.combine(on, time(hour), KOLKATA)

    async def books(
        self, rack: Resource, at: datetime | None = None, *, hours: int = 1, now: datetime | None = None
    ) -> Booking:
        """Book from ten o'clock in three days, or from then."""
        at = at or self.at(10)
        return await self.transact(
            bookings.book, resource_id=rack.id, starts_at=at, ends_at=at + hours * HOUR, options=Options(),
            expected_cost_tokens=None, key=f"coming:{next(_keys)}", actor=self.actor, now=now or self.stage.now(),
        )  # fmt: skip

    async def runs(self, rack: Resource) -> Booking:
        """Book the present hour, and let it begin."""
        now = self.stage.now()
        begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        await edit(self.transact, rack, now=now, slot_minutes=15)
        booking = await self.books(rack, begun, now=begun - timedelta(minutes=1))
        await self.transact(bookings.start_due, now=now, limit=10)
        return booking

    async def stored(self, booking: Booking) -> Booking:
        """The booking as it is now."""
        return await bookings.get(booking_id=booking.id, actor=self.actor)

    async def looks_at(self, booking: Booking) -> None:
        """Open its details."""
        await self.person.says(booking.code)


async def edit(transact: Transactor, rack: Resource, *, now: datetime, **changes: Any) -> None:
    """Change a rack."""
    await transact(resources.edit_resource, resource_id=rack.id, changes=changes, actor=people.SYSTEM, now=now)
