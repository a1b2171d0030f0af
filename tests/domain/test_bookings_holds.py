"""Holding a time while tokens are bought."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, wallets
from domain.kernel import Database, Transactor
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")
LAPSED = NOW + 10 * MINUTE


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


async def test_a_hold_keeps_the_time_for_ten_minutes_and_costs_nothing(stage: BookingStage) -> None:
    member = await stage.member(tokens=1)

    held = await stage.hold(member)

    assert (held.status, held.hold_expires_at, held.cost_tokens) == ("held", LAPSED, 2)
    assert await stage.balance(member) == 1
    with pytest.raises(bookings.SlotTaken):
        await stage.book(await stage.member())
    assert len(await told("booking.held")) == 1


async def test_a_hold_ends_at_the_start_at_the_latest(stage: BookingStage) -> None:
    held = await stage.hold(await stage.member(), now=START - 4 * MINUTE)

    assert held.hold_expires_at == START


async def test_a_new_hold_ends_the_old_one_and_may_overlap_it(stage: BookingStage) -> None:
    member = await stage.member()
    first = await stage.hold(member)

    second = await stage.hold(member, START + HALF_HOUR)

    assert (await bookings.get(booking_id=first.id, actor=member)).status == "cancelled"
    assert member.member_id is not None
    current = await bookings.current_hold(member_id=member.member_id, now=NOW)
    assert current is not None
    assert current.id == second.id
    assert len(await told("booking.hold_released")) == 1


async def test_two_holds_of_one_member_at_once_leave_one(stage: BookingStage) -> None:
    member = await stage.member()

    held = await asyncio.gather(*(stage.hold(member, START + 2 * HOUR * number) for number in range(4)))

    states = [(await bookings.get(booking_id=one.id, actor=member)).status for one in held]
    assert sorted(states) == ["cancelled", "cancelled", "cancelled", "held"]


async def test_booking_over_ones_own_hold_ends_it_and_elsewhere_leaves_it(stage: BookingStage) -> None:
    member = await stage.member()
    held = await stage.hold(member)

    await stage.book(member, START + 3 * HOUR)
    assert (await bookings.get(booking_id=held.id, actor=member)).status == "held"

    booking = await stage.book(member)
    assert booking.status == "confirmed"
    assert (await bookings.get(booking_id=held.id, actor=member)).status == "cancelled"


async def test_confirming_pays_the_price_of_the_hold(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    held = await stage.hold(member)
    await stage.edit(price_tokens_per_slot=5)

    for _ in range(2):
        confirmed = await stage.transact(bookings.confirm, booking_id=held.id, actor=member, now=NOW + MINUTE)

    assert (confirmed.status, confirmed.cost_tokens) == ("confirmed", 2)
    assert await stage.balance(member) == 8
    assert [one["because"] for one in await told("booking.confirmed")] == ["hold_confirmed"]


async def test_confirming_without_tokens_leaves_the_hold(stage: BookingStage) -> None:
    member = await stage.member(tokens=0)
    held = await stage.hold(member)

    with pytest.raises(wallets.InsufficientBalance):
        await stage.transact(bookings.confirm, booking_id=held.id, actor=member, now=NOW)

    assert (await bookings.get(booking_id=held.id, actor=member)).status == "held"


async def test_a_hold_is_over_at_its_moment_whoever_sweeps(stage: BookingStage) -> None:
    member = await stage.member()
    held = await stage.hold(member)

    with pytest.raises(bookings.HoldLapsed):
        await stage.transact(bookings.confirm, booking_id=held.id, actor=member, now=LAPSED)
    assert await stage.transact(bookings.lapse_holds, now=LAPSED - timedelta(milliseconds=1), limit=10) == 0
    assert await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10) == 1
    assert await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10) == 0
    assert (await bookings.get(booking_id=held.id, actor=member)).status == "expired"
    assert len(await told("booking.hold_lapsed")) == 1


async def test_a_dead_hold_that_nobody_swept_is_no_obstacle(stage: BookingStage) -> None:
    first, second = await stage.member(), await stage.member()
    dead = await stage.hold(first)

    with pytest.raises(bookings.SlotTaken):
        await stage.book(second, START + HALF_HOUR, now=LAPSED - MINUTE)
    booking = await stage.book(second, START + HALF_HOUR, now=LAPSED)

    assert booking.status == "confirmed"
    assert (await bookings.get(booking_id=dead.id, actor=first)).status == "expired"
    assert [one["booking_id"] for one in await told("booking.hold_lapsed")] == [dead.id]


async def test_ones_own_dead_hold_elsewhere_is_no_obstacle_to_a_new_one(stage: BookingStage) -> None:
    member = await stage.member()
    dead = await stage.hold(member)

    held = await stage.hold(member, START + 4 * HOUR, now=LAPSED)

    assert held.status == "held"
    assert (await bookings.get(booking_id=dead.id, actor=member)).status == "expired"


async def test_confirmation_and_lapse_at_once_have_one_outcome(transact: Transactor, database: Database) -> None:
    for _ in range(8):
        stage = await a_stage(transact)
        member = await stage.member(tokens=10)
        held = await stage.hold(member)

        confirmed, lapsed = await asyncio.gather(
            transact(bookings.confirm, booking_id=held.id, actor=member, now=LAPSED - timedelta(milliseconds=1)),
            transact(bookings.lapse_holds, now=LAPSED, limit=10),
            return_exceptions=True,
        )

        after = await bookings.get(booking_id=held.id, actor=member)
        if isinstance(confirmed, bookings.Booking):
            assert (after.status, lapsed, await stage.balance(member)) == ("confirmed", 0, 8)
        else:
            assert isinstance(confirmed, bookings.HoldLapsed)
            assert (after.status, lapsed, await stage.balance(member)) == ("expired", 1, 10)


async def test_a_payment_confirms_the_hold(stage: BookingStage) -> None:
    member = await stage.member(tokens=0)
    held = await stage.hold(member)
    await stage.give(member, 50)

    booking = await stage.transact(bookings.confirm_paid, member_id=member.member_id, now=LAPSED - MINUTE)

    assert (booking.id, booking.status) == (held.id, "confirmed")
    assert await stage.balance(member) == 48
    assert [one["because"] for one in await told("booking.confirmed")] == ["payment_landed"]


async def test_a_payment_that_does_not_suffice_leaves_the_hold_and_says_what_is_missing(stage: BookingStage) -> None:
    member = await stage.member(tokens=0)
    await stage.hold(member)
    await stage.give(member, 1)

    booking = await stage.transact(bookings.confirm_paid, member_id=member.member_id, now=NOW)

    assert booking.status == "held"
    (event,) = await told("booking.hold_still_short")
    assert (event["needed_tokens"], event["missing_tokens"]) == (2, 1)


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_payment_after_the_lapse_stays_in_the_wallet(stage: BookingStage, is_swept: bool) -> None:
    member = await stage.member(tokens=0)
    await stage.hold(member)
    await stage.give(member, 50)
    if is_swept:
        await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10)

    booking = await stage.transact(bookings.confirm_paid, member_id=member.member_id, now=LAPSED)

    assert (booking.status, booking.held) == ("expired", False)
    assert await stage.balance(member) == 50
    assert len(await told("booking.paid_too_late")) == len(await told("booking.hold_lapsed")) == 1


async def test_a_payment_without_a_hold_confirms_nothing(stage: BookingStage) -> None:
    member = await stage.member()
    await stage.hold(member)
    await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10)

    late = LAPSED + timedelta(minutes=61)
    assert await stage.transact(bookings.confirm_paid, member_id=member.member_id, now=late) is None
    assert await stage.transact(bookings.confirm_paid, member_id=PydanticObjectId(), now=NOW) is None


async def test_a_hold_is_released_once_and_only_by_its_member(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    held = await stage.hold(member)

    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.release, booking_id=held.id, actor=other, now=NOW)
    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.confirm, booking_id=held.id, actor=other, now=NOW)
    for _ in range(2):
        released = await stage.transact(bookings.release, booking_id=held.id, actor=member, now=NOW)

    assert (released.status, released.cancelled_by, released.held) == ("cancelled", member.member_id, False)
    assert len(await told("booking.hold_released")) == 1
    assert (await stage.book(other)).status == "confirmed"
    with pytest.raises(bookings.HoldLapsed):
        await stage.transact(bookings.confirm, booking_id=held.id, actor=member, now=NOW)


async def test_releasing_a_dead_hold_is_its_lapse_and_a_confirmed_one_is_refused(stage: BookingStage) -> None:
    member = await stage.member()
    dead = await stage.hold(member)
    released = await stage.transact(bookings.release, booking_id=dead.id, actor=member, now=LAPSED)
    assert released.status == "expired"

    booking = await stage.book(member)
    with pytest.raises(bookings.NotCancellable):
        await stage.transact(bookings.release, booking_id=booking.id, actor=member, now=NOW)


async def test_money_of_the_disabled_stays_in_the_wallet_and_their_hold_lapses(stage: BookingStage) -> None:
    member = await stage.member(tokens=1)
    assert member.member_id is not None
    held = await stage.hold(member)
    await stage.transact(people.disable, member_id=member.member_id, actor=people.SYSTEM, reason="left", now=NOW)
    await stage.give(member, 20)

    assert await stage.transact(bookings.confirm_paid, member_id=member.member_id, now=NOW + MINUTE) is None
    await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10)

    assert (await bookings.get(booking_id=held.id, actor=member)).status == "expired"
    assert await stage.balance(member) == 21


@pytest.mark.parametrize("is_swept", [False, True])
async def test_money_that_landed_in_time_confirms_the_hold_even_when_it_is_noticed_late(
    stage: BookingStage, is_swept: bool
) -> None:
    member = await stage.member(tokens=5)
    held = await stage.hold(member)
    if is_swept:
        await stage.transact(bookings.lapse_holds, now=LAPSED + MINUTE, limit=10)

    booking = await stage.transact(
        bookings.confirm_paid, member_id=member.member_id, landed_at=LAPSED - MINUTE, now=LAPSED + 2 * MINUTE
    )

    assert booking is not None
    assert (booking.id, booking.status) == (held.id, "confirmed")
    assert await stage.balance(member) == 3
    with pytest.raises(bookings.SlotTaken):
        await stage.book(await stage.member())


async def test_money_noticed_late_does_not_take_the_time_from_whoever_has_it_now(stage: BookingStage) -> None:
    member, other = await stage.member(tokens=5), await stage.member(tokens=5)
    await stage.hold(member)
    await stage.book(other, now=LAPSED + MINUTE)

    booking = await stage.transact(
        bookings.confirm_paid, member_id=member.member_id, landed_at=LAPSED - MINUTE, now=LAPSED + 2 * MINUTE
    )

    assert booking is not None
    assert booking.status == "expired"
    assert await stage.balance(member) == 5
    assert len(await told("booking.paid_too_late")) == 1
