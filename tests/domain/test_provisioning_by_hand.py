"""What operators do about racks that do not prepare themselves."""

from datetime import timedelta

import pytest

from domain import audit, bookings, people, provisioning
from domain.bookings import BookingNotFound, NotPreparing
from domain.kernel import Database, LeaseLost, Transactor
from domain.people import NotPermitted
from domain.provisioning import NotRetryable, ProvisioningRun, RunNotFound, RunStatus
from tests.domain.booking_stage import HOUR, MINUTE, START, told
from tests.domain.consequences import consequences
from tests.domain.preparing import BADLY, LEAD, WELL, WITH_ACCESS, Preparing, a_preparing_rack

BEGIN = START - LEAD
END = START + HOUR


@pytest.fixture
async def rack(database: Database, transact: Transactor) -> Preparing:
    return await a_preparing_rack(transact)


async def given_up(rack: Preparing, now: object = BEGIN) -> ProvisioningRun:
    """The run whose turn it is, after all its tries."""
    moment = now
    while True:
        run = await rack.run_next(BADLY, moment)  # type: ignore[arg-type]
        row = await ProvisioningRun.get_pymongo_collection().find_one({"_id": run.id})
        assert row is not None
        if row["status"] == "failed":
            return ProvisioningRun.read(row)
        moment = row["not_before"]


