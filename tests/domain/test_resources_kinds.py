"""The catalogue by kind: which kinds there are and where, and what each is narrowed by."""

from contextlib import nullcontext

import pytest

from domain import people, resources
from domain.kernel import Transactor
from domain.resources import Area, InvalidResource
from tests.bot.parking import a_seat, a_slot
from tests.building import LONG_AGO, a_rack, a_venue

pytestmark = pytest.mark.usefixtures("database")


async def codes(**wished: object) -> list[str]:
    page = await resources.catalogue(page=1, limit=10, **wished)  # type: ignore[arg-type]
    return [each.code for each in page.items]


async def test_kinds_are_named_racks_first_each_with_its_venues(transact: Transactor) -> None:
    here, there = await a_venue(transact), await a_venue(transact)
    assert await resources.kinds() == {}
    await a_slot(transact, venue=there)
    await a_seat(transact, venue=here)
    await a_rack(transact, venue=here)
    await a_rack(transact, venue=there)

    found = await resources.kinds()

    assert list(found) == ["rack", "seat", "parking_slot"]
    assert found == {"rack": {here.id, there.id}, "seat": {here.id}, "parking_slot": {there.id}}


async def test_what_is_retired_is_no_kind_area_or_type_any_more(transact: Transactor) -> None:
    seat, slot = await a_seat(transact), await a_slot(transact)
    assert (await resources.areas(), await resources.vehicle_types()) == ([Area("1st floor", "Silent")], ["car"])

    for each in (seat, slot):
        await transact(resources.retire_resource, resource_id=each.id, actor=people.SYSTEM, now=LONG_AGO)

    assert (await resources.kinds(), await resources.areas(), await resources.vehicle_types()) == ({}, [], [])


async def test_the_catalogue_is_narrowed_by_venue_area_and_vehicle(transact: Transactor) -> None:
    here, there = await a_venue(transact), await a_venue(transact)
    await a_seat(transact, venue=here, code="SEAT-1")
    await a_seat(transact, venue=there, code="SEAT-2", seat={"zone": "Group"})
    await a_slot(transact, venue=here, code="P1")
    await a_slot(transact, venue=here, code="M1", parking_slot={"vehicle_type": "motorcycle"})

    assert await codes(kind="seat") == ["SEAT-1", "SEAT-2"]
    assert await codes(kind="seat", venue_id=there.id) == ["SEAT-2"]
    assert await codes(kind="seat", area=Area("1st floor", "Silent")) == ["SEAT-1"]
    assert await codes(kind="parking_slot", vehicle_type="motorcycle") == ["M1"]
    assert await codes(kind="parking_slot", vehicle_type="truck") == []


async def test_a_parking_slot_requires_a_check_in_and_other_kinds_may(transact: Transactor) -> None:
    venue = await a_venue(transact)
    asked = {"name": "Slot", "venue_id": venue.id, "kind": "parking_slot", "actor": people.SYSTEM, "now": LONG_AGO}
    slot = await transact(resources.add_resource, code="P1", **asked)
    seat = await a_seat(transact, venue=venue, check_in="required")

    with pytest.raises(InvalidResource) as refused:
        await transact(resources.add_resource, code="P2", check_in="none", **asked)
    for resource_id, is_refused in ((slot.id, True), (seat.id, False)):
        change = {"resource_id": resource_id, "changes": {"check_in": "none"}, "actor": people.SYSTEM, "now": LONG_AGO}
        with pytest.raises(InvalidResource) if is_refused else nullcontext():
            await transact(resources.edit_resource, **change)

    assert slot.check_in == "required"
    assert refused.value.facts["field"] == "check_in"
    assert [(await resources.get(one.id)).check_in for one in (slot, seat)] == ["required", "none"]


async def test_what_was_added_at_a_venue_stays_there(transact: Transactor) -> None:
    here, there = await a_venue(transact), await a_venue(transact)
    rack = await a_rack(transact, venue=here)

    async def change(**changes: object) -> None:
        await transact(
            resources.edit_resource, resource_id=rack.id, changes=changes, actor=people.SYSTEM, now=LONG_AGO
        )  # fmt: skip

    with pytest.raises(InvalidResource) as refused:
        await change(venue_id=there.id)
    await change(name="Other")

    assert refused.value.facts["field"] == "venue_id"
    after = await resources.get(rack.id)
    assert (after.venue_id, after.name) == (here.id, "Other")
