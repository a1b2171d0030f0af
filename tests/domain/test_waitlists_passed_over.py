"""Who is passed over and why, and what the sweep finds."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from domain import people, resources, waitlists, wallets
from domain.kernel import Database, Transactor
from domain.people import Actor
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, NOW, START, BookingStage, a_stage, told
from tests.domain.waiting_stage import a_taken_hour, cancels, entry_of, offered_to, statuses, waits

SWEPT = NOW + timedelta(seconds=60)


async def test_an_offer_near_the_start_ends_with_it_and_one_too_near_is_not_made(
    transact: Transactor, database: Database
) -> None:
    for seconds, status in ((180, "offered"), (59, "waiting")):
        stage, owner, booking = await a_taken_hour(transact)
        entry = await waits(stage, await stage.member())
        now = START - timedelta(seconds=seconds)

        await cancels(stage, owner, booking, now=now)

        assert await statuses([entry]) == [status]
        if status == "offered":
            assert (await offered_to(entry)).hold_expires_at == START
        else:
            assert await waitlists.reason(await entry_of(entry), now) == "too_soon"


async def disabled(stage: BookingStage, member: Actor) -> None:
    assert member.member_id is not None
    await stage.transact(people.disable, member_id=member.member_id, actor=people.SYSTEM, reason="left", now=NOW)


async def blocked(stage: BookingStage, member: Actor) -> None:
    assert member.member_id is not None
    await stage.transact(people.mark_blocked, member_id=member.member_id, is_blocked=True, now=NOW)


async def debt(stage: BookingStage, member: Actor) -> None:
    assert member.member_id is not None
    await stage.transact(
        wallets.charge, member_id=member.member_id, tokens=1000, purpose="penalty", key=f"p:{member.member_id}",
        booking_id=None, now=NOW,
    )  # fmt: skip


async def too_many_bookings(stage: BookingStage, member: Actor) -> None:
    for number in range(10):
        await stage.book(member, START + timedelta(days=2, hours=2 * number))


@pytest.mark.parametrize("because", [disabled, blocked, debt, too_many_bookings])
async def test_who_cannot_book_is_passed_over_told_why_and_stays_in_line(
    transact: Transactor, database: Database, because: Callable[[BookingStage, Actor], Awaitable[None]]
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    line = [await waits(stage, member), await waits(stage, await stage.member())]
    await because(stage, member)

    for _ in range(2):
        await cancels(stage, owner, booking)
        await transact(waitlists.take_due, step="sweep", now=SWEPT, limit=10)

    assert await statuses(line) == ["waiting", "offered"]
    first = await entry_of(line[0])
    assert [(one.reason, one.starts_at, one.resource_code) for one in first.skips] == [
        (because.__name__, START, stage.rack.code)
    ]
    assert await waitlists.reason(first, NOW) == because.__name__
    assert (await entry_of(line[1])).skips == []


async def test_the_sweep_finds_what_nobody_told_of_in_order_and_looks_no_more_than_once_a_minute(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    line = [await waits(stage, await stage.member()), await waits(stage, await stage.member())]
    await stage.edit(status="maintenance")
    await cancels(stage, owner, booking)
    assert await statuses(line) == ["waiting", "waiting"]

    await stage.edit(status="available")
    assert await transact(waitlists.take_due, step="sweep", now=SWEPT - timedelta(milliseconds=1), limit=1) == 0
    batch = await waitlists.claim_due("sweep", now=SWEPT, limit=1, lease_seconds=10)
    assert await transact(waitlists.pass_time, step="sweep", batch=batch, now=SWEPT) == 1

    assert await statuses(line) == ["offered", "waiting"]
    assert await transact(waitlists.take_due, step="sweep", now=SWEPT, limit=10) == 1
    assert await transact(waitlists.take_due, step="sweep", now=SWEPT, limit=10) == 0
    assert await statuses(line) == ["offered", "waiting"]


async def test_one_may_wait_for_the_end_of_a_maintenance_but_not_for_what_is_retired(
    transact: Transactor, database: Database
) -> None:
    stage = await a_stage(transact)
    await stage.edit(status="maintenance")
    assert (await waits(stage, await stage.member())).status == "waiting"

    await transact(resources.retire_resource, resource_id=stage.rack.id, actor=people.SYSTEM, now=NOW)
    with pytest.raises(waitlists.InvalidWindow):
        await waits(stage, await stage.member())


async def test_when_the_window_is_over_the_entry_is(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact)
    entry = await waits(stage, await stage.member())

    early = START - timedelta(milliseconds=1)
    assert await transact(waitlists.take_due, step="expire", now=early, limit=10) == 0
    assert await transact(waitlists.take_due, step="expire", now=START, limit=10) == 1

    assert (await entry_of(entry)).status == "lapsed"
    assert await waitlists.reason(await entry_of(entry), START) == "window_over"
    assert [one["entry_id"] for one in await told("waitlist.unserved")] == [entry.id]
    assert await waitlists.position(await entry_of(entry)) is None


async def test_first_place_where_one_waits_already_or_cannot(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    entry = await waits(stage, owner)
    await transact(waitlists.join_first, booking_id=booking.id, now=NOW)
    assert (await entry_of(entry)).priority == 0

    full, busy_owner, taken = await a_taken_hour(transact)
    elsewhere = await a_rack(transact)
    await stage.book(await stage.member(), resource_id=elsewhere.id, ends_at=START + 5 * HOUR)
    for number in range(10):
        window = {"window_ends_at": START + (number + 1) * HALF_HOUR, "length_minutes": 30}
        await waits(full, busy_owner, resource_id=elsewhere.id, **window)
    assert await transact(waitlists.join_first, booking_id=taken.id, now=NOW) is None
    await disabled(stage, owner)
    assert await transact(waitlists.join_first, booking_id=booking.id, now=NOW) is None


@pytest.mark.parametrize("price", [0, 1])
async def test_who_came_to_owe_tokens_cannot_book_what_is_offered_and_who_has_paid_can(
    transact: Transactor, database: Database, price: int
) -> None:
    stage, owner, booking = await a_taken_hour(transact, price_tokens_per_slot=price)
    member = await stage.member()
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)
    await debt(stage, member)

    with pytest.raises(wallets.DebtOutstanding):
        await transact(waitlists.accept, entry_id=entry.id, actor=member, now=NOW)
    assert await statuses([entry]) == ["offered"]

    await stage.give(member, 1000)
    booked = await transact(waitlists.accept, entry_id=entry.id, actor=member, now=NOW)
    assert booked.status == "confirmed"
