"""What the office reads and what it understands of what is typed."""

from datetime import date, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from hypothesis import given
from hypothesis import strategies as st

from bot.views import buttons as members_buttons
from bot.views.admin import answers, buttons, fields, forms, office, racks, upkeep_buttons, week
from bot.views.admin.answers import Mistyped
from bot.views.reader import LANGUAGES, Html
from domain.audit import AuditEntry
from domain.kernel import Page
from domain.packs import Package
from domain.people import Role
from domain.resources import (
    Hooks,
    OpeningInterval,
    ParkingSpec,
    PreconfigOption,
    PriceRule,
    RackSpec,
    Resource,
    ResourceStatus,
    SeatSpec,
    Venue,
)
from tests.bot.reading import NOW, a_place, a_reader

WORST = {
    "rack": PydanticObjectId(), "venue": PydanticObjectId(), "package": PydanticObjectId(),
    "member": PydanticObjectId(), "booking": PydanticObjectId(), "page": 9999, "what": "description",
    "status": ResourceStatus.MAINTENANCE, "role": Role.SUPER_ADMIN, "is_taking": True, "is_active": True,
    "kind": "parking_slot", "choice": "cancel", "series": PydanticObjectId(), "resource": PydanticObjectId(),
    "receivable": PydanticObjectId(), "run": PydanticObjectId(), "on": date(9999, 12, 31),
    "form": "0123abcd", "step": 99, "value": str(PydanticObjectId()), "packed": buttons.Members.named("न" * 99).packed,
}  # fmt: skip
CALLBACKS = buttons.Office.__mro__[1]
OURS = [*vars(buttons).values(), *vars(upkeep_buttons).values()]
KINDS = [kind for kind in OURS if isinstance(kind, type) and CALLBACKS in kind.__mro__[1:]]
TELEGRAM_MAX = 4096


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_button_fits_and_means_the_same_again(kind: type[buttons.CallbackData]) -> None:
    action = kind(**{name: WORST[name] for name in kind.model_fields})

    assert len(action.pack().encode()) <= 64
    assert kind.unpack(action.pack()) == action


def test_no_button_of_the_office_is_one_of_the_members() -> None:
    ours = [kind.__prefix__ for kind in KINDS]
    theirs = [getattr(kind, "__prefix__", None) for kind in vars(members_buttons).values()]

    assert len(set(ours)) == len(ours)
    assert set(ours).isdisjoint(theirs)


def test_a_search_is_shortened_between_letters() -> None:
    asked = buttons.Members.named("नमस्ते" * 10)

    assert asked.text != "नमस्ते" * 10
    assert ("नमस्ते" * 10).startswith(asked.text)


@pytest.mark.parametrize(
    ("typed", "days"),
    [("Mon", [0]), ("mon-fri", [0, 1, 2, 3, 4]), ("Sat,Sun", [5, 6]), ("Fri – Mon", [0, 4, 5, 6]), ("Tue Thu", [1, 3])],
)
def test_weekdays_are_read(typed: str, days: list[int]) -> None:
    assert week.days_of(typed) == days


quarters = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
spans = st.tuples(quarters, quarters).filter(lambda span: span[0] < span[1])
rules = st.builds(
    lambda days, span, percent: PriceRule(
        weekdays=sorted(days), from_time=span[0], until_time=span[1], percent=percent
    ),
    st.sets(st.integers(0, 6), min_size=1),
    spans,
    st.integers(0, 1000),
)


@given(st.lists(rules, min_size=1, max_size=answers.LINES_MAX))
def test_shown_price_rules_can_be_typed_back(shown: list[PriceRule]) -> None:
    read = answers.price_rules(a_reader(), week.typed_rules(shown))

    assert [PriceRule.model_validate(rule) for rule in read] == shown


