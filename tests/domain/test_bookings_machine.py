"""Random histories of one rack and three members in the real MongoDB, beside a model that keeps a list."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient

from domain import bookings, people
from domain.kernel import Row, Transactor
from tests.domain.booking_model import SLOT, Entry, Model
from tests.domain.booking_stage import BookingStage, a_stage
from tests.invariants import assert_invariants
from tests.twice import TwiceTransactor

BEGINNING = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
MEMBERS = 3
members = st.integers(0, MEMBERS - 1)
which = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("take"), members, st.integers(1, 16), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("take"), members, st.integers(1, 16), st.integers(1, 4), st.booleans()),
    st.tuples(st.sampled_from(["confirm", "release", "cancel", "call_off"]), which),
    st.tuples(st.just("pay"), members, st.integers(1, 5)),
    st.tuples(st.just("wait"), st.sampled_from([4, 5, 10, 30, 90])),
    st.tuples(st.sampled_from(["lapse", "start", "complete"])),
)


class Player:
    """Plays each step on both sides and expects the same answer."""

    def __init__(self, stage: BookingStage, actors: list[people.Actor], operator: people.Actor) -> None:
        self.stage, self.actors, self.operator = stage, actors, operator
        self.model = Model(now=BEGINNING, balances=[6] * MEMBERS)
        self.made: list[bookings.Booking] = []

    async def _same(
        self, expected: type[Exception] | None, asked: Awaitable[bookings.Booking]
    ) -> bookings.Booking | None:
        if expected is None:
            return await asked
        with pytest.raises(expected):
            await asked
        return None

    async def take(self, member: int, slot: int, length: int, is_hold: bool) -> None:
        starts_at = BEGINNING + SLOT * slot
        ends_at = starts_at + SLOT * length
        ask = self.stage.hold if is_hold else self.stage.book
        expected = self.model.take(member, starts_at, ends_at, is_hold=is_hold)
        asked = ask(self.actors[member], starts_at, ends_at=ends_at, now=self.model.now)
        booking = await self._same(expected, asked)
        if booking is not None:
            self.made.append(booking)

    async def _of(
        self, number: int, verb: Callable[..., Awaitable[bookings.Booking]],
        judge: Callable[[Entry], type[Exception] | None],
        actor: people.Actor | None = None,
    ) -> None:  # fmt: skip
        if not self.made:
            return
        position = number % len(self.made)
        entry = self.model.entries[position]
        actor = actor or self.actors[entry.member]
        expected = judge(entry)
        asked = self.stage.transact(verb, booking_id=self.made[position].id, actor=actor, now=self.model.now)
        await self._same(expected, asked)

    async def confirm(self, number: int) -> None:
        await self._of(number, bookings.confirm, self.model.confirm)

    async def release(self, number: int) -> None:
        await self._of(number, bookings.release, self.model.release)

    async def cancel(self, number: int) -> None:
        await self._of(number, bookings.cancel, lambda entry: self.model.cancel(entry, by_operator=False))

    async def call_off(self, number: int) -> None:
        judge = lambda entry: self.model.cancel(entry, by_operator=True)  # noqa: E731
        await self._of(number, bookings.cancel, judge, self.operator)

    async def pay(self, member: int, tokens: int) -> None:
        await self.stage.give(self.actors[member], tokens)
        self.model.balances[member] += tokens
        self.model.paid(member)
        await self.stage.transact(bookings.confirm_paid, member_id=self.actors[member].member_id, now=self.model.now)

    async def wait(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)

    async def lapse(self) -> None:
        assert await self.stage.transact(bookings.lapse_holds, now=self.model.now, limit=50) == self.model.lapse()

    async def start(self) -> None:
        assert await self.stage.transact(bookings.start_due, now=self.model.now, limit=50) == self.model.start()

    async def complete(self) -> None:
        assert await self.stage.transact(bookings.complete_due, now=self.model.now, limit=50) == self.model.complete()

    async def compare(self) -> None:
        for booking, entry in zip(self.made, self.model.entries, strict=True):
            stored = await bookings.get(booking_id=booking.id, actor=self.operator)
            assert (stored.status, stored.held, stored.refund_tokens) == (entry.status, entry.has_cells, entry.refund)
        assert [await self.stage.balance(actor) for actor in self.actors] == self.model.balances
        events = await self.stage.events()
        assert len(set(events)) == len(events), "something was told twice"
        await assert_invariants()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("kind", [Transactor, TwiceTransactor])
async def test_any_history_agrees_with_the_model(client: AsyncMongoClient[Row], kind: type[Transactor]) -> None:
    loop = asyncio.get_running_loop()
    transact = kind(client)

    async def play(history: list[tuple[object, ...]]) -> None:
        stage = await a_stage(transact)
        actors = [await stage.member(tokens=6) for _ in range(MEMBERS)]
        player = Player(stage, actors, await stage.member(tokens=0, role=people.Role.ADMIN))
        for name, *arguments in history:
            await getattr(player, str(name))(*arguments)
            await player.compare()
        await forget(player)

    async def forget(player: Player) -> None:
        """End what is open, so that the sweeps of the next history find only their own."""
        for position, entry in enumerate(player.model.entries):
            if entry.status in ("confirmed", "active", "held"):
                await player.release(position)
                await player.call_off(position)
        player.model.now += timedelta(days=2)
        for sweep in (bookings.lapse_holds, bookings.start_due, bookings.complete_due):
            await transact(sweep, now=player.model.now, limit=50)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(steps, max_size=14))
    def histories(history: list[tuple[object, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(play(history), loop).result()

    await asyncio.to_thread(histories)
