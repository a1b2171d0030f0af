"""The forms about racks, seats and parking slots: adding one, and changing it field by field."""

from collections.abc import Sequence
from typing import Any

from beanie import PydanticObjectId

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.routers.admin.looks import resource_screen
from bot.routers.admin.spec_forms import (
    AMENITIES,
    CHECK_IN,
    EVERY_KIND,
    FLOOR,
    LEVEL,
    OF_KIND,
    OVERTIME,
    PENALTY,
    VEHICLE,
    ZONE,
    none,
    present,
    with_spec,
)
from bot.views.admin import answers
from bot.views.admin import racks as views
from bot.views.admin.answers import Mistyped
from bot.views.admin.buttons import Rack, Racks
from bot.views.admin.forms import Choice, Consequence
from bot.views.admin.week import typed_rules
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, title
from domain import resources
from domain.kernel import Tx
from domain.resources import LENGTH_MINUTES_MAX, TURNAROUND_MINUTES_MAX, Kind, Resource

VENUES_MAX = 50
SLOTS_MAX = LENGTH_MINUTES_MAX // 15
SLOT_MINUTES = ("15", "30", "60", "120")


async def _venues(_reader: Reader, _draft: Draft | None = None) -> Sequence[Choice]:
    return [Choice(label=venue.name, value=str(venue.id)) for venue in await resources.venues(limit=VENUES_MAX)]


async def _is_venue(reader: Reader, value: str) -> None:
    if value not in {choice.value for choice in await _venues(reader)}:
        raise Mistyped(reader.say("Please choose by button."))


async def _is_free_code(reader: Reader, value: str) -> None:
    if await resources.by_code(value) is not None:
        raise Mistyped(reader.say("The code {code} is taken.", code=value))


