"""Racks prepare themselves before a session and are cleared away after it."""

from datetime import timedelta

import pytest

from domain import bookings, people, provisioning
from domain.bookings import BookingNotFound
from domain.kernel import Database, Transactor, Vault
from domain.provisioning import ProvisioningRun
from domain.resources import Hooks
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, told
from tests.domain.moves import move
from tests.domain.preparing import ACCESS, BADLY, LEAD, WELL, WITH_ACCESS, Preparing, a_preparing_rack
from tests.vault import VAULT

BEGIN = START - LEAD
END = START + HOUR


@pytest.fixture
async def rack(database: Database, transact: Transactor) -> Preparing:
    return await a_preparing_rack(transact)


@pytest.mark.twice
async def test_a_rack_prepares_itself_step_by_step_and_the_session_begins_on_a_ready_one(rack: Preparing) -> None:
    _, booking = await rack.booked()

    await rack.pass_time(BEGIN - MINUTE)
    assert await rack.runs() == []
    await rack.pass_time(BEGIN)
    assert (await rack.status(booking.id), await rack.runs()) == ("preparing", [("provision", "pending")])
    await rack.run_next(WITH_ACCESS, BEGIN)
    assert await rack.runs() == [("provision", "succeeded"), ("power_on", "pending")]
    assert await rack.status(booking.id) == "preparing"
    await rack.run_next(WELL, BEGIN)
    assert await rack.status(booking.id) == "ready"
    await rack.pass_time(START)

    assert await rack.status(booking.id) == "active"
    assert [facts["by_hand"] for facts in await told("booking.ready")] == [False]


@pytest.mark.twice
async def test_after_the_session_it_is_switched_off_and_wiped(rack: Preparing) -> None:
    await rack.preparing()
    await rack.run_all(BEGIN)
    await rack.pass_time(START)

    await rack.pass_time(END)

    assert await rack.runs() == [
        ("provision", "succeeded"), ("power_on", "succeeded"), ("power_off", "pending"), ("deprovision", "pending")
    ]  # fmt: skip
    assert await rack.run_all(END) == ["power_off", "deprovision"]
    rows = ProvisioningRun.get_pymongo_collection().find({"access": {"$ne": None}})
    assert await rows.to_list(None) == []


async def test_only_the_scripts_that_the_rack_has_are_run(database: Database, transact: Transactor) -> None:
    rack = await a_preparing_rack(transact, hooks=Hooks(power_on="power.sh", deprovision="wipe.sh"))
    await rack.preparing()

    assert await rack.run_all(BEGIN) == ["power_on"]
    await rack.pass_time(START)
    await rack.pass_time(END)
    assert await rack.run_all(END) == ["deprovision"]


async def test_a_rack_that_is_only_wiped_needs_no_preparation(database: Database, transact: Transactor) -> None:
    rack = await a_preparing_rack(transact, hooks=Hooks(deprovision="wipe.sh"))
    _, booking = await rack.booked()

    await rack.pass_time(START)
    assert (await rack.status(booking.id), await rack.runs()) == ("active", [])
    await rack.pass_time(END)

    assert await rack.run_all(END) == ["deprovision"]


