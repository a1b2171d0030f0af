"""Waiting for a time that others have, and answering an offer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain import bookings, wallets
from domain.bookings import Booking
from domain.kernel import Transactor
from tests.api.acting import NOWHERE, a_booking, a_resource, balance, refusal
from tests.api.conftest import ApiMember, next_hour
from tests.domain.consequences import consequences

pytestmark = pytest.mark.twice
START = next_hour(48)
LINE = "/api/v1/waitlist"


@pytest.fixture
async def taken(transact: Transactor, asha: ApiMember, dev: ApiMember) -> Booking:
    """An hour that Asha has, for four tokens."""
    rack = await a_resource(transact)
    return await a_booking(transact, asha, rack, START)


def for_it(taken: Booking, **more: Any) -> dict[str, Any]:
    window = {"window_starts_at": START.isoformat(), "window_ends_at": (START + timedelta(hours=1)).isoformat()}
    return {"resource_id": str(taken.resource_id), **window, **more}


async def joins(http: httpx.AsyncClient, whose: ApiMember, taken: Booking, **more: Any) -> dict[str, Any]:
    answer = await http.post(LINE, json=for_it(taken, **more), headers=whose.with_key("wait"))
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()["data"]
    return entry


async def becomes_free(transact: Transactor, taken: Booking, asha: ApiMember) -> None:
    now = datetime.now(UTC)
    await transact(bookings.cancel, booking_id=taken.id, actor=asha.actor, now=now)
    await consequences(transact, now=now)


async def seen(http: httpx.AsyncClient, whose: ApiMember, entry: dict[str, Any]) -> dict[str, Any]:
    answer = await http.get(f"{LINE}/{entry['id']}", headers=whose.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_the_next_in_line_is_offered_the_time_and_takes_it(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, dev: ApiMember, ravi: ApiMember, taken: Booking
) -> None:
    await transact(wallets.credit, member_id=dev.actor.member_id, tokens=10, source="bonus", key="d", now=START)
    first, second = await joins(http, dev, taken), await joins(http, ravi, taken)
    assert [(first["status"], first["position"]), (second["status"], second["position"])] == [
        ("waiting", 1), ("waiting", 2),
    ]  # fmt: skip
    assert first["reason"] == "taken"
    assert (await joins(http, dev, taken))["id"] == first["id"]

    await becomes_free(transact, taken, asha)
    offered = await seen(http, dev, first)
    assert (offered["status"], offered["reason"]) == ("offered", "offered")
    assert offered["offer_expires_at"] is not None

    answers = [await http.post(f"{LINE}/{first['id']}/accept", headers=dev.with_key("take")) for _ in range(2)]

    booked = answers[0].json()["data"]
    assert (booked["status"], booked["id"]) == ("confirmed", offered["booking_id"]), answers[0].text
    assert answers[1].json()["data"] == booked
    assert await balance(http, dev) == 6
    assert (await seen(http, dev, first))["status"] == "accepted"
    past = (await http.get(f"{LINE}?when=past", headers=dev.headers)).json()
    assert [entry["id"] for entry in past["data"]] == [first["id"]]
    assert (await http.get(LINE, headers=dev.headers)).json()["data"] == []


async def test_who_is_short_of_tokens_has_a_hold_of_their_own(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, taken: Booking
) -> None:
    entry = await joins(http, ravi, taken)
    await becomes_free(transact, taken, asha)

    answer = await http.post(f"{LINE}/{entry['id']}/accept", headers=ravi.with_key("take"))

    assert answer.json()["data"]["status"] == "held", answer.text
    assert answer.json()["data"]["hold_expires_at"] is not None


async def test_declined_and_left_times_go_to_the_next(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, dev: ApiMember, ravi: ApiMember, taken: Booking
) -> None:
    first, second = await joins(http, ravi, taken), await joins(http, dev, taken)
    assert refusal(await http.post(f"{LINE}/{first['id']}/accept", headers=ravi.with_key("a"))) == (409, "OFFER_GONE")
    await becomes_free(transact, taken, asha)

    declined = await http.post(f"{LINE}/{first['id']}/decline", headers=ravi.with_key("pass"))
    offered = await seen(http, dev, second)
    left = await http.post(f"{LINE}/{second['id']}/leave", headers=dev.with_key("leave"))

    assert declined.json()["data"]["status"] == "declined", declined.text
    assert offered["status"] == "offered"
    assert (left.json()["data"]["reason"], left.json()["data"]["position"]) == ("left", None), left.text


async def test_somebody_elses_place_in_line_looks_like_none_at_all(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, taken: Booking
) -> None:
    entry = await joins(http, ravi, taken)

    answers = [await http.get(f"{LINE}/{which}", headers=asha.headers) for which in (entry["id"], NOWHERE)]
    answers += [
        await http.post(f"{LINE}/{entry['id']}/{what}", headers=asha.with_key(what))
        for what in ("accept", "decline", "leave")
    ]

    assert {refusal(answer) for answer in answers} == {(404, "WAITLIST_ENTRY_NOT_FOUND")}


async def test_nobody_waits_for_what_is_free_or_can_never_be_or_twice(
    http: httpx.AsyncClient, ravi: ApiMember, taken: Booking
) -> None:
    later = START + timedelta(hours=3)
    free = {"window_starts_at": later.isoformat(), "window_ends_at": (later + timedelta(hours=1)).isoformat()}
    backwards = {"window_ends_at": (START - timedelta(hours=1)).isoformat()}
    await joins(http, ravi, taken)

    async def asks(**more: Any) -> tuple[int, str]:
        return refusal(await http.post(LINE, json=for_it(taken, **more), headers=ravi.with_key(str(more))))

    assert await asks(**free) == (409, "NOTHING_TO_WAIT_FOR")
    assert await asks(**backwards) == (400, "INVALID_WAITLIST_WINDOW")
    assert await asks() == (409, "ALREADY_WAITING")
    assert await asks(resource_id=None, kind="boat") == (400, "VALIDATION_ERROR")
    assert await asks(auto_book=True) == (400, "VALIDATION_ERROR")
    assert await asks(resource_id=NOWHERE) == (404, "RESOURCE_NOT_FOUND")


async def test_what_becomes_free_can_be_booked_without_asking(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, dev: ApiMember, taken: Booking
) -> None:
    await transact(wallets.credit, member_id=dev.actor.member_id, tokens=10, source="bonus", key="d", now=START)
    entry = await joins(http, dev, taken, auto_book=True, cost_tokens_max=4)

    await becomes_free(transact, taken, asha)

    assert (await seen(http, dev, entry))["status"] == "accepted"
    assert await balance(http, dev) == 6


async def test_staff_see_the_line_and_members_do_not(
    http: httpx.AsyncClient, asha: ApiMember, meera: ApiMember, ravi: ApiMember, taken: Booking
) -> None:
    entry = await joins(http, ravi, taken)

    listed = await http.get(f"{LINE}/queue?resource_id={taken.resource_id}", headers=meera.headers)
    member = await http.get(f"{LINE}/queue", headers=asha.headers)
    unknown = await http.get(f"{LINE}/queue?resource_id={NOWHERE}", headers=meera.headers)

    assert [(each["id"], each["member"]) for each in listed.json()["data"]] == [(entry["id"], "Person 1002")]
    assert listed.json()["pagination"]["total"] == 1
    assert refusal(member) == (403, "NOT_PERMITTED")
    assert member.json()["error"]["details"] == {"permission": "bookings:read"}
    assert refusal(unknown) == (404, "RESOURCE_NOT_FOUND")
