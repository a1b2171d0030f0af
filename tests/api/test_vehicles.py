"""Vehicles, and what is booked for them; seats and parking slots in the catalogue."""

from typing import Any

import httpx
import pytest

from domain import resources
from domain.kernel import Transactor
from domain.resources import ParkingSpec, SeatSpec
from tests.api.acting import NOWHERE, a_resource, refusal
from tests.api.conftest import ApiMember, next_hour
from tests.api.test_bookings import wanted

pytestmark = pytest.mark.twice
GARAGE = "/api/v1/vehicles"
CAR = {"plate": "wb 02-ab 1234", "type": "car", "make": "Tata"}


@pytest.fixture
async def slot(transact: Transactor, asha: ApiMember) -> resources.Resource:
    spec = ParkingSpec(level="P1", zone="A", vehicle_type="car", penalty_tokens_per_hour=2)
    return await a_resource(transact, kind="parking_slot", code="PARK-01", parking_slot=spec.model_dump())


async def adds(http: httpx.AsyncClient, whose: ApiMember, key: str = "add", **car: Any) -> httpx.Response:
    return await http.post(GARAGE, json={**CAR, **car}, headers=whose.with_key(key))


async def test_a_vehicle_is_added_changed_and_removed(http: httpx.AsyncClient, asha: ApiMember) -> None:
    answers = [await adds(http, asha) for _ in range(2)]
    added = answers[0].json()["data"]
    assert (answers[0].status_code, added["plate"], added["make"]) == (201, "WB02AB1234", "Tata"), answers[0].text
    assert answers[1].json()["data"] == added
    listed = (await http.get(GARAGE, headers=asha.headers)).json()
    assert (listed["data"], listed["pagination"]["total"]) == ([added], 1)

    about = f"{GARAGE}/{added['id']}"
    changed = await http.patch(about, json={"colour": "white"}, headers=asha.headers)
    assert changed.json()["data"] == {**added, "colour": "white"}, changed.text

    removed = [await http.delete(about, headers=asha.headers) for _ in range(2)]
    assert [answer.status_code for answer in removed] == [200, 200]
    assert (await http.get(GARAGE, headers=asha.headers)).json()["data"] == []
    gone = await http.patch(about, json={"colour": "red"}, headers=asha.headers)
    assert refusal(gone) == (404, "VEHICLE_NOT_FOUND")


async def test_a_plate_is_one_vehicle_and_nobody_touches_anothers(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember
) -> None:
    about = f"{GARAGE}/{(await adds(http, asha)).json()['data']['id']}"

    taken = await adds(http, ravi)
    foreign = [
        await http.patch(about, json={"plate": "X 1"}, headers=ravi.headers),
        await http.delete(about, headers=ravi.headers),
        await http.delete(f"{GARAGE}/{NOWHERE}", headers=ravi.headers),
    ]

    assert refusal(taken) == (409, "PLATE_TAKEN")
    assert [refusal(answer) for answer in foreign] == [(404, "VEHICLE_NOT_FOUND")] * 3


@pytest.mark.parametrize(
    "strange",
    [{"type": "boat"}, {"plate": "-"}, {"plate": "x" * 65}, {"plate": None}, {"make": "m" * 33}, {"place": 3}],
)
async def test_what_is_no_vehicle_is_refused(
    http: httpx.AsyncClient, asha: ApiMember, strange: dict[str, Any]
) -> None:  # fmt: skip
    answer = await adds(http, asha, **strange)

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] in ("VALIDATION_ERROR", "INVALID_VEHICLE")


async def test_the_eleventh_vehicle_is_one_too_many(http: httpx.AsyncClient, asha: ApiMember) -> None:
    answers = [await adds(http, asha, f"add {number}", plate=f"X {number}") for number in range(11)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert answers[-1].json()["error"]["details"] == {"vehicles_max": 10}


async def test_a_parking_slot_is_booked_for_a_vehicle_of_ones_own(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, slot: resources.Resource
) -> None:
    vehicle_id = (await adds(http, asha)).json()["data"]["id"]
    asked = {**wanted(slot, next_hour(), 1), "aci_version": None}

    async def books(whose: ApiMember, key: str, **more: Any) -> httpx.Response:
        return await http.post("/api/v1/bookings", json={**asked, **more}, headers=whose.with_key(key))

    without = await books(asha, "without")
    foreign = await books(ravi, "foreign", vehicle_id=vehicle_id)
    booked = await books(asha, "with", vehicle_id=vehicle_id)

    assert refusal(without) == refusal(foreign) == (400, "VEHICLE_REQUIRED")
    assert booked.status_code == 201, booked.text
    assert booked.json()["data"]["vehicle_id"] == vehicle_id
    assert booked.json()["data"]["overtime"] == {
        "multiplier_percent": 150, "penalty_tokens_per_hour": 2, "minutes": 0, "tokens": 0, "penalty_tokens": 0,
    }  # fmt: skip


async def test_seats_and_parking_slots_are_listed_with_what_they_are(
    http: httpx.AsyncClient, transact: Transactor, slot: resources.Resource
) -> None:
    spec = SeatSpec(floor="2", zone="Quiet", amenities=["Lamp"]).model_dump()
    seat = await a_resource(transact, kind="seat", code="SEAT-01", seat=spec, check_in="required")

    async def listed(**asked: Any) -> list[dict[str, Any]]:
        answer = await http.get("/api/v1/resources", params=asked)
        assert answer.status_code == 200, answer.text
        data: list[dict[str, Any]] = answer.json()["data"]
        return data

    (shown,) = await listed(kind="seat")
    assert (shown["seat"], shown["check_in"], shown["parking_slot"]) == (spec, "required", None)
    assert await listed(kind="seat", venue_id=str(seat.venue_id)) == [shown]
    assert await listed(kind="seat", venue_id=str(slot.venue_id)) == []
    (parking,) = await listed(kind="parking_slot", vehicle_type="car")
    assert (parking["parking_slot"]["level"], parking["parking_slot"]["penalty_tokens_per_hour"]) == ("P1", 2)
    assert await listed(kind="parking_slot", vehicle_type="bicycle") == []
    days = await http.get(f"/api/v1/resources/{seat.id}/availability")
    assert len(days.json()["data"]["slots"]) == 96
    for asked in ({"kind": "boat"}, {"venue_id": "x"}):
        assert refusal(await http.get("/api/v1/resources", params=asked)) == (400, "VALIDATION_ERROR")
