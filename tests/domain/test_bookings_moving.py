"""The same booking at another time or on another rack: one transaction, and the money agrees."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient

from domain import bookings, resources
from domain.bookings import Status
from domain.kernel import Database, Row, Transactor
from domain.resources import Options
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, START, BookingStage, a_stage, told
from tests.domain.moves import LATE, LATER, extend, move, set_of
from tests.invariants import assert_invariants
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


async def test_a_rescheduled_booking_is_the_same_booking_at_the_new_time(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)

    moved = await move(stage, booking, member, LATER, ends_at=LATER + 2 * HOUR)

    assert (moved.id, moved.code, moved.seat) == (booking.id, booking.code, booking.seat)
    assert (moved.starts_at, moved.ends_at, moved.status) == (LATER, LATER + 2 * HOUR, "confirmed")
    assert (moved.cost_tokens, moved.moved_cost_tokens, moved.moved_refund_tokens, moved.moves) == (4, 2, 2, 1)
    assert await stage.balance(member) == 6
    assert (await stage.book(await stage.member())).status == "confirmed"  # the old time is free
    with pytest.raises(bookings.SlotTaken):
        await stage.book(await stage.member(), LATER)


async def test_a_move_is_told_with_the_times_before_and_after(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)

    await move(stage, booking, member, LATER)

    (event,) = await told("booking.rescheduled")
    assert (event["previous_starts_at"], event["starts_at"], event["because"]) == (START, LATER, "asked")
    assert (event["paid_tokens"], event["returned_tokens"], event["origin"]) == (2, 2, "chat")
    assert not event["by_operator"]
    assert await told("booking.rescheduled_by_office") == []


async def test_moving_late_returns_what_cancelling_would(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member, ends_at=START + 90 * MINUTE)

    moved = await move(stage, booking, member, LATER, now=LATE)

    assert (moved.cost_tokens, moved.moved_cost_tokens, moved.moved_refund_tokens) == (2, 3, 1)
    assert await stage.balance(member) == 10 - 3 + 1 - 2


async def test_the_boundary_of_free_moving_is_still_free(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)

    await move(stage, booking, member, LATER, now=START - 4 * HOUR)

    assert await stage.balance(member) == 8


async def test_a_move_that_was_moved_and_cancelled_returns_the_last_price_by_its_terms(stage: BookingStage) -> None:
    member = await stage.member(tokens=20)
    booking = await stage.book(member)
    await move(stage, booking, member, LATER, ends_at=LATER + 2 * HOUR)
    await move(stage, booking, member, START, key="back", now=LATE - 4 * HOUR)

    cancelled = await stage.transact(bookings.cancel, booking_id=booking.id, actor=member, now=LATE)

    assert (cancelled.refund_tokens, cancelled.moved_cost_tokens, cancelled.moved_refund_tokens) == (1, 6, 6)
    assert await stage.balance(member) == 19


async def test_a_booking_may_move_onto_its_own_cells(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)

    moved = await move(stage, booking, member, START + HALF_HOUR)

    assert moved.starts_at == START + HALF_HOUR


async def test_a_booking_moves_to_another_rack_with_its_options(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)
    other = await a_rack(stage.transact, check_in="required", price_tokens_per_slot=2)

    moved = await move(stage, booking, member, START, resource_id=other.id, options=Options(preconfig=["multi-site"]))

    assert (moved.resource_id, moved.venue_id, moved.check_in) == (other.id, other.venue_id, "required")
    assert (moved.cost_tokens, moved.options.preconfig) == (6, ["multi-site"])
    assert await stage.balance(member) == 4


async def test_what_was_due_before_the_old_start_is_due_before_the_new_one(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await set_of(await stage.book(member), reminders_left=[], late_told=True, end_told=True)

    far = await move(stage, booking, member, LATER)
    near = await move(stage, booking, member, START, now=START - 5 * HOUR)

    assert (far.reminders_left, far.late_told, far.end_told) == ([1440, 30], False, False)
    assert near.reminders_left == [30]  # a day before is over


async def test_a_rack_that_prepares_itself_begins_anew(stage: BookingStage) -> None:
    member = await stage.member()
    rack = {"aci_versions": ["6.0(5h)"], "hooks": {"power_on": "power.sh", "lead_minutes": 20}}
    await stage.edit(rack=rack)
    booking = await set_of(await stage.book(member), status=Status.READY.value)

    moved = await move(stage, booking, member, LATER, now=START - 10 * MINUTE)

    assert (moved.status, moved.prepare_at) == ("confirmed", LATER - 20 * MINUTE)


async def test_moving_to_where_it_is_changes_nothing(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)

    same = await move(stage, booking, member, START, now=LATE)

    assert (same.moves, same.starts_at) == (0, START)
    assert await told("booking.rescheduled") == []


async def test_asking_again_with_the_key_moves_once(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member, key="tap-1")
    await move(stage, booking, member, LATER, key="move-1", now=LATE)
    await move(stage, booking, member, LATER + HOUR, key="move-2", now=LATE)

    again = await move(stage, booking, member, LATER, key="move-1", now=LATE)

    assert (again.moves, again.starts_at) == (2, LATER + HOUR)
    with pytest.raises(bookings.KeyReused):
        await move(stage, booking, member, START + 9 * HOUR, key="move-1", now=LATE)
    with pytest.raises(bookings.KeyReused):
        await move(stage, booking, member, START + 9 * HOUR, key="tap-1", now=LATE)


async def test_the_command_that_booked_it_still_returns_it_after_a_move(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member, key="tap-1")
    await move(stage, booking, member, LATER)

    again = await stage.book(member, key="tap-1")

    assert (again.id, again.starts_at) == (booking.id, LATER)
    with pytest.raises(bookings.KeyReused):
        await stage.book(member, LATER, key="tap-1")


async def test_the_same_move_from_two_devices_at_once_is_one(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)

    moved = await asyncio.gather(*(move(stage, booking, member, LATER, now=LATE) for _ in range(4)))

    assert {one.moves for one in moved} == {1}
    assert await stage.balance(member) == 10 - 2 + 1 - 2


async def test_of_two_who_move_to_one_time_at_once_one_has_it(stage: BookingStage) -> None:
    members = [await stage.member(tokens=10) for _ in range(2)]
    made = [await stage.book(member, START + 2 * HOUR * number) for number, member in enumerate(members)]

    target = START + 6 * HOUR
    asked = [move(stage, booking, member, target) for booking, member in zip(made, members, strict=True)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["Booking", "SlotTaken"]
    assert [await stage.balance(member) for member in members] == [8, 8]


@pytest.mark.breaks_invariants
@pytest.mark.drops_an_index
async def test_it_is_the_index_that_keeps_two_moves_apart(stage: BookingStage, database: Database) -> None:
    await database["bookings"].drop_index("one_per_cell")
    members = [await stage.member(tokens=10) for _ in range(2)]
    made = [await stage.book(member, START + 2 * HOUR * number) for number, member in enumerate(members)]

    target = START + 6 * HOUR
    asked = [move(stage, booking, member, target) for booking, member in zip(made, members, strict=True)]
    moved = await asyncio.gather(*asked)

    assert [one.starts_at for one in moved] == [target, target]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 14), st.integers(1, 5)),
        st.tuples(st.just("extend"), st.integers(0, 0), st.integers(1, 5)),
        st.tuples(st.just("wait"), st.integers(1, 5), st.integers(0, 0)),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(played=steps)
async def test_whatever_is_moved_and_extended_the_books_agree(
    client: AsyncMongoClient[Row], database: Database, played: list[tuple[str, int, int]]
) -> None:
    stage = await a_stage(TwiceTransactor(client))
    member = await stage.member(tokens=60)
    booking = await stage.book(member)
    now, balance_tokens = START - 8 * HOUR, 58
    refusals = (bookings.NotReschedulable, bookings.NotExtendable, resources.TooSoon)

    for number, (verb, slot, length) in enumerate(played):
        if verb == "wait":
            now += timedelta(hours=slot)
            await stage.transact(bookings.start_due, now=now, limit=10)
        before = await bookings.get(booking_id=booking.id, actor=member)
        cancelling = bookings.cancellation(before, now)
        try:
            if verb == "move":
                starts_at = START + slot * HALF_HOUR
                moved = await move(
                    stage, booking, member, starts_at, ends_at=starts_at + length * HALF_HOUR, now=now, key=f"{number}"
                )
                if moved.moves > before.moves:
                    balance_tokens += cancelling.refund_tokens - length
            elif verb == "extend":
                await extend(stage, booking, member, before.ends_at + length * HALF_HOUR, now=now, key=f"{number}")
                balance_tokens -= length
        except (*refusals, resources.TooLong):
            pass

    assert await stage.balance(member) == balance_tokens
    await assert_invariants()
