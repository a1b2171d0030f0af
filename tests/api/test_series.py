"""The same time every week: all of it or nothing."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain import resources
from domain.kernel import Transactor
from tests.api.acting import NOWHERE, a_booking, a_resource, balance, refusal
from tests.api.conftest import ApiMember, next_hour
from tests.api.test_bookings import wanted

pytestmark = pytest.mark.twice
WEEK = timedelta(weeks=1)


@pytest.fixture
async def rack(transact: Transactor, asha: ApiMember) -> resources.Resource:
    return await a_resource(transact)


def weekly(rack: resources.Resource, weeks: int = 3, **more: Any) -> dict[str, Any]:
    return {**wanted(rack, next_hour(), hours=1), "weeks": weeks, **more}


async def test_a_series_is_quoted_booked_and_called_off(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    quote = (
        await http.get("/api/v1/bookings/series-quote", params=weekly(rack), headers=asha.headers)
    ).json()["data"]  # fmt: skip
    assert (quote["is_bookable"], quote["total_tokens"], len(quote["weeks"])) == (True, 12, 3)

    asked = weekly(rack, expected_cost_tokens=12)
    answers = [
        await http.post("/api/v1/bookings/series", json=asked, headers=asha.with_key("weekly")) for _ in range(2)
    ]
    series = answers[0].json()["data"]

    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[1].json()["data"] == series
    assert {booking["series_id"] for booking in series["bookings"]} == {series["series_id"]}
    assert [booking["status"] for booking in series["bookings"]] == ["confirmed"] * 3
    assert await balance(http, asha) == 8

    off = [
        await http.post(f"/api/v1/series/{series['series_id']}/cancel", headers=asha.with_key(key))
        for key in ("off", "off", "off again")
    ]
    assert [len(answer.json()["data"]["bookings"]) for answer in off] == [3, 3, 0]
    assert await balance(http, asha) == 20


async def test_weeks_that_cannot_be_had_are_told_as_a_list(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    second = next_hour() + WEEK
    await a_booking(transact, asha, rack, second)

    answer = await http.post("/api/v1/bookings/series", json=weekly(rack), headers=asha.with_key("weekly"))

    assert refusal(answer) == (409, "SERIES_CLASHES")
    (clash,) = answer.json()["error"]["details"]["clashes"]
    assert clash == {
        "starts_at": second.isoformat().replace("+00:00", "Z"),
        "ends_at": (second + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "code": "SLOT_TAKEN",
    }
    assert "starts_at" not in answer.json()["error"]["message"]
    assert await balance(http, asha) == 16


async def test_a_series_is_refused_that_is_none_or_not_paid_or_not_ones_own(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    async def books(whose: ApiMember, **more: Any) -> tuple[int, str]:
        return refusal(
            await http.post("/api/v1/bookings/series", json=weekly(rack, **more), headers=whose.with_key("weekly"))
        )

    assert await books(asha, weeks=1) == (400, "VALIDATION_ERROR")
    assert await books(asha, weeks=9) == (400, "VALIDATION_ERROR")
    assert await books(asha, expected_cost_tokens=11) == (409, "PRICE_CHANGED")
    assert await books(ravi) == (402, "INSUFFICIENT_BALANCE")
    booked = await http.post("/api/v1/bookings/series", json=weekly(rack), headers=asha.with_key("weekly"))
    series_id = booked.json()["data"]["series_id"]
    for which in (series_id, NOWHERE):
        answer = await http.post(f"/api/v1/series/{which}/cancel", headers=ravi.with_key("off"))
        assert refusal(answer) == (404, "BOOKING_NOT_FOUND")
    assert await balance(http, asha) == 8
