"""What somebody owes: seen, paid, forgiven."""

import httpx
import pytest

from domain import resources, wallets
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.resources import ParkingSpec
from tests.api.acting import NOWHERE, a_debt, a_resource, refusal
from tests.api.conftest import ApiMember, next_hour
from tests.api.test_bookings import wanted

pytestmark = pytest.mark.twice
PENALTY_TOKENS = 30


@pytest.fixture
async def slot(transact: Transactor, asha: ApiMember) -> resources.Resource:
    spec = ParkingSpec(vehicle_type="car", overtime_multiplier_percent=0, penalty_tokens_per_hour=PENALTY_TOKENS)
    return await a_resource(transact, kind="parking_slot", parking_slot=spec.model_dump())


@pytest.fixture
async def debt(transact: Transactor, asha: ApiMember, slot: resources.Resource) -> Booking:
    """Asha paid 1 of 20 tokens for a quarter of an hour, and owes 11 of the penalty of 30."""
    return await a_debt(transact, asha, slot)


async def owed(http: httpx.AsyncClient, whose: ApiMember) -> int:
    tokens: int = (await http.get("/api/v1/wallet", headers=whose.headers)).json()["data"]["owed_tokens"]
    return tokens


async def test_what_is_owed_is_seen_and_nothing_is_booked_until_it_is_paid(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, debt: Booking
) -> None:
    rack = await a_resource(transact)
    listed = (await http.get("/api/v1/wallet/receivables", headers=asha.headers)).json()
    (receivable,) = listed["data"]
    assert (receivable["booking_id"], receivable["tokens"], receivable["remaining_tokens"]) == (str(debt.id), 11, 11)
    assert listed["pagination"]["total"] == 1
    left = (await http.get(f"/api/v1/bookings/{debt.id}", headers=asha.headers)).json()["data"]
    assert (left["overtime"]["minutes"], left["overtime"]["penalty_tokens"]) == (30, PENALTY_TOKENS)

    refused = await http.post("/api/v1/bookings", json=wanted(rack, next_hour(), 1), headers=asha.with_key("book"))
    assert refusal(refused) == (409, "DEBT_OUTSTANDING")
    assert refused.json()["error"]["details"] == {"owed_tokens": 11, "balance_tokens": 0}

    await transact(wallets.credit, member_id=asha.actor.member_id, tokens=15, source="bonus", key="g", now=next_hour(0))
    booked = await http.post("/api/v1/bookings", json=wanted(rack, next_hour(), 1), headers=asha.with_key("book"))
    assert booked.status_code == 201, booked.text
    assert await owed(http, asha) == 0


async def test_settling_pays_what_is_there_and_can_be_asked_again(
    http: httpx.AsyncClient, asha: ApiMember, ravi: ApiMember, debt: Booking
) -> None:
    answers = [await http.post("/api/v1/wallet/settle", headers=asha.with_key("settle")) for _ in range(2)]
    nothing = await http.post("/api/v1/wallet/settle", headers=ravi.with_key("settle"))
    keyless = await http.post("/api/v1/wallet/settle", headers=asha.headers)

    assert [answer.json()["data"] for answer in answers] == [{"paid_tokens": 0, "tokens": 0, "owed_tokens": 11}] * 2
    assert nothing.json()["data"] == {"paid_tokens": 0, "tokens": 1, "owed_tokens": 0}
    assert refusal(keyless) == (400, "IDEMPOTENCY_KEY_REQUIRED")


async def test_an_administrator_sees_what_is_owed_and_lets_it_go(
    http: httpx.AsyncClient, asha: ApiMember, dev: ApiMember, debt: Booking
) -> None:
    (receivable,) = (await http.get("/api/v1/receivables", headers=dev.headers)).json()["data"]
    assert (receivable["member"], receivable["remaining_tokens"]) == ("Person 1001", 11)
    about = f"/api/v1/receivables/{receivable['id']}/forgive"

    silent = await http.post(about, json={"reason": " "}, headers=dev.with_key("silent"))
    answers = [
        await http.post(about, json={"reason": "The gate was stuck"}, headers=dev.with_key("forgive"))
        for _ in range(2)
    ]  # fmt: skip

    assert refusal(silent) == (400, "REASON_MISSING")
    assert [answer.json()["data"]["status"] for answer in answers] == ["forgiven"] * 2, answers[0].text
    assert await owed(http, asha) == 0
    assert (await http.get("/api/v1/receivables", headers=dev.headers)).json()["data"] == []


async def test_nobody_else_sees_or_forgives_debts(
    http: httpx.AsyncClient, asha: ApiMember, meera: ApiMember, dev: ApiMember, debt: Booking
) -> None:
    (receivable,) = (await http.get("/api/v1/receivables", headers=dev.headers)).json()["data"]
    for whose in (asha, meera):
        listed = await http.get("/api/v1/receivables", headers=whose.headers)
        forgiven = await http.post(
            f"/api/v1/receivables/{receivable['id']}/forgive", json={"reason": "me"}, headers=whose.with_key("f")
        )
        assert refusal(listed) == refusal(forgiven) == (403, "NOT_PERMITTED")

    unknown = await http.post(
        f"/api/v1/receivables/{NOWHERE}/forgive", json={"reason": "x"}, headers=dev.with_key("unknown")
    )
    assert refusal(unknown) == (404, "RECEIVABLE_NOT_FOUND")
    assert await owed(http, asha) == 11
