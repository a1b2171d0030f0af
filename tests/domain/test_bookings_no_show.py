"""Who does not come in time is a no-show: the time is others', and nothing comes back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import bookings
from domain.bookings import Booking, Status
from domain.kernel import Database, Transactor
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, START, BookingStage, a_stage, told
from tests.domain.front_desk import check_in, seen, staff, step, stored_as
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

CLOSES = START + 15 * MINUTE
INSTANT = timedelta(milliseconds=1)


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client), check_in="required")


async def expected(now: datetime) -> Sequence[Booking]:
    """Whom staff may still check in."""
    return (await bookings.arrivals(venue_id=None, now=now, page=1, limit=10)).items


async def test_who_has_not_come_after_exactly_15_minutes_is_a_no_show(stage: BookingStage) -> None:
    member, other, desk = await stage.member(), await stage.member(), await staff(stage)
    booking = await stage.book(member)

    assert (await step(stage, "miss", CLOSES - INSTANT), await step(stage, "miss", CLOSES)) == (0, 1)

    missed = await seen(booking)
    assert (missed.status, missed.held, missed.seat, missed.refund_tokens) == ("no_show", False, None, 0)
    assert await stage.balance(member) == 98, "nothing comes back"
    assert [fact["cost_tokens"] for fact in await told("booking.no_show")] == [2]
    with pytest.raises(bookings.CheckInClosed) as refused:
        await check_in(stage, booking, desk, CLOSES)
    assert refused.value.facts["status"] == "no_show"
    assert (await stage.book(other, START + HALF_HOUR, now=CLOSES)).status == "confirmed", "the cells are free"


async def test_who_is_there_is_no_no_show(stage: BookingStage) -> None:
    booking = await stage.book(await stage.member())
    await check_in(stage, booking, await staff(stage), CLOSES - INSTANT)

    assert await step(stage, "miss", CLOSES) == 0
    assert (await seen(booking)).status == "active"


async def test_coming_and_being_missed_at_once_have_one_outcome(transact: Transactor) -> None:
    stage = await a_stage(transact, check_in="required")
    member, desk = await stage.member(), await staff(stage)
    for number in range(8):
        booking = await stage.book(member, START + 2 * HOUR * number)
        deadline = booking.starts_at + 15 * MINUTE
        batch = await bookings.claim_due("miss", now=deadline, limit=10, lease_seconds=30)

        came, missed = await asyncio.gather(
            check_in(stage, booking, desk, deadline - INSTANT),
            transact(bookings.pass_time, step="miss", batch=batch, now=deadline),
            return_exceptions=True,
        )

        after = await seen(booking)
        if isinstance(came, Booking):
            assert (after.status, missed, after.held) == ("active", 0, True)
        else:
            assert isinstance(came, bookings.CheckInClosed)
            assert (after.status, missed, after.checked_in_at, after.held) == ("no_show", 1, None, False)
    assert len(await told("booking.no_show")) + len(await told("booking.started")) == 8


async def test_a_late_rack_makes_nobody_a_no_show(transact: Transactor) -> None:
    hooks = {"hooks": {"provision": "prepare.sh", "lead_minutes": 20}}
    stage = await a_stage(transact, check_in="required", rack=hooks)
    comes, stays_away = await stage.book(await stage.member()), await stage.book(await stage.member(), START + 4 * HOUR)

    async def is_ready_late(booking: Booking) -> None:
        assert await step(stage, "prepare", booking.starts_at - 20 * MINUTE) == 1
        assert await step(stage, "late", booking.starts_at) == 1
        await stored_as(booking, status=Status.READY.value)

    await is_ready_late(comes)
    assert await step(stage, "miss", comes.ends_at - INSTANT) == 0
    assert [one.id for one in await expected(comes.ends_at - INSTANT)] == [comes.id]
    assert (await check_in(stage, comes, await staff(stage), comes.ends_at - INSTANT)).status == "active"
    await step(stage, "complete", comes.ends_at)

    await is_ready_late(stays_away)
    assert await step(stage, "miss", stays_away.ends_at - INSTANT) == 0
    assert await step(stage, "miss", stays_away.ends_at) == 1, "it was ready in vain"
