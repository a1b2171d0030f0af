"""Preparing racks in turn: who waits for another booking's rack, who is late by it, and when it is too late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import bookings, people, resources
from domain.bookings import Booking, NotPreparing, Status
from domain.kernel import Database, Transactor
from domain.resources import Hooks, RackSpec
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, told
from tests.domain.consequences import consequences, notices_of
from tests.domain.front_desk import check_in, seen, staff, step
from tests.domain.preparing import WELL, Preparing, a_preparing_rack
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

END = START + HOUR
INSTANT = timedelta(milliseconds=1)
EARLY = Hooks(provision="access.py", lead_minutes=60)


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def rack(request: pytest.FixtureRequest, client: Any, database: Database) -> Preparing:
    return await a_preparing_rack(request.param(client), hooks=EARLY, turnaround_minutes=0)


async def ready(rack: Preparing, booking: Booking, now: Any, *, by_hand: bool = False) -> Booking:
    return await rack.transact(bookings.mark_ready, booking_id=booking.id, by_hand=by_hand, origin="jobs", now=now)


async def squeezed_in(rack: Preparing) -> tuple[Any, Booking, Booking]:
    """A half-hour booked at short notice, on a rack that prepares itself for the session after it already."""
    _, later = await rack.preparing(at=START - HOUR)
    member = await rack.stage.member()
    booking = await rack.stage.book(member, START - HALF_HOUR, ends_at=START, now=START - 55 * MINUTE)
    return member, booking, later


async def test_who_is_squeezed_in_before_a_prepared_session_is_told_at_the_start_and_has_everything_back(
    rack: Preparing,
) -> None:
    member, booking, later = await squeezed_in(rack)
    await rack.pass_time(START - 54 * MINUTE)
    other = await a_rack(rack.transact)

    start = START - HALF_HOUR
    assert [await step(rack.stage, "late", at) for at in (start - INSTANT, start, start)] == [0, 1, 0]
    await consequences(rack.transact, now=start)
    places = await bookings.alternatives(booking_id=booking.id, actor=member, now=start, limit=5)
    given_up = await rack.transact(bookings.refund_unready, booking_id=booking.id, actor=member, now=start)

    assert [notice.kind for notice in await notices_of(member)][-1] == "session_late"
    assert [place.resource.id for place in places] == [other.id]
    assert (given_up.refund_tokens, await rack.stage.balance(member)) == (1, 100)
    assert await rack.status(later.id) == "preparing"


async def test_a_rack_that_is_prepared_for_others_is_no_alternative(rack: Preparing) -> None:
    asha, booking = await rack.preparing(at=START - HOUR)
    spec = RackSpec(aci_versions=["6.0(5h)"], hooks=EARLY).model_dump()
    other = await a_rack(rack.transact, rack=spec)
    await rack.transact(
        resources.edit_resource, resource_id=other.id, changes={"rack": spec}, actor=people.SYSTEM, now=NOW
    )
    await rack.stage.book(await rack.stage.member(), END, resource_id=other.id)

    async def choices() -> list[Any]:
        found = await bookings.alternatives(booking_id=booking.id, actor=asha, now=START, limit=5)
        return [place.resource.id for place in found]

    before = await choices()
    await step(rack.stage, "prepare", START)
    after = await choices()

    assert (before, after) == ([other.id], [])
    with pytest.raises(bookings.SlotTaken):
        await rack.transact(
            bookings.take_other, booking_id=booking.id, resource_id=other.id, actor=asha, now=START
        )  # fmt: skip


async def test_of_two_sessions_of_one_rack_the_first_is_prepared(rack: Preparing) -> None:
    _, first = await rack.booked()
    second = await rack.stage.book(await rack.stage.member(), END)

    assert await step(rack.stage, "prepare", START) == 2, "nobody looked for an hour, and both are due at once"

    assert [await rack.status(one.id) for one in (first, second)] == ["preparing", "confirmed"]


async def test_those_who_wait_for_their_rack_keep_nobody_else_waiting(transact: Transactor) -> None:
    racks = [await a_preparing_rack(transact, hooks=EARLY, turnaround_minutes=0) for _ in range(3)]
    waiting = [(await squeezed_in(rack))[1] for rack in racks]
    free = await a_preparing_rack(transact, hooks=EARLY)
    _, booking = await free.booked(starts_at=START + HALF_HOUR)
    now = START - 25 * MINUTE

    taken = [await transact(bookings.take_due, step="prepare", now=now, limit=2) for _ in range(3)]

    assert (taken, await free.status(booking.id)) == ([2, 2, 0], "preparing")
    assert {await free.status(one.id) for one in waiting} == {"confirmed"}
    await racks[0].transact(bookings.cancel, booking_id=(await of_rack(racks[0]))[-1], actor=people.SYSTEM, now=now)
    assert await transact(bookings.take_due, step="prepare", now=now + timedelta(seconds=15), limit=5) == 3
    assert await free.status(waiting[0].id) == "preparing"


async def of_rack(rack: Preparing) -> list[Any]:
    rows = Booking.get_pymongo_collection().find({"resource_id": rack.stage.rack.id}).sort("starts_at")
    return [row["_id"] async for row in rows]


async def test_what_is_over_is_not_prepared_any_more(rack: Preparing) -> None:
    await rack.booked()
    _, other = await rack.booked(starts_at=START + 3 * HOUR)

    assert [await step(rack.stage, "prepare", at) for at in (END, other.ends_at - INSTANT)] == [0, 1]


@pytest.mark.parametrize(("ready_at", "is_missed"), [(START - INSTANT, True), (START, False), (END - INSTANT, False)])
async def test_a_rack_that_is_ready_late_makes_nobody_a_no_show_told_or_not(
    transact: Transactor, ready_at: Any, is_missed: bool
) -> None:
    rack = await a_preparing_rack(transact, check_in="required")
    _, booking = await rack.preparing()
    await ready(rack, booking, ready_at)

    missed = await step(rack.stage, "miss", max(ready_at, START + 15 * MINUTE))

    assert bool(missed) is is_missed
    if not is_missed:
        came = await check_in(rack.stage, booking, await staff(rack.stage), END - INSTANT)
        assert (came.status, came.refund_tokens) == ("active", 0)


async def test_who_does_not_come_to_a_rack_that_was_ready_late_is_missed_at_the_end(transact: Transactor) -> None:
    rack = await a_preparing_rack(transact, check_in="required")
    _, booking = await rack.preparing()
    await ready(rack, booking, START + MINUTE)

    assert [await step(rack.stage, "miss", at) for at in (END - INSTANT, END)] == [0, 1]


async def test_at_the_end_it_is_too_late_to_be_ready(rack: Preparing) -> None:
    member, booking = await rack.preparing(at=START - HOUR)
    (run,) = await rack.claim(END)

    await rack.finish(run, WELL, END)
    with pytest.raises(NotPreparing):
        await ready(rack, booking, END, by_hand=True)
    await consequences(rack.transact, now=END)

    assert ((await seen(booking)).status, await told("booking.ready")) == (Status.PREPARING, [])
    assert await step(rack.stage, "give_up", END) == 1
    assert ((await seen(booking)).status, await rack.stage.balance(member)) == ("cancelled", 100)


async def test_until_the_end_it_is_ready_and_costs_what_it_costs(rack: Preparing) -> None:
    member, booking = await rack.preparing(at=START - HOUR)

    await ready(rack, booking, END - INSTANT)

    with pytest.raises(NotPreparing):
        await rack.transact(bookings.refund_unready, booking_id=booking.id, actor=member, now=END - INSTANT)
    assert (await step(rack.stage, "start", END), await step(rack.stage, "complete", END)) == (1, 1)
    assert await rack.stage.balance(member) == 98


async def test_being_ready_and_told_to_be_late_at_once_is_both_or_one(transact: Transactor) -> None:
    for _ in range(6):
        rack = await a_preparing_rack(transact)
        _, booking = await rack.preparing()
        await asyncio.gather(ready(rack, booking, START), step(rack.stage, "late", START))
        after = await seen(booking)
        assert (after.status, after.late_told) == ("ready", True)
