"""Stored fields of an administrative change in words: `price of a slot: 1 token → 2 tokens`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from bot.views import wording
from bot.views.admin import specs, week
from bot.views.admin.members import role_word
from bot.views.admin.packs import prices, validity
from bot.views.admin.racks import status_word as rack_status_word
from bot.views.my_bookings import status_word as booking_status_word
from bot.views.reader import Reader
from domain.audit import AuditEntry
from domain.bookings import Status
from domain.people import Role
from domain.resources import OpeningInterval, PriceRule, ResourceStatus, VenueStatus

VALUE_MAX = 60
LIST_SHOWN = 3
HIDDEN = frozenset({
    "code", "created_at", "updated_at", "price_previous", "is_deleted", "member.is_active", "wallet.tokens",
    "provisioning.resource_id", "wallet.receivable_id", "wallet.booking_id", "wallet.forgiven_tokens",
})  # fmt: skip
"""What the line above it or another field says already."""
NESTED = frozenset({"rack", "seat", "parking_slot", "hooks"})
WORD_ALONE = frozenset({"venue_id"})

Items: TypeAlias = Callable[[Reader, Any], list[str]]


def facts_of(reader: Reader, entry: AuditEntry) -> list[str]:
    """Every field that changed, without markup; lists that are long tell only what came and what went."""
    kind = entry.action.partition(".")[0]
    before, after = _flat(entry.before), _flat(entry.after)
    changed = [
        name for name in after
        if HIDDEN.isdisjoint((name, f"{kind}.{name}")) and before.get(name) != after[name]
    ]  # fmt: skip
    return [_fact(reader, kind, name, before, after) for name in changed]


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Specs and hooks behind the rest."""
    flat = {name: value for name, value in facts.items() if name not in NESTED}
    for name in NESTED & facts.keys():
        flat |= _flat(facts[name] or {})
    return flat


