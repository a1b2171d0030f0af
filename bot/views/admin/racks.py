"""Racks, seats and parking slots as the office sees them."""

from collections.abc import Sequence
from datetime import datetime

from bot.views import wording
from bot.views.admin import specs, week
from bot.views.admin.buttons import (
    AddRack,
    AskRetireRack,
    EditRack,
    Office,
    Rack,
    Racks,
    RestoreRack,
    RetireRack,
    SetRackStatus,
)
from bot.views.admin.upkeep_buttons import MaintainResource
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, grid, keyboard, lines, pager, recommended, title, way_out
from domain.kernel import Page
from domain.resources import Kind, Resource, ResourceStatus, Venue

UPCOMING_SHOWN = 8


def status_word(reader: Reader, status: ResourceStatus) -> str:
    """`available`, `in maintenance`, `retired`."""
    words = {
        ResourceStatus.AVAILABLE: reader.label("available"),
        ResourceStatus.MAINTENANCE: reader.label("in maintenance"),
        ResourceStatus.RETIRED: reader.label("retired"),
    }
    return words[status]


def plural(reader: Reader, kind: Kind) -> str:
    """`Racks`, `Seats`, `Parking slots`."""
    words: dict[Kind, str] = {
        "rack": reader.label("Racks"), "seat": reader.label("Seats"), "parking_slot": reader.label("Parking slots"),
    }  # fmt: skip
    return words[kind]


def new(reader: Reader, kind: Kind) -> Html:
    """`A new rack`."""
    words: dict[Kind, Html] = {
        "rack": reader.say("A new rack"), "seat": reader.say("A new seat"),
        "parking_slot": reader.say("A new parking slot"),
    }  # fmt: skip
    return words[kind]


def _add(reader: Reader, kind: Kind) -> str:
    words: dict[Kind, str] = {
        "rack": reader.label("Add a rack"), "seat": reader.label("Add a seat"),
        "parking_slot": reader.label("Add a parking slot"),
    }  # fmt: skip
    return words[kind]


def _none(reader: Reader, kind: Kind) -> Html:
    words: dict[Kind, Html] = {
        "rack": reader.say("There is no rack yet."), "seat": reader.say("There is no seat yet."),
        "parking_slot": reader.say("There is no parking slot yet."),
    }  # fmt: skip
    return words[kind]


