"""The questions about what racks, seats and parking slots each have of their own, and how to change it."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.routers.admin.forms import Draft, Question
from bot.views.admin import answers, spec_answers, specs
from bot.views.admin.forms import Choice
from bot.views.reader import Reader
from domain import resources
from domain.resources import Hooks, Kind, ParkingSpec, RackSpec, Resource, SeatSpec

PERCENT_MAX = 1000
PENALTY_MAX = 1_000_000
LEAD_MINUTES_MAX = 240
SPEC_FIELDS: dict[Kind, frozenset[str]] = {
    "rack": frozenset({"aci_versions", "preconfig_options"}),
    "seat": frozenset(SeatSpec.model_fields),
    "parking_slot": frozenset(ParkingSpec.model_fields),
}
HOOK_FIELDS = frozenset(Hooks.model_fields)


def present(value: Callable[[Resource], Any]) -> Callable[[Draft], Any]:
    """The value now, as it would be typed; None for what is being added."""

    async def now(draft: Draft) -> str | None:
        return str(value(await resources.get(draft.about))) if draft.subject else None

    return now


async def none(reader: Reader, _: Draft) -> Sequence[Choice]:
    """Nothing, by button."""
    return [Choice(label=reader.label("None"), value=answers.NONE)]


async def _vehicles(reader: Reader, _: Draft) -> Sequence[Choice]:
    kinds: tuple[resources.VehicleType, ...] = ("car", "motorcycle", "van", "truck", "bicycle")
    return [Choice(label=specs.vehicle_word(reader, kind), value=kind) for kind in kinds]


async def _yes_or_no(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [
        Choice(label=reader.label("Required"), value="required"), Choice(label=reader.label("Not needed"), value="none")
    ]  # fmt: skip


async def _of_venue(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [Choice(label=reader.label("As at the venue"), value=answers.NONE)]


def _hooks(rack: Resource) -> Hooks:
    return rack.rack.hooks if rack.rack else Hooks()


def _seat(seat: Resource) -> SeatSpec:
    return seat.seat or SeatSpec()


def _slot(slot: Resource) -> ParkingSpec:
    return slot.parking_slot or ParkingSpec()


PROVISION = Question(
    name="provision", ask=lambda reader: reader.say("Which script prepares it before a session?"),
    read=spec_answers.script, choices=none, present=present(lambda rack: _hooks(rack).provision or answers.NONE),
)  # fmt: skip
POWER_ON = Question(
    name="power_on", ask=lambda reader: reader.say("Which script switches it on?"), read=spec_answers.script,
    choices=none, present=present(lambda rack: _hooks(rack).power_on or answers.NONE),
)  # fmt: skip
LEAD = Question(
    name="lead_minutes", ask=lambda reader: reader.say("How many minutes before the start does it begin to prepare?"),
    read=answers.whole_number(least=0, most=LEAD_MINUTES_MAX), present=present(lambda rack: _hooks(rack).lead_minutes),
)  # fmt: skip
POWER_OFF = Question(
    name="power_off", ask=lambda reader: reader.say("Which script switches it off after a session?"),
    read=spec_answers.script, choices=none, present=present(lambda rack: _hooks(rack).power_off or answers.NONE),
)  # fmt: skip
DEPROVISION = Question(
    name="deprovision", ask=lambda reader: reader.say("Which script wipes it?"), read=spec_answers.script,
    choices=none, present=present(lambda rack: _hooks(rack).deprovision or answers.NONE),
)  # fmt: skip

FLOOR = Question(
    name="floor", ask=lambda reader: reader.say("On which floor is it?"), choices=none,
    read=answers.text(length_max=60, may_be_empty=True), present=present(lambda seat: _seat(seat).floor),
)  # fmt: skip
ZONE = Question(
    name="zone", ask=lambda reader: reader.say("In which zone, such as Quiet?"), choices=none,
    read=answers.text(length_max=60, may_be_empty=True),
    present=present(lambda one: (_slot(one) if one.kind == "parking_slot" else _seat(one)).zone),
)  # fmt: skip
AMENITIES = Question(
    name="amenities", ask=lambda reader: reader.say("What does it have? Write it with commas: Socket, Lamp."),
    read=spec_answers.names, choices=none, present=present(lambda seat: ", ".join(_seat(seat).amenities)),
)  # fmt: skip

LEVEL = Question(
    name="level", ask=lambda reader: reader.say("On which level is it?"), choices=none,
    read=answers.text(length_max=60, may_be_empty=True), present=present(lambda slot: _slot(slot).level),
)  # fmt: skip
VEHICLE = Question(
    name="vehicle_type", ask=lambda reader: reader.say("For which vehicles is it?"), read=spec_answers.vehicle,
    choices=_vehicles, present=present(lambda slot: _slot(slot).vehicle_type),
)  # fmt: skip
OVERTIME = Question(
    name="overtime_multiplier_percent",
    ask=lambda reader: reader.say("How much does overtime cost, in percent of the price? 150 is half more."),
    read=answers.whole_number(least=0, most=PERCENT_MAX),
    present=present(lambda slot: _slot(slot).overtime_multiplier_percent),
)  # fmt: skip
PENALTY = Question(
    name="penalty_tokens_per_hour",
    ask=lambda reader: reader.say("How many tokens does each hour of overtime begun cost besides?"),
    read=answers.whole_number(least=0, most=PENALTY_MAX),
    present=present(lambda slot: _slot(slot).penalty_tokens_per_hour),
)  # fmt: skip

CHECK_IN = Question(
    name="check_in", ask=lambda reader: reader.say("Does one have to check in there?"), read=spec_answers.check_in,
    choices=_yes_or_no,
)  # fmt: skip
AHEAD = Question(
    name="advance_days_max", ask=lambda reader: reader.say("How many days ahead can it be booked?"),
    read=answers.whole_number(least=0, most=366), present=present(lambda one: one.advance_days_max),
)  # fmt: skip
NOTICE = Question(
    name="lead_minutes_min",
    ask=lambda reader: reader.say("How many minutes before the start must it be booked at the latest?"),
    read=answers.whole_number(least=0, most=30 * 24 * 60), present=present(lambda one: one.lead_minutes_min),
)  # fmt: skip
OWN_TERMS = Question(
    name="terms",
    ask=lambda reader: reader.say("Until how many hours before is cancelling free, and how much comes back later? "
                                  "Write the two numbers: 4 50."),
    read=spec_answers.own_terms, choices=_of_venue,
    present=present(lambda one: f"{one.terms.full_refund_hours} {one.terms.late_percent}" if one.terms else "-"),
)  # fmt: skip

EVERY_KIND: dict[str, tuple[Question, ...]] = {
    "window": (AHEAD, NOTICE), "terms": (OWN_TERMS,),
}  # fmt: skip
OF_KIND: dict[Kind, dict[str, tuple[Question, ...]]] = {
    "rack": {"hooks": (PROVISION, POWER_ON, LEAD, POWER_OFF, DEPROVISION), "checkin": (CHECK_IN,)},
    "seat": {"place": (FLOOR, ZONE), "amenities": (AMENITIES,), "checkin": (CHECK_IN,)},
    "parking_slot": {"level": (LEVEL, ZONE), "vehicle": (VEHICLE,), "overtime": (OVERTIME, PENALTY)},
}
"""Under the names by which `specs.changes` asks for them. Parking slots always require a check-in."""


def with_spec(kind: Kind, values: dict[str, Any], before: Resource | None = None) -> dict[str, Any]:
    """The answers as fields of a resource: what belongs to its spec or its hooks is put there, the rest stays."""
    plain, of_spec, of_hooks = dict(values), {}, {}
    for name in values:
        if name in SPEC_FIELDS[kind]:
            of_spec[name] = plain.pop(name)
        elif kind == "rack" and name in HOOK_FIELDS:
            of_hooks[name] = plain.pop(name)
    if before is not None and not of_spec and not of_hooks:
        return plain
    known = getattr(before, kind) if before else None
    spec = known or {"rack": RackSpec(), "seat": SeatSpec(), "parking_slot": ParkingSpec()}[kind]
    fields = {**spec.model_dump(), **of_spec}
    if of_hooks:
        fields["hooks"] = {**fields["hooks"], **of_hooks}
    return {**plain, kind: fields}