@given(st.lists(st.lists(spans, max_size=1), min_size=7, max_size=7).filter(any))
def test_shown_opening_hours_can_be_typed_back(days: list[list[tuple[str, str]]]) -> None:
    shown = [[OpeningInterval(opens=opens, closes=closes) for opens, closes in day] for day in days]

    read = answers.opening_hours(a_reader(), week.typed_hours(shown))

    assert [[OpeningInterval.model_validate(each) for each in day] for day in read] == shown


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (answers.opening_hours, "Mon 09:05-10:00"), (answers.opening_hours, "Foo 09:00-10:00"),
        (answers.opening_hours, "Mon 10:00-09:00"), (answers.price_rules, "Mon 10:00-14:00"),
        (answers.price_rules, "Mon 10:00-14:00 2000"), (answers.price, "12.345"), (answers.price, "999 XYZ"),
        (answers.price, "NaN"), (answers.closed_days, "25.12.2026"), (answers.versions, " , "),
        (answers.options, "= 2"), (answers.code, "RÄCK"), (answers.timezone, "Mars/Base"), (answers.reason, " "),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told(read: answers.Read, typed: str) -> None:
    with pytest.raises(Mistyped) as problem:
        read(a_reader(), typed)

    assert problem.value.sentence


def test_prices_are_minor_units() -> None:
    assert answers.price(a_reader(), "₹999, 12.50 usd") == {"INR": 99900, "USD": 1250}


def test_options_of_one_name_get_different_keys() -> None:
    read = answers.options(a_reader(), "Multi-site = 2\nMulti site\nसाफ़ = 1")

    assert [(each["key"], each["extra_tokens"]) for each in read] == [
        ("multi-site", 2),
        ("multi-site-2", 0),
        ("option", 1),
    ]


def test_the_fullest_rack_fits_one_message() -> None:
    names = [f"{number:02}" + "x" * 62 for number in range(20)]
    options = [PreconfigOption(key=name, label="y" * 64, extra_tokens=999_999) for name in map(str, range(12))]
    rule = PriceRule(weekdays=[0, 2, 4, 6], from_time="10:00", until_time="14:00", percent=1000)
    script = "s" * 60 + ".sh"
    hooks = Hooks(provision=script, power_on=script, power_off=script, deprovision=script)
    place = a_place(
        name="n" * 64, description="d" * 500, rack=RackSpec(aci_versions=names, preconfig_options=options, hooks=hooks),
        price_rules=[rule] * answers.LINES_MAX, turnaround_minutes=60,
    )  # fmt: skip

    assert len(racks.rack(a_reader(), place.resource, place.venue).text) <= TELEGRAM_MAX


def changes_told(action: str, before: dict[str, Any], after: dict[str, Any], language: str = "en") -> list[str]:
    entry = AuditEntry.model_construct(action=action, before=before, after=after)
    return fields.facts_of(a_reader(language=language), entry)


def test_changes_of_a_rack_are_told_in_words() -> None:
    rule = {"weekdays": [0, 1, 2, 3, 4], "from_time": "18:00", "until_time": "21:00", "percent": 150}
    spec = {"aci_versions": ["5.2(8e)"], "preconfig_options": []}
    options = [{"key": "multi", "label": "Multi-site", "extra_tokens": 2}]
    before = {
        "price_rules": [], "price_tokens_per_slot": 1, "status": "available", "rack": spec, "terms": None, "code": "R",
        "description": "", "slot_minutes": 30,
    }  # fmt: skip
    after = {
        "price_rules": [rule], "price_tokens_per_slot": 2, "status": "maintenance", "code": "R", "slot_minutes": 30,
        "rack": {**spec, "preconfig_options": options}, "terms": {"full_refund_hours": 4, "late_percent": 50},
        "description": "New",
    }  # fmt: skip

    assert changes_told("resource.changed", before, after) == [
        "peak prices: – → Mon-Fri 18:00-21:00 150%", "price of a slot: 1 token → 2 tokens",
        "status: available → in maintenance", "cancellation: as at the venue → free until 4 h before, then 50 % back",
        "description: – → New", "options: – → Multi-site (+2)",
    ]  # fmt: skip


