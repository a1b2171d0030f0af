"""What waiting could cost at most: what somebody who has it booked at once agrees to."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from beanie import PydanticObjectId

from domain import people, resources, waitlists
from domain.kernel import Transactor
from domain.resources import Options, PriceRule
from domain.waitlists import InvalidWindow
from tests.building import a_rack
from tests.domain.booking_stage import HOUR, NOW, START, BookingStage, a_stage

pytestmark = pytest.mark.usefixtures("database")
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]


async def limit(rack_id: PydanticObjectId | None, **fields: Any) -> int:
    """Of an hour somewhere within the four from START on."""
    wanted: dict[str, Any] = {
        "resource_id": rack_id, "kind": "rack", "aci_version": None, "venue_id": None, "window_starts_at": START,
        "window_ends_at": START + 4 * HOUR, "length_minutes": 60, "options": Options(), "now": NOW, **fields,
    }  # fmt: skip
    return await waitlists.cost_limit(**wanted)


async def a_peak(transact: Transactor) -> BookingStage:
    """A rack at two tokens an hour, for half as much again in the third hour of the window."""
    stage = await a_stage(transact)
    place = await resources.place(stage.rack.id)
    local = [START.astimezone(ZoneInfo(place.venue.timezone)) + number * HOUR for number in (2, 3)]
    rule = PriceRule(weekdays=EVERY_DAY, from_time=f"{local[0]:%H:%M}", until_time=f"{local[1]:%H:%M}", percent=150)
    await transact(
        resources.edit_resource, resource_id=stage.rack.id, changes={"price_rules": [rule.model_dump()]},
        actor=people.SYSTEM, now=NOW,
    )  # fmt: skip
    return stage


async def test_it_is_the_price_of_the_dearest_time(transact: Transactor) -> None:
    stage = await a_peak(transact)

    assert await limit(stage.rack.id) == 3
    assert await limit(stage.rack.id, window_ends_at=START + HOUR) == 2


async def test_it_counts_the_options_that_were_chosen(transact: Transactor) -> None:
    stage = await a_stage(transact)

    assert await limit(stage.rack.id, options=Options(preconfig=["multi-site"])) == 4


async def test_of_any_it_is_the_price_of_the_dearest_that_matches(transact: Transactor) -> None:
    await a_stage(transact)
    await a_rack(transact, code="RACK-DEAR", price_tokens_per_slot=5, aci_versions=["5.2(8e)"])

    assert await limit(None) == 10
    assert await limit(None, aci_version="6.0(5h)") == 2


async def test_what_could_never_be_booked_has_no_price(transact: Transactor) -> None:
    stage = await a_stage(transact)

    with pytest.raises(InvalidWindow) as refused:
        await limit(stage.rack.id, window_ends_at=START)

    assert refused.value.facts["problem"] == "order"
