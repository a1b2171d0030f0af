"""A running booking lasts longer, for the price of what is added."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from domain import bookings, people, resources, wallets
from domain.kernel import Database, Row, Transactor
from domain.people import Role
from domain.resources import Options
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.moves import LATER, extend, running, set_of
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


async def test_an_extension_costs_what_is_added_and_keeps_the_turnaround(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await running(stage, member, options=Options(preconfig=["multi-site"]))
    await set_of(booking, end_told=True)

    longer = await extend(stage, booking, member, START + 2 * HOUR, expected_cost_tokens=2)

    assert (longer.status, longer.ends_at, longer.end_told) == ("active", START + 2 * HOUR, False)
    assert (longer.cost_tokens, longer.moved_cost_tokens, len(longer.cells)) == (6, 0, 10)
    assert [line.tokens for line in longer.price_lines] == [2, 2, 2]
    assert await stage.balance(member) == 4
    (event,) = await told("booking.extended")
    assert (event["previous_ends_at"], event["ends_at"], event["paid_tokens"]) == (START + HOUR, longer.ends_at, 2)


async def test_an_extended_booking_can_be_returned_whole(stage: BookingStage) -> None:
    member, office = await stage.member(tokens=10), await stage.member(role=Role.ADMIN)
    booking = await running(stage, member)
    await extend(stage, booking, member, START + 2 * HOUR)

    cancelled = await stage.transact(bookings.cancel, booking_id=booking.id, actor=office, now=START + 90 * MINUTE)

    assert cancelled.refund_tokens == 4
    assert await stage.balance(member) == 10


async def test_what_is_added_costs_by_the_rules_of_its_hour(stage: BookingStage) -> None:
    peak = resources.PriceRule(weekdays=[1], from_time="11:00", until_time="12:00", percent=300)
    await stage.edit(price_rules=[peak.model_dump()])
    member = await stage.member(tokens=20)
    booking = await running(stage, member)  # 10:00 to 11:00

    longer = await extend(stage, booking, member, START + 2 * HOUR)

    assert longer.cost_tokens == 2 + 6


async def test_asking_again_with_the_key_extends_once(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    booking = await running(stage, member)

    longer = await asyncio.gather(*(extend(stage, booking, member, START + 2 * HOUR, key="more") for _ in range(4)))
    late = await extend(stage, booking, member, START + 2 * HOUR, key="more", now=START + 5 * HOUR)

    assert {one.moves for one in (*longer, late)} == {1}
    assert await stage.balance(member) == 6
    with pytest.raises(bookings.KeyReused):
        await extend(stage, booking, member, START + 3 * HOUR, key="more")


async def test_dead_holds_and_ones_own_give_way_to_an_extension(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await running(stage, member)
    dead = await stage.hold(other, START + 2 * HOUR, now=START - HOUR)
    mine = await stage.hold(member, START + 4 * HOUR, now=START)

    await extend(stage, booking, member, START + 4 * HOUR)

    stored = [await bookings.get(booking_id=one.id, actor=people.SYSTEM) for one in (dead, mine)]
    assert [one.status for one in stored] == ["expired", "cancelled"]


@pytest.mark.parametrize(
    ("ends_at", "fields", "refusal"),
    [
        (START + HOUR, {}, bookings.NotExtendable),
        (START + HALF_HOUR, {}, bookings.NotExtendable),
        (START + 2 * HOUR, {"now": START + HOUR}, bookings.NotExtendable),
        (START + 75 * MINUTE, {}, resources.OffGrid),
        (START + 9 * HOUR, {}, resources.TooLong),
        (START + 2 * HOUR, {"expected_cost_tokens": 3}, bookings.PriceChanged),
        (START + 8 * HOUR, {}, wallets.InsufficientBalance),
        (START + 3 * HOUR, {}, bookings.SlotTaken),
    ],
)
async def test_an_extension_that_cannot_be_leaves_all_as_it_was(
    stage: BookingStage, ends_at: datetime, fields: Row, refusal: type[Exception]
) -> None:
    member = await stage.member(tokens=6)
    booking = await running(stage, member)
    other = None
    if refusal is bookings.SlotTaken:
        other = await stage.book(await stage.member(), START + 3 * HOUR)

    with pytest.raises(refusal):
        await extend(stage, booking, member, ends_at, key="more", **fields)

    assert await stage.balance(member) == 4
    assert (await extend(stage, booking, member, START + 2 * HOUR, key="more")).moves == 1
    assert other is None or other.status == "confirmed"


async def test_nothing_is_added_beyond_closing_time_or_on_a_rack_out_of_service(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await running(stage, member)
    hours = [[{"opens": "09:00", "closes": "11:30"}]] * 7
    await stage.transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"opening_hours": hours}, actor=people.SYSTEM,
        now=NOW,
    )  # fmt: skip

    with pytest.raises(resources.OutsideOpeningHours):
        await extend(stage, booking, member, START + 2 * HOUR)
    choices = await bookings.extension_choices(booking_id=booking.id, actor=member, now=START)
    await stage.edit(status="maintenance")
    with pytest.raises(resources.ResourceUnavailable):
        await extend(stage, booking, member, START + 90 * MINUTE)

    assert [choice.minutes for choice in choices] == [30]


async def test_a_parking_slot_beyond_its_end_is_not_extended(stage: BookingStage) -> None:
    member = await stage.member()
    terms = {"price_tokens_per_slot": 1, "slot_minutes": 30, "multiplier_percent": 150, "penalty_tokens_per_hour": 0}
    booking = await set_of(await running(stage, member), overtime=terms)

    with pytest.raises(bookings.NotExtendable):
        await extend(stage, booking, member, START + 2 * HOUR, now=START + 70 * MINUTE)

    assert (await extend(stage, booking, member, START + 2 * HOUR)).status == "active"


async def test_only_ones_own_running_booking_is_extended(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await running(stage, member)
    to_come = await stage.book(member, LATER)

    with pytest.raises(bookings.BookingNotFound):
        await extend(stage, booking, await stage.member(role=Role.ADMIN), START + 2 * HOUR)
    with pytest.raises(bookings.NotExtendable):
        await extend(stage, to_come, member, LATER + 2 * HOUR, now=START)


async def test_the_choices_are_priced_and_say_which_are_free(stage: BookingStage) -> None:
    await stage.edit(max_slots=6)
    member = await stage.member()
    booking = await running(stage, member)
    await stage.hold(member, START + 2 * HOUR, ends_at=START + 2 * HOUR + HALF_HOUR, now=START)
    await stage.book(await stage.member(), START + 3 * HOUR)

    choices = await bookings.extension_choices(booking_id=booking.id, actor=member, now=START)

    assert [(one.minutes, one.cost_tokens, one.is_free) for one in choices] == [
        (30, 1, True), (60, 2, True), (90, 3, True), (120, 4, False)
    ]  # fmt: skip
    assert await bookings.extension_choices(booking_id=booking.id, actor=member, now=START + HOUR) == []
