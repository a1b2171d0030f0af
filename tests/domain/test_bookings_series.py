"""A weekly series: the same time on the venue's clock, all weeks or none."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import bookings, people, resources, wallets
from domain.bookings import Booking
from domain.kernel import Database, Row, Transactor
from domain.people import Actor, Role
from domain.resources import Options
from tests.building import a_rack, a_venue
from tests.domain.booking_stage import HALF_HOUR, HOUR, NOW, START, BookingStage, a_stage, told
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")

WEEK = timedelta(weeks=1)


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


def wish(stage: BookingStage, actor: Actor, **fields: Any) -> Row:
    """An hour in each of three weeks."""
    return {
        "resource_id": stage.rack.id, "starts_at": START, "ends_at": START + HOUR, "options": Options(), "weeks": 3,
        "actor": actor, "now": NOW, **fields,
    }  # fmt: skip


async def book(stage: BookingStage, actor: Actor, **fields: Any) -> list[Booking]:
    """Book a series, with all but what matters filled in."""
    given = {"expected_cost_tokens": None, "key": "series-1", **wish(stage, actor, **fields)}
    return await stage.transact(bookings.book_series, **given)


async def test_a_series_is_a_booking_and_a_spending_for_each_week(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)

    made = await book(stage, member, expected_cost_tokens=6)

    assert [booking.starts_at for booking in made] == [START, START + WEEK, START + 2 * WEEK]
    assert {booking.series_id for booking in made} == {made[0].id}
    assert len({booking.seat for booking in made}) == 3
    assert await stage.balance(member) == 4
    history = await wallets.history(member_id=made[0].member_id, page=1, limit=10)
    assert [entry.booking for entry in history.items if entry.booking] == [booking.id for booking in reversed(made)]
    assert [event["because"] for event in await told("booking.confirmed")] == ["series"] * 3
    assert await bookings.of_series(series_id=made[0].id, actor=member) == made


async def test_asking_again_with_the_key_returns_the_series(stage: BookingStage) -> None:
    member = await stage.member(tokens=20)
    made = await book(stage, member)
    await stage.transact(bookings.cancel, booking_id=made[1].id, actor=member, now=NOW)

    again = await book(stage, member)

    assert [booking.id for booking in again] == [booking.id for booking in made]
    assert await stage.balance(member) == 16
    for other in ({"weeks": 2}, {"ends_at": START + 2 * HOUR}):
        with pytest.raises(bookings.KeyReused):
            await book(stage, member, **other)
    with pytest.raises(bookings.KeyReused):
        await stage.book(member, key="series-1")


async def test_the_same_series_from_two_devices_at_once_is_one(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)

    made = await asyncio.gather(*(book(stage, member) for _ in range(3)))

    assert len({series[0].id for series in made}) == 1
    assert await stage.balance(member) == 4


async def test_every_clash_is_listed_and_nothing_is_booked(stage: BookingStage) -> None:
    member = await stage.member(tokens=20)
    await stage.book(await stage.member(), START + WEEK - HALF_HOUR)
    closed = (START + 3 * WEEK).date().isoformat()
    await stage.transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"closed_on": [closed]}, actor=people.SYSTEM,
        now=NOW,
    )  # fmt: skip
    await stage.edit(advance_days_max=30)

    with pytest.raises(bookings.SeriesClashes) as refused:
        await book(stage, member, weeks=5)

    assert refused.value.facts["clashes"] == [
        {"starts_at": START + n * WEEK, "ends_at": START + n * WEEK + HOUR, "code": code}
        for n, code in ((1, "SLOT_TAKEN"), (3, "OUTSIDE_OPENING_HOURS"), (4, "TOO_FAR_AHEAD"))
    ]
    assert await stage.balance(member) == 20
    assert (await bookings.upcoming(member_id=member.member_id, now=NOW, page=1, limit=10)).total == 0  # type: ignore[arg-type]


async def test_of_two_series_at_once_that_share_a_week_one_is_booked(stage: BookingStage) -> None:
    members = [await stage.member(tokens=10) for _ in range(2)]

    asked = [book(stage, member, starts_at=START + n * WEEK, ends_at=START + n * WEEK + HOUR)
             for n, member in enumerate(members)]  # fmt: skip
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["SeriesClashes", "list"]
    assert sorted([await stage.balance(member) for member in members]) == [4, 10]


async def test_weeks_that_overlap_each_other_clash(stage: BookingStage) -> None:
    await stage.edit(slot_minutes=720, max_slots=14)
    member = await stage.member()
    midnight = START + timedelta(hours=14)

    with pytest.raises(bookings.SeriesClashes) as refused:
        await book(stage, member, starts_at=midnight, ends_at=midnight + WEEK)

    assert [clash["code"] for clash in refused.value.facts["clashes"]] == ["SLOT_TAKEN"] * 2
    six_days = await book(stage, member, starts_at=midnight, ends_at=midnight + timedelta(days=6))
    assert len(six_days) == 3


async def test_dead_holds_and_ones_own_give_way_in_any_week(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    dead = await stage.hold(other, START, now=NOW - HOUR)
    mine = await stage.hold(member, START + WEEK)

    await book(stage, member)

    stored = [await bookings.get(booking_id=one.id, actor=people.SYSTEM) for one in (dead, mine)]
    assert [one.status for one in stored] == ["expired", "cancelled"]


async def test_a_series_needs_a_place_for_every_week(stage: BookingStage) -> None:
    member = await stage.member()
    for number in range(8):
        await stage.book(member, START + 2 * HOUR * (number + 1))

    with pytest.raises(bookings.TooManyBookings):
        await book(stage, member)
    quoted = await bookings.series_quote(**wish(stage, member))

    assert [one.problem for one in quoted.occurrences] == [None, None, "TOO_MANY_BOOKINGS"]
    assert len(await book(stage, member, weeks=2)) == 2


async def test_what_is_missing_is_told_for_all_weeks(stage: BookingStage) -> None:
    member = await stage.member(tokens=5)

    with pytest.raises(wallets.InsufficientBalance) as refused:
        await book(stage, member)

    assert refused.value.facts == {"needed_tokens": 6, "balance_tokens": 5, "missing_tokens": 1}
    assert await stage.balance(member) == 5
    await stage.give(member, 1)
    assert len(await book(stage, member)) == 3


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"weeks": 1}, bookings.InvalidSeries),
        ({"weeks": 9}, bookings.InvalidSeries),
        ({"ends_at": START}, resources.TooShort),
        ({"ends_at": START + timedelta(days=4000)}, resources.TooLong),
        ({"expected_cost_tokens": 5}, bookings.PriceChanged),
        ({"ends_at": START + 9 * HOUR}, bookings.SeriesClashes),
    ],
)
async def test_what_is_no_series_is_refused(stage: BookingStage, fields: Row, refusal: type[Exception]) -> None:
    member = await stage.member()

    with pytest.raises(refusal):
        await book(stage, member, **fields)

    assert len(await book(stage, member, weeks=8)) == 8


async def test_a_disabled_member_books_no_series(stage: BookingStage) -> None:
    member = await stage.member()
    office = await stage.member(role=Role.SUPER_ADMIN)
    assert member.member_id is not None
    after = await stage.transact(people.disable, member_id=member.member_id, reason="No-shows", actor=office, now=NOW)

    with pytest.raises(people.MemberDisabled):
        await book(stage, people.actor_of(after, "chat"))


async def test_the_quote_prices_every_week_and_says_what_stands_against_it(stage: BookingStage) -> None:
    member = await stage.member(tokens=5)
    await stage.book(await stage.member(), START + WEEK)
    await stage.hold(member, START + 2 * WEEK)

    quoted = await bookings.series_quote(**wish(stage, member))

    assert [(one.price.total_tokens, one.problem) for one in quoted.occurrences] == [
        (2, None), (2, "SLOT_TAKEN"), (2, None)
    ]  # fmt: skip
    assert (quoted.total_tokens, quoted.balance_tokens, quoted.missing_tokens) == (6, 5, 1)
    assert not quoted.is_bookable
    other = await bookings.series_quote(**wish(stage, member, starts_at=START + 3 * HOUR, ends_at=START + 4 * HOUR))
    assert other.is_bookable


async def test_a_series_is_cancelled_from_the_next_week_on_each_by_its_terms(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    made = await book(stage, member, weeks=4)
    ask: Row = {"series_id": made[0].id, "actor": member, "now": START + WEEK - HOUR}

    cancelled = await stage.transact(bookings.cancel_series, **ask)
    again = await stage.transact(bookings.cancel_series, **ask)

    assert [(one.id, one.refund_tokens) for one in cancelled] == [
        (made[1].id, 1), (made[2].id, 2), (made[3].id, 2)
    ]  # fmt: skip
    assert again == []
    assert await stage.balance(member) == 2 + 5
    assert (await bookings.get(booking_id=made[0].id, actor=member)).status == "confirmed"  # over, whoever noticed


async def test_only_its_member_or_the_office_sees_and_cancels_a_series(stage: BookingStage) -> None:
    member, office = await stage.member(tokens=10), await stage.member(role=Role.ADMIN)
    made = await book(stage, member)

    stranger, staff = await stage.member(), await stage.member(role=Role.STAFF)
    with pytest.raises(bookings.BookingNotFound):
        await bookings.of_series(series_id=made[0].id, actor=stranger)
    with pytest.raises(bookings.BookingNotFound):
        await stage.transact(bookings.cancel_series, series_id=made[0].id, actor=stranger, now=NOW)
    with pytest.raises(people.NotPermitted):
        await stage.transact(bookings.cancel_series, series_id=made[0].id, actor=staff, now=NOW)
    with pytest.raises(bookings.BookingNotFound):
        await bookings.of_series(series_id=made[1].id, actor=member)

    late = START - HOUR
    cancelled = await stage.transact(bookings.cancel_series, series_id=made[0].id, actor=office, now=late)
    assert [one.refund_tokens for one in cancelled] == [2, 2, 2]
    assert await stage.balance(member) == 10


async def test_one_week_that_was_moved_stays_in_the_series(stage: BookingStage) -> None:
    member = await stage.member(tokens=10)
    made = await book(stage, member)
    await stage.transact(
        bookings.reschedule, booking_id=made[0].id, resource_id=None, starts_at=START + 5 * HOUR,
        ends_at=START + 6 * HOUR, options=Options(), expected_cost_tokens=None, expected_refund_tokens=None,
        key="move-1", actor=member, now=NOW,
    )  # fmt: skip

    again = await book(stage, member)
    cancelled = await stage.transact(bookings.cancel_series, series_id=made[0].id, actor=member, now=NOW)

    assert [booking.id for booking in again] == [booking.id for booking in made]
    assert len(cancelled) == 3
    assert await stage.balance(member) == 10


# the clock


def utc(day: str, clock: str) -> datetime:
    """A moment of UTC."""
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "minutes", "expected"),
    [
        # 29 March 2026: at 02:00 the clock shows 03:00
        (utc("2026-03-22", "08:00"), 60, [("2026-03-22", "08:00"), ("2026-03-29", "07:00"), ("2026-04-05", "07:00")]),
        (utc("2026-03-22", "01:30"), 60, [("2026-03-22", "01:30"), ("2026-03-29", "01:00"), ("2026-04-05", "00:30")]),
        (utc("2026-03-22", "00:00"), 180, [("2026-03-22", "00:00"), ("2026-03-29", "00:00"), ("2026-04-04", "23:00")]),
        (utc("2026-03-29", "01:00"), 60, [("2026-03-29", "01:00"), ("2026-04-05", "01:00"), ("2026-04-12", "01:00")]),
        # 25 October 2026: at 03:00 the clock shows 02:00 again
        (utc("2026-10-18", "08:00"), 60, [("2026-10-18", "08:00"), ("2026-10-25", "09:00"), ("2026-11-01", "09:00")]),
        (utc("2026-10-18", "00:30"), 60, [("2026-10-18", "00:30"), ("2026-10-25", "00:30"), ("2026-11-01", "01:30")]),
        (utc("2026-10-17", "23:30"), 240, [("2026-10-17", "23:30"), ("2026-10-24", "23:30"), ("2026-11-01", "00:30")]),
        (utc("2026-10-25", "01:30"), 60, [("2026-10-25", "01:30"), ("2026-11-01", "01:30"), ("2026-11-08", "01:30")]),
    ],
)
async def test_each_week_begins_when_the_clock_in_berlin_shows_the_same_and_lasts_as_long(
    client: Any, first: datetime, minutes: int, expected: list[tuple[str, str]]
) -> None:
    transact = Transactor(client)
    venue = await a_venue(transact, timezone="Europe/Berlin")
    stage = BookingStage(transact=transact, rack=await a_rack(transact, venue=venue))
    member = await stage.member()
    length = timedelta(minutes=minutes)

    made = await book(stage, member, starts_at=first, ends_at=first + length, now=first - timedelta(days=1))

    assert [booking.starts_at for booking in made] == [utc(*moment) for moment in expected]
    assert {booking.ends_at - booking.starts_at for booking in made} == {length}
    assert {booking.cost_tokens for booking in made} == {minutes // 30}
