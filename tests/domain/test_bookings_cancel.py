"""Calling bookings off, and what time does to them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from domain import bookings, people
from domain.kernel import Database, Transactor
from domain.resources import CancellationTerms
from tests.domain.booking_stage import HALF_HOUR, HOUR, NOW, START, BookingStage, a_stage, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")
BOUNDARY = START - 4 * HOUR
INSTANT = timedelta(milliseconds=1)


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client), price_tokens_per_slot=5)


async def cancel(
    stage: BookingStage, booking: bookings.Booking, actor: people.Actor, now: datetime, reason: str | None = None
) -> bookings.Booking:
    return await stage.transact(bookings.cancel, booking_id=booking.id, actor=actor, now=now, reason=reason)


@pytest.mark.parametrize(
    ("now", "refund_tokens"),
    [(NOW, 15), (BOUNDARY, 15), (BOUNDARY + INSTANT, 7), (START - INSTANT, 7)],
)
async def test_what_comes_back_depends_on_the_notice(stage: BookingStage, now: datetime, refund_tokens: int) -> None:
    member = await stage.member(tokens=15)
    booking = await stage.book(member, ends_at=START + 3 * HALF_HOUR)
    promised = bookings.cancellation(booking, now)

    cancelled = await cancel(stage, booking, member, now)

    assert (cancelled.status, cancelled.refund_tokens, cancelled.held) == ("cancelled", refund_tokens, False)
    assert (promised.refund_tokens, promised.kept_tokens) == (refund_tokens, 15 - refund_tokens)
    assert promised.free_until == BOUNDARY
    assert await stage.balance(member) == refund_tokens


async def test_a_cancelled_time_is_free_at_once(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await stage.book(member)
    await cancel(stage, booking, member, NOW)

    assert (await stage.book(other)).status == "confirmed"


async def test_cancelling_twice_is_cancelling_once(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)

    done = await asyncio.gather(*(cancel(stage, booking, member, NOW) for _ in range(4)))

    assert {one.status for one in done} == {"cancelled"}
    assert await stage.balance(member) == 10
    assert len(await told("booking.cancelled")) == 1


async def test_the_terms_are_those_it_was_sold_under(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)
    await stage.edit(terms=CancellationTerms(full_refund_hours=200, late_percent=0))

    assert (await cancel(stage, booking, member, BOUNDARY)).refund_tokens == 10


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_member_cannot_cancel_what_has_started_but_an_operator_can(stage: BookingStage, is_swept: bool) -> None:
    member, admin = await stage.member(tokens=10), await stage.member(role=people.Role.ADMIN)
    booking = await stage.book(member)
    if is_swept:
        assert await stage.transact(bookings.start_due, now=START, limit=10) == 1

    with pytest.raises(bookings.BookingAlreadyStarted):
        await cancel(stage, booking, member, START)
    assert bookings.cancellation(booking, START).percent == 0
    cancelled = await cancel(stage, booking, admin, START + HALF_HOUR, reason=" Power failure ")

    assert (cancelled.refund_tokens, cancelled.cancelled_reason) == (10, "Power failure")
    assert await stage.balance(member) == 10
    (event,) = await told("booking.cancelled")
    assert (event["by_operator"], event["cancelled_by"], event["refund_tokens"]) == (True, admin.member_id, 10)


async def test_an_operator_returns_everything_however_late(stage: BookingStage) -> None:
    member, admin = await stage.member(tokens=10), await stage.member(role=people.Role.ADMIN)
    booking = await stage.book(member)

    assert (await cancel(stage, booking, admin, START - INSTANT)).refund_tokens == 10


async def test_an_administrators_own_booking_is_a_members(stage: BookingStage) -> None:
    admin = await stage.member(tokens=10, role=people.Role.ADMIN)
    booking = await stage.book(admin)

    assert (await cancel(stage, booking, admin, START - INSTANT)).refund_tokens == 5


async def test_somebody_elses_booking_looks_like_none_and_staff_may_only_look(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    staff = await stage.member(role=people.Role.STAFF)
    booking = await stage.book(member)

    with pytest.raises(bookings.BookingNotFound):
        await cancel(stage, booking, other, NOW)
    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.cancel, booking_id=PydanticObjectId(), actor=member, now=NOW)
    with pytest.raises(people.NotPermitted):
        await cancel(stage, booking, staff, NOW)


async def test_what_has_ended_cannot_be_cancelled(stage: BookingStage) -> None:
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)
    over, lapsed = await stage.book(member), await stage.hold(member, START + 4 * HOUR)
    await stage.transact(bookings.lapse_holds, now=NOW + HOUR, limit=10)

    for booking, actor in ((over, member), (over, admin), (lapsed, member)):
        with pytest.raises(bookings.NotCancellable):
            await cancel(stage, booking, actor, over.ends_at)


async def test_cancelling_a_hold_returns_nothing_because_nothing_was_paid(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    held = await stage.hold(member)

    assert bookings.cancellation(held, NOW).kept_tokens == 0
    cancelled = await cancel(stage, held, member, NOW)

    assert (cancelled.status, cancelled.refund_tokens, await stage.balance(member)) == ("cancelled", 0, 10)


async def test_time_starts_and_completes_bookings_in_bounded_batches(stage: BookingStage) -> None:
    member = await stage.member()
    made = [await stage.book(member, START + 2 * HOUR * number) for number in range(3)]
    last_end = made[-1].ends_at

    assert await stage.transact(bookings.start_due, now=START - INSTANT, limit=10) == 0
    assert [await stage.transact(bookings.start_due, now=last_end, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [await stage.transact(bookings.complete_due, now=last_end, limit=2) for _ in range(3)] == [2, 1, 0]

    after = [await bookings.get(booking_id=one.id, actor=member) for one in made]
    assert {one.status for one in after} == {"completed"}
    assert [one.held for one in after] == [False, False, True]  # the last one's turnaround is not over
    assert await stage.transact(bookings.complete_due, now=last_end + HALF_HOUR, limit=10) == 0
    assert not (await bookings.get(booking_id=made[-1].id, actor=member)).held
    assert len(await told("booking.started")) == len(await told("booking.completed")) == 3


async def test_many_processes_start_each_booking_once(transact: Transactor, database: Database) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    for number in range(4):
        await stage.book(member, START + 2 * HOUR * number)

    counts = await asyncio.gather(*(transact(bookings.start_due, now=START + 12 * HOUR, limit=10) for _ in range(4)))

    assert sum(counts) == len(await told("booking.started")) == 4


async def test_the_turnaround_of_a_completed_booking_stays_taken(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await stage.book(member)
    await stage.transact(bookings.start_due, now=START, limit=10)
    moment = booking.ends_at - INSTANT
    await stage.transact(bookings.complete_due, now=booking.ends_at, limit=10)

    with pytest.raises(bookings.SlotTaken):
        await stage.book(other, booking.ends_at, now=moment)


@given(
    cost_tokens=st.integers(0, 10**6), notice=st.integers(-(10**6), 10**6), hours=st.integers(0, 100),
    percent=st.integers(0, 100),
)  # fmt: skip
def test_a_refund_lies_between_nothing_and_the_cost(cost_tokens: int, notice: int, hours: int, percent: int) -> None:
    terms = CancellationTerms(full_refund_hours=hours, late_percent=percent)
    ahead = timedelta(seconds=notice)

    refund_tokens = bookings.refund_due_tokens(cost_tokens, notice=ahead, terms=terms)

    assert 0 <= refund_tokens <= cost_tokens
    assert refund_tokens <= bookings.refund_due_tokens(cost_tokens, notice=ahead + HOUR, terms=terms)
    if notice > 0 and ahead >= timedelta(hours=hours):
        assert refund_tokens == cost_tokens
    if notice <= 0:
        assert refund_tokens == 0
