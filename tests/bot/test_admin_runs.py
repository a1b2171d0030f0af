"""The preparation of racks in the office: what went wrong, trying again, saying that it is ready."""

from datetime import timedelta
from typing import Any

import pytest

from domain import bookings, people, provisioning, resources
from domain.kernel import Row, Transactor
from domain.provisioning import Outcome, ProvisioningRun
from domain.resources import Options
from tests.bot.office import an_administrator, told_by
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.people import Person, text_of
from tests.vault import VAULT

pytestmark = pytest.mark.twice
LOG = "line\n" * 2000 + "BMC <10.0.0.7> & co: no answer"


@pytest.fixture
async def failed(stage: BotStage, rack: resources.Resource, transact: Transactor) -> bookings.Booking:
    """A booking whose rack tried to prepare itself as often as it may, and did not succeed."""
    asha = await stage.person(first_name="Asha")
    member = await grant(transact, asha, 10, stage)
    assert rack.rack is not None
    spec = {**rack.rack.model_dump(), "hooks": {"power_on": "power_on.sh", "lead_minutes": 120}}
    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"rack": spec}, actor=people.SYSTEM, now=stage.now()
    )
    starts_at = (stage.now() + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    booking = await transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        options=Options(), expected_cost_tokens=None, key="k", actor=people.actor_of(member, "chat"), now=stage.now(),
    )  # fmt: skip
    await transact(bookings.take_due, step="prepare", now=stage.now(), limit=5)
    await transact(provisioning.begin, booking_id=booking.id, now=stage.now())
    now = stage.now()
    while runs := await provisioning.claim(now=now, limit=1, lease_seconds=30):
        outcome = Outcome(status="failed", exit_code=3, output=LOG)
        await transact(provisioning.finish, run=runs[0], outcome=outcome, vault=VAULT, now=now)
        now += timedelta(minutes=3)
    return booking


async def the_run() -> Row:
    row: Any = await ProvisioningRun.get_pymongo_collection().find_one({})
    assert row is not None
    return dict(row)


async def at_the_run(stage: BotStage) -> Person:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Preparations")
    await meera.taps("RACK-01 switch on · failed")
    return meera


async def test_a_failed_run_shows_the_end_of_its_log_and_is_tried_again(
    stage: BotStage, failed: bookings.Booking
) -> None:
    meera = await at_the_run(stage)

    shown = await meera.sees("RACK-01: switch on failed", failed.code, "power_on.sh", "Exit code: 3", "no answer")
    assert "BMC <10.0.0.7> & co" in text_of(shown)
    assert "pre" in {entity["type"] for entity in shown["entities"]}
    await meera.taps("Try again")

    await meera.sees("It is tried again.", "RACK-01: switch on waits")
    assert (await the_run())["status"] == "pending"
    assert "provisioning.retried" in await told_by(meera)


async def test_a_rack_is_declared_ready_by_hand(stage: BotStage, failed: bookings.Booking) -> None:
    meera = await at_the_run(stage)

    await meera.taps("Mark ready by hand")
    await meera.sees("Is RACK-01 ready for", "the member is told")
    await meera.taps("It is ready")

    await meera.sees("is ready; the member is told.")
    assert (await bookings.get(booking_id=failed.id, actor=people.SYSTEM)).status == "ready"
    assert "booking.declared_ready" in await told_by(meera)
