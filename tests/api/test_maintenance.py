"""Closing a rack or a venue for maintenance."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain import resources
from domain.kernel import Transactor
from tests.api.acting import NOWHERE, a_booking, a_resource, balance, refusal
from tests.api.conftest import ApiMember, next_hour

pytestmark = pytest.mark.twice
WHERE = "/api/v1/maintenance"
START = next_hour(48)


@pytest.fixture
async def rack(transact: Transactor, dev: ApiMember) -> resources.Resource:
    return await a_resource(transact)


def period(rack: resources.Resource, hours: int = 6, **more: Any) -> dict[str, Any]:
    times = {"starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=hours)).isoformat()}
    return {"resource_id": str(rack.id), **times, **more}


def asked(rack: resources.Resource, affected: int, **more: Any) -> dict[str, Any]:
    return period(rack, reason="New line cards", expected_affected=affected, **more)


async def test_who_is_in_the_way_is_seen_first_and_gets_everything_back(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, dev: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_booking(transact, asha, rack, START + timedelta(hours=1))
    seen = (await http.get(f"{WHERE}/affected", params=period(rack), headers=dev.headers)).json()["data"]
    assert (seen["count"], seen["bookings"][0]["id"]) == (1, str(booking.id))

    unseen = await http.post(WHERE, json=asked(rack, 0), headers=dev.with_key("close"))
    answers = [await http.post(WHERE, json=asked(rack, 1), headers=dev.with_key("close")) for _ in range(2)]
    again = await http.post(WHERE, json=asked(rack, 0), headers=dev.with_key("once more"))

    assert refusal(unseen) == (409, "AFFECTED_CHANGED")
    assert unseen.json()["error"]["details"] == {"affected": 1}
    closed = answers[0].json()["data"]
    assert (answers[0].status_code, closed["reason"], closed["resource_ids"]) == (201, "New line cards", [str(rack.id)])
    assert answers[1].json()["data"] == closed
    assert refusal(again) == (409, "SLOT_TAKEN")
    assert again.json()["error"]["details"]["maintenance"] == closed["code"]
    assert await balance(http, asha) == 20
    listed = (await http.get(WHERE, headers=dev.headers)).json()
    assert (listed["data"], listed["pagination"]["total"]) == ([closed], 1)
    elsewhere = await http.get(WHERE, params={"venue_id": NOWHERE}, headers=dev.headers)
    assert elsewhere.json()["data"] == []


async def test_a_maintenance_is_called_off_and_the_time_is_free_again(
    http: httpx.AsyncClient, asha: ApiMember, dev: ApiMember, rack: resources.Resource
) -> None:
    closed = (await http.post(WHERE, json=asked(rack, 0), headers=dev.with_key("close"))).json()["data"]
    end = f"{WHERE}/{closed['series_id']}/end"

    answers = [await http.post(end, headers=dev.with_key("end")) for _ in range(2)]

    assert [answer.json()["data"]["is_called_off"] for answer in answers] == [True, True], answers[0].text
    assert (await http.get(WHERE, headers=dev.headers)).json()["data"] == []
    booked = await http.post("/api/v1/bookings", json=period(rack, 1), headers=asha.with_key("book"))
    assert booked.status_code == 201, booked.text


async def test_a_venue_is_closed_as_a_whole_for_weeks(
    http: httpx.AsyncClient, transact: Transactor, dev: ApiMember, rack: resources.Resource
) -> None:
    venue = await resources.venue(rack.venue_id)
    other = await a_resource(transact, venue=venue)
    weeks = {**asked(rack, 0, hours=24 * 10), "resource_id": None, "venue_id": str(venue.id)}

    closed = await http.post(WHERE, json=weeks, headers=dev.with_key("close"))

    found = closed.json()["data"]
    assert found["resource_ids"] == sorted([str(rack.id), str(other.id)]), closed.text
    assert found["ends_at"] == (START + timedelta(days=10)).isoformat().replace("+00:00", "Z")
    assert (await http.get(WHERE, headers=dev.headers)).json()["data"] == [found]


async def test_only_administrators_close_anything(
    http: httpx.AsyncClient, asha: ApiMember, meera: ApiMember, rack: resources.Resource
) -> None:
    for whose in (asha, meera):
        answers = [
            await http.get(WHERE, headers=whose.headers),
            await http.get(f"{WHERE}/affected", params=period(rack), headers=whose.headers),
            await http.post(WHERE, json=asked(rack, 0), headers=whose.with_key("close")),
            await http.post(f"{WHERE}/{NOWHERE}/end", headers=whose.with_key("end")),
        ]
        assert {refusal(answer) for answer in answers} == {(403, "NOT_PERMITTED")}
    assert refusal(await http.get(WHERE)) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("strange", "refused"),
    [
        ({"venue_id": NOWHERE}, (400, "VALIDATION_ERROR")),
        ({"resource_id": None}, (400, "VALIDATION_ERROR")),
        ({"resource_id": NOWHERE}, (404, "RESOURCE_NOT_FOUND")),
        ({"ends_at": "2026-01-01T00:00:00Z"}, (400, "INVALID_PERIOD")),
        ({"ends_at": (START + timedelta(days=40)).isoformat()}, (400, "INVALID_PERIOD")),
        ({"ends_at": "9999-12-31T23:00:00Z"}, (400, "VALIDATION_ERROR")),
    ],
)
async def test_what_is_no_period_is_refused(
    http: httpx.AsyncClient,
    dev: ApiMember,
    rack: resources.Resource,
    strange: dict[str, Any],
    refused: tuple[int, str],
) -> None:
    query = {name: value for name, value in {**period(rack), **strange}.items() if value is not None}

    seen = await http.get(f"{WHERE}/affected", params=query, headers=dev.headers)
    made = await http.post(WHERE, json={**asked(rack, 0), **strange}, headers=dev.with_key("close"))

    assert refusal(seen) == refusal(made) == refused


@pytest.mark.parametrize(
    "strange", [{"expected_affected": -1}, {"expected_affected": 201}, {"reason": "x" * 201}, {"reason": None}]
)
async def test_what_is_no_reservation_is_refused(
    http: httpx.AsyncClient, dev: ApiMember, rack: resources.Resource, strange: dict[str, Any]
) -> None:
    answer = await http.post(WHERE, json={**asked(rack, 0), **strange}, headers=dev.with_key("close"))
    unknown = await http.post(f"{WHERE}/{NOWHERE}/end", headers=dev.with_key("end"))

    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert refusal(unknown) == (404, "BOOKING_NOT_FOUND")
