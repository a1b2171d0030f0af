"""Reminders are true: never for what was called off, moved or booked too late for them, and one at a time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.kernel import Database, Transactor
from domain.notifications import Kind
from tests.building import a_venue
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, a_stage
from tests.domain.consequences import consequences, notices_of
from tests.domain.front_desk import step as take_step
from tests.domain.telling_stage import cancels, moves, notice, time_passes, told, would_read

DAY = timedelta(days=1)
DAY_BEFORE, HALF_HOUR_BEFORE = START - DAY, START - 30 * MINUTE
REMINDERS = ("remind_1440", "remind_30")


async def test_a_member_is_reminded_a_day_and_half_an_hour_before(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    await stage.book(member)

    await time_passes(stage, DAY_BEFORE - MINUTE)
    assert await told(member) == []
    await time_passes(stage, DAY_BEFORE)
    assert await told(member) == [Kind.REMINDER_24H]
    await time_passes(stage, DAY_BEFORE + HOUR)
    await time_passes(stage, HALF_HOUR_BEFORE)
    await time_passes(stage, HALF_HOUR_BEFORE + MINUTE)

    assert await told(member) == [Kind.REMINDER_24H, Kind.REMINDER_30M]
    facts = await would_read(member, Kind.REMINDER_30M, HALF_HOUR_BEFORE)
    assert facts is not None
    assert (facts["minutes_before"], facts["booking"]["starts_at"]) == (30, START)


async def test_who_books_later_than_that_is_not_reminded_of_it(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()

    await stage.book(member, now=DAY_BEFORE + MINUTE)
    await time_passes(stage, DAY_BEFORE + 2 * MINUTE)
    assert await told(member) == []
    await time_passes(stage, HALF_HOUR_BEFORE)

    assert await told(member) == [Kind.REMINDER_30M]


async def test_who_books_at_the_last_minute_is_not_reminded_at_all(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()

    await stage.book(member, now=START - 10 * MINUTE)
    await time_passes(stage, START - 5 * MINUTE, *REMINDERS)

    assert await told(member) == []


async def test_nobody_is_reminded_of_what_was_cancelled_before(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)

    await cancels(stage, booking, member, NOW)
    await time_passes(stage, DAY_BEFORE)
    await time_passes(stage, HALF_HOUR_BEFORE)

    assert await told(member) == []


async def test_nobody_is_reminded_of_what_was_cancelled_between_the_tick_and_the_sending(
    database: Database, transact: Transactor
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)
    await time_passes(stage, HALF_HOUR_BEFORE)
    assert await would_read(member, Kind.REMINDER_30M, HALF_HOUR_BEFORE) is not None

    await cancels(stage, booking, member, HALF_HOUR_BEFORE)

    assert await would_read(member, Kind.REMINDER_30M, HALF_HOUR_BEFORE) is None


async def test_nobody_is_reminded_of_what_was_cancelled_before_the_reaction(
    database: Database, transact: Transactor
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)
    for step in REMINDERS:
        await take_step(stage, step, HALF_HOUR_BEFORE)

    await cancels(stage, booking, member, HALF_HOUR_BEFORE)

    assert all([await would_read(member, each.kind, HALF_HOUR_BEFORE) is None for each in await notices_of(member)])


async def test_who_moves_a_booking_is_reminded_of_the_new_time(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)
    await time_passes(stage, DAY_BEFORE)
    await moves(stage, booking, member, START + 3 * DAY, DAY_BEFORE)

    assert await would_read(member, Kind.REMINDER_24H, DAY_BEFORE) is None
    await time_passes(stage, HALF_HOUR_BEFORE)
    assert await told(member) == [Kind.REMINDER_24H]
    await time_passes(stage, START + 2 * DAY)

    old, new = await notices_of(member)
    assert (old.kind, new.kind) == (Kind.REMINDER_24H, Kind.REMINDER_24H)
    assert new.facts["booking"]["starts_at"] == START + 3 * DAY


async def test_after_the_clock_has_jumped_only_the_nearer_reminder_comes(
    database: Database, transact: Transactor
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    await stage.book(member)

    await time_passes(stage, START - 20 * MINUTE)

    assert await told(member) == [Kind.REMINDER_30M]


async def test_after_the_start_no_reminder_comes(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    await stage.book(member)

    await time_passes(stage, START, *REMINDERS)

    assert await told(member) == []


@pytest.mark.parametrize(("minutes", "is_sent"), [(31, True), (30, False)])
async def test_a_day_reminder_that_waited_too_long_gives_way_to_the_nearer(
    database: Database, transact: Transactor, minutes: int, is_sent: bool
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    await stage.book(member)
    await time_passes(stage, DAY_BEFORE)

    facts = await would_read(member, Kind.REMINDER_24H, START - minutes * MINUTE)

    assert (facts is not None) is is_sent


@pytest.mark.parametrize(
    ("zone", "on"),
    [("Europe/Berlin", "2026-10-25"), ("Europe/Berlin", "2027-03-28"), ("America/New_York", "2026-11-01")],
)
async def test_a_day_before_is_twenty_four_hours_also_when_the_clock_changes(
    database: Database, transact: Transactor, zone: str, on: str
) -> None:
    venue = await a_venue(transact, timezone=zone)
    stage = await a_stage(transact, venue=venue, advance_days_max=366)
    member = await stage.member()
    starts_at = datetime.fromisoformat(f"{on} 12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    await stage.book(member, starts_at, now=starts_at - 3 * DAY)

    await time_passes(stage, starts_at - DAY - timedelta(seconds=1))
    assert await told(member) == []
    await time_passes(stage, starts_at - DAY)

    assert await told(member) == [Kind.REMINDER_24H]
    assert (await notice(member, Kind.REMINDER_24H)).facts["booking"]["timezone"] == zone


async def test_a_reminder_says_whether_a_code_must_be_brought(database: Database, transact: Transactor) -> None:
    told_of = {}
    for check_in in ("none", "required"):
        stage = await a_stage(transact, check_in=check_in)
        member = await stage.member()
        await stage.book(member)
        await time_passes(stage, HALF_HOUR_BEFORE)
        told_of[check_in] = await would_read(member, Kind.REMINDER_30M, HALF_HOUR_BEFORE)

    plain, with_code = told_of["none"], told_of["required"]
    assert plain is not None
    assert with_code is not None
    assert (plain["booking"]["needs_check_in"], with_code["booking"]["needs_check_in"]) == (False, True)


async def test_a_hold_is_not_reminded_of(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member(tokens=0)
    await stage.hold(member, now=DAY_BEFORE - MINUTE)

    await time_passes(stage, DAY_BEFORE)
    await consequences(stage.transact, now=DAY_BEFORE)

    assert await told(member) == []
