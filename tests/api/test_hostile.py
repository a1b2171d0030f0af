"""What nobody asks by accident: calendars' ends, broken text, made-up methods, endless bodies."""

import json
from typing import Any

import httpx
import pytest

from domain import resources
from domain.kernel import Transactor
from tests.api.conftest import ApiMember, next_hour
from tests.api.test_bookings import wanted
from tests.building import a_rack


@pytest.fixture
async def rack(transact: Transactor, asha: ApiMember) -> resources.Resource:
    return await a_rack(transact)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "1999-12-31", "2200-01-01", "2026-02-30"])
async def test_days_at_the_ends_of_the_calendar_are_refused(
    http: httpx.AsyncClient, rack: resources.Resource, on: str
) -> None:
    answer = await http.get(f"/api/v1/resources/{rack.id}/availability", params={"on": on})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "strange",
    [
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"starts_at": "9999-12-31T22:00:00Z", "ends_at": "9999-12-31T23:00:00Z"},
        {"ends_at": "9999-12-31T23:00:00-12:00"},
        {"resource_id": None},
        {"options": ["\ud800"]},
        {"options": ["x" * 33]},
        {"\ud800": 1},
    ],
)
async def test_times_and_texts_that_cannot_be_are_refused(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource, strange: dict[str, Any]
) -> None:
    body = json.dumps({**wanted(rack, next_hour()), **strange})
    headers = {**asha.with_key("k"), "Content-Type": "application/json"}

    answer = await http.post("/api/v1/bookings", content=body, headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


async def test_a_huge_body_is_refused_wherever_it_is_sent(http: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(17):
            yield b" " * 65536

    said = await http.post("/api/v1/bookings", content=b" " * (1024 * 1024 + 1))
    unsaid = await http.post("/api/v1/bookings", content=endless(), headers={"Content-Type": "application/json"})

    assert [answer.status_code for answer in (said, unsaid)] == [413, 413]
    assert said.json()["error"]["code"] == unsaid.json()["error"]["code"] == "BODY_TOO_LARGE"


async def test_made_up_methods_make_no_figures(http: httpx.AsyncClient) -> None:
    await http.request("INVENTED", "/api/v1/packs")

    figures = (await http.get("/metrics")).text

    assert "INVENTED" not in figures
    assert 'method="other"' in figures
