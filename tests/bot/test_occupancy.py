"""What goes on at a venue, in chat: numbers and a tile per rack."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from bot.views.occupancy import TILES_MAX, Tiles
from bot.views.pictures import PALETTES, Appearance
from domain import bookings, people, resources
from domain.kernel import Transactor
from domain.resources import Options
from tests.bot.stage import BotStage
from tests.building import a_member, a_rack, a_venue


async def test_numbers_and_tiles_follow_what_goes_on(
    stage: BotStage, transact: Transactor, rack: resources.Resource
) -> None:
    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"slot_minutes": 15}, actor=people.SYSTEM,
        now=stage.now(),
    )  # fmt: skip
    asha, guest = await stage.person(), await a_member(transact)
    await asha.says("/now")
    before = await asha.sees("Sector V Lab now: 1 of 1 free", "In use: 0")

    now = stage.now()
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"price_tokens_per_slot": 0}, actor=people.SYSTEM,
        now=now,
    )  # fmt: skip
    await transact(
        bookings.book, resource_id=rack.id, starts_at=begun, ends_at=begun + timedelta(minutes=30), options=Options(),
        expected_cost_tokens=None, key="now", actor=guest, now=begun - timedelta(minutes=1),
    )  # fmt: skip
    await transact(bookings.start_due, now=now, limit=10)
    await asha.taps("Refresh")
    after = await asha.sees("Sector V Lab now: 0 of 1 free", "In use: 1")

    assert before["photo"]
    assert after["message_id"] == before["message_id"]
    assert "Person" not in after["caption"]


async def test_with_several_venues_one_is_chosen(
    stage: BotStage, transact: Transactor, rack: resources.Resource
) -> None:
    library = await a_venue(transact, name="City Library", timezone="Europe/Berlin")
    await a_rack(transact, venue=library)
    asha = await stage.person()

    await asha.says("/now")
    await asha.taps("City Library")

    await asha.sees("City Library now: 1 of 1 free")
    await asha.taps("Back")
    await asha.sees("Where do you want to look?", "Sector V Lab")


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_tiles_differ_by_state_and_many_still_fit(appearance: Appearance) -> None:
    states = tuple((f"RACK-{n:02}", ("free", "in_use", "kept", "closed")[n % 4]) for n in range(TILES_MAX + 5))
    tiles = Tiles(title="Lab", subtitle="14:05 IST", states=states, appearance=appearance)

    image = Image.open(io.BytesIO(tiles.png()))

    palette = PALETTES[appearance]
    assert len({palette.taken, palette.mine, palette.free}) == 3
    assert image.width == 1080
    assert image.height < 1600
    assert tiles.key != Tiles(title="Lab", subtitle="14:06 IST", states=states, appearance=appearance).key
