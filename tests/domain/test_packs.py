from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from domain import packs, people
from domain.kernel import OutboxEvent, Row, Transactor
from domain.packs import policy
from domain.people import Actor, Role
from tests.twice import TwiceTransactor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: AsyncMongoClient[Row]) -> Transactor:
    transactor: Transactor = request.param(client)
    return transactor


def an_actor(role: Role = Role.ADMIN) -> Actor:
    return Actor(
        member_id=PydanticObjectId(), telegram_id=1, name="Asha", role=role, language=None, timezone=None,
        is_active=True, origin="chat",
    )  # fmt: skip


async def a_pack(transact: Transactor, **fields: Any) -> packs.Package:
    given = {"name": "Starter", "token": 100, "price": {"INR": 49900}, "actor": an_actor(), "now": NOW, **fields}
    return await transact(packs.add, **given)


async def edited(transact: Transactor, pack: packs.Package, **changes: Any) -> packs.Package:
    return await transact(packs.edit, package_id=pack.id, changes=changes, actor=an_actor(), now=NOW)


async def audit_names() -> list[str]:
    return [row["name"] async for row in OutboxEvent.get_pymongo_collection().find().sort("_id", 1)]


async def test_packs_on_sale_are_listed_the_smallest_first(transact: Transactor) -> None:
    big = await a_pack(transact, name="Big", token=500)
    small = await a_pack(transact, name="Small", token=50)
    resting = await a_pack(transact, name="Resting", token=10)
    await edited(transact, resting, is_active=False)

    assert [pack.id for pack in await packs.on_sale(limit=10)] == [small.id, big.id]
    assert [pack.id for pack in await packs.all_packs(limit=10)] == [resting.id, small.id, big.id]


async def test_a_change_keeps_what_the_pack_was(transact: Transactor) -> None:
    pack = await a_pack(transact)

    changed = await edited(transact, pack, price={"INR": 59900}, name="Starter plus")
    again = await edited(transact, pack, duration=90)

    assert (changed.price, changed.price_previous, changed.name) == ({"INR": 59900}, {"INR": 49900}, "Starter plus")
    assert (again.duration, again.price_previous) == (90, {"INR": 49900})
    before = await packs.history(package_id=pack.id, limit=10)
    assert [(old.name, old.price, old.duration) for old in before] == [
        ("Starter plus", {"INR": 59900}, None),
        ("Starter", {"INR": 49900}, None),
    ]
    assert await audit_names() == ["pack.added", "pack.changed", "pack.changed"]


async def test_a_retired_pack_is_gone_from_sale_and_cannot_be_changed(transact: Transactor) -> None:
    pack = await a_pack(transact)

    await transact(packs.retire, package_id=pack.id, actor=an_actor(), now=NOW)
    await transact(packs.retire, package_id=pack.id, actor=an_actor(), now=NOW)

    assert await packs.on_sale(limit=10) == []
    assert (await packs.get(pack.id)).is_deleted
    with pytest.raises(packs.PackNotFound):
        await edited(transact, pack, name="Back")
    assert await audit_names() == ["pack.added", "pack.retired"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "), ("name", "n" * 61), ("token", 0), ("duration", 0), ("price", {}), ("price", {"EUR": 500}),
        ("price", {"INR": 99}), ("price", {"INR": "much"}), ("description", "d" * 501), ("content", "c" * 2001),
        ("is_deleted", True), ("price_previous", {}),
    ],
)  # fmt: skip
async def test_a_pack_is_not_changed_to_nonsense(transact: Transactor, field: str, value: object) -> None:
    pack = await a_pack(transact)

    with pytest.raises(packs.InvalidPack) as refused:
        await edited(transact, pack, **{field: value})

    assert refused.value.facts == {"field": field}
    assert await packs.history(package_id=pack.id, limit=1) == []


async def test_a_pack_without_a_price_is_not_added(transact: Transactor) -> None:
    with pytest.raises(packs.InvalidPack):
        await a_pack(transact, price={})

    assert (await a_pack(transact)).is_active


async def test_only_administrators_change_packs(transact: Transactor) -> None:
    pack = await a_pack(transact)
    staff = an_actor(Role.STAFF)

    with pytest.raises(people.NotPermitted):
        await a_pack(transact, actor=staff)
    with pytest.raises(people.NotPermitted):
        await transact(packs.edit, package_id=pack.id, changes={"name": "Mine"}, actor=staff, now=NOW)
    with pytest.raises(people.NotPermitted):
        await transact(packs.retire, package_id=pack.id, actor=staff, now=NOW)


async def test_an_unknown_pack_is_not_found() -> None:
    with pytest.raises(packs.PackNotFound):
        await packs.get(PydanticObjectId())


def test_a_price_is_asked_for_in_a_currency_it_has() -> None:
    pack = packs.models.PackFacts(name="Starter", token=1, price={"INR": 100, "USD": 200})

    assert policy.price_minor(pack, "USD") == 200
    with pytest.raises(packs.CurrencyNotOffered) as refused:
        policy.price_minor(pack, "BDT")
    assert refused.value.facts == {"currency": "BDT", "currencies": ["INR", "USD"]}


def test_tokens_last_as_many_days_as_sold() -> None:
    assert policy.lapses_at(NOW, duration_days=30) == NOW + timedelta(days=30)
    assert policy.lapses_at(NOW, duration_days=None) is None