def test_changes_of_others_are_told_in_words() -> None:
    week_of = [[{"opens": "09:00", "closes": "21:00"}]] * 5 + [[], []]

    assert changes_told("venue.changed", {"opening_hours": []}, {"opening_hours": week_of}) == [
        "opening hours: 24/7 → Mon-Fri 09:00-21:00"
    ]
    assert changes_told("pack.changed", {"price": {"INR": 99900}, "duration": 30}, {
        "price": {"INR": 89900}, "price_previous": {"INR": 99900}, "duration": None,
    }) == ["price: ₹999 → ₹899", "validity: for 30 days → without end"]  # fmt: skip
    assert changes_told("member.disabled", {"is_active": True}, {"is_active": False, "reason": "Cables"}) == [
        "reason: Cables"
    ]
    assert changes_told("member.role_changed", {"role": "member"}, {"role": "admin"}) == [
        "role: member → administrator"
    ]


def test_a_long_list_tells_what_came_and_what_went() -> None:
    before = {"closed_on": [f"2026-12-0{day}" for day in range(1, 6)]}
    after = {"closed_on": [f"2026-12-0{day}" for day in range(2, 10)]}

    assert changes_told("venue.changed", before, after) == [
        "closed days: added Sun 6 Dec, Mon 7 Dec, Tue 8 Dec and 1 more, removed Tue 1 Dec"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_can_be_changed_has_a_word(language: str) -> None:
    specs = {*RackSpec.model_fields, *SeatSpec.model_fields, *ParkingSpec.model_fields, *Hooks.model_fields}
    of_rack = {*Resource.model_fields, *specs} - {"kind", "quantum_minutes", "revision", *fields.NESTED}
    of_pack = {*Package.model_fields} - {"price_previous", "is_deleted"}
    known = {"rack": of_rack, "venue": {*Venue.model_fields}, "pack": of_pack}
    for kind, names in known.items():
        for name in names - {"id", "revision_id", "code", "created_at", "updated_at"}:
            word = fields.word_for(a_reader(language=language), kind, name)
            assert "_" not in word
            assert language == "en" or not word.isascii(), name


def test_a_rack_in_the_list_says_its_status_only_when_it_cannot_be_booked() -> None:
    found = [a_place().resource, a_place(code="RACK-02", status=ResourceStatus.MAINTENANCE).resource]

    text = racks.racks(a_reader(), Page(items=found, number=1, limit=10, total=2)).text

    assert text.splitlines()[1:] == [
        "<b>RACK-01</b> · Two spines · 1 token",
        "<b>RACK-02</b> · Two spines · 1 token · in maintenance",
    ]


def test_the_longest_changes_fit_one_message_and_are_escaped() -> None:
    who, what = PydanticObjectId(), PydanticObjectId()
    after = {f"field_{number}": "<b>" + "x" * 500 for number in range(12)}
    entry = AuditEntry.model_construct(
        actor_id=who, action="resource.changed", subject_id=what, before={}, after=after, origin="chat",
        occurred_at=NOW - timedelta(days=400),
    )  # fmt: skip
    page = Page(items=[entry] * 10, number=1, limit=10, total=99)

    screen = office.changes(a_reader(), page, {who: "<i>" + "n" * 120, what: "s" * 64})

    assert len(screen.text) <= TELEGRAM_MAX
    assert "<i>" not in screen.text


def test_a_long_present_value_leaves_room_for_the_question() -> None:
    asked = forms.Asked(
        form_id="0123abcd", step=0, steps=1, title=Html("RACK-01"), question=Html("Write it."), present="<" * 9000
    )

    assert len(forms.question(a_reader(), asked).text) <= TELEGRAM_MAX * 2  # "&lt;" is one character to Telegram
