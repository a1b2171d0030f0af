"""What goes on at a venue, followed live: the clock moves, sessions begin and end, and everybody who looks sees it."""

from domain import resources
from tests.api.test_occupancy import Follower, following
from tests.journeys.acting import HOUR, MINUTE, Program, at, dawn, guests
from tests.people import Json
from tests.stage import Stage


async def hears(follower: Follower, state: str) -> Json:
    """Listen until the rack is in that state."""
    while True:
        said = await follower.hears()
        if said["resources"]["RACK-01"] == state:
            return said


async def test_a_session_is_seen_to_come_begin_and_end(stage: Stage, rack: resources.Resource) -> None:
    venue = await resources.venue(rack.venue_id)
    await dawn(stage)
    asha, visitor = await guests(stage, "Asha", "Ravi")
    program = await Program.of(stage, asha)
    ten = at(stage, 10)
    await program.books(rack.id, ten)

    async with following(stage.api, venue) as follower:
        assert (await hears(follower, "free"))["all"]["arriving"] == 0
        await stage.advance_to(ten - 20 * MINUTE)
        assert (await program.asks(f"/venues/{venue.id}/occupancy"))["all"]["arriving"] == 1
        await stage.advance_to(ten)
        begun = await hears(follower, "in_use")
        await visitor.says("/now")
        shown = await visitor.sees("Sector V Lab now: 0 of 1 free", "In use: 1")
        await stage.advance_to(ten + HOUR)
        ended = await hears(follower, "free")
        await visitor.taps("Refresh")

    assert begun["all"] == {"total": 1, "in_use": 1, "free": 0, "kept": 0, "closed": 0, "arriving": 0}
    assert (ended["all"]["in_use"], ended["all"]["free"]) == (0, 1)
    assert "Asha" not in str(begun)
    after = await visitor.sees("Sector V Lab now: 1 of 1 free", "In use: 0")
    assert after["message_id"] == shown["message_id"]
    assert after["photo"] != shown["photo"]