def _fact(reader: Reader, kind: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    word = word_for(reader, kind, name)
    if name in WORD_ALONE:
        return word
    now = _items(reader, kind, name, after[name])
    if name not in before:
        return f"{word}: {_joined(reader, now)}"
    was = _items(reader, kind, name, before[name])
    if max(len(was), len(now)) <= LIST_SHOWN:
        return f"{word}: {_joined(reader, was)} → {_joined(reader, now)}"
    came = [item for item in now if item not in was]
    went = [item for item in was if item not in now]
    told = [
        reader.label("added {items}", items=_joined(reader, came)) if came else "",
        reader.label("removed {items}", items=_joined(reader, went)) if went else "",
    ]
    return f"{word}: {', '.join(filter(None, told)) or _joined(reader, now)}"


def _joined(reader: Reader, items: Sequence[str]) -> str:
    shown = ", ".join(wording.cut(item, characters_max=VALUE_MAX) for item in items[:LIST_SHOWN])
    more = len(items) - LIST_SHOWN
    return f"{shown} {reader.label_count('and {number} more', 'and {number} more', more)}" if more > 0 else shown or "–"


def word_for(reader: Reader, kind: str, name: str) -> str:
    """What people call the field of a `rack`, `venue`, `pack`, `member`, `wallet` or `booking`."""
    words = {**_words_of_places(reader), **_words_of_others(reader)}
    return words.get(f"{kind}.{name}") or words.get(name) or name.replace("_", " ")


def _words_of_places(reader: Reader) -> dict[str, str]:
    label = reader.label
    return {
        "name": label("name"), "description": label("description"), "status": label("status"),
        "venue_id": label("moved to another venue"), "slot_minutes": label("length of a slot"),
        "min_slots": label("shortest booking"), "max_slots": label("longest booking"),
        "turnaround_minutes": label("pause after a booking"), "price_tokens_per_slot": label("price of a slot"),
        "price_rules": label("peak prices"), "advance_days_max": label("bookable ahead"),
        "lead_minutes_min": label("shortest notice"), "check_in": label("check-in"),
        "terms": label("cancellation"), "aci_versions": label("versions of ACI"),
        "preconfig_options": label("options"), "address": label("address"), "city": label("city"),
        "timezone": label("time zone"), "opening_hours": label("opening hours"), "closed_on": label("closed days"),
        "amenities": label("amenities"), "currency": label("currency"), **_words_of_specs(reader),
    }  # fmt: skip


def _words_of_specs(reader: Reader) -> dict[str, str]:
    label = reader.label
    return {
        "provision": label("script that prepares"), "power_on": label("script that switches on"),
        "power_off": label("script that switches off"), "deprovision": label("script that wipes"),
        "lead_minutes": label("begins to prepare before"), "floor": label("floor"), "zone": label("zone"),
        "level": label("level"), "vehicle_type": label("vehicle"),
        "overtime_multiplier_percent": label("overtime in percent"),
        "penalty_tokens_per_hour": label("penalty per hour"),
    }  # fmt: skip


def _words_of_others(reader: Reader) -> dict[str, str]:
    label = reader.label
    return {
        "wallet.token": label("balance"), "token": label("tokens"), "content": label("long description"),
        "features": label("features"), "duration": label("validity"), "price": label("price"),
        "is_active": label("on sale"), "role": label("role"), "reason": label("reason"),
        "refund_tokens": label("given back"), "owed_tokens": label("debt"), "starts_at": label("begin"),
        "ends_at": label("end"), "cancelled": label("cancelled bookings"), "resource": label("of"),
        "step": label("step"), "script": label("script"), "failures": label("failures"),
        "member.venue_id": label("workplace changed"),
    }  # fmt: skip


def _items(reader: Reader, kind: str, name: str, value: Any) -> list[str]:
    items = ITEMS.get(f"{kind}.{name}") or ITEMS.get(name)
    if items is not None:
        return items(reader, value)
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return [] if value is None or value == "" else [str(value)]


def _tokens(reader: Reader, value: int) -> list[str]:
    return [wording.tokens(reader, value)]


def _minutes(reader: Reader, value: int) -> list[str]:
    return [reader.label("{minutes} min", minutes=value)]


def _slots(reader: Reader, value: int) -> list[str]:
    return [reader.label_count("{number} slot", "{number} slots", value)]


def _days(reader: Reader, value: int) -> list[str]:
    return [reader.label_count("{number} day", "{number} days", value)]


def _yes_or_no(reader: Reader, value: bool) -> list[str]:
    return [reader.label("yes") if value else reader.label("no")]


def _check_in(reader: Reader, value: str) -> list[str]:
    return _yes_or_no(reader, value == "required")


def _rules(reader: Reader, value: list[dict[str, Any]]) -> list[str]:
    return week.spoken_rules(reader, [PriceRule.model_construct(**rule) for rule in value]).splitlines()


def _hours(reader: Reader, value: list[list[dict[str, Any]]]) -> list[str]:
    days = [[OpeningInterval.model_construct(**each) for each in day] for day in value]
    return week.spoken_hours(reader, days).splitlines()


def _options(_: Reader, value: list[dict[str, Any]]) -> list[str]:
    return [f"{each['label']} (+{each['extra_tokens']})" for each in value]


def _dates(reader: Reader, value: list[str]) -> list[str]:
    return [wording.day(reader, date.fromisoformat(on)) for on in value]


def _terms(reader: Reader, value: dict[str, int] | None) -> list[str]:
    if value is None:
        return [reader.label("as at the venue")]
    hours, percent = value["full_refund_hours"], value["late_percent"]
    return [reader.label("free until {hours} h before, then {percent} % back", hours=hours, percent=percent)]


def _venue_status(reader: Reader, value: str) -> list[str]:
    return [reader.label("open") if value == VenueStatus.OPEN else reader.label("closed")]


def _moment(reader: Reader, value: str) -> list[str]:
    return [wording.moment(reader, datetime.fromisoformat(value), reader.timezone or "UTC")]


ITEMS: dict[str, Items] = {
    "lead_minutes": _minutes, "penalty_tokens_per_hour": _tokens, "owed_tokens": _tokens, "starts_at": _moment,
    "ends_at": _moment, "vehicle_type": lambda reader, value: [specs.vehicle_word(reader, value)],
    "resource.status": lambda reader, value: [rack_status_word(reader, ResourceStatus(value))],
    "price_tokens_per_slot": _tokens, "refund_tokens": _tokens, "slot_minutes": _minutes,
    "turnaround_minutes": _minutes, "lead_minutes_min": _minutes, "min_slots": _slots, "max_slots": _slots,
    "advance_days_max": _days, "is_active": _yes_or_no, "check_in": _check_in, "price_rules": _rules,
    "opening_hours": _hours, "preconfig_options": _options, "closed_on": _dates, "terms": _terms,
    "venue.status": _venue_status,
    "rack.status": lambda reader, value: [rack_status_word(reader, ResourceStatus(value))],
    "booking.status": lambda reader, value: [booking_status_word(reader, Status(value))],
    "role": lambda reader, value: [role_word(reader, Role(value))],
    "price": lambda reader, value: [prices(reader, value)],
    "duration": lambda reader, value: [validity(reader, value)],
}  # fmt: skip
