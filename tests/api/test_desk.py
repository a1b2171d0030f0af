"""The code that a member shows, and the desk where it is read."""

from datetime import UTC, datetime

import httpx
import pytest

from domain import people, resources
from domain.bookings import Booking
from domain.kernel import Transactor, beat
from tests.api.acting import MINUTE, NOWHERE, a_booking, a_resource, a_running_booking, quarter, refusal
from tests.api.conftest import ApiMember, next_hour
from tests.building import a_venue

pytestmark = pytest.mark.twice


@pytest.fixture
async def seat(transact: Transactor, asha: ApiMember) -> resources.Resource:
    return await a_resource(transact, kind="seat", code="SEAT-01", check_in="required")


@pytest.fixture
async def coming(transact: Transactor, asha: ApiMember, seat: resources.Resource) -> Booking:
    """Asha's booking, which begins within a quarter of an hour."""
    return await a_booking(transact, asha, seat, quarter(1))


async def checks_in(http: httpx.AsyncClient, whose: ApiMember, key: str = "in", **what: str) -> httpx.Response:
    return await http.post("/api/v1/check-in", json=what, headers=whose.with_key(key))


async def ticket(http: httpx.AsyncClient, whose: ApiMember, booking: Booking) -> httpx.Response:
    return await http.get(f"/api/v1/bookings/{booking.id}/ticket", headers=whose.headers)


async def test_who_shows_the_code_is_checked_in_once(
    http: httpx.AsyncClient, asha: ApiMember, meera: ApiMember, coming: Booking
) -> None:
    unnamed = await ticket(http, asha, coming)
    await beat(role="bot", instance="host:1", facts={"username": "berth_bot"})  # as a running bot does
    shown = await ticket(http, asha, coming)
    code = shown.json()["data"]["code"]
    assert unnamed.json()["data"]["link"] is None
    assert shown.json()["data"]["link"] == f"https://t.me/berth_bot?start={code}"
    assert shown.headers["Cache-Control"] == "no-store"
    arrivals = f"/api/v1/venues/{coming.venue_id}/arrivals"
    (expected,) = (await http.get(arrivals, headers=meera.headers)).json()["data"]
    assert (expected["code"], expected["member"], expected["resource_code"]) == (coming.code, "Person 1001", "SEAT-01")

    answers = [await checks_in(http, meera, code=code) for _ in range(2)]
    twice = await checks_in(http, meera, "again", code=code)

    guest = answers[0].json()["data"]
    assert (answers[0].status_code, guest["id"], guest["member"]) == (200, str(coming.id), "Person 1001")
    assert guest["check_in"]["checked_in_at"] is not None
    assert answers[1].json()["data"] == guest
    assert refusal(twice) == (409, "ALREADY_CHECKED_IN")
    assert twice.json()["error"]["details"]["checked_in_at"].endswith("Z")
    assert (await http.get(arrivals, headers=meera.headers)).json()["data"] == []
    assert refusal(await ticket(http, asha, coming)) == (409, "CHECK_IN_CLOSED")


async def test_who_forgot_the_code_is_found_by_the_booking(
    http: httpx.AsyncClient, meera: ApiMember, coming: Booking
) -> None:
    answer = await checks_in(http, meera, booking_code=coming.code.lower())

    assert (answer.status_code, answer.json()["data"]["code"]) == (200, coming.code), answer.text


async def test_a_code_is_for_its_owner_and_while_it_is_of_use(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, meera: ApiMember, coming: Booking
) -> None:
    free = await a_booking(transact, asha, await a_resource(transact), next_hour())

    assert refusal(await ticket(http, ravi, coming)) == (404, "BOOKING_NOT_FOUND")
    assert refusal(await ticket(http, meera, coming)) == (404, "BOOKING_NOT_FOUND")
    assert refusal(await ticket(http, asha, free)) == (409, "CHECK_IN_CLOSED")


async def test_members_check_nobody_in(http: httpx.AsyncClient, asha: ApiMember, coming: Booking) -> None:
    answers = [
        await checks_in(http, asha, booking_code=coming.code),
        await checks_in(http, asha, booking_code="B-NOBODY"),
        await checks_in(http, asha),
        await http.get(f"/api/v1/venues/{coming.venue_id}/arrivals", headers=asha.headers),
        await http.get(f"/api/v1/venues/{coming.venue_id}/present", headers=asha.headers),
    ]

    assert {refusal(answer) for answer in answers} == {(403, "NOT_PERMITTED")}


async def test_what_is_no_code_or_not_now_is_refused(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, meera: ApiMember, coming: Booking
) -> None:
    tomorrow = await a_booking(transact, asha, await a_resource(transact, check_in="required"), next_hour())
    code = (await ticket(http, asha, coming)).json()["data"]["code"]

    early = await checks_in(http, meera, "early", booking_code=tomorrow.code)
    assert refusal(early) == (409, "CHECK_IN_CLOSED")
    assert datetime.fromisoformat(early.json()["error"]["details"]["opens_at"]) == tomorrow.starts_at - 30 * MINUTE
    assert refusal(await checks_in(http, meera, "a", code=f"{code[:-2]}AA")) == (400, "INVALID_TICKET")
    assert refusal(await checks_in(http, meera, "b", code="ci-\u0000")) == (400, "INVALID_TICKET")
    assert refusal(await checks_in(http, meera, "c", booking_code="B-NOBODY")) == (404, "BOOKING_NOT_FOUND")
    assert refusal(await checks_in(http, meera, "d")) == (400, "VALIDATION_ERROR")
    assert refusal(await checks_in(http, meera, "e", code=code, booking_code=coming.code)) == (400, "VALIDATION_ERROR")
    assert refusal(await checks_in(http, meera, "f", code="x" * 201)) == (400, "VALIDATION_ERROR")


async def test_staff_of_another_venue_neither_check_in_nor_look(
    http: httpx.AsyncClient, transact: Transactor, meera: ApiMember, dev: ApiMember, coming: Booking
) -> None:
    elsewhere = await a_venue(transact)
    assert meera.actor.member_id is not None
    await transact(
        people.set_staff_venue, member_id=meera.actor.member_id, venue_id=elsewhere.id, actor=dev.actor,
        now=datetime.now(UTC),
    )  # fmt: skip

    there = await http.get(f"/api/v1/venues/{coming.venue_id}/arrivals", headers=meera.headers)
    here = await http.get(f"/api/v1/venues/{elsewhere.id}/arrivals", headers=meera.headers)

    assert refusal(await checks_in(http, meera, booking_code=coming.code)) == (409, "OTHER_VENUE")
    assert refusal(there) == (403, "NOT_PERMITTED")
    assert (here.status_code, here.json()["data"]) == (200, [])


async def test_staff_see_who_is_there_and_see_them_out(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, meera: ApiMember
) -> None:
    running = await a_running_booking(transact, asha, await a_resource(transact))
    present = f"/api/v1/venues/{running.venue_id}/present"

    before = (await http.get(present, headers=meera.headers)).json()
    left = await http.post(f"/api/v1/bookings/{running.id}/check-out", headers=meera.with_key("out"))
    after = (await http.get(present, headers=meera.headers)).json()

    assert [guest["code"] for guest in before["data"]] == [running.code]
    assert before["pagination"]["total"] == 1
    assert left.json()["data"]["status"] == "completed", left.text
    assert after["data"] == []
    unknown = await http.get(f"/api/v1/venues/{NOWHERE}/present", headers=meera.headers)
    assert refusal(unknown) == (404, "VENUE_NOT_FOUND")
