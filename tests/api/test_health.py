"""What an operator sees: who is at work, what waits and for how long, and what the jobs have counted."""

from datetime import UTC, datetime

import httpx
import pytest

from domain.kernel import Database, Transactor, beat
from tests.due import STARTED_AT, bookings_to_start


@pytest.fixture
async def at_work(database: Database) -> None:
    """A bot and two jobs processes give signs of life."""
    figures = [("berth_jobs_step_rows_total", {"step": "bookings.start", "outcome": "lease_lost"}, 3.0)]
    await beat(role="bot", instance="here:1")
    await beat(role="jobs", instance="here:2", facts={"figures": figures})
    await beat(role="jobs", instance="here:3", facts={"invariant_violations": None})


async def test_ready_says_who_is_at_work_and_that_nothing_is_late(http: httpx.AsyncClient, at_work: None) -> None:
    answer = await http.get("/ready")

    assert answer.status_code == 200
    ready = answer.json()["data"]
    assert ready["instances"] == {"bot": 1, "jobs": 2}
    assert ready["late"] == {}


async def test_what_waits_for_too_long_is_in_ready_and_in_the_figures(
    http: httpx.AsyncClient, at_work: None, database: Database, transact: Transactor
) -> None:
    await bookings_to_start(database, transact, 7)
    long_ago = STARTED_AT.replace(year=STARTED_AT.year - 1)
    await database["bookings"].update_many({}, {"$set": {"starts_at": long_ago}})
    passed = (datetime.now(UTC) - long_ago).total_seconds()

    late = (await http.get("/ready")).json()["data"]["late"]
    figures = (await http.get("/metrics")).text

    assert late["bookings.start"] == pytest.approx(passed, abs=60)
    assert 'berth_step_due{step="bookings.start"} 7.0' in figures
    assert 'berth_step_late_seconds{step="bookings.complete"} 0.0' in figures
    await database["bookings"].update_many({}, {"$set": {"starts_at": STARTED_AT}})


async def test_what_the_jobs_have_counted_is_shown_for_each_of_them(http: httpx.AsyncClient, at_work: None) -> None:
    figures = (await http.get("/metrics")).text

    assert 'berth_jobs_step_rows_total{instance="here:2",outcome="lease_lost",step="bookings.start"} 3.0' in figures
