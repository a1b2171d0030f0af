"""Moving, extending and leaving a booking, and choosing when the rack is late."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from domain import resources
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.resources import Hooks, RackSpec
from tests.api.acting import (
    MINUTE,
    NOWHERE,
    a_booking,
    a_resource,
    a_running_booking,
    an_unready_booking,
    balance,
    refusal,
)
from tests.api.conftest import ApiMember, next_hour

pytestmark = pytest.mark.twice
PREPARES_ITSELF = RackSpec(aci_versions=["6.0(5h)"], hooks=Hooks(provision="access.py")).model_dump()


@pytest.fixture
async def rack(transact: Transactor, asha: ApiMember) -> resources.Resource:
    return await a_resource(transact)


def at(starts_at: datetime, minutes: int = 60, **more: Any) -> dict[str, Any]:
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + minutes * MINUTE).isoformat(), **more}


def about(booking: Booking, what: str) -> str:
    return f"/api/v1/bookings/{booking.id}/{what}"


async def test_a_booking_moves_at_the_price_that_was_quoted(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_booking(transact, asha, rack, next_hour(48), aci_version="6.0(5h)", preconfig=["multi-site"])
    later = at(next_hour(72), 120)

    quoted = await http.get(about(booking, "reschedule-quote"), params=later, headers=asha.headers)
    quote = quoted.json()["data"]
    assert (quote["cost_tokens"], quote["returned_tokens"], quote["difference_tokens"]) == (10, 6, 4), quoted.text
    assert quote["is_free"] is True

    shown = {"expected_cost_tokens": quote["cost_tokens"], "expected_refund_tokens": quote["returned_tokens"]}
    answers = [
        await http.post(about(booking, "reschedule"), json={**later, **shown}, headers=asha.with_key("move"))
        for _ in range(2)
    ]

    moved, again = (answer.json()["data"] for answer in answers)
    assert moved == again
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert (moved["id"], moved["status"], moved["cost_tokens"]) == (str(booking.id), "confirmed", 10)
    assert (moved["aci_version"], moved["options"]) == ("6.0(5h)", ["multi-site"])
    assert datetime.fromisoformat(moved["starts_at"]) == next_hour(72)
    assert await balance(http, asha) == 10


async def test_a_move_is_refused_that_cannot_be_or_was_not_shown(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_booking(transact, asha, rack, next_hour(48))
    await a_booking(transact, asha, rack, next_hour(72))
    other = await a_resource(transact)
    running = await a_running_booking(transact, asha, other)

    async def moves(which: Booking, whose: ApiMember = asha, **wanted: Any) -> tuple[int, str]:
        return refusal(await http.post(about(which, "reschedule"), json=wanted, headers=whose.with_key("move")))

    assert await moves(booking, **at(next_hour(72))) == (409, "SLOT_TAKEN")
    assert await moves(booking, **at(next_hour(50)), expected_cost_tokens=3) == (409, "PRICE_CHANGED")
    assert await moves(booking, **at(next_hour(50)), expected_refund_tokens=1) == (409, "PRICE_CHANGED")
    assert await moves(running, **at(next_hour(50))) == (409, "NOT_RESCHEDULABLE")
    assert await moves(booking, ravi, **at(next_hour(50))) == (404, "BOOKING_NOT_FOUND")
    assert await moves(booking, **at(next_hour(50)), options=["no-such"]) == (400, "UNKNOWN_OPTION")
    assert refusal(
        await http.get(about(booking, "reschedule-quote"), params=at(next_hour(50)), headers=ravi.headers)
    ) == (404, "BOOKING_NOT_FOUND")
    assert (await http.get(f"/api/v1/bookings/{booking.id}", headers=asha.headers)).json()["data"][
        "starts_at"
    ] == next_hour(48).isoformat().replace("+00:00", "Z")


async def test_a_running_booking_lasts_longer_for_the_price_shown(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_running_booking(transact, asha, rack)
    choices = (await http.get(about(booking, "extensions"), headers=asha.headers)).json()["data"]
    first = choices[0]
    assert (first["minutes"], first["cost_tokens"], first["is_free"]) == (15, 1, True)
    wanted = {"ends_at": first["ends_at"], "expected_cost_tokens": first["cost_tokens"]}

    foreign = await http.post(about(booking, "extend"), json=wanted, headers=ravi.with_key("more"))
    answers = [await http.post(about(booking, "extend"), json=wanted, headers=asha.with_key("more")) for _ in range(2)]

    assert refusal(foreign) == (404, "BOOKING_NOT_FOUND")
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json()["data"]["ends_at"] == first["ends_at"]
    assert answers[0].json()["data"] == answers[1].json()["data"]
    assert await balance(http, asha) == 20 - 4 - 1


async def test_what_does_not_run_is_not_extended(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_booking(transact, asha, rack, next_hour())
    later = {"ends_at": (booking.ends_at + 15 * MINUTE).isoformat()}

    choices = await http.get(about(booking, "extensions"), headers=asha.headers)
    answer = await http.post(about(booking, "extend"), json=later, headers=asha.with_key("more"))

    assert choices.json()["data"] == []
    assert refusal(answer) == (409, "NOT_EXTENDABLE")
    assert answer.json()["error"]["details"] == {"booking_id": str(booking.id), "status": "confirmed"}


async def test_who_leaves_early_frees_the_rest(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_running_booking(transact, asha, rack)
    coming = await a_booking(transact, asha, rack, next_hour())

    async def leaves(which: Booking, whose: ApiMember, key: str = "leave") -> httpx.Response:
        return await http.post(about(which, "check-out"), headers=whose.with_key(key))

    assert refusal(await leaves(booking, ravi)) == (404, "BOOKING_NOT_FOUND")
    assert refusal(await leaves(coming, asha, "other")) == (409, "NOT_CHECKED_IN")
    left = (await leaves(booking, asha)).json()["data"]
    again = (await leaves(booking, asha)).json()["data"]

    assert left == again
    assert left["status"] == "completed"
    assert left["checked_out_at"] is not None
    assert datetime.fromisoformat(left["ends_at"]) < booking.ends_at


@pytest.fixture
async def late(transact: Transactor, asha: ApiMember) -> Booking:
    """A booking whose rack is not ready; another rack is free."""
    venue = await resources.venue((await a_resource(transact, code="FREE-01")).venue_id)
    rack = await a_resource(transact, venue=venue, code="LATE-01", rack=PREPARES_ITSELF, lead_minutes_min=0)
    return await an_unready_booking(transact, asha, rack)


async def test_whose_rack_is_late_takes_another_one_at_no_cost(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, late: Booking
) -> None:
    before = await balance(http, asha)
    others = (await http.get(about(late, "alternatives"), headers=asha.headers)).json()["data"]
    assert [other["code"] for other in others] == ["FREE-01"]
    wanted = {"resource_id": others[0]["resource_id"]}

    foreign = await http.post(about(late, "take-other"), json=wanted, headers=ravi.with_key("take"))
    answers = [await http.post(about(late, "take-other"), json=wanted, headers=asha.with_key("take")) for _ in range(2)]

    assert refusal(foreign) == (404, "BOOKING_NOT_FOUND")
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json()["data"]["resource_id"] == wanted["resource_id"]
    assert answers[0].json()["data"] == answers[1].json()["data"]
    assert await balance(http, asha) == before


async def test_whose_rack_is_late_has_everything_back(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, late: Booking
) -> None:
    foreign = await http.post(about(late, "refund-unready"), headers=ravi.with_key("back"))
    answer = await http.post(about(late, "refund-unready"), headers=asha.with_key("back"))

    assert refusal(foreign) == (404, "BOOKING_NOT_FOUND")
    assert (answer.json()["data"]["status"], answer.json()["data"]["refund_tokens"]) == ("cancelled", 4), answer.text
    assert await balance(http, asha) == 20


async def test_who_waits_for_nothing_has_no_choice(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, rack: resources.Resource
) -> None:
    booking = await a_running_booking(transact, asha, rack)

    others = await http.get(about(booking, "alternatives"), headers=asha.headers)
    back = await http.post(about(booking, "refund-unready"), headers=asha.with_key("back"))
    taken = await http.post(
        about(booking, "take-other"), json={"resource_id": NOWHERE}, headers=asha.with_key("take")
    )  # fmt: skip

    assert others.json()["data"] == []
    assert [refusal(back), refusal(taken)] == [(409, "NOT_PREPARING")] * 2


async def test_the_member_sees_how_far_the_rack_is_and_nothing_of_its_scripts(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, late: Booking
) -> None:
    seen = (await http.get(about(late, "preparation"), headers=asha.headers)).json()["data"]
    access = await http.get(about(late, "access"), headers=asha.headers)

    assert seen["status"] == "preparing"
    assert [(step["step"], step["status"]) for step in seen["steps"]] == [("provision", "pending")]
    assert {"script", "output"}.isdisjoint(seen["steps"][0])
    assert access.json()["data"] == {"status": "preparing", "access": None}
    for what in ("preparation", "access"):
        assert refusal(await http.get(about(late, what), headers=ravi.headers)) == (404, "BOOKING_NOT_FOUND")
