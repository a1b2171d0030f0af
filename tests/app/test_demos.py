"""Every demo can be planted, once, and is what it says."""

from datetime import UTC, datetime

import pytest

from app.demos import DEMOS
from app.demos.guests import GUESTS
from app.seed import plant
from domain import bookings, packs, people, resources
from domain.kernel import Database, Transactor

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Tuesday 08:30 in India."""


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("name", "kind", "number"), [("racks", "rack", 6), ("library", "seat", 12), ("parking", "parking_slot", 13)]
)
async def test_a_demo_is_planted_once_with_what_can_be_booked(
    transact: Transactor, name: str, kind: str, number: int
) -> None:
    first = await transact(plant, demo=DEMOS[name], now=MORNING, with_people=True)
    second = await transact(plant, demo=DEMOS[name], now=MORNING, with_people=True)

    assert (first, second) == (True, False)
    offered = await resources.catalogue(kind=kind, page=1, limit=50)
    assert offered.total == number
    for guest in {visit.guest for visit in DEMOS[name].visits}:
        member = await people.by_telegram_id(GUESTS[guest].telegram_id)
        assert member is not None
        coming = await bookings.upcoming(member_id=member.id, now=MORNING, page=1, limit=20)
        assert coming.total == len([visit for visit in DEMOS[name].visits if visit.guest == guest])


@pytest.mark.usefixtures("database")
async def test_the_demos_stand_beside_each_other_with_one_set_of_packs(transact: Transactor) -> None:
    for demo in DEMOS.values():
        await transact(plant, demo=demo, now=MORNING, with_people=True)

    assert len(await resources.venues(limit=10)) == 3
    assert [pack.name for pack in await packs.on_sale(limit=10)] == ["Starter", "Lab", "Pro"]


@pytest.mark.usefixtures("database")
async def test_a_real_installation_gets_no_people(transact: Transactor, database: Database) -> None:
    await transact(plant, demo=DEMOS["parking"], now=MORNING, with_people=False)

    assert await database["members"].count_documents({}) == 0
    assert await database["bookings"].count_documents({}) == 0
