"""Who may get in line, for what, and what one sees of it."""

from datetime import timedelta

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, vehicles, waitlists
from domain.kernel import Database, KeyReused, Row, Transactor
from domain.resources import Options
from tests.building import a_rack
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, a_stage
from tests.domain.waiting_stage import a_taken_hour, cancels, entry_of, statuses, waits


async def test_nobody_waits_for_what_is_free_but_for_what_is_not(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact)
    member = await stage.member()

    with pytest.raises(waitlists.NothingToWaitFor) as free:
        await waits(stage, member, START + 4 * HOUR)
    with pytest.raises(waitlists.NothingToWaitFor):  # half an hour is free after the hour and its turnaround
        await waits(stage, member, window_ends_at=START + 2 * HOUR, length_minutes=30)

    assert free.value.facts["starts_at"] == START + 4 * HOUR
    assert (await waits(stage, member)).status == "waiting"


async def test_a_window_in_which_nothing_could_be_booked_is_refused(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact, advance_days_max=30)
    member = await stage.member()

    for fields, problem in (
        ({"window_ends_at": START - HOUR}, "order"),
        ({"starts_at": NOW - HOUR}, "past"),
        ({"window_ends_at": START + timedelta(days=32), "length_minutes": 60}, "too_wide"),
        ({"starts_at": START + timedelta(days=40)}, "too_far_ahead"),
        ({"length_minutes": 20}, "off_grid"),
        ({"starts_at": START + 10 * MINUTE}, "closed"),
        ({"options": Options(preconfig=["none-such"])}, "unknown_option"),
        ({"resource_id": None, "aci_version": "9.9"}, "no_match"),
    ):
        with pytest.raises(waitlists.InvalidWindow) as refused:
            await waits(stage, member, **fields)
        assert refused.value.facts == {"problem": problem}


async def test_one_waits_once_for_the_same_and_in_ten_places(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact, turnaround_minutes=0)
    member = await stage.member()
    entry = await waits(stage, member, key="first")

    assert (await waits(stage, member, key="first")).id == entry.id
    with pytest.raises(KeyReused):
        await waits(stage, member, auto_book=True, key="first")
    with pytest.raises(waitlists.AlreadyWaiting):
        await waits(stage, member)
    owner = await stage.member()
    for number in range(1, 11):
        starts_at = START + number * HOUR
        if number <= 9:
            await stage.book(owner, starts_at)
            await waits(stage, member, starts_at)
    with pytest.raises(waitlists.TooManyEntries):
        await waits(stage, member, window_ends_at=START + 2 * HOUR)
    await transact(waitlists.leave, entry_id=entry.id, actor=member, now=NOW)
    assert (await waits(stage, member)).place == 0
    assert (await waitlists.mine(member_id=entry.member_id, page=1, limit=20)).total == 10
    assert (await waitlists.past(member_id=entry.member_id, page=1, limit=20)).total == 1


async def test_somebody_elses_entry_looks_like_none_but_staff_may_read(
    transact: Transactor, database: Database
) -> None:
    stage, _, _ = await a_taken_hour(transact)
    entry = await waits(stage, await stage.member())
    stranger, staff = await stage.member(), await stage.member(role=people.Role.STAFF)

    for verb in (waitlists.accept, waitlists.decline, waitlists.leave):
        with pytest.raises(waitlists.EntryNotFound):
            await transact(verb, entry_id=entry.id, actor=stranger, now=NOW)
    with pytest.raises(waitlists.EntryNotFound):
        await waitlists.get(entry_id=entry.id, actor=stranger)
    with pytest.raises(waitlists.EntryNotFound):
        await waitlists.get(entry_id=PydanticObjectId(), actor=staff)
    with pytest.raises(people.NotPermitted):
        await waitlists.queue(resource_id=None, actor=stranger, page=1, limit=10)
    assert (await waitlists.get(entry_id=entry.id, actor=staff)).id == entry.id
    for resource_id in (None, stage.rack.id):
        queue = await waitlists.queue(resource_id=resource_id, actor=staff, page=1, limit=10)
        assert [one.id for one in queue.items] == [entry.id]


async def test_the_place_in_line_counts_who_competes(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact)
    await stage.book(await stage.member(), START + 2 * HOUR)
    entries = [
        await waits(stage, await stage.member()),
        await waits(stage, await stage.member(), START + 2 * HOUR),
        await waits(stage, await stage.member(), resource_id=None),
        await waits(stage, await stage.member()),
    ]
    elsewhere = await stage.book(await stage.member(), resource_id=(await a_rack(transact)).id)
    other = await waits(stage, await stage.member(), resource_id=elsewhere.resource_id)

    assert [await waitlists.position(entry) for entry in [*entries, other]] == [1, 1, 2, 3, 2]
    assert await waitlists.reason(entries[0], NOW) == "taken"
    assert await waitlists.reason(entries[0], START) == "window_over"


async def test_who_waits_for_a_parking_slot_brings_a_vehicle_that_fits(
    transact: Transactor, database: Database
) -> None:
    stage = await a_stage(transact, kind="parking_slot", rack=None, parking_slot={"vehicle_type": "car"})
    owner, member, rider = [await stage.member() for _ in range(3)]
    car, other, bicycle = [
        Options(vehicle_id=(await transact(vehicles.add, plate=plate, type=kind, actor=actor, now=NOW)).id)
        for actor, plate, kind in ((owner, "WB01A1", "car"), (member, "WB01A2", "car"), (rider, "WB01A3", "bicycle"))
    ]
    booking = await stage.book(owner, options=car)

    for options in (Options(), bicycle):
        with pytest.raises(bookings.VehicleRequired):
            await waits(stage, rider, options=options)
    line = [
        await waits(stage, member, options=other, resource_id=resource_id, kind="parking_slot", length_minutes=length)
        for resource_id, length in ((stage.rack.id, None), (None, 60))
    ]
    await cancels(stage, owner, booking)
    assert await statuses(line) == ["offered", "waiting"]
    assert (await entry_of(line[1])).skips == []  # a slot for another kind of vehicle was not theirs


@pytest.mark.parametrize("any_of", [False, True])
async def test_who_has_no_vehicle_any_more_is_passed_over(
    transact: Transactor, database: Database, any_of: bool
) -> None:
    stage = await a_stage(transact, kind="parking_slot", rack=None, parking_slot={"vehicle_type": "car"})
    actors = [await stage.member() for _ in range(3)]
    cars = [
        await transact(vehicles.add, plate=f"WB02A{number}", type="car", actor=actor, now=NOW)
        for number, actor in enumerate(actors)
    ]
    booking = await stage.book(actors[0], options=Options(vehicle_id=cars[0].id))
    any_slot = {"resource_id": None, "kind": "parking_slot", "venue_id": stage.rack.venue_id}
    wanted: Row = any_slot if any_of else {}
    line = [
        await waits(stage, actor, options=Options(vehicle_id=car.id), **wanted)
        for actor, car in zip(actors[1:], cars[1:], strict=True)
    ]
    await transact(vehicles.remove, vehicle_id=cars[1].id, actor=actors[1], now=NOW)

    await cancels(stage, actors[0], booking)

    assert await statuses(line) == ["waiting", "offered"]
    assert await waitlists.reason(await entry_of(line[0]), NOW) == "vehicle"
