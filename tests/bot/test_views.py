"""What is said, to whom, and how."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from beanie import PydanticObjectId

from bot.views import booking as booking_views
from bot.views import (
    browsing,
    buttons,
    calendar,
    choices,
    menu,
    my_bookings,
    notification_buttons,
    packs,
    session_buttons,
    settings,
    vehicle_buttons,
    wording,
)
from bot.views.calendar_file import calendar_file
from bot.views.ids import base36
from bot.views.reader import Html, Reader
from domain.bookings import DayLoad, cancellation
from domain.packs import Package
from domain.resources import Options
from tests.bot.reading import NOW, STORED, a_booking, a_place, a_reader

WORST = {
    "then": "x" * 22, "zone": "America/Argentina/ComodRivadavia", "language": "hi", "appearance": "light",
    "tag": "AAAA", "when": "dzzzz", "choice": "AAAz.zzzzzz", "rack": PydanticObjectId(), "page": 9999,
    "kind": "parking_slot", "vehicle": PydanticObjectId(), "field": "description", "type": "motorcycle",
    "booking": PydanticObjectId(), "package": PydanticObjectId(), "payment": PydanticObjectId(),
    "at": datetime(2084, 1, 1, tzinfo=UTC), "on": date(2084, 1, 1), "slots": 96, "cost": 10**9, "refund": 10**9,
    "asked": 4_000_000_000, "month": 2084 * 12, "is_first": True, "is_new": True, "is_past": True, "for_hold": True,
    "entry": PydanticObjectId(), "venue": PydanticObjectId(), "topic": "reminder_24h", "is_on": True,
    "begins": 1439, "ends": 1439, "part": "arrivals",
}  # fmt: skip
BUTTONS = [
    kind
    for module in (browsing, buttons, vehicle_buttons, notification_buttons, session_buttons)
    for kind in vars(module).values()
    if isinstance(kind, type) and kind.__module__ == module.__name__ and issubclass(kind, buttons.CallbackData)
]


@pytest.mark.parametrize("kind", BUTTONS)
def test_the_longest_button_fits_and_means_the_same_again(kind: type[buttons.CallbackData]) -> None:
    action = kind(**{name: WORST[name] for name in kind.model_fields})

    assert len(action.pack().encode()) <= 64
    assert kind.unpack(action.pack()) == action


def test_no_two_buttons_share_a_prefix() -> None:
    prefixes = [kind.__prefix__ for kind in BUTTONS]

    assert len(set(prefixes)) == len(prefixes)


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (35, "z"), (36, "10"), (29_867_041, "hs5ld")])
def test_numbers_are_short(number: int, text: str) -> None:
    assert int(base36(number), 36) == number
    assert len(base36(number)) == len(text)


def test_what_people_typed_is_escaped() -> None:
    screen = menu.menu(a_reader(), name="<b>&", balance_tokens=1, coming=None, hold=None)

    assert "&lt;b&gt;&amp;" in screen.text
    assert a_reader().say("Code {code}", code=Html("<code>1</code>")) == "Code <code>1</code>"


def test_a_choice_survives_its_button() -> None:
    rack = a_place().resource
    options = Options(aci_version="5.2(8e)", preconfig=["multi"])

    assert choices.decode(rack, choices.encode(rack, options)) == options
    assert choices.decode(rack, choices.NONE) == Options(aci_version="6.0(5h)")


def test_a_choice_from_another_offer_is_none() -> None:
    rack = a_place().resource
    choice = choices.encode(rack, Options(aci_version="5.2(8e)"))
    assert rack.rack is not None
    changed = rack.model_copy(update={"rack": rack.rack.model_copy(update={"aci_versions": ["7.0", "5.2(8e)"]})})

    assert choices.decode(changed, choice) is None


@pytest.mark.parametrize(("language", "price"), [("en", "₹999"), ("hi", "₹999")])
def test_whole_money_has_no_decimals(language: str, price: str) -> None:
    assert wording.money(a_reader(language=language), 99900, "INR") == price


def test_money_is_grouped_as_there() -> None:
    assert wording.money(a_reader(), 12_345_678, "INR") == "₹1,23,456.78"


def test_times_are_the_venues_and_ones_own_where_different() -> None:
    place = a_place()
    booking = a_booking(place)

    at_home = booking_views.confirmed(a_reader(), booking, place, balance_tokens=25)
    abroad = booking_views.confirmed(a_reader(timezone="Asia/Dubai"), booking, place, balance_tokens=25)

    assert "Tue 24 Nov 10:00–12:00 IST" in at_home.text
    assert "For you" not in at_home.text
    assert "For you: Tue 24 Nov 08:30–10:30" in abroad.text


def test_hindi_is_hindi() -> None:
    place = a_place()

    screen = booking_views.confirmed(a_reader(language="hi"), a_booking(place), place, balance_tokens=25)

    assert "बुक हो गया: RACK-01" in screen.text
    assert "4 टोकन" in screen.text


def test_the_consequence_is_said_before() -> None:
    place = a_place()
    booking = a_booking(place, starts_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=4), cost_tokens=5)

    screen = my_bookings.ask_cancel(a_reader(), booking, place, cancellation(booking, NOW))

    assert screen.text.startswith("<b>Cancelling now returns 2 of 5 tokens.</b>")


def test_the_calendar_file_is_one_event_with_its_zone() -> None:
    place = a_place()

    body = calendar_file(a_reader(), a_booking(place), place).body.decode()

    assert "DTSTART;TZID=Asia/Kolkata:20261124T100000" in body
    assert "BEGIN:VTIMEZONE" in body
    assert body.count("BEGIN:VEVENT") == 1


def a_pack(name: str, token: int) -> Package:
    return Package.model_construct(id=PydanticObjectId(), name=name, token=token, price={"INR": 100}, **STORED)


def test_the_best_fit_is_the_smallest_that_suffices() -> None:
    small, middle, large = a_pack("S", 10), a_pack("M", 50), a_pack("L", 100)

    assert packs.best_fit([large, small, middle], 11) is middle
    assert packs.best_fit([large, small, middle], 500) is large
    assert packs.best_fit([], 5) is None


def test_a_pack_says_what_it_buys() -> None:
    rack = a_place(price_tokens_per_slot=2).resource

    assert packs.what_it_buys(a_reader(), 50, rack) == "about 12 hours of RACK-01"
    assert packs.what_it_buys(a_reader(), 1, rack) is None


@pytest.mark.parametrize(
    ("typed", "zone"), [("mumbai", None), ("kolkata", "Asia/Kolkata"), ("new york", "America/New_York")]
)
def test_a_typed_city_finds_its_zone(typed: str, zone: str | None) -> None:
    found = settings.zones_named(typed, "en")

    assert (zone in found) if zone else found == []


@pytest.mark.parametrize(("state", "is_marked"), [("free", False), ("full", True), ("busy", True)])
def test_the_month_explains_its_marks_last_and_only_where_there_are_any(
    state: Literal["free", "full", "busy"], is_marked: bool
) -> None:
    place, today = a_place(description="2 spines, 4 leaves"), NOW.date()
    asked = buttons.Month(rack=place.resource.id, month=calendar.month_number(today))
    loads = [DayLoad(on=today, state=state, free_slots=1, total_slots=9)]

    text = calendar.month(a_reader(), place, loads, asked=asked, today=today, latest=today).text

    _, venue, described, *legend = text.splitlines()
    assert (venue, described) == ("Sector V Lab, times in IST", "2 spines, 4 leaves")
    assert legend == (["● almost full, × full: there one can wait for a place."] if is_marked else [])


def test_the_greeting_knows_the_time_of_day() -> None:
    def greeting(hour: int) -> str:
        reader: Reader = a_reader(now=NOW.replace(hour=hour), timezone="Etc/UTC")
        return menu.menu(reader, name="Asha", balance_tokens=0, coming=None, hold=None).text.splitlines()[0]

    assert greeting(6) == "<b>Good morning, Asha.</b>"
    assert greeting(13) == "<b>Good afternoon, Asha.</b>"
    assert greeting(21) == "<b>Good evening, Asha.</b>"