def racks(reader: Reader, page: Page[Resource], kind: Kind = "rack") -> Screen:
    """Everything of a kind, retired ones included; what is plainly available says no status."""
    rows = [_row(reader, rack) for rack in page.items]
    text = lines(title(plural(reader, kind)), *(rows or [_none(reader, kind)]))
    return Screen(
        text=text,
        keyboard=keyboard(
            *grid((button(rack.code, Rack(rack=rack.id)) for rack in page.items), columns=2),
            pager(
                reader, number=page.number, pages=page.pages, earlier=Racks(page=max(1, page.number - 1), kind=kind),
                later=Racks(page=page.number + 1, kind=kind),
            ),
            [recommended(_add(reader, kind), AddRack(kind=kind))],
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _row(reader: Reader, rack: Resource) -> Html:
    facts = {"code": title(rack.code), "name": rack.name, "price": wording.tokens(reader, rack.price_tokens_per_slot)}
    if rack.status is ResourceStatus.AVAILABLE:
        return reader.say("{code} · {name} · {price}", **facts)
    return reader.say("{code} · {name} · {price} · {status}", **facts, status=status_word(reader, rack.status))


def _facts(reader: Reader, rack: Resource) -> list[Html | None]:
    minutes = reader.label("{minutes} min", minutes=rack.slot_minutes)
    rules = week.spoken_rules(reader, rack.price_rules)
    return [
        reader.say("Price: {price} for {minutes}", price=wording.tokens(reader, rack.price_tokens_per_slot),
                   minutes=minutes),
        reader.say("Peak prices: {rules}", rules=rules.replace("\n", "; ")) if rules else None,
        reader.say("Length: {least} to {most} times {minutes}", least=rack.min_slots, most=rack.max_slots,
                   minutes=minutes),
        reader.say("Pause after a booking: {minutes} min", minutes=rack.turnaround_minutes)
        if rack.turnaround_minutes else None,
        reader.say("Bookable {days} days ahead, {minutes} min before at the latest", days=rack.advance_days_max,
                   minutes=rack.lead_minutes_min),
        reader.say("Cancelling is free until {hours} h before, then {percent} % comes back",
                   hours=rack.terms.full_refund_hours, percent=rack.terms.late_percent) if rack.terms else None,
        reader.say("One has to check in.") if rack.check_in == "required" else None,
        *specs.facts(reader, rack),
    ]  # fmt: skip


def rack(reader: Reader, rack: Resource, venue: Venue) -> Screen:
    """One of them, and a button for everything that can be changed."""
    text = lines(
        title(reader.say("{code} · {name}", code=rack.code, name=rack.name)),
        reader.say("{venue} · {status}", venue=venue.name, status=status_word(reader, rack.status)),
        *_facts(reader, rack),
        escape(rack.description) if rack.description else None,
    )
    return Screen(text=text, keyboard=keyboard(*_changes(reader, rack), way_out(reader, Racks(kind=rack.kind))))


def _changes(reader: Reader, rack: Resource) -> list[Row]:
    if rack.status is ResourceStatus.RETIRED:
        return [[recommended(reader.label("Offer it again"), RestoreRack(rack=rack.id))]]
    what = [
        (reader.label("Name"), "name"), (reader.label("Description"), "description"), *specs.changes(reader, rack.kind),
        (reader.label("Price"), "price"), (reader.label("Peak prices"), "rules"),
        (reader.label("Slot and length"), "length"), (reader.label("Pause after"), "pause"),
        (reader.label("How far ahead"), "window"), (reader.label("Cancellation"), "terms"),
        *([] if rack.kind == "parking_slot" else [(reader.label("Check-in"), "checkin")]),
    ]  # fmt: skip
    other = ResourceStatus.AVAILABLE
    label = reader.label("End maintenance")
    if rack.status is ResourceStatus.AVAILABLE:
        other, label = ResourceStatus.MAINTENANCE, reader.label("Start maintenance")
    return [
        *grid((button(words, EditRack(rack=rack.id, what=form)) for words, form in what), columns=2),
        [button(reader.label("Plan maintenance"), MaintainResource(resource=rack.id))],
        [button(label, SetRackStatus(rack=rack.id, status=other))],
        [destructive(reader.label("Retire"), AskRetireRack(rack=rack.id))],
    ]


def ask_retire(reader: Reader, rack: Resource, venue: Venue, upcoming: Sequence[tuple[datetime, datetime]]) -> Screen:
    """What retiring would mean: no new bookings; those already made stay."""
    shown = [Html(f"• {wording.span(reader, begin, end, venue.timezone)}") for begin, end in upcoming[:UPCOMING_SHOWN]]
    more = len(upcoming) - len(shown)
    text = lines(
        title(reader.say("Retire {code}?", code=rack.code)),
        reader.say("It leaves the catalogue and takes no new bookings. It can be offered again later."),
        reader.say_count("{number} booking stays and will take place:", "{number} bookings stay and will take place:",
                         len(upcoming)) if upcoming else reader.say("No upcoming booking is affected."),
        *shown,
        reader.say_count("and {number} more", "and {number} more", more) if more else None,
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Retire {code}", code=rack.code), RetireRack(rack=rack.id))],
            way_out(reader, Rack(rack=rack.id)),
        ),
    )


def summary(reader: Reader, rack: Resource, venue: Venue) -> Html:
    """What is about to be added."""
    return Html(
        lines(
            title(reader.say("Add {code}, {name}?", code=rack.code, name=rack.name)),
            reader.say("{venue} · can be booked at once", venue=venue.name),
            *_facts(reader, rack),
        )
    )