async def _slots(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [Choice(label=reader.label("{minutes} min", minutes=minutes), value=minutes) for minutes in SLOT_MINUTES]


VENUE = Question(name="venue_id", ask=lambda reader: reader.say("Where does it stand?"),
                 read=lambda _, typed: typed.strip(), check=_is_venue, choices=_venues)  # fmt: skip
CODE = Question(
    name="code", ask=lambda reader: reader.say("Write its code, such as RACK-07. Members read it everywhere."),
    read=answers.code, check=_is_free_code,
)  # fmt: skip
NAME = Question(
    name="name", ask=lambda reader: reader.say("Write its name, such as Two-spine fabric."),
    read=answers.text(length_max=64), present=present(lambda rack: rack.name),
)  # fmt: skip
DESCRIPTION = Question(
    name="description", ask=lambda reader: reader.say("Write a description of at most 500 characters."),
    read=answers.text(length_max=500, may_be_empty=True), choices=none,
    present=present(lambda rack: rack.description),
)  # fmt: skip
VERSIONS = Question(
    name="aci_versions", ask=lambda reader: reader.say("Write the ACI versions with commas between them."),
    read=answers.versions, choices=none,
    present=present(lambda rack: ", ".join(rack.rack.aci_versions) if rack.rack else ""),
)  # fmt: skip
OPTIONS = Question(
    name="preconfig_options",
    ask=lambda reader: reader.say("Write the options, a line each, with their extra tokens: Multi-site = 2."),
    read=answers.options, choices=none,
    present=present(
        lambda rack: "\n".join(f"{each.label} = {each.extra_tokens}" for each in rack.rack.preconfig_options)
        if rack.rack else ""
    ),
)  # fmt: skip
SLOT = Question(
    name="slot_minutes", ask=lambda reader: reader.say("How many minutes is one slot? A multiple of 15."),
    read=answers.multiple(of=15, most=24 * 60), choices=_slots, present=present(lambda rack: str(rack.slot_minutes)),
)  # fmt: skip
LEAST = Question(
    name="min_slots", ask=lambda reader: reader.say("How many slots has the shortest booking?"),
    read=answers.whole_number(least=1, most=SLOTS_MAX), present=present(lambda rack: str(rack.min_slots)),
)  # fmt: skip
MOST = Question(
    name="max_slots", ask=lambda reader: reader.say("How many slots has the longest booking?"),
    read=answers.whole_number(least=1, most=SLOTS_MAX), present=present(lambda rack: str(rack.max_slots)),
)  # fmt: skip
PRICE = Question(
    name="price_tokens_per_slot", ask=lambda reader: reader.say("How many tokens does one slot cost?"),
    read=answers.whole_number(least=0, most=1_000_000),
    present=present(lambda rack: str(rack.price_tokens_per_slot)),
)  # fmt: skip
RULES = Question(
    name="price_rules",
    ask=lambda reader: reader.say("Write the peak prices, a line each: Mon-Fri 10:00-14:00 150. 150 is half more, 80 a "
                                  "fifth less; the first line that fits counts."),
    read=answers.price_rules, choices=none, present=present(lambda rack: typed_rules(rack.price_rules)),
)  # fmt: skip
PAUSE = Question(
    name="turnaround_minutes",
    ask=lambda reader: reader.say("How many minutes stay free after each booking? A multiple of 15, or 0."),
    read=answers.multiple(of=15, most=TURNAROUND_MINUTES_MAX, least=0),
    present=present(lambda rack: str(rack.turnaround_minutes)),
)  # fmt: skip


async def _new_title(desk: Desk, draft: Draft) -> Html:
    return views.new(desk.reader, KINDS[draft.form])


def _new_fields(draft: Draft) -> dict[str, Any]:
    kind = KINDS[draft.form]
    fields = with_spec(kind, draft.values)
    return {**fields, "kind": kind, "venue_id": PydanticObjectId(fields["venue_id"])}


async def _new_consequence(desk: Desk, draft: Draft) -> Consequence:
    fields = _new_fields(draft)
    rack = Resource.model_validate({**fields, "created_at": desk.now, "updated_at": desk.now})
    venue = await resources.venue(rack.venue_id)
    text = views.summary(desk.reader, rack, venue)
    return Consequence(text=text, label=desk.reader.label("Add {code}", code=rack.code))


async def _add(desk: Desk, draft: Draft) -> Screen:
    async def add(tx: Tx, /) -> Resource:
        return await resources.add_resource(tx, actor=desk.actor, now=desk.now, **_new_fields(draft))

    rack = await desk.transact(add)
    done = title(desk.reader.say("{code} can be booked now.", code=rack.code))
    return (await resource_screen(desk, rack)).below(done)


async def _title(desk: Desk, draft: Draft) -> Html:
    rack = await resources.get(draft.about)
    return desk.reader.say("{code} · {name}", code=rack.code, name=rack.name)


async def _edit(desk: Desk, draft: Draft) -> Screen:
    before = await resources.get(draft.about)
    answered = dict(draft.values)
    if before.rack and "preconfig_options" in answered:
        answered["preconfig_options"] = _with_known_keys(before.rack, answered["preconfig_options"])
    changes = with_spec(before.kind, answered, before)
    rack = await desk.transact(
        resources.edit_resource, resource_id=before.id, changes=changes, actor=desk.actor, now=desk.now
    )
    done = title(desk.reader.say("Changed. Bookings made before keep their price and times."))
    return (await resource_screen(desk, rack)).below(done)


def _with_known_keys(spec: resources.RackSpec, options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options that keep their label keep their key: bookings are stored with it."""
    known = {option.label: option.key for option in spec.preconfig_options}
    kept = {known[each["label"]] for each in options if each["label"] in known}
    renamed = []
    for each in options:
        key = known.get(each["label"], each["key"])
        while each["label"] not in known and key in kept:
            key = f"{key}-2"
        kept.add(key)
        renamed.append({**each, "key": key})
    return renamed


def _back(draft: Draft) -> Rack:
    return Rack(rack=draft.about)


def _editing(name: str, questions: Sequence[Question]) -> Form:
    return Form(
        name=f"rack_{name}", permission="racks:write", title=_title, questions=questions, finish=_edit, back=_back
    )


def _adding(name: str, kind: Kind, *questions: Question) -> Form:
    return Form(
        name=name, permission="racks:write", title=_new_title, questions=(VENUE, CODE, NAME, *questions), finish=_add,
        back=lambda _: Racks(kind=kind), consequence=_new_consequence,
    )  # fmt: skip


KINDS: dict[str, Kind] = {"rack_add": "rack", "seat_add": "seat", "slot_add": "parking_slot"}
ADDING: dict[Kind, Form] = {
    "rack": _adding("rack_add", "rack", VERSIONS, OPTIONS, SLOT, PRICE),
    "seat": _adding("seat_add", "seat", FLOOR, ZONE, AMENITIES, SLOT, PRICE, CHECK_IN),
    "parking_slot": _adding("slot_add", "parking_slot", LEVEL, ZONE, VEHICLE, SLOT, PRICE, OVERTIME, PENALTY),
}
_COMMON: dict[str, tuple[Question, ...]] = {
    "name": (NAME,), "description": (DESCRIPTION,), "price": (PRICE,), "rules": (RULES,), "length": (SLOT, LEAST, MOST),
    "pause": (PAUSE,), **EVERY_KIND,
}  # fmt: skip
_OF_KIND = {**OF_KIND, "rack": {"versions": (VERSIONS,), "options": (OPTIONS,), **OF_KIND["rack"]}}
_EDITING: dict[str, Form] = {
    name: _editing(name, questions) for of_kind in (_COMMON, *_OF_KIND.values()) for name, questions in of_kind.items()
}


def editing(what: str, kind: Kind) -> Form | None:
    """The form that changes this about something of that kind; None where there is none."""
    return _EDITING[what] if what in _COMMON or what in _OF_KIND[kind] else None


FORMS = (*ADDING.values(), *_EDITING.values())
