"""Who wants to be told what, and when they want quiet: on their own clock, on every day of the year."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from domain import notifications, people
from domain.kernel import Database, Transactor
from domain.notifications import (
    TOPICS,
    URGENT,
    InvalidQuietHours,
    Kind,
    Notice,
    Preference,
    Topic,
    UnknownTopic,
    quiet_ends_at,
)
from domain.people import Actor
from tests.building import a_member, a_venue

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # 01:30 in India
ZONES = ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Etc/UTC"]

times_of_day = st.times().map(lambda at: at.strftime("%H:%M"))


def is_quiet(begins: str, ends: str, zone: str, moment: datetime) -> bool:
    at, first, last = moment.astimezone(ZoneInfo(zone)).strftime("%H:%M"), begins, ends
    return first <= at < last if first < last else at >= first or at < last


@given(
    begins=times_of_day, ends=times_of_day, zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)  # fmt: skip
def test_quiet_lasts_until_the_first_moment_that_is_not_quiet(begins: str, ends: str, zone: str, now: datetime) -> None:
    if begins == ends:
        return
    until = quiet_ends_at(begins, ends, timezone=zone, now=now)

    if until is None:
        assert not is_quiet(begins, ends, zone, now)
        return
    assert is_quiet(begins, ends, zone, now)
    assert now < until <= now + timedelta(hours=25)
    assert not is_quiet(begins, ends, zone, until)
    assert is_quiet(begins, ends, zone, until - timedelta(seconds=1))
    between = [now + (until - now) * part / 97 for part in range(97)]
    assert all(is_quiet(begins, ends, zone, moment) for moment in between)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-28 23:30", "2026-03-29 07:00"),  # the clock goes forward: an hour less to wait
        ("2026-10-24 23:30", "2026-10-25 07:00"),  # and back: an hour more
        ("2026-06-01 06:59", "2026-06-01 07:00"),
    ],
)
def test_a_night_with_a_clock_change_ends_when_the_clock_says_so(now: str, until: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=berlin) for text in (now, until))

    assert quiet_ends_at("22:00", "07:00", timezone="Europe/Berlin", now=at.astimezone(UTC)) == expected


def test_an_end_that_the_clock_skips_is_the_end_of_the_gap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 29, 1, 30, tzinfo=berlin).astimezone(UTC)

    assert quiet_ends_at("22:00", "02:30", timezone="Europe/Berlin", now=now) == datetime(2026, 3, 29, 3, tzinfo=berlin)


@pytest.mark.parametrize(("at", "is_so"), [("21:59", False), ("22:00", True), ("06:59", True), ("07:00", False)])
def test_the_beginning_is_quiet_and_the_end_is_not(at: str, is_so: bool) -> None:
    now = datetime.combine(NOW.date(), time.fromisoformat(at), UTC)

    assert (quiet_ends_at("22:00", "07:00", timezone="Etc/UTC", now=now) is not None) is is_so


def a_notice(kind: Kind = Kind.TOKENS_LOW, **facts: Any) -> Notice:
    return Notice(member_id=PydanticObjectId(), kind=kind, facts=facts, dedupe_key="k", created_at=NOW, updated_at=NOW)


def quiet(begins: str = "22:00", ends: str = "07:00") -> Preference:
    return Preference(quiet_from=begins, quiet_until=ends, created_at=NOW, updated_at=NOW)


async def test_only_what_is_urgent_passes_quiet_hours(database: Database) -> None:
    booking = {"timezone": "Asia/Kolkata", "starts_at": NOW + timedelta(days=4)}

    for kind in Kind:
        notice = a_notice(kind, booking=booking)
        until = await notifications.quiet_until(notice, quiet(), timezone="Asia/Kolkata", now=NOW)
        assert until == (None if kind in URGENT else datetime(2026, 11, 21, 1, 30, tzinfo=UTC)), kind


def test_what_cannot_wait_is_urgent() -> None:
    assert {
        Kind.OFFER_MADE, Kind.SESSION_LATE, Kind.SESSION_ENDS_SOON, Kind.BOOKING_CANCELLED, Kind.PAYMENT_RECEIVED,
        Kind.PAYMENT_FAILED, Kind.PAYMENT_QUARANTINED, Kind.PREPARATION_FAILED, Kind.RESOURCE_OFF, Kind.BOOKING_UNREADY,
    } <= URGENT  # fmt: skip


@pytest.mark.parametrize(("hours", "waits"), [(2, False), (48, True)])
async def test_a_time_booked_for_somebody_at_night_is_told_at_once_if_it_begins_before_the_morning(
    database: Database, hours: int, waits: bool
) -> None:
    booking = {"timezone": "Asia/Kolkata", "starts_at": NOW + timedelta(hours=hours)}

    until = await notifications.quiet_until(
        a_notice(Kind.AUTO_BOOKED, booking=booking), quiet(), timezone=None, now=NOW
    )

    assert (until is not None) is waits


async def test_quiet_hours_are_the_members_own_else_the_venues(database: Database, transact: Transactor) -> None:
    of_booking = a_notice(Kind.REMINDER_24H, booking={"timezone": "Asia/Kolkata"})

    assert await notifications.quiet_until(of_booking, quiet(), timezone="Europe/Berlin", now=NOW) is None  # 21:00
    assert await notifications.quiet_until(of_booking, quiet(), timezone=None, now=NOW) is not None
    assert await notifications.quiet_until(a_notice(), quiet(), timezone=None, now=NOW) is None  # no venue: UTC
    await a_venue(transact)
    assert await notifications.quiet_until(a_notice(), quiet(), timezone=None, now=NOW) is not None


async def test_who_mutes_everything_is_still_told_of_money_and_of_what_is_taken_away(database: Database) -> None:
    deaf = Preference(muted=list(Topic), created_at=NOW, updated_at=NOW)

    assert {kind for kind in Kind if notifications.is_muted(kind, deaf)} == set(TOPICS)
    assert set(TOPICS.values()) == set(Topic)
    assert not any(notifications.is_muted(kind, Preference(created_at=NOW, updated_at=NOW)) for kind in Kind)


def test_cancellations_payments_offers_debts_and_alarms_have_no_topic() -> None:
    assert not TOPICS.keys() & {
        Kind.BOOKING_CANCELLED, Kind.BOOKING_MOVED, Kind.PAYMENT_RECEIVED, Kind.PAYMENT_FAILED, Kind.OVERTIME_CHARGED,
        Kind.DEBT_SETTLED, Kind.TOKENS_ADJUSTED, Kind.OFFER_MADE, Kind.AUTO_BOOKED, Kind.SESSION_LATE,
        Kind.SESSION_MISSED, Kind.PREPARATION_FAILED, Kind.ACCOUNT_DISABLED,
    }  # fmt: skip


async def chosen(member: Actor) -> Preference:
    assert member.member_id is not None
    return await notifications.preference_of(member.member_id, now=NOW)


@pytest.mark.twice
async def test_a_topic_is_switched_off_and_on(database: Database, transact: Transactor) -> None:
    member, other = await a_member(transact), await a_member(transact)

    for topic, is_on in (("session", False), ("tokens", False), ("tokens", False), ("session", True)):
        await transact(notifications.set_topic, actor=member, topic=topic, is_on=is_on, now=NOW)

    assert (await chosen(member)).muted == [Topic.TOKENS]
    assert (await chosen(other)).muted == []


async def test_switching_on_what_was_never_off_changes_nothing(database: Database, transact: Transactor) -> None:
    member = await a_member(transact)

    preference = await transact(notifications.set_topic, actor=member, topic="tokens", is_on=True, now=NOW)

    assert preference.muted == []


@pytest.mark.parametrize("topic", ["payments", "booking_cancelled", "", "SESSION"])
async def test_there_is_no_switch_for_anything_else(database: Database, transact: Transactor, topic: str) -> None:
    member = await a_member(transact)

    with pytest.raises(UnknownTopic):
        await transact(notifications.set_topic, actor=member, topic=topic, is_on=False, now=NOW)

    assert (await chosen(member)).muted == []


@pytest.mark.twice
async def test_quiet_hours_are_set_moved_and_taken_away(database: Database, transact: Transactor) -> None:
    member = await a_member(transact)
    about: dict[str, Any] = {"actor": member, "now": NOW}

    await transact(notifications.set_quiet_hours, quiet_from="22:00", quiet_until="07:00", **about)
    moved = await transact(notifications.set_quiet_hours, quiet_from="00:00", quiet_until="06:30", **about)
    gone = await transact(notifications.set_quiet_hours, quiet_from=None, quiet_until=None, **about)

    assert (moved.quiet_from, moved.quiet_until) == ("00:00", "06:30")
    assert (gone.quiet_from, gone.quiet_until) == (None, None)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("22:00", "22:00"), ("24:00", "07:00"), ("7:00", "08:00"), ("22:00", None), (None, "07:00"), ("22:00", "07:60"),
     ("22:00\n", "07:00")],
)  # fmt: skip
async def test_what_is_no_span_of_the_day_is_refused(
    database: Database, transact: Transactor, begins: str | None, ends: str | None
) -> None:
    member = await a_member(transact)

    with pytest.raises(InvalidQuietHours):
        await transact(notifications.set_quiet_hours, actor=member, quiet_from=begins, quiet_until=ends, now=NOW)

    assert (await chosen(member)).quiet_from is None


async def test_nobody_elses_wishes_are_touched(database: Database, transact: Transactor) -> None:
    assert people.SYSTEM.member_id is None
    with pytest.raises(AssertionError, match="wishes nothing"):
        await transact(notifications.set_topic, actor=people.SYSTEM, topic="session", is_on=False, now=NOW)
