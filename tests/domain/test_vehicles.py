"""Vehicles: a plate is one member's, however it is written; others' vehicles look like none."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import people, vehicles
from domain.kernel import Database, Transactor
from domain.people import SYSTEM, Actor, Role
from domain.vehicles import Vehicle
from tests.building import a_member

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.twice]


async def added(transact: Transactor, actor: Actor, plate: str = "WB 02 AB 1234", **fields: Any) -> Vehicle:
    return await transact(vehicles.add, **{"plate": plate, "type": "car", "actor": actor, "now": NOW, **fields})


async def plates(actor: Actor) -> list[str]:
    assert actor.member_id is not None
    return [vehicle.plate for vehicle in await vehicles.mine(member_id=actor.member_id, limit=50)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("wb 02-ab 1234", "WB02AB1234"), ("  ka·01_x.9 ", "KA01X9"), ("MÜ-X 7", "MÜX7"), ("Ｗ１", "W1"),
        ("123456789012345", "123456789012345"),
    ],
)  # fmt: skip
async def test_a_plate_is_kept_as_its_letters_and_digits(transact: Transactor, written: str, kept: str) -> None:
    vehicle = await added(transact, await a_member(transact), written, make="Tata", model="Nexon", colour=" red ")

    assert (vehicle.plate, vehicle.make, vehicle.model, vehicle.colour) == (kept, "Tata", "Nexon", "red")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"plate": " - 1"}, "plate"), ({"plate": "1" * 16}, "plate"), ({"type": "boat"}, "type"),
        ({"make": "x" * 33}, "make"), ({"colour": "x" * 33}, "colour"),
    ],
)  # fmt: skip
async def test_what_cannot_be_a_vehicle_is_refused(transact: Transactor, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(vehicles.InvalidVehicle) as refused:
        await added(transact, await a_member(transact), **fields)

    assert refused.value.facts["field"] == named


async def test_a_plate_is_taken_however_it_is_written_and_not_said_by_whom(transact: Transactor) -> None:
    owner, other = await a_member(transact), await a_member(transact)
    await added(transact, owner, "WB02AB1234")

    with pytest.raises(vehicles.PlateTaken) as refused:
        await added(transact, other, "wb-02 ab-1234")

    assert refused.value.facts == {"plate": "WB02AB1234"}
    assert (await plates(owner), await plates(other)) == (["WB02AB1234"], [])


async def test_adding_the_same_vehicle_again_is_adding_it_once(transact: Transactor) -> None:
    actor = await a_member(transact)
    first = await added(transact, actor, colour="red")

    again = await added(transact, actor, "wb02ab1234", colour="red")

    assert again.id == first.id
    with pytest.raises(vehicles.PlateTaken):
        await added(transact, actor, colour="blue")


async def test_one_plate_for_many_at_once_is_one_members(transact: Transactor) -> None:
    members = [await a_member(transact) for _ in range(6)]

    outcomes = await asyncio.gather(*(added(transact, one) for one in members), return_exceptions=True)

    assert sum(isinstance(one, Vehicle) for one in outcomes) == 1
    assert sum(isinstance(one, vehicles.PlateTaken) for one in outcomes) == 5


@pytest.mark.breaks_invariants
@pytest.mark.drops_an_index
async def test_it_is_the_index_that_decides(transact: Transactor, database: Database) -> None:
    """The negative control: without the index every one of them has the plate."""
    members = [await a_member(transact) for _ in range(6)]
    await database["vehicles"].drop_index("one_per_plate")

    outcomes = await asyncio.gather(*(added(transact, one) for one in members), return_exceptions=True)

    assert sum(isinstance(one, Vehicle) for one in outcomes) == 6


async def test_a_member_has_ten_vehicles_at_most_also_when_adding_many_at_once(transact: Transactor) -> None:
    actor = await a_member(transact)

    outcomes = await asyncio.gather(
        *(added(transact, actor, f"PLATE {number}") for number in range(13)), return_exceptions=True
    )

    assert sum(isinstance(one, vehicles.TooManyVehicles) for one in outcomes) == 3
    assert len(await plates(actor)) == 10
    kept = await vehicles.mine(member_id=kept_by(actor), limit=1)
    await transact(vehicles.remove, vehicle_id=kept[0].id, actor=actor, now=NOW)
    await added(transact, actor, "one more")


def kept_by(actor: Actor) -> PydanticObjectId:
    assert actor.member_id is not None
    return actor.member_id


async def test_an_edit_changes_all_but_the_type(transact: Transactor) -> None:
    actor = await a_member(transact)
    vehicle = await added(transact, actor)

    async def edit(**changes: Any) -> Vehicle:
        return await transact(vehicles.edit, vehicle_id=vehicle.id, changes=changes, actor=actor, now=NOW)

    edited = await edit(plate="ka 01 x 9", colour="blue")

    assert (edited.plate, edited.colour, edited.type, edited.id) == ("KA01X9", "blue", "car", vehicle.id)
    for refused in ({"type": "van"}, {"member_id": PydanticObjectId()}, {"plate": "?"}):
        with pytest.raises(vehicles.InvalidVehicle):
            await edit(**refused)


async def test_an_edit_cannot_take_anothers_plate(transact: Transactor) -> None:
    actor = await a_member(transact)
    vehicle = await added(transact, actor, "MINE 1")
    await added(transact, await a_member(transact), "THEIRS 1")

    with pytest.raises(vehicles.PlateTaken):
        await transact(
            vehicles.edit, vehicle_id=vehicle.id, changes={"plate": "theirs-1"}, actor=actor, now=NOW
        )  # fmt: skip

    assert await plates(actor) == ["MINE1"]


async def test_a_removed_vehicle_can_still_be_read_and_its_plate_is_free(transact: Transactor) -> None:
    actor, other = await a_member(transact), await a_member(transact)
    vehicle = await added(transact, actor)

    for _ in range(2):
        removed = await transact(vehicles.remove, vehicle_id=vehicle.id, actor=actor, now=NOW)

    assert removed.is_deleted
    assert (await vehicles.get(vehicle_id=vehicle.id, actor=actor)).plate == "WB02AB1234"
    assert await plates(actor) == []
    await added(transact, other)
    with pytest.raises(vehicles.VehicleNotFound):
        await transact(vehicles.edit, vehicle_id=vehicle.id, changes={"colour": "red"}, actor=actor, now=NOW)


async def test_somebody_elses_vehicle_looks_like_none(transact: Transactor) -> None:
    vehicle = await added(transact, await a_member(transact))
    other, staff = await a_member(transact), await a_member(transact, role=Role.STAFF)

    for missing in (vehicle.id, PydanticObjectId()):
        with pytest.raises(vehicles.VehicleNotFound):
            await vehicles.get(vehicle_id=missing, actor=other)
        with pytest.raises(vehicles.VehicleNotFound):
            await transact(vehicles.remove, vehicle_id=missing, actor=other, now=NOW)
        with pytest.raises(vehicles.VehicleNotFound):
            await transact(vehicles.edit, vehicle_id=missing, changes={"colour": "red"}, actor=staff, now=NOW)
    assert (await vehicles.get(vehicle_id=vehicle.id, actor=staff)).id == vehicle.id


async def test_a_disabled_member_adds_nothing_but_may_remove(transact: Transactor) -> None:
    actor = await a_member(transact)
    vehicle = await added(transact, actor)
    await transact(people.disable, member_id=kept_by(actor), reason="x", actor=SYSTEM, now=NOW)
    disabled = people.actor_of(await people.get(kept_by(actor)), "chat")

    with pytest.raises(people.MemberDisabled):
        await added(transact, disabled, "OTHER 1")

    await transact(vehicles.remove, vehicle_id=vehicle.id, actor=disabled, now=NOW)
    assert await plates(actor) == []