@pytest.mark.twice
async def test_what_was_given_up_is_tried_again_on_request(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    run = await given_up(rack)
    admin = await rack.stage.member(role=people.Role.ADMIN)

    retried = await rack.transact(provisioning.retry, run_id=run.id, actor=admin, now=START)

    assert (retried.status, retried.failures) == (RunStatus.PENDING, 0)
    assert await rack.run_all(START) == ["provision", "power_on"]
    assert await rack.status(booking.id) == "ready"
    (entry,) = (await audit.of_subject(booking.id, page=1, limit=10)).items
    assert (entry.action, entry.actor_id) == ("provisioning.retried", admin.member_id)


async def test_only_what_was_given_up_and_only_by_those_who_may(rack: Preparing) -> None:
    member, _ = await rack.preparing()
    admin = await rack.stage.member(role=people.Role.ADMIN)
    staff = await rack.stage.member(role=people.Role.STAFF)
    row = await ProvisioningRun.get_pymongo_collection().find_one({})
    assert row is not None

    for nobody in (member, staff):
        with pytest.raises(NotPermitted):
            await rack.transact(provisioning.retry, run_id=row["_id"], actor=nobody, now=BEGIN)
    with pytest.raises(NotRetryable):
        await rack.transact(provisioning.retry, run_id=row["_id"], actor=admin, now=BEGIN)
    with pytest.raises(RunNotFound):
        await rack.transact(provisioning.retry, run_id=row["booking_id"], actor=admin, now=BEGIN)


async def test_a_preparation_is_not_retried_for_a_booking_that_waits_no_more(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    run = await given_up(rack)
    admin = await rack.stage.member(role=people.Role.ADMIN)
    await rack.transact(provisioning.declare_ready, booking_id=booking.id, actor=admin, now=BEGIN)

    with pytest.raises(NotPreparing):
        await rack.transact(provisioning.retry, run_id=run.id, actor=admin, now=BEGIN)


async def test_a_clearing_is_retried_until_another_booking_has_the_rack(rack: Preparing) -> None:
    await rack.preparing()
    await rack.run_all(BEGIN)
    await rack.pass_time(START)
    await rack.pass_time(END)
    off = await given_up(rack, END)
    admin = await rack.stage.member(role=people.Role.ADMIN)
    assert await rack.run_all(END + HOUR) == ["deprovision"]

    await rack.transact(provisioning.retry, run_id=off.id, actor=admin, now=END + HOUR)
    again = await given_up(rack, END + HOUR)
    await rack.booked(starts_at=START + 4 * HOUR)
    await rack.pass_time(BEGIN + 4 * HOUR)

    assert again.id == off.id
    with pytest.raises(NotRetryable):
        await rack.transact(provisioning.retry, run_id=off.id, actor=admin, now=BEGIN + 4 * HOUR)


@pytest.mark.twice
async def test_a_rack_declared_ready_is_ready_and_its_scripts_are_ended(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    (running,) = await rack.claim(BEGIN)
    admin = await rack.stage.member(role=people.Role.ADMIN)

    ready = await rack.transact(provisioning.declare_ready, booking_id=booking.id, actor=admin, now=BEGIN)
    await consequences(rack.transact, now=BEGIN)

    assert ready.status is bookings.Status.READY
    assert await rack.runs() == [("provision", "cancelled")]
    with pytest.raises(LeaseLost):
        await rack.finish(running, WELL, BEGIN)
    assert [facts["by_hand"] for facts in await told("booking.ready")] == [True]
    (entry,) = (await audit.of_subject(booking.id, page=1, limit=10)).items
    assert (entry.action, entry.before, entry.actor_id) == (
        "booking.declared_ready", {"status": "preparing"}, admin.member_id,
    )  # fmt: skip
    await rack.pass_time(START)
    await rack.pass_time(END)
    assert (await rack.runs())[1:] == [("power_off", "pending"), ("deprovision", "pending")]


async def test_only_a_preparing_rack_is_declared_ready_and_only_by_those_who_may(rack: Preparing) -> None:
    member, booking = await rack.booked()
    admin = await rack.stage.member(role=people.Role.ADMIN)

    with pytest.raises(NotPermitted):
        await rack.transact(provisioning.declare_ready, booking_id=booking.id, actor=member, now=BEGIN)
    with pytest.raises(NotPreparing):
        await rack.transact(provisioning.declare_ready, booking_id=booking.id, actor=admin, now=BEGIN)
    with pytest.raises(BookingNotFound):
        await rack.transact(provisioning.declare_ready, booking_id=rack.stage.rack.id, actor=admin, now=BEGIN)


async def test_the_member_sees_the_steps_and_administrators_the_log(rack: Preparing) -> None:
    member, booking = await rack.preparing()
    await rack.run_next(BADLY, BEGIN)
    admin = await rack.stage.member(role=people.Role.ADMIN)
    stranger = await rack.stage.member()

    (mine,) = await provisioning.of_booking(booking_id=booking.id, actor=member)
    (theirs,) = await provisioning.of_booking(booking_id=booking.id, actor=admin)

    assert (mine.step, mine.status, mine.failures) == ("provision", RunStatus.PENDING, 1)
    assert mine.next_try_at == BEGIN + timedelta(seconds=5)
    assert (mine.script, mine.exit_code, mine.output) == (None, None, None)
    assert (theirs.script, theirs.exit_code, theirs.output) == ("access.py", 3, "no route to host")
    with pytest.raises(BookingNotFound):
        await provisioning.of_booking(booking_id=booking.id, actor=stranger)


async def test_administrators_see_what_ran_lately(rack: Preparing) -> None:
    member, _ = await rack.preparing()
    await rack.run_next(WITH_ACCESS, BEGIN)
    admin = await rack.stage.member(role=people.Role.ADMIN)

    every = await provisioning.recent(status=None, actor=admin, page=1, limit=10)
    waiting = await provisioning.recent(status=RunStatus.PENDING, actor=admin, page=1, limit=10)

    assert [run.step for run in every.items] == ["power_on", "provision"]
    assert ([run.step for run in waiting.items], waiting.total) == (["power_on"], 1)
    with pytest.raises(NotPermitted):
        await provisioning.recent(status=None, actor=member, page=1, limit=10)


async def test_a_late_rack_becomes_active_as_soon_as_it_is_ready(rack: Preparing) -> None:
    _, booking = await rack.preparing()
    await rack.pass_time(START + MINUTE)
    assert await rack.status(booking.id) == "preparing"

    await rack.run_all(START + MINUTE)
    await rack.pass_time(START + MINUTE)

    assert await rack.status(booking.id) == "active"
