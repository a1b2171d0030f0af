"""The days on which the clock changes: 23 and 25 hours in Berlin and New York, by tables."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from beanie import PydanticObjectId, init_beanie
from pymongo import AsyncMongoClient

from domain import bookings, people, resources
from domain.kernel import Database, Row, Transactor, cells, tenant
from domain.resources import Options, PriceRule, Resource, Venue
from tests.building import a_rack, a_venue
from tests.domain.booking_stage import BookingStage

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SPRING = {
    BERLIN: (date(2026, 3, 29), date(2027, 3, 28)),
    NEW_YORK: (date(2026, 3, 8), date(2027, 3, 14)),
}
AUTUMN = {
    BERLIN: (date(2026, 10, 25), date(2027, 10, 31)),
    NEW_YORK: (date(2026, 11, 1), date(2027, 11, 7)),
}
SHORT = [(zone, on) for zone, days in SPRING.items() for on in days]
LONG = [(zone, on) for zone, days in AUTUMN.items() for on in days]
GAP = {BERLIN: 2, NEW_YORK: 2}
"""The hour that the clock skips in spring."""
DOUBLED = {BERLIN: 2, NEW_YORK: 1}
"""The hour that it shows twice in autumn."""


@pytest.fixture(autouse=True, scope="module")
async def records(client: AsyncMongoClient[Row]) -> None:
    """Records can be made in memory once Beanie knows them."""
    with tenant(client["nothing"]):
        await init_beanie(database=client["nothing"], document_models=resources.RECORDS, skip_indexes=True)


@pytest.fixture(autouse=True)
def in_a_tenant(client: AsyncMongoClient[Row]) -> Iterator[None]:
    with tenant(client["nothing"]):
        yield


def venue_in(zone: str, *hours: tuple[str, str], **fields: Any) -> Venue:
    week = [[{"opens": opens, "closes": closes} for opens, closes in hours]] * 7 if hours else []
    given = {"code": "LAB", "name": "Lab", "timezone": zone, "opening_hours": week, "created_at": LONG_AGO}
    return Venue.model_validate({**given, "updated_at": LONG_AGO, **fields})


def rack(**fields: Any) -> Resource:
    given = {"code": "R", "name": "R", "venue_id": PydanticObjectId(), "created_at": LONG_AGO, "updated_at": LONG_AGO}
    return Resource.model_validate({**given, "max_slots": 48, **fields})


def wall(zone: str, on: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def shown(zone: str, moments: list[datetime]) -> list[str]:
    return [f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" for moment in moments]


@pytest.mark.parametrize(
    ("zone", "on", "hours", "begins", "ends"),
    [
        (BERLIN, date(2026, 3, 29), 23, "2026-03-28T23:00", "2026-03-29T22:00"),
        (BERLIN, date(2027, 3, 28), 23, "2027-03-27T23:00", "2027-03-28T22:00"),
        (BERLIN, date(2026, 10, 25), 25, "2026-10-24T22:00", "2026-10-25T23:00"),
        (BERLIN, date(2027, 10, 31), 25, "2027-10-30T22:00", "2027-10-31T23:00"),
        (NEW_YORK, date(2026, 3, 8), 23, "2026-03-08T05:00", "2026-03-09T04:00"),
        (NEW_YORK, date(2027, 3, 14), 23, "2027-03-14T05:00", "2027-03-15T04:00"),
        (NEW_YORK, date(2026, 11, 1), 25, "2026-11-01T04:00", "2026-11-02T05:00"),
        (NEW_YORK, date(2027, 11, 7), 25, "2027-11-07T04:00", "2027-11-08T05:00"),
    ],
)
def test_the_day_has_its_true_bounds_and_slots(zone: str, on: date, hours: int, begins: str, ends: str) -> None:
    venue = venue_in(zone)

    found = resources.slots(rack(slot_minutes=60), venue, on)

    bounds = tuple(datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (begins, ends))
    assert resources.day_bounds(venue, on) == bounds
    assert [slot.starts_at for slot in found] == [bounds[0] + number * HOUR for number in range(hours)]
    assert found[-1].ends_at == bounds[1]
    assert {resources.local_day(venue, slot.starts_at) for slot in found} == {on}


@pytest.mark.parametrize(("zone", "on"), SHORT)
def test_the_skipped_hour_has_no_slots(zone: str, on: date) -> None:
    found = resources.slots(rack(slot_minutes=30), venue_in(zone), on)

    labels = shown(zone, [slot.starts_at for slot in found])
    assert not [label for label in labels if label.startswith(f"{GAP[zone]:02}:")]
    assert len(labels) == len(set(labels)) == 46


@pytest.mark.parametrize(("zone", "on"), LONG)
def test_the_doubled_hour_has_its_slots_twice(zone: str, on: date) -> None:
    found = resources.slots(rack(slot_minutes=30), venue_in(zone), on)

    labels = shown(zone, [slot.starts_at for slot in found])
    twice = f"{DOUBLED[zone]:02}"
    assert [label for label in labels if label.startswith(twice)] == [f"{twice}:00", f"{twice}:30"] * 2
    assert len(labels) == 50
    assert len({slot.starts_at for slot in found}) == 50


@pytest.mark.parametrize(
    ("zone", "on", "opens", "closes", "first", "last", "count"),
    [
        # in spring: over the gap, from within it, until within it, only it
        (BERLIN, SPRING[BERLIN][0], "01:00", "05:00", "01:00", "04:30", 6),
        (BERLIN, SPRING[BERLIN][0], "02:15", "05:00", "03:00", "04:30", 4),
        (BERLIN, SPRING[BERLIN][0], "00:00", "02:30", "00:00", "01:30", 4),
        (BERLIN, SPRING[BERLIN][1], "02:00", "03:00", None, None, 0),
        (NEW_YORK, SPRING[NEW_YORK][0], "01:30", "04:00", "01:30", "03:30", 3),
        (NEW_YORK, SPRING[NEW_YORK][1], "02:30", "03:30", "03:00", "03:00", 1),
        # in autumn: over the doubled hour, from it, until it, only it
        (BERLIN, AUTUMN[BERLIN][0], "01:00", "04:00", "01:00", "03:30", 8),
        (BERLIN, AUTUMN[BERLIN][1], "02:30", "03:30", "02:30", "03:00", 4),
        (BERLIN, AUTUMN[BERLIN][0], "00:00", "02:00", "00:00", "02:30", 6),  # until the clock shows 02:00 again
        (NEW_YORK, AUTUMN[NEW_YORK][0], "01:00", "02:00", "01:00", "01:30", 4),
        (NEW_YORK, AUTUMN[NEW_YORK][1], "00:30", "02:30", "00:30", "02:00", 6),
        # by day nothing changes
        (BERLIN, SPRING[BERLIN][0], "09:00", "17:00", "09:00", "16:30", 16),
        (NEW_YORK, AUTUMN[NEW_YORK][0], "09:00", "17:00", "09:00", "16:30", 16),
    ],
)
def test_opening_hours_cross_the_change(
    zone: str, on: date, opens: str, closes: str, first: str | None, last: str | None, count: int
) -> None:
    found = resources.slots(rack(slot_minutes=30), venue_in(zone, (opens, closes)), on)

    labels = shown(zone, [slot.starts_at for slot in found])
    assert (labels[0] if labels else None, labels[-1] if labels else None, len(labels)) == (first, last, count)


@pytest.mark.parametrize(
    ("zone", "on", "peak", "starts_at", "slots", "peak_slots"),
    [
        # two rules' worth of hours: only slots whose local start lies in them are dearer
        (BERLIN, SPRING[BERLIN][0], ("01:00", "03:00"), (1, 0), 6, 2),  # 01:00, 01:30, then 03:00 … 04:30
        (BERLIN, SPRING[BERLIN][0], ("02:00", "03:00"), (1, 0), 6, 0),  # an hour that is not there costs nobody more
        (BERLIN, SPRING[BERLIN][1], ("03:00", "04:00"), (1, 0), 6, 2),
        (BERLIN, AUTUMN[BERLIN][0], ("02:00", "03:00"), (1, 0), 8, 4),  # both showings of it
        (BERLIN, AUTUMN[BERLIN][1], ("03:00", "04:00"), (1, 0), 8, 2),
        (NEW_YORK, SPRING[NEW_YORK][0], ("01:30", "03:30"), (0, 0), 8, 2),
        (NEW_YORK, AUTUMN[NEW_YORK][0], ("01:00", "02:00"), (0, 0), 8, 4),
        (NEW_YORK, AUTUMN[NEW_YORK][1], ("02:00", "24:00"), (0, 0), 8, 2),
    ],
)
def test_peak_prices_go_by_the_clock_on_the_wall(
    zone: str, on: date, peak: tuple[str, str], starts_at: tuple[int, int], slots: int, peak_slots: int
) -> None:
    rule = PriceRule(weekdays=[on.weekday()], from_time=peak[0], until_time=peak[1], percent=200)
    begin = wall(zone, on, *starts_at)
    resource, venue = rack(price_rules=[rule], price_tokens_per_slot=3), venue_in(zone)

    price = resources.price(resource, venue, begin, begin + slots * HALF, Options())

    assert [(line.kind, line.quantity) for line in price.lines] == [
        ("base", slots), *([("peak", peak_slots)] if peak_slots else [])
    ]  # fmt: skip
    assert price.total_tokens == 3 * (slots + peak_slots)


@pytest.mark.parametrize(("zone", "on"), [*SHORT, *LONG])
def test_each_weekdays_rule_ends_at_its_own_midnight(zone: str, on: date) -> None:
    rule = PriceRule(weekdays=[on.weekday()], from_time="00:00", until_time="24:00", percent=200)
    resource, venue = rack(price_rules=[rule], max_slots=60), venue_in(zone)
    begin, end = resources.day_bounds(venue, on)

    price = resources.price(resource, venue, begin - HALF, end + HALF, Options())

    assert price.lines[1].quantity == (end - begin) // HALF


@pytest.mark.parametrize(
    ("zone", "on", "from_wall", "until_wall", "true_hours"),
    [
        (BERLIN, SPRING[BERLIN][0], (1, 0), (4, 0), 2),
        (BERLIN, AUTUMN[BERLIN][0], (1, 0), (4, 0), 4),
        (BERLIN, AUTUMN[BERLIN][1], (1, 0), (4, 0), 4),
        (NEW_YORK, SPRING[NEW_YORK][1], (1, 0), (4, 0), 2),
        (NEW_YORK, AUTUMN[NEW_YORK][0], (0, 0), (3, 0), 4),
    ],
)
def test_a_booking_across_the_change_is_open_on_the_grid_and_costs_true_time(
    zone: str, on: date, from_wall: tuple[int, int], until_wall: tuple[int, int], true_hours: int
) -> None:
    resource, venue = rack(price_tokens_per_slot=1), venue_in(zone)
    begin, end = wall(zone, on, *from_wall), wall(zone, on, *until_wall)

    resources.check(resource, venue, begin, end, Options(), begin - 24 * HOUR)

    assert resources.price(resource, venue, begin, end, Options()).total_tokens == 2 * true_hours
    assert len(cells(resource.id, begin, end, quantum_minutes=15)) == 4 * true_hours


@pytest.mark.parametrize(("zone", "on"), [*SHORT, *LONG])
def test_the_advance_window_counts_calendar_days_and_the_lead_true_time(zone: str, on: date) -> None:
    resource, venue = rack(advance_days_max=1, lead_minutes_min=120), venue_in(zone)
    begin, end = resources.day_bounds(venue, on)
    last_slot = end - HALF

    resources.check(resource, venue, last_slot, end, Options(), begin - HALF)  # at 23:30 the day before
    with pytest.raises(resources.TooFarAhead):
        resources.check(resource, venue, end, end + HALF, Options(), begin - HALF)
    resources.check(resource, venue, begin + 4 * HOUR, begin + 5 * HOUR, Options(), begin + 2 * HOUR)
    with pytest.raises(resources.TooSoon):
        resources.check(resource, venue, begin + 4 * HOUR, begin + 5 * HOUR, Options(), begin + 2 * HOUR + HALF)


@pytest.mark.parametrize(("zone", "on"), [*SHORT, *LONG])
async def test_ten_oclock_stays_ten_oclock_from_week_to_week(
    zone: str, on: date, transact: Transactor, database: Database
) -> None:
    at = await a_venue(transact, timezone=zone)
    stage = BookingStage(transact=transact, rack=await a_rack(transact, venue=at))
    member = await stage.member()
    days = [on + timedelta(days=offset) for offset in (-7, 0, 7)]
    now = wall(zone, days[0], 0) - 24 * HOUR

    made = []
    for day in days:
        view = await bookings.day(resource_id=stage.rack.id, on=day, actor=member, now=now)
        (ten,) = [slot for slot in view.slots if shown(zone, [slot.starts_at]) == ["10:00"]]
        made.append(await stage.book(member, ten.starts_at, now=now))

    assert shown(zone, [booking.starts_at for booking in made]) == ["10:00"] * 3
    gaps = {made[1].starts_at - made[0].starts_at, made[2].starts_at - made[1].starts_at}
    change = HOUR if (zone, on) in LONG else -HOUR
    assert gaps == {timedelta(days=7) + change, timedelta(days=7)}


@pytest.mark.parametrize(("zone", "on"), [*SHORT, *LONG])
async def test_a_maintenance_of_that_day_takes_all_its_hours_and_no_other(
    zone: str, on: date, transact: Transactor, database: Database
) -> None:
    at = await a_venue(transact, timezone=zone)
    stage = BookingStage(transact=transact, rack=await a_rack(transact, venue=at))
    member, admin = await stage.member(), await stage.member(role=people.Role.ADMIN)
    begin, end = resources.day_bounds(at, on)
    now = begin - 24 * HOUR

    await transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=begin, ends_at=end,
        reason="Inventory", expected_affected=0, key="k", actor=admin, now=now,
    )  # fmt: skip

    view = await bookings.day(resource_id=stage.rack.id, on=on, actor=member, now=now)
    assert {slot.state for slot in view.slots} == {"taken"}
    for neighbour in (on - timedelta(days=1), on + timedelta(days=1)):
        around = await bookings.day(resource_id=stage.rack.id, on=neighbour, actor=member, now=now)
        assert {slot.state for slot in around.slots} <= {"free", "past"}
