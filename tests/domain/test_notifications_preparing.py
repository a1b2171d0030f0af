"""A rack that prepares itself: one message that changes, the alternatives when it is late, and who must look."""

from domain import bookings, provisioning
from domain.bookings import Booking
from domain.kernel import Database, Transactor
from domain.notifications import Kind
from domain.people import Actor, Role
from tests.building import a_member
from tests.domain.booking_stage import HOUR, MINUTE, START
from tests.domain.consequences import consequences, notices_of
from tests.domain.preparing import LEAD, Preparing, a_preparing_rack
from tests.domain.telling_stage import moves, notice, time_passes, told, would_read


async def late(transact: Transactor) -> tuple[Preparing, Actor, Booking]:
    """A rack that is still being prepared when its time has come."""
    rack = await a_preparing_rack(transact)
    member, booking = await rack.preparing()
    await time_passes(rack.stage, START, "late")
    return rack, member, booking


async def test_preparing_and_ready_are_one_message(database: Database, transact: Transactor) -> None:
    rack = await a_preparing_rack(transact)
    member, _ = await rack.preparing()

    await rack.run_all(START - LEAD)

    preparing, ready = await notices_of(member)
    assert (preparing.kind, ready.kind) == (Kind.SESSION_PREPARING, Kind.SESSION_READY)
    assert ready.replaces == preparing.dedupe_key
    assert await would_read(member, Kind.SESSION_PREPARING, START - LEAD) is None  # it is ready by now
    assert await would_read(member, Kind.SESSION_READY, START - LEAD) is not None


async def test_a_rack_that_was_told_to_be_late_is_told_to_be_ready_with_a_new_message(
    database: Database, transact: Transactor
) -> None:
    rack, member, _ = await late(transact)

    await rack.run_all(START + MINUTE)

    assert (await notice(member, Kind.SESSION_READY)).replaces is None


async def test_who_moves_a_booking_that_is_being_prepared_is_told_when_the_new_time_is_prepared(
    database: Database, transact: Transactor
) -> None:
    rack = await a_preparing_rack(transact)
    member, booking = await rack.preparing()
    assert await would_read(member, Kind.SESSION_PREPARING, START - LEAD) is not None

    await moves(rack.stage, booking, member, START + 2 * HOUR, START - LEAD)
    assert await would_read(member, Kind.SESSION_PREPARING, START - LEAD) is None
    await rack.run_all(START - LEAD + MINUTE)  # cleared away
    await rack.pass_time(START + 2 * HOUR - LEAD)

    assert await told(member) == [Kind.SESSION_PREPARING, Kind.SESSION_PREPARING]


async def test_a_late_rack_is_told_to_its_member_and_to_the_administrators(
    database: Database, transact: Transactor
) -> None:
    office = await a_member(transact, role=Role.ADMIN)
    rack, member, booking = await late(transact)

    assert await would_read(member, Kind.SESSION_LATE, START) is not None
    alert = await would_read(office, Kind.BOOKING_UNREADY, START)
    assert alert is not None
    assert (alert["booking"]["code"], alert["member_name"]) == (booking.code, member.name)
    assert Kind.SESSION_LATE not in await told(office)

    await transact(provisioning.declare_ready, booking_id=booking.id, actor=office, now=START + MINUTE)

    assert await would_read(member, Kind.SESSION_LATE, START + MINUTE) is None
    assert await would_read(office, Kind.BOOKING_UNREADY, START + MINUTE) is None
    assert rack.stage.rack.id == booking.resource_id


async def test_who_gives_a_late_rack_up_in_chat_is_not_told_again_and_by_a_program_is(
    database: Database, transact: Transactor
) -> None:
    for origin, expected in (("chat", 0), ("api", 1)):
        _, member, booking = await late(transact)
        actor = Actor(**{**vars(member), "origin": origin})
        await transact(bookings.refund_unready, booking_id=booking.id, actor=actor, now=START + MINUTE)
        await consequences(transact, now=START + MINUTE)

        said = [each.facts["because"] for each in await notices_of(member) if each.kind is Kind.BOOKING_CANCELLED]
        assert said == ["not_ready"] * expected
        assert await would_read(member, Kind.SESSION_LATE, START + MINUTE) is None


async def test_a_failed_preparation_is_told_to_administrators_with_the_end_of_what_the_script_said(
    database: Database, transact: Transactor
) -> None:
    office = await a_member(transact, role=Role.ADMIN)
    rack = await a_preparing_rack(transact)
    _, booking = await rack.preparing()
    now = START - LEAD
    outcome = provisioning.Outcome(status="failed", exit_code=3, output="no route to host")
    for _ in range(5):
        (run,) = await rack.claim(now)
        await rack.finish(run, outcome, now)
        now += 2 * MINUTE
    await consequences(transact, now=now)

    facts = await would_read(office, Kind.PREPARATION_FAILED, now)
    assert facts is not None
    assert (facts["step"], facts["exit_code"], facts["failures"]) == ("provision", 3, 5)
    assert (facts["output"], facts["is_preparation"]) == ("no route to host", True)

    await transact(provisioning.declare_ready, booking_id=booking.id, actor=office, now=now)

    assert await would_read(office, Kind.PREPARATION_FAILED, now) is None
