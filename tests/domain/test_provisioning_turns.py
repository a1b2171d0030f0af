"""Whose turn it is on a rack: one script at a time, and nobody finds what the booking before left."""

from datetime import timedelta

import pytest

from domain import bookings, people, provisioning, resources
from domain.kernel import Database, LeaseLost, OutboxEvent, Transactor, claim, dead_work, revive
from domain.provisioning import ProvisioningRun
from domain.resources import Hooks
from jobs.outbox import react
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, told
from tests.domain.moves import move
from tests.domain.preparing import BADLY, LEAD, WITH_ACCESS, Preparing, a_preparing_rack

BEGIN = START - LEAD
END = START + HOUR


@pytest.fixture
async def rack(database: Database, transact: Transactor) -> Preparing:
    return await a_preparing_rack(transact)


async def test_a_cancelled_booking_is_cleared_away_and_its_running_script_counts_no_more(rack: Preparing) -> None:
    member, booking = await rack.preparing()
    (running,) = await rack.claim(BEGIN)

    await rack.transact(bookings.cancel, booking_id=booking.id, actor=member, now=BEGIN)
    await rack.pass_time(BEGIN)

    assert await rack.runs() == [("provision", "cancelled"), ("power_off", "pending"), ("deprovision", "pending")]
    with pytest.raises(LeaseLost):
        await rack.finish(running, WITH_ACCESS, BEGIN)
    assert await rack.runs() == [("provision", "cancelled"), ("power_off", "pending"), ("deprovision", "pending")]
    assert await rack.claim(BEGIN) == []  # its script is still being ended
    await provisioning.let_go(running, now=BEGIN)
    assert await rack.run_all(BEGIN) == ["power_off", "deprovision"]


async def test_a_booking_cancelled_before_anything_began_leaves_nothing_to_clear(rack: Preparing) -> None:
    member, booking = await rack.booked()

    await rack.transact(bookings.cancel, booking_id=booking.id, actor=member, now=NOW)
    await rack.pass_time(BEGIN)

    assert await rack.runs() == []


async def test_a_session_called_off_while_it_runs_is_cleared_away(database: Database, transact: Transactor) -> None:
    rack = await a_preparing_rack(transact, hooks=Hooks(deprovision="wipe.sh"))
    _, booking = await rack.booked()
    await rack.pass_time(START)
    admin = await rack.stage.member(role=people.Role.ADMIN)

    await rack.transact(bookings.cancel, booking_id=booking.id, actor=admin, now=START + MINUTE)
    await rack.pass_time(START + MINUTE)

    assert await rack.runs() == [("deprovision", "pending")]


@pytest.mark.twice
async def test_the_next_preparation_never_overtakes_the_clearing_before_it(
    database: Database, transact: Transactor
) -> None:
    rack = await a_preparing_rack(transact, turnaround_minutes=0)
    await rack.preparing()
    await rack.run_all(BEGIN)
    await rack.pass_time(START)
    await rack.booked(starts_at=END)
    # The end of the one and the beginning of the other are heard of in the wrong order.
    await rack.transact(bookings.take_due, step="complete", now=END, limit=10)
    await rack.transact(bookings.take_due, step="prepare", now=END, limit=10)
    (second,) = [facts for facts in await told("booking.preparing") if facts["starts_at"] == END]
    await rack.transact(provisioning.begin, booking_id=second["booking_id"], now=END)
    await rack.pass_time(END)

    assert [step for step, _ in await rack.runs()][2:] == ["power_off", "deprovision", "provision"]
    (first,) = await rack.claim(END)
    assert first.step == "power_off"
    assert await rack.claim(END) == []  # one at a time
    await rack.finish(first, BADLY, END)
    assert await rack.claim(END) == []  # nor while it waits for another try
    assert await rack.run_all(END + MINUTE) == ["power_off", "deprovision", "provision", "power_on"]


async def test_racks_do_not_wait_for_each_other(rack: Preparing) -> None:
    other = await a_preparing_rack(rack.transact)
    await rack.booked()
    await other.booked()
    await rack.pass_time(BEGIN)

    claimed = await rack.claim(BEGIN)

    assert {run.resource_id for run in claimed} == {rack.stage.rack.id, other.stage.rack.id}


async def test_a_run_whose_worker_died_is_claimed_again_when_its_lease_has_ended(rack: Preparing) -> None:
    await rack.preparing()
    (lost,) = await rack.claim(BEGIN, lease_seconds=0.05)

    again: list[ProvisioningRun] = []
    while not again:
        again = await rack.claim(BEGIN)

    assert (again[0].id, again[0].attempts) == (lost.id, 2)
    with pytest.raises(LeaseLost):
        await rack.finish(lost, WITH_ACCESS, BEGIN)
    await rack.finish(again[0], WITH_ACCESS, BEGIN)
    assert await rack.runs() == [("provision", "succeeded"), ("power_on", "pending")]


