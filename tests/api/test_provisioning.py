"""Racks that prepare themselves: what the member gets, and what administrators mend."""

from datetime import UTC, datetime

import httpx
import pytest
from beanie import PydanticObjectId

from domain import provisioning, resources
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.provisioning import Outcome
from domain.resources import Hooks, RackSpec
from tests.api.acting import NOWHERE, a_resource, an_unready_booking, refusal
from tests.api.conftest import ApiMember
from tests.domain.consequences import consequences
from tests.domain.preparing import ACCESS, WITH_ACCESS
from tests.vault import VAULT

pytestmark = pytest.mark.twice
RUNS = "/api/v1/provisioning/runs"
FAILED = Outcome(status="failed", exit_code=3, output="no route to host")


@pytest.fixture
async def rack(transact: Transactor, asha: ApiMember) -> resources.Resource:
    spec = RackSpec(aci_versions=["6.0(5h)"], hooks=Hooks(provision="access.py")).model_dump()
    return await a_resource(transact, rack=spec)


@pytest.fixture
async def waiting(transact: Transactor, asha: ApiMember, rack: resources.Resource) -> Booking:
    return await an_unready_booking(transact, asha, rack)


async def runs_out(transact: Transactor, outcome: Outcome) -> None:
    """Run what is due until nothing is, every time with this outcome."""
    now = datetime.now(UTC)
    for _ in range(6):
        for run in await provisioning.claim(now=datetime(2100, 1, 1, tzinfo=UTC), limit=10, lease_seconds=30):
            await transact(provisioning.finish, run=run, outcome=outcome, vault=VAULT, now=now)
            await consequences(transact, now=now)


async def test_the_access_data_are_the_members_alone(
    http: httpx.AsyncClient, transact: Transactor, asha: ApiMember, ravi: ApiMember, dev: ApiMember, waiting: Booking
) -> None:
    await runs_out(transact, WITH_ACCESS)
    about = f"/api/v1/bookings/{waiting.id}/access"

    shown = await http.get(about, headers=asha.headers)

    assert shown.json()["data"]["access"] == ACCESS, shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    for whose in (ravi, dev):
        assert refusal(await http.get(about, headers=whose.headers)) == (404, "BOOKING_NOT_FOUND")
    listed = await http.get(RUNS, headers=dev.headers)
    assert listed.json()["data"][0]["status"] == "succeeded"
    assert ACCESS["password"] not in listed.text


async def test_an_administrator_sees_what_failed_and_has_it_tried_again(
    http: httpx.AsyncClient, transact: Transactor, dev: ApiMember, asha: ApiMember, waiting: Booking
) -> None:
    await runs_out(transact, FAILED)
    (failed,) = (await http.get(f"{RUNS}?status=failed", headers=dev.headers)).json()["data"]
    assert (failed["script"], failed["exit_code"], failed["output"]) == ("access.py", 3, "no route to host")
    assert failed["booking_id"] == str(waiting.id)
    retry = f"{RUNS}/{failed['id']}/retry"

    answers = [await http.post(retry, headers=dev.with_key("retry")) for _ in range(2)]
    anew = await http.post(retry, headers=dev.with_key("retry anew"))

    assert [(answer.status_code, answer.json()["data"]["status"]) for answer in answers] == [(200, "pending")] * 2
    assert refusal(anew) == (409, "RUN_NOT_RETRYABLE")
    assert (await http.get(f"{RUNS}?status=failed", headers=dev.headers)).json()["data"] == []
    steps = (await http.get(f"/api/v1/bookings/{waiting.id}/preparation", headers=asha.headers)).json()["data"]["steps"]
    assert [(step["step"], step["status"]) for step in steps] == [("provision", "pending")]


async def test_an_administrator_declares_a_rack_ready(
    http: httpx.AsyncClient, dev: ApiMember, waiting: Booking
) -> None:  # fmt: skip
    ready = f"/api/v1/bookings/{waiting.id}/declare-ready"

    answers = [await http.post(ready, headers=dev.with_key("ready")) for _ in range(2)]
    anew = await http.post(ready, headers=dev.with_key("ready anew"))

    assert [answer.json()["data"]["status"] for answer in answers] == ["ready"] * 2, answers[0].text
    assert refusal(anew) == (409, "NOT_PREPARING")


async def test_nobody_else_looks_at_scripts_or_overrides_them(
    http: httpx.AsyncClient, asha: ApiMember, meera: ApiMember, waiting: Booking
) -> None:
    for whose in (asha, meera):
        answers = [
            await http.get(RUNS, headers=whose.headers),
            await http.post(f"{RUNS}/{PydanticObjectId()}/retry", headers=whose.with_key("retry")),
            await http.post(f"/api/v1/bookings/{waiting.id}/declare-ready", headers=whose.with_key("ready")),
        ]
        assert {refusal(answer) for answer in answers} == {(403, "NOT_PERMITTED")}


async def test_runs_that_are_not_there_are_not_found(http: httpx.AsyncClient, dev: ApiMember) -> None:
    assert refusal(await http.post(f"{RUNS}/{NOWHERE}/retry", headers=dev.with_key("a"))) == (404, "RUN_NOT_FOUND")
    assert refusal(await http.post(f"{RUNS}/x/retry", headers=dev.with_key("b"))) == (400, "VALIDATION_ERROR")
    assert refusal(await http.get(f"{RUNS}?status=lost", headers=dev.headers)) == (400, "VALIDATION_ERROR")
    ready = f"/api/v1/bookings/{NOWHERE}/declare-ready"
    assert refusal(await http.post(ready, headers=dev.with_key("c"))) == (404, "BOOKING_NOT_FOUND")
