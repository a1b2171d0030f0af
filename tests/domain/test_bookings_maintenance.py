"""Closing a resource or a venue for a time: whom it meets, what they get back, and that nobody is in it afterwards."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, resources
from domain.bookings import policy
from domain.kernel import Database, Transactor
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.invariants import assert_invariants
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)
FROM, UNTIL = START, START + 4 * HOUR


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client), price_tokens_per_slot=5)


async def admin_of(stage: BookingStage) -> people.Actor:
    return await stage.member(role=people.Role.ADMIN)


async def affected(stage: BookingStage, now: datetime = NOW, **fields: Any) -> list[bookings.Booking]:
    given = {"resource_id": stage.rack.id, "venue_id": None, "starts_at": FROM, "ends_at": UNTIL, **fields}
    return await bookings.affected(**given, now=now, limit=50)


async def reserve(stage: BookingStage, admin: people.Actor, affected: int = 0, **fields: Any) -> list[bookings.Booking]:
    given = {
        "resource_id": stage.rack.id, "venue_id": None, "starts_at": FROM, "ends_at": UNTIL,
        "reason": "New power supply",
        "expected_affected": affected, "key": f"form:{PydanticObjectId()}", "actor": admin, "now": NOW, **fields,
    }  # fmt: skip
    return await stage.transact(bookings.reserve_maintenance, **given)


async def test_inside_a_maintenance_nobody_can_book_and_outside_they_can(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)

    (part,) = await reserve(stage, admin)

    assert (part.purpose, part.member_id, part.status, part.seat) == ("maintenance", bookings.NOBODY, "confirmed", None)
    for starts_at in (FROM, FROM + HOUR, UNTIL - HOUR, FROM - HOUR):  # the last one's turnaround would reach into it
        with pytest.raises(bookings.SlotTaken):
            await stage.book(member, starts_at)
    assert (await stage.book(member, FROM - HOUR - HALF_HOUR)).status == "confirmed"
    assert (await stage.book(member, UNTIL)).status == "confirmed"
    await assert_invariants()


async def test_whoever_is_in_the_way_is_called_off_with_everything_back(stage: BookingStage) -> None:
    member, other, admin = await stage.member(tokens=20), await stage.member(), await admin_of(stage)
    booked, before = await stage.book(member), await stage.book(member, FROM - 2 * HOUR)
    held = await stage.hold(other, START + 2 * HOUR)
    assert {one.id for one in await affected(stage)} == {booked.id, held.id}

    (part,) = await reserve(stage, admin, affected=2)

    after = await bookings.get(booking_id=booked.id, actor=member)
    assert (after.status, after.refund_tokens, after.cancelled_reason) == ("cancelled", 10, "New power supply")
    assert (await bookings.get(booking_id=before.id, actor=member)).status == "confirmed"
    assert (await bookings.get(booking_id=held.id, actor=other)).status == "cancelled"
    assert await stage.balance(member) == 10
    (event,) = await told("booking.cancelled")
    assert (event["because"], event["by_operator"], event["refund_tokens"]) == ("maintenance", True, 10)
    (reserved,) = await told("maintenance.reserved")
    assert sorted(reserved["after"]["cancelled"]) == sorted([booked.code, held.code])
    assert reserved["after"]["code"] == part.code
    await assert_invariants()


async def test_a_running_session_returns_everything_and_one_that_is_over_keeps_its_price(stage: BookingStage) -> None:
    member, admin = await stage.member(tokens=100), await admin_of(stage)
    over, running = await stage.book(member), await stage.book(member, START + 90 * MINUTE)
    now = running.starts_at + 10 * MINUTE
    await stage.transact(bookings.start_due, now=now, limit=10)
    await stage.transact(bookings.complete_due, now=over.ends_at, limit=10)

    assert [one.id for one in await affected(stage, now, starts_at=now)] == [running.id]
    await reserve(stage, admin, affected=1, starts_at=now, now=now)

    assert (await bookings.get(booking_id=over.id, actor=member)).status == "completed"
    assert (await bookings.get(booking_id=running.id, actor=member)).refund_tokens == 10
    await assert_invariants()


async def test_a_session_whose_end_nobody_has_noted_yet_is_not_called_off(stage: BookingStage) -> None:
    member, admin = await stage.member(tokens=10), await admin_of(stage)
    over = await stage.book(member)
    await stage.transact(bookings.start_due, now=START, limit=10)
    now = over.ends_at + MINUTE  # within its turnaround

    await reserve(stage, admin, starts_at=now, ends_at=now + HOUR, now=now)

    assert (await bookings.get(booking_id=over.id, actor=member)).status == "active"
    await assert_invariants()
    await stage.transact(bookings.complete_due, now=now, limit=10)
    assert (await bookings.get(booking_id=over.id, actor=member)).status == "completed"


async def test_a_turnaround_that_reaches_into_the_period_counts(stage: BookingStage) -> None:
    member = await stage.member()
    booked = await stage.book(member, FROM - HOUR)

    assert [one.id for one in await affected(stage)] == [booked.id]
    assert await affected(stage, starts_at=FROM + HALF_HOUR) == []


async def test_a_dead_hold_is_nobodys(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    held = await stage.hold(member)
    later = NOW + 11 * MINUTE

    assert await affected(stage, later) == []
    await reserve(stage, admin, now=later)

    assert (await bookings.get(booking_id=held.id, actor=member)).status == "expired"


async def test_other_bookings_than_shown_are_asked_about_again(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    booked = await stage.book(member)

    with pytest.raises(bookings.AffectedChanged) as changed:
        await reserve(stage, admin, affected=0)

    assert changed.value.facts == {"affected": 1}
    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "confirmed"
    assert await reserve(stage, admin, affected=1)


@pytest.mark.parametrize(
    ("problem", "times"),
    [
        ("order", {"starts_at": UNTIL, "ends_at": FROM}),
        ("past", {"starts_at": NOW - HOUR}),
        ("past", {"starts_at": NOW - 2 * HOUR, "ends_at": NOW - HOUR}),
        ("too_long", {"ends_at": FROM + 32 * DAY}),
    ],
)
async def test_an_impossible_period_is_refused(stage: BookingStage, problem: str, times: dict[str, datetime]) -> None:
    admin = await admin_of(stage)

    with pytest.raises(bookings.InvalidPeriod) as refused:
        await reserve(stage, admin, **times)

    assert refused.value.facts["problem"] == problem


def test_one_maintenance_takes_sixty_thousand_cells_and_not_one_quantum_more() -> None:
    eight_racks, just_so = [5] * 8, timedelta(minutes=5 * 7500)

    policy.check_maintenance_cells(eight_racks, FROM, FROM + just_so)
    with pytest.raises(bookings.InvalidPeriod) as refused:
        policy.check_maintenance_cells(eight_racks, FROM, FROM + just_so + 5 * MINUTE)

    assert refused.value.facts == {"problem": "too_much"}


async def test_more_racks_than_one_command_can_take_are_refused(transact: Transactor, database: Database) -> None:
    stage = await a_stage(transact, quantum_minutes=5)
    venue, admin = await resources.venue(stage.rack.venue_id), await admin_of(stage)
    for _ in range(6):
        await a_rack(transact, venue=venue, quantum_minutes=5)
    all_of_it = {"resource_id": None, "venue_id": venue.id}

    with pytest.raises(bookings.InvalidPeriod) as refused:
        await reserve(stage, admin, ends_at=FROM + 31 * DAY, **all_of_it)

    assert refused.value.facts["problem"] == "too_much"
    assert len({part.resource_id for part in await reserve(stage, admin, **all_of_it)}) == 7


async def test_a_period_off_the_grid_is_rounded_outwards(stage: BookingStage) -> None:
    admin = await admin_of(stage)

    (part,) = await reserve(stage, admin, starts_at=FROM + 7 * MINUTE, ends_at=UNTIL - MINUTE)

    assert (part.starts_at, part.ends_at) == (FROM, UNTIL)
    (now_on,) = await reserve(stage, admin, starts_at=NOW + MINUTE, ends_at=NOW + HOUR, now=NOW + MINUTE)
    assert now_on.starts_at == NOW


async def test_a_month_is_taken_in_parts_that_every_look_still_finds(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)

    parts = await reserve(stage, admin, ends_at=FROM + 31 * DAY)

    assert len(parts) == 5
    assert {part.series_id for part in parts} == {parts[0].id}
    moment = FROM + 30 * DAY
    busy = await bookings.taken(resource_ids=[stage.rack.id], from_at=moment, until_at=moment + HOUR)
    assert len(busy[stage.rack.id]) == 1
    with pytest.raises(bookings.SlotTaken):
        await stage.book(member, moment)
    page = await bookings.maintenances(venue_id=None, now=FROM + 20 * DAY, page=1, limit=10)
    assert [(one.starts_at, one.ends_at, one.reason) for one in page.items] == [
        (FROM, FROM + 31 * DAY, "New power supply")
    ]


async def test_a_maintenance_over_a_maintenance_is_refused_by_its_name(stage: BookingStage) -> None:
    admin = await admin_of(stage)
    (part,) = await reserve(stage, admin)

    with pytest.raises(bookings.SlotTaken) as refused:
        await reserve(stage, admin, starts_at=UNTIL - HOUR, ends_at=UNTIL + HOUR)

    assert (refused.value.facts["maintenance"], refused.value.facts["resource_id"]) == (part.code, stage.rack.id)
    assert await reserve(stage, admin, starts_at=UNTIL, ends_at=UNTIL + HOUR)


async def test_asking_again_with_the_key_is_asking_once(stage: BookingStage) -> None:
    admin = await admin_of(stage)

    first = await reserve(stage, admin, key="form:1")
    again = await reserve(stage, admin, key="form:1")

    assert [part.id for part in again] == [part.id for part in first]
    venue_id = stage.rack.venue_id
    others: list[dict[str, Any]] = [
        {"starts_at": FROM - DAY, "ends_at": FROM - HOUR}, {"starts_at": FROM + DAY, "ends_at": UNTIL + DAY},
        {"ends_at": UNTIL + HOUR}, {"reason": "Another"}, {"resource_id": None, "venue_id": venue_id},
        {"resource_id": (await a_rack(stage.transact)).id},
    ]  # fmt: skip
    for other in others:
        with pytest.raises(bookings.KeyReused):
            await reserve(stage, admin, key="form:1", **other)
    assert len(await told("maintenance.reserved")) == 1


async def test_a_venue_is_closed_with_all_that_stands_there(stage: BookingStage) -> None:
    venue = await resources.venue(stage.rack.venue_id)
    second = BookingStage(transact=stage.transact, rack=await a_rack(stage.transact, venue=venue))
    elsewhere = await a_stage(stage.transact)
    member, admin = await stage.member(), await admin_of(stage)
    booked = [await stage.book(member), await second.book(member, START + HOUR)]
    apart = await elsewhere.book(member, START + 2 * HOUR)
    at_venue = {"resource_id": None, "venue_id": venue.id}

    assert [one.id for one in await affected(stage, **at_venue)] == [one.id for one in booked]
    parts = await reserve(stage, admin, affected=2, **at_venue)

    assert {part.resource_id for part in parts} == {stage.rack.id, second.rack.id}
    assert (await bookings.get(booking_id=apart.id, actor=member)).status == "confirmed"
    for other in (stage, second):
        with pytest.raises(bookings.SlotTaken):
            await other.book(member, START)
    page = await bookings.maintenances(venue_id=venue.id, now=NOW, page=1, limit=10)
    assert [set(one.resource_ids) for one in page.items] == [{stage.rack.id, second.rack.id}]
    there = elsewhere.rack.venue_id
    assert (await bookings.maintenances(venue_id=there, now=NOW, page=1, limit=10)).total == 0


async def test_of_a_booking_and_a_maintenance_at_once_one_outcome_remains(transact: Transactor) -> None:
    stage = await a_stage(transact)
    members, admin = [await stage.member() for _ in range(3)], await admin_of(stage)

    done = await asyncio.gather(
        reserve(stage, admin), *(stage.book(one) for one in members), return_exceptions=True
    )  # fmt: skip

    refused = [one for one in done if isinstance(one, BaseException)]
    assert len(refused) == 3
    assert {type(one) for one in refused} <= {bookings.SlotTaken, bookings.AffectedChanged}
    await assert_invariants()