async def test_what_was_begun_for_other_times_is_cleared_away_and_what_was_begun_for_the_new_ones_is_not(
    rack: Preparing,
) -> None:
    member, booking = await rack.preparing()
    await rack.transact(
        bookings.reschedule, booking_id=booking.id, resource_id=None, starts_at=START + 2 * HOUR,
        ends_at=END + 2 * HOUR, options=booking.options, expected_cost_tokens=None, expected_refund_tokens=None,
        key="move", actor=member, now=BEGIN,
    )  # fmt: skip

    await rack.pass_time(BEGIN)
    assert await rack.runs() == [("provision", "cancelled"), ("power_off", "pending"), ("deprovision", "pending")]
    assert await rack.run_all(BEGIN) == ["power_off", "deprovision"]
    await rack.pass_time(BEGIN + 2 * HOUR)
    (moved,) = await told("booking.rescheduled")
    await rack.transact(  # heard of very late
        provisioning.stand_down_moved, booking_id=booking.id, resource_id=moved["previous_resource_id"],
        starts_at=moved["previous_starts_at"], ends_at=moved["previous_ends_at"], now=BEGIN + 2 * HOUR,
    )  # fmt: skip

    assert (await rack.runs())[3:] == [("provision", "pending")]


@pytest.mark.twice
async def test_a_preparation_heard_of_before_the_move_that_caused_it_begins_after_clearing_away(
    rack: Preparing,
) -> None:
    member, booking = await rack.preparing()
    (running,) = await rack.claim(BEGIN)
    await move(rack.stage, booking, member, START + HOUR / 2, now=BEGIN)
    again = BEGIN + HOUR / 2

    await rack.transact(bookings.take_due, step="prepare", now=again, limit=5)
    heard = await claim(OutboxEvent, now=again, limit=50, lease_seconds=30)
    assert [work.name for work in heard][-2:] == ["booking.rescheduled", "booking.preparing"]
    for work in reversed(heard):
        await rack.transact(react, work=work, now=again)

    assert await rack.runs() == [
        ("provision", "cancelled"), ("power_off", "pending"), ("deprovision", "pending"), ("provision", "pending")
    ]  # fmt: skip
    await provisioning.let_go(running, now=again)
    assert await rack.run_all(again) == ["power_off", "deprovision", "provision", "power_on"]
    assert await rack.status(booking.id) == "ready"


async def test_a_booking_that_moved_to_another_rack_leaves_the_first_one_clean(rack: Preparing) -> None:
    other = await a_preparing_rack(rack.transact, venue=await resources.venue(rack.stage.rack.venue_id))
    member, booking = await rack.preparing()
    await rack.transact(
        bookings.reschedule, booking_id=booking.id, resource_id=other.stage.rack.id, starts_at=START, ends_at=END,
        options=booking.options, expected_cost_tokens=None, expected_refund_tokens=None, key="move", actor=member,
        now=BEGIN,
    )  # fmt: skip

    await rack.pass_time(BEGIN)

    assert await rack.runs() == [("provision", "cancelled"), ("power_off", "pending"), ("deprovision", "pending")]
    assert await other.runs() == [("provision", "pending")]
    assert await rack.run_all(BEGIN) != []
    assert await rack.status(booking.id) == "ready"


async def test_of_two_who_begin_at_the_same_moment_the_index_lets_one(rack: Preparing) -> None:
    await rack.preparing()
    await rack.run_next(WITH_ACCESS, BEGIN)
    collection = ProvisioningRun.get_pymongo_collection()
    # What the loser of the race sees: nothing when it looked, the other one when it begins.
    await collection.update_one({"step": "provision"}, {"$set": {"status": "running"}})

    assert await rack.claim(BEGIN) == []
    await collection.update_one({"step": "provision"}, {"$set": {"status": "succeeded"}})

    assert await rack.claim(BEGIN) == []
    (run,) = await rack.claim(BEGIN + timedelta(seconds=1))
    assert (run.step, run.failures) == ("power_on", 0)


async def test_what_went_wrong_without_the_script_is_put_back_and_after_many_times_shown_to_a_person(
    rack: Preparing,
) -> None:
    await rack.preparing()
    now = BEGIN

    for _ in range(12):
        (run,) = await rack.claim(now)
        await provisioning.give_back(run, reason="OSError: no more processes", retry_in_seconds=None, now=now)
        now += timedelta(minutes=5)

    assert await rack.runs() == [("provision", "failed")]
    (dead,) = await dead_work(limit=10)
    assert (dead.kind, dead.failure) == ("provisioning_runs", "OSError: no more processes")
    assert await revive("provisioning_runs", now=now) == 1
    assert await rack.runs() == [("provision", "pending")]
