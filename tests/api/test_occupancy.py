"""What goes on at a venue now: asked for once, or followed live."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from beanie import PydanticObjectId

from api import occupancy
from domain import bookings, resources
from domain.kernel import Database, Transactor
from domain.resources import Options
from tests.api.conftest import ApiMember
from tests.building import a_rack, a_venue

STREAM_SECONDS = 5.0


@pytest.fixture
async def lab(database: Database, transact: Transactor) -> resources.Venue:
    """Three racks that can be booked for any quarter of an hour from now on, round the clock."""
    venue = await a_venue(transact)
    for number in (1, 2, 3):
        await a_rack(transact, venue=venue, code=f"LIVE-{number}", slot_minutes=15)
    return venue


async def book(transact: Transactor, asha: ApiMember, code: str, starts_at: datetime) -> bookings.Booking:
    rack = await resources.by_code(code)
    assert rack is not None
    return await transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30),
        options=Options(), expected_cost_tokens=None, key=f"book:{code}:{starts_at}", actor=asha.actor,
        now=starts_at - timedelta(minutes=5),
    )  # fmt: skip


def quarter(offset: int) -> datetime:
    """The quarter of an hour that has begun, and the ones around it."""
    now = datetime.now(UTC)
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return begun + timedelta(minutes=15 * offset)


async def states(http: httpx.AsyncClient, venue: resources.Venue) -> tuple[dict[str, str], dict[str, int]]:
    answer = await http.get(f"/api/v1/venues/{venue.id}/occupancy")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["by_kind"] == {"rack": data["all"]}
    return data["resources"], data["all"]


async def test_each_rack_is_counted_as_what_goes_on_with_it(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, lab: resources.Venue
) -> None:
    await book(transact, asha, "LIVE-1", quarter(0))
    await book(transact, asha, "LIVE-2", quarter(2))
    waiting, expected = await states(http, lab)
    await transact(bookings.start_due, now=datetime.now(UTC), limit=10)
    begun, counted = await states(http, lab)

    assert waiting == {"LIVE-1": "kept", "LIVE-2": "free", "LIVE-3": "free"}
    assert expected == {"total": 3, "in_use": 0, "free": 2, "kept": 1, "closed": 0, "arriving": 2}
    assert begun == {"LIVE-1": "in_use", "LIVE-2": "free", "LIVE-3": "free"}
    assert counted == {"total": 3, "in_use": 1, "free": 2, "kept": 0, "closed": 0, "arriving": 1}


async def test_a_closed_venue_has_nothing_free(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, lab: resources.Venue
) -> None:
    today = resources.local_day(lab, datetime.now(UTC))
    around = [(today + timedelta(days=days)).isoformat() for days in (-1, 0, 1)]
    from domain import people

    await transact(
        resources.edit_venue, venue_id=lab.id, changes={"closed_on": around}, actor=people.SYSTEM,
        now=datetime.now(UTC),
    )  # fmt: skip

    said, counted = await states(http, lab)

    assert set(said.values()) == {"closed"}
    assert (counted["free"], counted["closed"]) == (0, 3)


async def test_a_venue_that_is_not_there_is_not_found(http: httpx.AsyncClient, lab: resources.Venue) -> None:
    for path in ("occupancy", "occupancy/stream"):
        answer = await http.get(f"/api/v1/venues/{PydanticObjectId()}/{path}")

        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "VENUE_NOT_FOUND")


class Follower:
    """Reads the stream of a venue, event by event."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def hears(self) -> dict[str, Any]:
        async with asyncio.timeout(STREAM_SECONDS):
            name = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                if line.startswith("data: ") and name == "occupancy":
                    said: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    return said
        raise AssertionError("the stream has ended")


@contextlib.asynccontextmanager
async def following(http: httpx.AsyncClient, venue: resources.Venue) -> AsyncIterator[Follower]:
    async with http.stream("GET", f"/api/v1/venues/{venue.id}/occupancy/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Follower(answer.aiter_lines())


async def test_who_follows_hears_the_state_at_once_and_every_change(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, lab: resources.Venue
) -> None:
    async with following(http, lab) as early, following(http, lab) as late:
        first = [await early.hears(), await late.hears()]
        await book(transact, asha, "LIVE-3", quarter(0))
        kept = [await early.hears(), await late.hears()]
        await transact(bookings.start_due, now=datetime.now(UTC), limit=10)
        used = [await early.hears(), await late.hears()]

    assert [said["resources"]["LIVE-3"] for said in first] == ["free", "free"]
    assert [said["resources"]["LIVE-3"] for said in kept] == ["kept", "kept"]
    assert [said["all"]["in_use"] for said in used] == [1, 1]


async def test_one_follower_too_many_is_told_so(
    http: httpx.AsyncClient, lab: resources.Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occupancy, "FOLLOWERS_MAX", 1)
    async with following(http, lab) as only:
        await only.hears()
        refused = await http.get(f"/api/v1/venues/{lab.id}/occupancy/stream")

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "TOO_MANY_FOLLOWERS")