async def test_scripts_taken_away_meanwhile_are_not_waited_for(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    await rack.stage.edit(rack={"aci_versions": ["6.0(5h)"], "hooks": {"provision": "access.py"}})

    assert await rack.run_all(BEGIN) == ["provision"]

    assert await rack.status(booking.id) == "ready"


async def test_beginning_twice_is_beginning_once(rack: Preparing) -> None:
    _, booking = await rack.preparing()

    await rack.transact(provisioning.begin, booking_id=booking.id, now=BEGIN)

    assert await rack.runs() == [("provision", "pending")]


async def test_the_script_is_told_what_it_needs_and_nothing_about_the_person(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    (run,) = await rack.claim(BEGIN)

    facts = await provisioning.facts_of(run)

    assert facts == {
        "run": str(run.id), "step": "provision", "attempt": 1, "booking": booking.code,
        "starts_at": START.isoformat(), "ends_at": END.isoformat(), "resource": rack.stage.rack.code,
        "options": {"aci_version": booking.options.aci_version, "preconfig": []},
    }  # fmt: skip


@pytest.mark.twice
async def test_a_failure_is_tried_again_later_each_time_and_then_told_once(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    now, waits = BEGIN, []

    for _ in range(5):
        await rack.run_next(BADLY, now)
        row = await ProvisioningRun.get_pymongo_collection().find_one({})
        assert row is not None
        if row["status"] == "pending":
            assert await rack.claim(row["not_before"] - timedelta(milliseconds=1)) == []
            waits.append((row["not_before"] - now).total_seconds())
            now = row["not_before"]

    assert waits == [5, 10, 20, 40]
    assert await rack.runs() == [("provision", "failed")]
    assert await rack.status(booking.id) == "preparing"
    (failed,) = await told("provisioning.failed")
    assert (failed["code"], failed["step"], failed["exit_code"]) == (booking.code, "provision", 3)
    assert (failed["output"], failed["failures"], failed["resource_id"]) == ("no route to host", 5, rack.stage.rack.id)


async def test_a_preparation_is_not_tried_again_beyond_the_end_of_the_booking(rack: Preparing) -> None:
    await rack.preparing()

    await rack.run_next(BADLY, END - timedelta(seconds=5))

    assert await rack.runs() == [("provision", "failed")]


async def test_a_failure_and_then_a_success_go_on_as_if_nothing_had_been(rack: Preparing) -> None:
    _, booking = await rack.preparing()

    await rack.run_next(provisioning.Outcome(status="timed_out", exit_code=None, output=""), BEGIN)
    assert await rack.run_all(BEGIN + MINUTE) == ["provision", "power_on"]

    assert await rack.status(booking.id) == "ready"
    assert await told("provisioning.failed") == []


async def test_clearing_away_is_more_patient_and_goes_on_with_the_next_step_when_given_up(rack: Preparing) -> None:
    await rack.preparing()
    await rack.run_all(BEGIN)
    await rack.pass_time(START)
    await rack.pass_time(END)
    now = END

    for _ in range(12):
        run = await rack.run_next(BADLY, now)
        assert run.step == "power_off"
        now += timedelta(minutes=10)

    assert (await rack.runs())[2:] == [("power_off", "failed"), ("deprovision", "pending")]
    assert [facts["step"] for facts in await told("provisioning.failed")] == ["power_off"]
    assert await rack.run_all(now) == ["deprovision"]


async def test_access_data_are_for_the_member_and_for_the_time_of_the_session_only(rack: Preparing) -> None:
    member, booking = await rack.preparing()
    stranger = await rack.stage.member()
    staff = await rack.stage.member(role=people.Role.ADMIN)

    async def seen(actor: people.Actor, now: object, vault: Vault = VAULT) -> dict[str, str] | None:
        return await provisioning.access(booking_id=booking.id, actor=actor, vault=vault, now=now)  # type: ignore[arg-type]

    await rack.run_next(WITH_ACCESS, BEGIN)
    assert await seen(member, BEGIN) is None  # not ready
    await rack.run_next(WELL, BEGIN)
    assert await seen(member, BEGIN) == ACCESS
    await rack.pass_time(START)
    assert await seen(member, END - MINUTE) == ACCESS
    assert await seen(member, END) is None  # late, though nobody has wiped it yet
    for other in (stranger, staff):
        with pytest.raises(BookingNotFound):
            await seen(other, START)
    assert await seen(member, START, Vault([Vault.generate_key()])) is None
    assert await seen(member, START, Vault([Vault.generate_key()])) is None
    await rack.pass_time(END)
    assert await seen(member, START) is None


async def test_access_data_are_stored_encrypted(rack: Preparing) -> None:
    await rack.preparing()
    await rack.run_next(WITH_ACCESS, BEGIN)

    row = await ProvisioningRun.get_pymongo_collection().find_one({"step": "provision"})

    assert row is not None
    assert ACCESS["password"] not in str(row)
    assert ACCESS["password"] in VAULT.decrypt(row["access"])


@pytest.mark.parametrize("meanwhile", ["cancelled", "moved"])
async def test_access_data_for_a_booking_that_waits_no_more_are_not_even_stored(
    rack: Preparing, meanwhile: str
) -> None:
    member, booking = await rack.preparing()
    (running,) = await rack.claim(BEGIN)
    if meanwhile == "cancelled":
        await rack.transact(bookings.cancel, booking_id=booking.id, actor=member, now=BEGIN)
    else:
        await move(rack.stage, booking, member, START + HOUR, now=BEGIN)

    await rack.finish(running, WITH_ACCESS, BEGIN)  # before the one or the other is heard of

    row = await ProvisioningRun.get_pymongo_collection().find_one({"_id": running.id})
    assert row is not None
    assert (row["status"], row["access"]) == ("succeeded", None)
    assert await rack.runs() == [("provision", "succeeded")]
    await rack.pass_time(BEGIN)
    assert (await rack.runs())[1:] == [("power_off", "pending"), ("deprovision", "pending")]


async def test_a_rack_that_has_lost_its_scripts_is_ready_at_once(rack: Preparing) -> None:
    _, booking = await rack.booked()
    await rack.stage.edit(rack={"aci_versions": ["6.0(5h)"]})

    await rack.pass_time(BEGIN)

    assert (await rack.status(booking.id), await rack.runs()) == ("ready", [])


async def test_a_preparation_heard_of_when_it_is_over_is_not_begun(rack: Preparing) -> None:
    member, booking = await rack.booked()
    await rack.transact(bookings.cancel, booking_id=booking.id, actor=member, now=NOW)

    await rack.transact(provisioning.begin, booking_id=booking.id, now=BEGIN)
    await rack.transact(provisioning.stand_down, booking_id=booking.id, resource_id=rack.stage.rack.id, now=BEGIN)

    assert await rack.runs() == []
