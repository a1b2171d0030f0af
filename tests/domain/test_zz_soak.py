"""Random histories of one rack, its members, its line and its maintenance, with time moving in jumps.

After each step time does what is due, consequences follow, every invariant holds, nobody who waits is forgotten and
nobody jumps the line.
"""

import asyncio

import pytest
from hypothesis import Phase, HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient

from domain import people
from domain.kernel import Row, Transactor
from tests.domain.booking_stage import a_stage
from tests.domain.time_player import MEMBERS, SLOTS, TimePlayer
from tests.twice import TwiceTransactor

members = st.integers(0, MEMBERS - 1)
slots, lengths, which = st.integers(0, SLOTS - 1), st.integers(1, 3), st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("book"), members, slots, lengths),
    st.tuples(st.just("book"), members, slots, lengths),
    st.tuples(st.just("hold"), members, slots, lengths),
    st.tuples(st.just("join"), members, slots, lengths, st.booleans(), st.booleans()),
    st.tuples(st.just("join"), members, slots, lengths, st.booleans(), st.booleans()),
    st.tuples(st.sampled_from(["cancel", "cancel", "check_in", "check_out", "extend", "end_maintenance"]), which),
    st.tuples(st.sampled_from(["accept", "decline"]), which),
    st.tuples(st.just("reschedule"), which, slots, lengths),
    st.tuples(st.just("maintain"), slots, lengths),
    st.tuples(st.just("jump"), st.sampled_from([1, 5, 10, 16, 31, 60, 180])),
)
histories = st.lists(steps, min_size=2, max_size=25)
BEGINNING: list[tuple[object, ...]] = [
    ("book", 0, 0, 2), ("join", 1, 0, 2, True, False), ("join", 2, 0, 2, True, True), ("maintain", 5, 2), ("cancel", 0),
]  # fmt: skip
"""Every history begins with somebody in line and a time that becomes free, so that none is one of refusals alone."""
SEEN_AT_LEAST = {"book", "cancel", "join", "maintain"}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("kind", "examples"), [(Transactor, 50)])
async def test_any_history_leaves_everything_as_it_must_be(
    client: AsyncMongoClient[Row], kind: type[Transactor], examples: int
) -> None:
    loop = asyncio.get_running_loop()
    transact = kind(client)
    done: dict[str, int] = {}

    async def play(history: list[tuple[object, ...]]) -> None:
        stage = await a_stage(transact, check_in="required")
        actors = [await stage.member(tokens=8) for _ in range(MEMBERS)]
        player = TimePlayer(stage, actors, await stage.member(tokens=0, role=people.Role.ADMIN))
        for name, *arguments in [*BEGINNING, *history]:
            await getattr(player, str(name))(*arguments)
            await player.settle()
        await player.leave_nothing()
        for name, number in player.done.items():
            done[name] = done.get(name, 0) + number

    @settings(max_examples=examples, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(histories)
    def run(history: list[tuple[object, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(play(history), loop).result()

    await asyncio.to_thread(run)
    assert done.keys() >= SEEN_AT_LEAST, f"a machine that does nothing proves nothing: {done}"
