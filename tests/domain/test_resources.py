"""What operators change about venues and racks, and what everybody can look up."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import people, resources
from domain.kernel import Database, OutboxEvent, Transactor, Tx
from tests.building import a_member, a_rack, a_venue

NOW = datetime(2026, 11, 20, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


async def events(name: str) -> list[dict[str, Any]]:
    return [row["facts"] async for row in OutboxEvent.get_pymongo_collection().find({"name": name})]


async def test_an_administrator_adds_a_rack_and_it_is_told(transact: Transactor) -> None:
    admin = await a_member(transact, role=people.Role.ADMIN)
    venue = await a_venue(transact)

    rack = await transact(
        resources.add_resource, code="RACK-X1", name=" Rack ", venue_id=venue.id, actor=admin, now=NOW, slot_minutes=60
    )

    assert (await resources.get(rack.id)).name == "Rack"
    assert (await resources.by_code("rack-x1 ")) is not None
    (told,) = await events("resource.added")
    assert told["actor_id"] == admin.member_id
    assert told["after"]["slot_minutes"] == 60


async def test_members_change_no_racks(transact: Transactor) -> None:
    member, rack = await a_member(transact), await a_rack(transact)

    for verb, arguments in [
        (resources.edit_resource, {"changes": {"name": "Mine"}}),
        (resources.retire_resource, {}),
        (resources.restore_resource, {}),
    ]:  # fmt: skip
        with pytest.raises(people.NotPermitted):
            await transact(verb, resource_id=rack.id, actor=member, now=NOW, **arguments)
    with pytest.raises(people.NotPermitted):
        await transact(resources.add_venue, actor=member, now=NOW, code="V", name="V", timezone="UTC")

    assert (await resources.get(rack.id)).name == rack.name


async def test_an_edit_tells_what_was_and_what_is(transact: Transactor) -> None:
    rack = await a_rack(transact)

    changed = await transact(
        resources.edit_resource, resource_id=rack.id, actor=people.SYSTEM, now=NOW,
        changes={"price_tokens_per_slot": 3, "rack": {"aci_versions": ["6.1"], "preconfig_options": []}},
    )  # fmt: skip

    assert (changed.price_tokens_per_slot, changed.created_at) == (3, rack.created_at)
    (told,) = await events("resource.changed")
    assert (told["before"]["price_tokens_per_slot"], told["after"]["price_tokens_per_slot"]) == (1, 3)
    assert await resources.aci_versions() == ["6.1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"quantum_minutes": 5}, {"id": PydanticObjectId()}, {"nonsense": 1}, {"slot_minutes": 20}, {"slot_minutes": 0},
        {"min_slots": 9, "max_slots": 8}, {"turnaround_minutes": 10}, {"price_tokens_per_slot": -1}, {"name": " "},
        {"code": "a b"}, {"status": "retired"}, {"max_slots": 1000},
        {"price_rules": [{"weekdays": [0], "from_time": "10:00", "until_time": "09:00", "percent": 50}]},
        {"rack": {"aci_versions": ["6", "6"]}},
    ],
)  # fmt: skip
async def test_a_rack_that_cannot_be_right_is_refused(transact: Transactor, changes: dict[str, Any]) -> None:
    rack = await a_rack(transact)

    with pytest.raises(resources.InvalidResource) as refused:
        await transact(resources.edit_resource, resource_id=rack.id, actor=people.SYSTEM, now=NOW, changes=changes)

    assert set(refused.value.facts) == {"field", "problem"}
    assert await resources.get(rack.id) == rack


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Mars/Olympus"}, {"opening_hours": [[]]}, {"closed_on": ["tomorrow"]}, {"currency": "rupees"},
        {"opening_hours": [[{"opens": "10:00", "closes": "09:00"}]] * 7},
        {"opening_hours": [[{"opens": "10:10", "closes": "12:00"}]] * 7},
        {"opening_hours": [[{"opens": "10:00", "closes": "25:00"}]] * 7},
        {"opening_hours": [[{"opens": "09:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}]] * 7},
        {"created_at": NOW},
    ],
)  # fmt: skip
async def test_a_venue_that_cannot_be_right_is_refused(transact: Transactor, changes: dict[str, Any]) -> None:
    venue = await a_venue(transact)

    with pytest.raises(resources.InvalidVenue):
        await transact(resources.edit_venue, venue_id=venue.id, actor=people.SYSTEM, now=NOW, changes=changes)


async def test_a_venue_changes_its_hours_and_days(transact: Transactor) -> None:
    venue = await a_venue(transact)
    hours = [[{"opens": "09:00", "closes": "24:00"}]] * 7

    await transact(
        resources.edit_venue, venue_id=venue.id, actor=people.SYSTEM, now=NOW,
        changes={"opening_hours": hours, "closed_on": ["2026-12-25", "2026-12-25"]},
    )  # fmt: skip

    found = await resources.venue(venue.id)
    assert found.opening_hours[6][0].closes == "24:00"
    assert found.closed_on == ["2026-12-25"]
    assert len(await events("venue.changed")) == 1


async def test_codes_are_given_once(transact: Transactor) -> None:
    rack = await a_rack(transact, code="RACK-A")
    other = await a_rack(transact, code="RACK-B")

    with pytest.raises(resources.CodeTaken):
        await a_rack(transact, code="RACK-A")
    with pytest.raises(resources.CodeTaken):
        await transact(
            resources.edit_resource, resource_id=other.id, actor=people.SYSTEM, now=NOW, changes={"code": rack.code}
        )
    venue = await a_venue(transact)
    with pytest.raises(resources.CodeTaken):
        await a_venue(transact, code=venue.code)


async def test_a_retired_rack_leaves_the_catalogue_until_it_is_restored(transact: Transactor) -> None:
    rack = await a_rack(transact)

    for _ in range(2):
        retired = await transact(resources.retire_resource, resource_id=rack.id, actor=people.SYSTEM, now=NOW)
    assert retired.status == "retired"
    assert (await resources.catalogue(page=1, limit=10)).total == 0
    assert (await resources.catalogue(include_retired=True, page=1, limit=10)).total == 1
    assert await resources.aci_versions() == []
    assert len(await events("resource.retired")) == 1

    for _ in range(2):
        restored = await transact(resources.restore_resource, resource_id=rack.id, actor=people.SYSTEM, now=NOW)
    assert restored.status == "available"
    assert (await resources.catalogue(aci_version="6.0(5h)", page=1, limit=10)).total == 1
    assert (await resources.catalogue(aci_version="5.2", page=1, limit=10)).total == 0
    assert len(await events("resource.restored")) == 1


async def test_what_does_not_exist_is_not_found(transact: Transactor, database: Database) -> None:
    nothing, rack = PydanticObjectId(), await a_rack(transact)

    with pytest.raises(resources.ResourceNotFound):
        await resources.get(nothing)
    with pytest.raises(resources.ResourceNotFound):
        await resources.place(nothing)
    with pytest.raises(resources.VenueNotFound):
        await resources.venue(nothing)
    with pytest.raises(resources.VenueNotFound):
        await a_rack(transact, venue=(await resources.venue(rack.venue_id)).model_copy(update={"id": nothing}))
    assert await resources.by_code("NOPE") is None
    assert (await resources.place(rack.id)).venue.id == rack.venue_id
    assert len(await resources.venues(limit=10)) == 1


async def test_a_place_read_before_shows_every_change_since(transact: Transactor) -> None:
    rack = await a_rack(transact)
    await resources.place(rack.id)

    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"name": "Other"}, actor=people.SYSTEM, now=NOW
    )  # fmt: skip
    assert (await resources.place(rack.id)).resource.name == "Other"
    await transact(
        resources.edit_venue, venue_id=rack.venue_id, changes={"city": "Kolkata"}, actor=people.SYSTEM, now=NOW
    )
    assert (await resources.place(rack.id)).venue.city == "Kolkata"


async def test_a_place_read_while_it_is_changed_does_not_hide_the_change(transact: Transactor) -> None:
    rack = await a_rack(transact)
    is_written, may_commit = asyncio.Event(), asyncio.Event()

    async def retire_slowly(tx: Tx) -> None:
        await resources.retire_resource(tx, resource_id=rack.id, actor=people.SYSTEM, now=NOW)
        is_written.set()
        await may_commit.wait()

    retiring = asyncio.create_task(transact(retire_slowly))
    await is_written.wait()
    before = await resources.place(rack.id)
    may_commit.set()
    await retiring

    assert before.resource.status == "available"
    assert (await resources.place(rack.id)).resource.status == "retired"


async def test_a_change_that_was_not_committed_is_not_remembered(transact: Transactor) -> None:
    rack = await a_rack(transact)

    async def change_and_fail(tx: Tx) -> None:
        changes = {"price_tokens_per_slot": 99}
        await resources.edit_resource(tx, resource_id=rack.id, changes=changes, actor=people.SYSTEM, now=NOW)
        assert (await resources.place(rack.id)).resource.price_tokens_per_slot == 99
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await transact(change_and_fail)

    assert (await resources.place(rack.id)).resource.price_tokens_per_slot == rack.price_tokens_per_slot
