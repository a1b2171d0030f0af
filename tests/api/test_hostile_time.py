"""Huge, broken and mistyped input to everything that concerns time."""

import json
from typing import Any

import httpx
import pytest

from tests.api.acting import NOWHERE
from tests.api.conftest import ApiMember

FAR = {"starts_at": "2100-01-01T00:00:00Z", "ends_at": "2100-01-01T01:00:00Z"}
WINDOW = {"window_starts_at": FAR["starts_at"], "window_ends_at": FAR["ends_at"]}
BODIES: dict[str, dict[str, Any]] = {
    f"bookings/{NOWHERE}/reschedule": FAR,
    f"bookings/{NOWHERE}/extend": {"ends_at": FAR["ends_at"]},
    f"bookings/{NOWHERE}/take-other": {"resource_id": NOWHERE},
    "bookings/series": {**FAR, "resource_id": NOWHERE, "weeks": 2},
    "waitlist": {**WINDOW, "resource_id": NOWHERE},
    "vehicles": {"plate": "WB 1", "type": "car"},
    "check-in": {"booking_code": "B-7F3K9T"},
    "maintenance": {**FAR, "resource_id": NOWHERE, "reason": "x", "expected_affected": 0},
    f"receivables/{NOWHERE}/forgive": {"reason": "x"},
}
STRANGE: list[Any] = [None, "\ud800", "x" * 10_000, -(10**30), 10**400, 1.5, {"a": {"b": 1}}, [[]]]
FIELDS = [(path, name) for path, body in BODIES.items() for name in body]


@pytest.mark.parametrize(("path", "name"), FIELDS)
async def test_no_field_takes_what_it_is_not_for(http: httpx.AsyncClient, dev: ApiMember, path: str, name: str) -> None:
    headers = {**dev.with_key("k"), "Content-Type": "application/json"}

    for strange in STRANGE:
        if strange is None and (path, name) == ("waitlist", "resource_id"):
            continue  # any of the kind
        body = json.dumps({**BODIES[path], name: strange})
        answer = await http.post(f"/api/v1/{path}", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR"), (strange, answer.text)


@pytest.mark.parametrize("path", BODIES)
async def test_no_body_is_taken_that_is_none(http: httpx.AsyncClient, dev: ApiMember, path: str) -> None:
    headers = {**dev.with_key("k"), "Content-Type": "application/json"}

    for body in ("", "[]", "null", '"x"', "{", "NaN", '{"\\ud800": 1}'):
        answer = await http.post(f"/api/v1/{path}", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR"), body


@pytest.mark.parametrize(
    "path",
    [
        "bookings/series-quote?weeks=2", f"bookings/{NOWHERE}/reschedule-quote?", "maintenance/affected?",
        "waitlist?when=never&", "waitlist/x?", "bookings/x/ticket?", "bookings/x/access?", "bookings/x/preparation?",
        "bookings/x/extensions?", "venues/x/arrivals?", "receivables?limit=101&", "wallet/receivables?page=0&",
        "waitlist/queue?resource_id=x&", "provisioning/runs?page=10001&",
    ],
)  # fmt: skip
async def test_no_question_is_answered_that_is_not_one(http: httpx.AsyncClient, dev: ApiMember, path: str) -> None:
    answer = await http.get(f"/api/v1/{path}&starts_at=0001-01-01T00:00:00Z&ends_at=x", headers=dev.headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR"), answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("bookings/series", {**BODIES["bookings/series"], "expected_cost_tokens": 10**18}),
        ("waitlist", {**BODIES["waitlist"], "cost_tokens_max": 2**63}),
        ("waitlist", {**BODIES["waitlist"], "length_minutes": 2**40}),
        ("waitlist", {**BODIES["waitlist"], "options": ["x"] * 21}),
    ],
)
async def test_no_number_is_taken_that_nothing_can_hold(
    http: httpx.AsyncClient, dev: ApiMember, path: str, body: dict[str, Any]
) -> None:
    answer = await http.post(f"/api/v1/{path}", json=body, headers=dev.with_key("k"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR"), answer.text
