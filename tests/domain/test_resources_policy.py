"""When racks can be booked and what they cost: pure arithmetic, no database but for making records."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from beanie import PydanticObjectId, init_beanie
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient

from domain import resources
from domain.kernel import Row, cells, tenant
from domain.resources import Options, PriceRule, RackSpec, Resource, Venue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NINE_TO_NINE = [[{"opens": "09:00", "closes": "21:00"}]] * 7
ZONES = ["Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]


@pytest.fixture(autouse=True, scope="module")
async def records(client: AsyncMongoClient[Row]) -> None:
    """Records can be made in memory once Beanie knows them; nothing here is stored."""
    with tenant(client["nothing"]):
        await init_beanie(database=client["nothing"], document_models=resources.RECORDS, skip_indexes=True)


@pytest.fixture(autouse=True)
def in_a_tenant(client: AsyncMongoClient[Row]) -> Iterator[None]:
    with tenant(client["nothing"]):
        yield


def a_venue(timezone: str = "Asia/Kolkata", **fields: Any) -> Venue:
    return Venue.model_validate(
        {"code": "LAB", "name": "Lab", "timezone": timezone, "created_at": NOW, "updated_at": NOW, **fields}
    )


def a_rack(**fields: Any) -> Resource:
    given = {
        "code": "RACK-01", "name": "Rack", "venue_id": PydanticObjectId(), "created_at": NOW, "updated_at": NOW,
        "rack": RackSpec(
            aci_versions=["6.0(5h)"],
            preconfig_options=[resources.PreconfigOption(key="multi-site", label="Multi-site", extra_tokens=2)],
        ),
    }  # fmt: skip
    return Resource.model_validate({**given, **fields})


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),
    ],
)
def test_a_day_with_a_clock_change_has_its_true_hours(zone: str, on: date, hours: float) -> None:
    found = resources.slots(a_rack(slot_minutes=30), a_venue(zone), on)

    assert len(found) == hours * 2
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=30) for slot in found)
    assert all(one.ends_at == other.starts_at for one, other in pairwise(found))
    assert {slot.starts_at.astimezone(ZoneInfo(zone)).date() for slot in found} == {on}


@pytest.mark.parametrize(
    ("zone", "on", "opens", "closes", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "00:00", "09:00", 8),
        ("Europe/Berlin", date(2026, 10, 25), "00:00", "09:00", 10),
        ("Europe/Berlin", date(2026, 3, 29), "02:30", "04:00", 1),  # 02:30 does not exist: open from 03:00
        ("Europe/Berlin", date(2026, 3, 29), "00:00", "02:30", 2),  # closes when the clock leaps
        ("Europe/Berlin", date(2026, 3, 29), "02:00", "03:00", 0),  # an hour that is not there
        ("Europe/Berlin", date(2026, 10, 25), "02:00", "02:30", 1.5),  # until the second 02:30
        ("America/New_York", date(2026, 11, 1), "01:00", "24:00", 24),
        ("America/New_York", date(2026, 3, 8), "09:00", "17:00", 8),
    ],
)
def test_opening_hours_are_wall_times_of_the_venue(zone: str, on: date, opens: str, closes: str, hours: float) -> None:
    venue = a_venue(zone, opening_hours=[[{"opens": opens, "closes": closes}]] * 7)

    open_time = sum((one.ends_at - one.starts_at for one in resources.open_intervals(venue, on)), timedelta())

    assert open_time == timedelta(hours=hours)


def test_slots_in_india_lie_on_the_half_hour_in_utc_too() -> None:
    rack, venue = a_rack(slot_minutes=60), a_venue(opening_hours=NINE_TO_NINE)

    found = resources.slots(rack, venue, date(2026, 11, 24))

    assert len(found) == 12
    assert found[0].starts_at == datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    assert len(cells(rack.id, found[0].starts_at, found[0].ends_at, quantum_minutes=15)) == 4


def test_a_slot_that_would_end_after_closing_is_not_offered() -> None:
    venue = a_venue(opening_hours=[[{"opens": "09:00", "closes": "10:45"}]] * 7)

    found = resources.slots(a_rack(slot_minutes=30), venue, date(2026, 11, 24))

    assert found[-1].ends_at == local("Asia/Kolkata", 2026, 11, 24, 10, 30)


def test_hours_to_midnight_run_on_into_a_day_that_opens_at_midnight() -> None:
    week = [[{"opens": "12:00", "closes": "24:00"}], [{"opens": "00:00", "closes": "02:00"}], [], [], [], [], []]
    venue, rack = a_venue(opening_hours=week), a_rack()
    monday_evening = local("Asia/Kolkata", 2026, 11, 23, 23, 0)

    assert resources.is_open(rack, venue, monday_evening, monday_evening + timedelta(hours=3))
    assert not resources.is_open(rack, venue, monday_evening, monday_evening + timedelta(hours=3, minutes=15))


def test_a_closed_day_has_no_slots_and_cannot_be_run_into() -> None:
    venue, rack = a_venue(closed_on=["2026-11-24"]), a_rack()
    evening_before = local("Asia/Kolkata", 2026, 11, 23, 23, 0)

    assert resources.slots(rack, venue, date(2026, 11, 24)) == []
    assert resources.is_open(rack, venue, evening_before, evening_before + timedelta(hours=1))
    assert not resources.is_open(rack, venue, evening_before, evening_before + timedelta(hours=2))


MORNING = local("Asia/Kolkata", 2026, 11, 24, 9, 0)
HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
BEFORE = MORNING - timedelta(days=3)


def check(
    starts_at: datetime = MORNING, ends_at: datetime = MORNING + HOUR, now: datetime = BEFORE,
    options: Options = Options(), venue: dict[str, Any] | None = None, **rack: Any,  # noqa: B008
) -> None:  # fmt: skip
    at = a_venue(**{"opening_hours": NINE_TO_NINE, **(venue or {})})
    resources.check(a_rack(**rack), at, starts_at, ends_at, options, now)


def test_a_proper_wish_passes() -> None:
    check(options=Options(aci_version="6.0(5h)", preconfig=["multi-site"]))


@pytest.mark.parametrize(
    ("refusal", "wish"),
    [
        (resources.ResourceUnavailable, {"status": "maintenance"}),
        (resources.ResourceUnavailable, {"status": "retired"}),
        (resources.ResourceUnavailable, {"venue": {"status": "closed"}}),
        (resources.OffGrid, {"starts_at": MORNING + timedelta(minutes=15), "ends_at": MORNING + HOUR}),
        (resources.OffGrid, {"ends_at": MORNING + timedelta(minutes=45)}),
        (resources.OffGrid, {"starts_at": MORNING + timedelta(seconds=1), "ends_at": MORNING + HOUR}),
        (resources.OutsideOpeningHours, {"starts_at": MORNING - HALF}),
        (resources.OutsideOpeningHours, {"starts_at": MORNING + 11 * HOUR, "ends_at": MORNING + 13 * HOUR}),
        (resources.OutsideOpeningHours, {"venue": {"closed_on": ["2026-11-24"]}}),
        (resources.TooShort, {"ends_at": MORNING}),
        (resources.TooShort, {"ends_at": MORNING - HOUR}),
        (resources.TooShort, {"min_slots": 3}),
        (resources.TooLong, {"max_slots": 1}),
        (resources.TooSoon, {"now": MORNING}),
        (resources.TooSoon, {"now": MORNING + HALF}),
        (resources.TooSoon, {"now": MORNING - timedelta(minutes=59), "lead_minutes_min": 60}),
        (resources.TooFarAhead, {"now": MORNING - timedelta(days=8), "advance_days_max": 7}),
        (resources.UnknownOption, {"options": Options(aci_version="4.2")}),
        (resources.UnknownOption, {"options": Options(preconfig=["gold"])}),
        (resources.UnknownOption, {"options": Options(preconfig=["multi-site", "multi-site"])}),
        (resources.UnknownOption, {"options": Options(aci_version="6.0(5h)"), "rack": None}),
    ],
)
def test_an_improper_wish_is_refused_by_its_name(refusal: type[Exception], wish: dict[str, Any]) -> None:
    with pytest.raises(refusal):
        check(**wish)


def test_the_boundaries_of_the_window_are_inside() -> None:
    check(now=MORNING - HOUR, lead_minutes_min=60)
    check(now=MORNING - timedelta(days=7) - timedelta(hours=8), advance_days_max=7)  # the whole seventh day
    check(now=MORNING - timedelta(minutes=1))


def test_a_price_is_slots_then_peaks_then_options() -> None:
    peak = PriceRule(weekdays=[1], from_time="10:00", until_time="12:00", percent=150)
    rack, venue = a_rack(price_rules=[peak]), a_venue()
    ten = local("Asia/Kolkata", 2026, 11, 24, 10, 0)

    price = resources.price(rack, venue, ten, ten + 4 * HOUR, Options(preconfig=["multi-site"]))

    assert [(line.kind, line.quantity, line.tokens) for line in price.lines] == [
        ("base", 8, 8), ("peak", 4, 2), ("option", 1, 2),
    ]  # fmt: skip
    assert price.total_tokens == 12


@pytest.mark.parametrize(
    ("percent", "slots", "tokens"), [(150, 1, 0), (150, 3, 1), (50, 1, -1), (50, 2, -1), (0, 3, -3)]
)
def test_a_fraction_of_a_token_is_the_members(percent: int, slots: int, tokens: int) -> None:
    rule = PriceRule(weekdays=list(range(7)), from_time="00:00", until_time="24:00", percent=percent)

    price = resources.price(a_rack(price_rules=[rule]), a_venue(), MORNING, MORNING + slots * HALF, Options())

    assert price.lines[1].tokens == tokens
    assert price.total_tokens == slots + tokens


def test_the_first_rule_that_holds_a_start_wins() -> None:
    rules = [
        PriceRule(weekdays=[1], from_time="09:00", until_time="09:30", percent=300),
        PriceRule(weekdays=[1], from_time="09:00", until_time="24:00", percent=200),
    ]

    price = resources.price(a_rack(price_rules=rules), a_venue(), MORNING, MORNING + HOUR, Options())

    assert [(line.percent, line.tokens) for line in price.lines] == [(100, 2), (300, 2), (200, 1)]


rules_ = st.builds(
    PriceRule,
    weekdays=st.lists(st.integers(0, 6), min_size=1, max_size=7),
    from_time=st.sampled_from(["00:00", "06:30", "10:00"]),
    until_time=st.sampled_from(["11:15", "18:00", "24:00"]),
    percent=st.integers(0, 1000),
)


@given(
    zone=st.sampled_from(ZONES),
    on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    slot_minutes=st.sampled_from([15, 30, 45, 60, 90]),
    opens=st.integers(0, 95),
    length=st.integers(1, 96),
)
@settings(max_examples=60, deadline=None)
def test_every_slot_lies_on_the_quantum_inside_the_hours_and_is_bookable(
    zone: str, on: date, slot_minutes: int, opens: int, length: int
) -> None:
    closes = min(96, opens + length)
    hours = {"opens": f"{opens // 4:02}:{opens % 4 * 15:02}", "closes": f"{closes // 4:02}:{closes % 4 * 15:02}"}
    venue, rack = a_venue(zone, opening_hours=[[hours]] * 7), a_rack(slot_minutes=slot_minutes)

    found = resources.slots(rack, venue, on)

    for slot in found:
        assert len(cells(rack.id, slot.starts_at, slot.ends_at, quantum_minutes=15)) == slot_minutes // 15
        assert resources.local_day(venue, slot.starts_at) == on
        resources.check(rack, venue, slot.starts_at, slot.ends_at, Options(), slot.starts_at - timedelta(days=1))
    assert len({slot.starts_at for slot in found}) == len(found)


@given(
    rules=st.lists(rules_, max_size=3),
    count=st.integers(1, 48),
    tokens=st.integers(0, 50),
    hour=st.integers(0, 24 * 14),
    zone=st.sampled_from(ZONES),
)
@settings(max_examples=80, deadline=None)
def test_a_price_is_never_negative_and_is_the_sum_of_its_lines(
    rules: list[PriceRule], count: int, tokens: int, hour: int, zone: str
) -> None:
    rack = a_rack(price_rules=rules, price_tokens_per_slot=tokens, max_slots=48)
    starts_at = NOW + timedelta(hours=hour)

    price = resources.price(rack, a_venue(zone), starts_at, starts_at + count * HALF, Options())

    assert price.total_tokens == sum(line.tokens for line in price.lines) >= 0
    assert sum(line.quantity for line in price.lines if line.kind == "peak") <= count
    ceiling = max([100, *(rule.percent for rule in rules)])
    assert price.total_tokens <= count * tokens * ceiling // 100
