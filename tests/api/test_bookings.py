"""What a member does in chat, a program does here: the same rules, in the one shape of answers."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from domain import resources, wallets
from domain.kernel import Database, Transactor
from tests.api.conftest import ApiMember, next_hour
from tests.building import a_rack

pytestmark = pytest.mark.twice


@pytest.fixture
async def rack(database: Database, transact: Transactor) -> resources.Resource:
    return await a_rack(transact, price_tokens_per_slot=1)


def wanted(rack: resources.Resource, starts_at: datetime, hours: int = 2, **more: Any) -> dict[str, Any]:
    return {
        "resource_id": str(rack.id),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
        "aci_version": "6.0(5h)",
        **more,
    }


async def test_booking_costs_tokens_and_cancelling_in_time_returns_them(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    booked = await http.post("/api/v1/bookings", json=wanted(rack, next_hour()), headers=asha.with_key("book-1"))
    balance = await http.get("/api/v1/wallet", headers=asha.headers)

    assert booked.status_code == 201, booked.text
    booking = booked.json()["data"]
    assert (booking["status"], booking["cost_tokens"]) == ("confirmed", 4)
    assert balance.json()["data"]["tokens"] == 16

    cancelled = await http.post(f"/api/v1/bookings/{booking['id']}/cancel", headers=asha.with_key("cancel-1"))
    balance = await http.get("/api/v1/wallet", headers=asha.headers)

    assert cancelled.status_code == 200, cancelled.text
    assert cancelled.json()["data"]["refund_tokens"] == 4
    assert balance.json()["data"]["tokens"] == 20


async def test_the_same_key_answers_the_first_outcome_again(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    body = wanted(rack, next_hour())

    answers = await asyncio.gather(
        *(http.post("/api/v1/bookings", json=body, headers=asha.with_key("book-1")) for _ in range(5))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers) == 4
    assert (await wallets.of(asha.actor.member_id)).token == 16

    booking_id = answers[0].json()["data"]["id"]
    cancels = [
        await http.post(f"/api/v1/bookings/{booking_id}/cancel", headers=asha.with_key("cancel-1")) for _ in range(2)
    ]
    assert [answer.status_code for answer in cancels] == [200, 200]
    assert cancels[0].json()["data"] == cancels[1].json()["data"]


async def test_the_same_key_with_other_facts_is_refused(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    await http.post("/api/v1/bookings", json=wanted(rack, next_hour()), headers=asha.with_key("book-1"))

    answer = await http.post("/api/v1/bookings", json=wanted(rack, next_hour(48)), headers=asha.with_key("book-1"))

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_post_without_a_key_is_refused(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    answer = await http.post("/api/v1/bookings", json=wanted(rack, next_hour()), headers=asha.headers)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "IDEMPOTENCY_KEY_REQUIRED"


async def test_two_members_want_one_time_and_one_hears_that_it_is_taken(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, rack: resources.Resource, transact: Transactor
) -> None:
    await transact(
        wallets.credit, member_id=ravi.actor.member_id, tokens=20, source="bonus", key="more", now=next_hour(0)
    )
    body = wanted(rack, next_hour())

    answers = await asyncio.gather(
        http.post("/api/v1/bookings", json=body, headers=asha.with_key("a")),
        http.post("/api/v1/bookings", json=body, headers=ravi.with_key("a")),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    lost = next(answer for answer in answers if answer.status_code == 409).json()
    assert lost["error"]["code"] == "SLOT_TAKEN"
    assert lost["success"] is False


async def test_too_few_tokens_is_402_with_the_figures(
    http: httpx.AsyncClient, ravi: ApiMember, rack: resources.Resource
) -> None:
    answer = await http.post("/api/v1/bookings", json=wanted(rack, next_hour()), headers=ravi.with_key("a"))

    error = answer.json()["error"]
    assert answer.status_code == 402
    assert (error["code"], error["number"]) == ("INSUFFICIENT_BALANCE", 4001)
    assert error["details"]["missing_tokens"] == 3


async def test_without_a_token_nobody_books(http: httpx.AsyncClient, rack: resources.Resource) -> None:
    answer = await http.post(
        "/api/v1/bookings",
        json=wanted(rack, next_hour()),
        headers={"Idempotency-Key": "a", "Authorization": "Bearer x"},
    )

    assert answer.status_code == 401
    assert (answer.json()["error"]["code"], answer.json()["error"]["number"]) == ("UNAUTHORIZED", 1001)


async def test_somebody_elses_booking_looks_like_none_at_all(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    booked = await http.post("/api/v1/bookings", json=wanted(rack, next_hour()), headers=asha.with_key("a"))
    booking_id = booked.json()["data"]["id"]

    seen = await http.get(f"/api/v1/bookings/{booking_id}", headers=ravi.headers)
    cancelled = await http.post(f"/api/v1/bookings/{booking_id}/cancel", headers=ravi.with_key("b"))
    absent = await http.get("/api/v1/bookings/665f1c2ab7e1a2c3d4e5f602", headers=ravi.headers)

    assert [seen.status_code, cancelled.status_code, absent.status_code] == [404, 404, 404]
    assert seen.json()["error"]["code"] == absent.json()["error"]["code"] == "BOOKING_NOT_FOUND"


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "yesterday"},
        {"starts_at": "2026-11-24T10:00:00"},
        {"resource_id": "RACK-01"},
        {"aci_version": "9.9"},
        {"options": ["no-such-option"]},
        {"surprise": True},
        {"expected_cost_tokens": -1},
        {"ends_at": "1999-01-01T00:00:00Z"},
    ],
)
async def test_what_cannot_be_right_is_400_in_the_one_shape(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource, change: dict[str, Any]
) -> None:
    answer = await http.post(
        "/api/v1/bookings", json={**wanted(rack, next_hour()), **change}, headers=asha.with_key("a")
    )

    body = answer.json()
    assert answer.status_code == 400, body
    assert body["success"] is False
    assert set(body["error"]) == {"code", "number", "message", "details"}


async def test_lists_are_paged(http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource) -> None:
    for day in (1, 2, 3):
        booked = await http.post(
            "/api/v1/bookings", json=wanted(rack, next_hour(24 * day)), headers=asha.with_key(f"day-{day}")
        )
        assert booked.status_code == 201, booked.text

    answer = (await http.get("/api/v1/bookings?limit=2&page=2", headers=asha.headers)).json()

    assert len(answer["data"]) == 1
    assert answer["pagination"] == {
        "page": 2, "limit": 2, "total": 3, "totalPages": 2, "hasNext": False, "hasPrev": True,
    }  # fmt: skip


async def test_availability_shows_what_is_taken_and_not_by_whom(
    http: httpx.AsyncClient, asha: ApiMember, rack: resources.Resource
) -> None:
    starts_at = next_hour()
    await http.post("/api/v1/bookings", json=wanted(rack, starts_at), headers=asha.with_key("a"))

    days = [
        (
            await http.get(f"/api/v1/resources/{rack.id}/availability?on={starts_at.date() + timedelta(days=offset)}")
        ).json()
        for offset in (-1, 0, 1)
    ]

    slots = [slot for day in days for slot in day["data"]["slots"]]
    taken = [slot for slot in slots if slot["state"] == "taken"]
    assert len(taken) >= 4
    assert any(datetime.fromisoformat(slot["starts_at"]) == starts_at for slot in taken)
    assert all(set(slot) == {"starts_at", "ends_at", "state"} for slot in slots)


async def test_asking_too_often_is_429_with_the_time_to_wait(http: httpx.AsyncClient) -> None:
    answers = [await http.get("/api/v1/packs") for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].json()["error"]["code"] == "RATE_LIMITED"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


async def test_the_documentation_has_examples_and_needs_no_network(http: httpx.AsyncClient) -> None:
    description = (await http.get("/openapi.json")).json()
    page = (await http.get("/docs")).text

    assert "/api/v1/bookings/{booking_id}/cancel" in description["paths"]
    assert "example" in description["components"]["schemas"]["ToBook"]
    assert "https://" not in page.replace("https://fastapi.tiangolo.com", "")


async def test_ready_needs_workers_and_metrics_count_requests(http: httpx.AsyncClient) -> None:
    alive = await http.get("/health")
    ready = await http.get("/ready")
    metrics = await http.get("/metrics")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["error"]["details"] == {"workers": "bot, jobs"}
    assert 'berth_http_requests_total{method="GET",route="/health",status="200"}' in metrics.text


async def test_an_unknown_address_and_a_wrong_method_are_refused_in_the_one_shape(http: httpx.AsyncClient) -> None:
    unknown = await http.get("/api/v2/packs")
    wrong = await http.delete("/api/v1/packs")

    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
