"""Ending a maintenance, closing days and hours, and taking a resource out of service."""

from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import audit, bookings, people, resources
from domain.kernel import Database, Transactor
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.test_bookings_maintenance import DAY, FROM, UNTIL, admin_of, reserve
from tests.invariants import assert_invariants
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client), price_tokens_per_slot=5)


async def test_ending_early_frees_the_rest_and_calling_off_frees_all(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    (running,) = await reserve(stage, admin)
    (coming,) = await reserve(stage, admin, starts_at=UNTIL + DAY, ends_at=UNTIL + 2 * DAY)
    now = FROM + HOUR + MINUTE
    await stage.transact(bookings.start_due, now=now, limit=10)

    for part in (running, coming):
        await stage.transact(bookings.end_maintenance, series_id=part.id, actor=admin, now=now)
        await stage.transact(bookings.end_maintenance, series_id=part.id, actor=admin, now=now)  # twice is once

    ended = await told("maintenance.ended")
    free_from = FROM + HOUR + 15 * MINUTE
    assert [(one["starts_at"], one["ends_at"]) for one in ended] == [
        (free_from, UNTIL), (UNTIL + DAY, UNTIL + 2 * DAY)
    ]  # fmt: skip
    assert (await bookings.maintenances(venue_id=None, now=free_from, page=1, limit=10)).total == 0
    assert (await stage.book(member, FROM + 2 * HOUR, now=now)).status == "confirmed"
    assert (await stage.book(member, UNTIL + DAY, now=now)).status == "confirmed"
    await stage.transact(bookings.complete_due, now=free_from, limit=10)
    await assert_invariants()


async def test_what_is_no_maintenance_cannot_be_ended_as_one_nor_a_maintenance_cancelled(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    booked = await stage.book(member, UNTIL + HOUR)
    (part,) = await reserve(stage, admin)

    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.end_maintenance, series_id=booked.id, actor=admin, now=NOW)
    with pytest.raises(bookings.NotCancellable):
        await stage.transact(bookings.cancel, booking_id=part.id, actor=admin, now=NOW)


async def test_only_administrators_close_anything(stage: BookingStage) -> None:
    staff, admin = await stage.member(role=people.Role.STAFF), await admin_of(stage)
    with pytest.raises(people.NotPermitted):
        await reserve(stage, staff)
    (part,) = await reserve(stage, admin)

    with pytest.raises(people.NotPermitted):
        await stage.transact(bookings.end_maintenance, series_id=part.id, actor=staff, now=NOW)
    with pytest.raises(people.NotPermitted):
        await stage.transact(
            bookings.withdraw, resource_id=stage.rack.id, reason="x", expected_affected=0, actor=staff, now=NOW
        )


async def test_time_passes_over_a_maintenance_in_silence(stage: BookingStage) -> None:
    admin = await admin_of(stage)
    (part,) = await reserve(stage, admin)

    for step in bookings.STEPS:
        await stage.transact(bookings.take_due, step=step, now=FROM, limit=10)
    for _ in range(2):
        for step in bookings.STEPS:
            await stage.transact(bookings.take_due, step=step, now=UNTIL, limit=10)

    after = await bookings.get(booking_id=part.id, actor=admin)
    assert (after.status, after.held) == ("completed", False)
    assert {name for name, _ in await stage.events() if not name.startswith("maintenance")} == set()


async def test_maintenance_is_kept_in_the_audit_log(stage: BookingStage) -> None:
    admin = await admin_of(stage)
    (part,) = await reserve(stage, admin)
    await stage.transact(bookings.end_maintenance, series_id=part.id, actor=admin, now=NOW)

    await consequences(stage.transact, now=NOW)

    page = await audit.recent(page=1, limit=10)
    kept = [entry.action for entry in page.items if entry.action.startswith("maintenance")]
    assert sorted(kept) == ["maintenance.ended", "maintenance.reserved"]


async def test_bookings_outside_new_hours_are_shown_and_kept_or_called_off(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    morning, evening = await stage.book(member), await stage.book(member, START + 8 * HOUR)
    hours = [[{"opens": "09:00", "closes": "13:00"}]] * 7
    venue_id = stage.rack.venue_id

    outside = await bookings.outside_hours(venue_id=venue_id, new_hours=hours, now=NOW, limit=10)
    assert [one.id for one in outside] == [evening.id]
    with pytest.raises(bookings.AffectedChanged):
        await close(stage, admin, {"opening_hours": hours}, affected=0)
    await close(stage, admin, {"opening_hours": hours}, affected=1)

    assert (await bookings.get(booking_id=evening.id, actor=member)).status == "cancelled"
    assert (await bookings.get(booking_id=morning.id, actor=member)).status == "confirmed"
    assert len((await resources.venue(venue_id)).opening_hours) == 7


async def test_a_closed_day_meets_its_bookings_and_those_kept_once_are_not_shown_again(stage: BookingStage) -> None:
    member, admin = await stage.member(), await admin_of(stage)
    booked = await stage.book(member)
    venue_id, first, second = stage.rack.venue_id, "2026-11-24", "2026-11-25"

    async def outside(days: list[str]) -> list[PydanticObjectId]:
        found = await bookings.outside_hours(venue_id=venue_id, closed_on=days, now=NOW, limit=10)
        return [one.id for one in found]

    assert await outside([first]) == [booked.id]
    assert await outside([second]) == []
    await stage.transact(resources.edit_venue, venue_id=venue_id, changes={"closed_on": [first]}, actor=admin, now=NOW)
    assert await outside([first, second]) == []
    assert (await bookings.get(booking_id=booked.id, actor=member)).status == "confirmed"


async def close(stage: BookingStage, admin: people.Actor, changes: dict[str, Any], affected: int) -> resources.Venue:
    return await stage.transact(
        bookings.change_hours, venue_id=stage.rack.venue_id, changes=changes, reason="Holiday",
        expected_affected=affected, actor=admin, now=NOW,
    )  # fmt: skip


async def test_a_resource_is_withdrawn_with_what_has_not_begun(stage: BookingStage) -> None:
    member, admin = await stage.member(tokens=20), await admin_of(stage)
    running, coming = await stage.book(member), await stage.book(member, START + 3 * HOUR)
    now = START + MINUTE

    assert [one.id for one in await bookings.coming(resource_id=stage.rack.id, now=now, limit=5)] == [coming.id]
    rack = await stage.transact(
        bookings.withdraw, resource_id=stage.rack.id, reason="Broken", expected_affected=1, actor=admin, now=now
    )

    assert rack.status == "maintenance"
    assert (await bookings.get(booking_id=coming.id, actor=member)).status == "cancelled"
    assert (await bookings.get(booking_id=running.id, actor=member)).status == "confirmed"
    assert await stage.balance(member) == 10
