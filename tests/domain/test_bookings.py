"""Booking a time: all or nothing, once per key, never over another."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from pymongo.errors import WriteError

from domain import bookings, people, resources, wallets
from domain.kernel import Database, Transactor, database
from domain.resources import Options
from tests.domain.booking_stage import HALF_HOUR, HOUR, NOW, START, BookingStage, a_stage, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


async def test_a_booking_takes_the_cells_and_the_tokens_and_is_told(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)

    booking = await stage.book(member, options=Options(aci_version="6.0(5h)", preconfig=["multi-site"]))

    assert (booking.status, booking.cost_tokens, booking.held) == ("confirmed", 4, True)
    assert len(booking.cells) == 6  # an hour, and half an hour of turnaround
    assert await stage.balance(member) == 6
    assert await bookings.get(booking_id=booking.id, actor=member) == booking.model_copy(
        update={"created_at": NOW, "updated_at": NOW}
    )
    (event,) = await told("booking.confirmed")
    assert (event["booking_id"], event["because"], event["origin"]) == (booking.id, "booked", "chat")


@pytest.mark.parametrize("shift", [timedelta(0), HALF_HOUR, -HALF_HOUR, HOUR, -HOUR])
async def test_what_overlaps_is_refused_turnaround_included(stage: BookingStage, shift: timedelta) -> None:
    first, second = await stage.member(), await stage.member()
    await stage.book(first)

    with pytest.raises(bookings.SlotTaken) as refused:
        await stage.book(second, START + shift)

    assert refused.value.facts["starts_at"] == START + shift
    assert await stage.balance(second) == 100


@pytest.mark.parametrize("shift", [HOUR + HALF_HOUR, -HOUR - HALF_HOUR])
async def test_what_leaves_the_turnaround_free_is_booked(stage: BookingStage, shift: timedelta) -> None:
    first, second = await stage.member(), await stage.member()
    await stage.book(first)

    booking = await stage.book(second, START + shift)

    assert booking.status == "confirmed"


async def test_turnaround_may_run_past_closing_time(transact: Transactor) -> None:
    stage = await a_stage(transact)
    hours = [[{"opens": "09:00", "closes": "11:00"}]] * 7
    await transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"opening_hours": hours}, actor=people.SYSTEM,
        now=NOW,
    )  # fmt: skip

    booking = await stage.book(await stage.member())

    assert booking.occupied_until == START + HOUR + HALF_HOUR


async def test_too_few_tokens_leave_no_trace(stage: BookingStage) -> None:
    member = await stage.member(tokens=1)

    with pytest.raises(wallets.InsufficientBalance) as refused:
        await stage.book(member)

    assert refused.value.facts["missing_tokens"] == 1
    assert await stage.balance(member) == 1
    assert (await stage.book(await stage.member())).status == "confirmed"


async def test_asking_again_with_the_key_returns_the_first_booking(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    first = await stage.book(member, key="tap-1")

    again = await stage.book(member, key="tap-1")
    late = await stage.book(member, key="tap-1", now=START + HOUR)

    assert first.id == again.id == late.id
    assert await stage.balance(member) == 8
    assert len(await told("booking.confirmed")) == 1


@pytest.mark.parametrize(
    "other",
    [{"starts_at": START + 2 * HOUR}, {"ends_at": START + 2 * HOUR}, {"options": Options(aci_version="6.0(5h)")}],
)
async def test_the_key_with_other_facts_is_refused(stage: BookingStage, other: dict[str, Any]) -> None:
    member = await stage.member()
    await stage.book(member, key="tap-1")

    with pytest.raises(bookings.KeyReused):
        await stage.book(member, key="tap-1", **other)
    with pytest.raises(bookings.KeyReused):
        await stage.hold(member, key="tap-1")


async def test_the_same_key_of_two_members_is_two_commands(stage: BookingStage) -> None:
    first, second = await stage.member(), await stage.member()

    one = await stage.book(first, key="1")
    other = await stage.book(second, START + 2 * HOUR, key="1")

    assert one.id != other.id


async def test_the_same_command_ten_times_at_once_is_one_booking(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)

    made = await asyncio.gather(*(stage.book(member, key="tap-1") for _ in range(10)))

    assert len({booking.id for booking in made}) == 1
    assert await stage.balance(member) == 8


async def test_no_more_than_ten_open_bookings_even_at_once(stage: BookingStage) -> None:
    await stage.edit(price_tokens_per_slot=0)  # nothing is spent, so no wallet stands guard
    member = await stage.member(tokens=0)

    asked = [stage.book(member, START + 2 * HOUR * number) for number in range(14)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(one, bookings.Booking) for one in outcomes) == bookings.CONCURRENT_MAX
    assert sum(isinstance(one, bookings.TooManyBookings) for one in outcomes) == 4


async def test_another_price_than_the_one_shown_is_refused(stage: BookingStage) -> None:
    member = await stage.member()
    await stage.edit(price_tokens_per_slot=3)

    with pytest.raises(bookings.PriceChanged) as refused:
        await stage.book(member, expected_cost_tokens=2)

    assert refused.value.facts == {"expected_tokens": 2, "cost_tokens": 6}
    assert (await stage.book(member, expected_cost_tokens=6)).cost_tokens == 6


async def test_what_can_never_be_booked_is_refused_by_the_resource(stage: BookingStage) -> None:
    member = await stage.member()

    with pytest.raises(resources.OffGrid):
        await stage.book(member, START + timedelta(minutes=10))
    with pytest.raises(resources.TooSoon):
        await stage.book(member, START, now=START)
    with pytest.raises(resources.ResourceNotFound):
        await stage.book(member, resource_id=PydanticObjectId())
    await stage.edit(status="maintenance")
    with pytest.raises(resources.ResourceUnavailable):
        await stage.hold(member)


async def test_the_disabled_book_nothing(stage: BookingStage) -> None:
    member = await stage.member()
    assert member.member_id is not None
    disabled = await stage.transact(
        people.disable, member_id=member.member_id, actor=people.SYSTEM, reason="unpaid", now=NOW
    )

    for verb in (stage.book, stage.hold):
        with pytest.raises(bookings.MemberDisabled):
            await verb(people.actor_of(disabled, "chat"))


async def test_a_held_booking_without_cells_or_with_a_cell_twice_cannot_be_stored(stage: BookingStage) -> None:
    booking = await stage.book(await stage.member())
    collection = database()["bookings"]

    for cells in ([], ["a", "a"], None, "a"):
        with pytest.raises(WriteError):
            await collection.update_one({"_id": booking.id}, {"$set": {"cells": cells}})
    with pytest.raises(WriteError):
        await collection.update_one({"_id": booking.id}, {"$unset": {"cells": 1}})
    await collection.update_one({"_id": booking.id}, {"$set": {"cells": [], "held": False, "status": "cancelled"}})
