"""What a member wants to be told."""

from typing import Any

import httpx
import pytest

from domain.notifications import Topic
from tests.api.acting import refusal
from tests.api.conftest import ApiMember

pytestmark = pytest.mark.twice
WHERE = "/api/v1/me/notifications"
ALL = {topic.value: True for topic in Topic}


async def test_everything_is_told_until_something_else_is_chosen(http: httpx.AsyncClient, asha: ApiMember) -> None:
    before = (await http.get(WHERE, headers=asha.headers)).json()["data"]
    wanted = {"topics": {"waitlist": False}, "quiet_hours": {"from": "22:00", "until": "07:00"}}

    answers = [await http.put(WHERE, json=wanted, headers=asha.headers) for _ in range(2)]
    after = (await http.get(WHERE, headers=asha.headers)).json()["data"]

    assert before == {"topics": ALL, "quiet_hours": None}
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert after == {"topics": {**ALL, "waitlist": False}, "quiet_hours": {"from": "22:00", "until": "07:00"}}
    assert answers[1].json()["data"] == after


async def test_a_choice_replaces_the_one_before(http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember) -> None:
    await http.put(WHERE, json={"topics": {"tokens": False}}, headers=asha.headers)
    await http.put(WHERE, json={"quiet_hours": {"from": "23:00", "until": "06:00"}}, headers=asha.headers)

    own = (await http.get(WHERE, headers=asha.headers)).json()["data"]
    others = (await http.get(WHERE, headers=ravi.headers)).json()["data"]

    assert own == {"topics": ALL, "quiet_hours": {"from": "23:00", "until": "06:00"}}
    assert others == {"topics": ALL, "quiet_hours": None}


@pytest.mark.parametrize(
    ("strange", "code"),
    [
        ({"topics": {"payments": False}}, "UNKNOWN_TOPIC"),
        ({"topics": {"x" * 33: False}}, "VALIDATION_ERROR"),
        ({"topics": {"tokens": "never"}}, "VALIDATION_ERROR"),
        ({"topics": {str(number): True for number in range(51)}}, "VALIDATION_ERROR"),
        ({"quiet_hours": {"from": "22:00", "until": "22:00"}}, "INVALID_QUIET_HOURS"),
        ({"quiet_hours": {"from": "25:00", "until": "07:00"}}, "INVALID_QUIET_HOURS"),
        ({"quiet_hours": {"from": "22:00"}}, "VALIDATION_ERROR"),
        ({"muted": []}, "VALIDATION_ERROR"),
    ],
)
async def test_what_cannot_be_chosen_changes_nothing(
    http: httpx.AsyncClient, asha: ApiMember, strange: dict[str, Any], code: str
) -> None:
    answer = await http.put(WHERE, json=strange, headers=asha.headers)

    assert refusal(answer) == (400, code)
    assert (await http.get(WHERE, headers=asha.headers)).json()["data"] == {"topics": ALL, "quiet_hours": None}


async def test_without_a_token_nobody_chooses(http: httpx.AsyncClient) -> None:
    assert (await http.get(WHERE)).status_code == (await http.put(WHERE, json={})).status_code == 401
