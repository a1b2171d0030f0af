"""My vehicles: the list, one of them, and the questions of the form."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData

from bot.views import kinds, wording
from bot.views.buttons import Settings
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, recommended, title, way_out
from bot.views.vehicle_buttons import (
    AddVehicle,
    AskRemoveVehicle,
    EditVehicle,
    OpenVehicle,
    RemoveVehicle,
    SkipDescription,
    TakeType,
    Vehicles,
)
from domain.resources import VehicleType
from domain.vehicles import VEHICLES_MAX, Vehicle

TYPES: tuple[VehicleType, ...] = ("car", "motorcycle", "van", "truck", "bicycle")
WORD_MAX = 32


def vehicles(reader: Reader, own: Sequence[Vehicle]) -> Screen:
    """All of them, each with a button."""
    rows = [_line(reader, each) for each in own]
    none = reader.say("You have none yet. A parking slot is booked for one of them.")
    add = button(reader.label("Add a vehicle"), AddVehicle())
    return Screen(
        text=lines(title(reader.say("My vehicles")), *(rows or [none])),
        keyboard=keyboard(
            *grid((button(each.plate, OpenVehicle(vehicle=each.id)) for each in own), columns=2),
            [add] if len(own) < VEHICLES_MAX else [],
            way_out(reader, Settings()),
        ),
    )


def _line(reader: Reader, one: Vehicle) -> Html:
    return Html(escape(f"{kinds.vehicle(one)} · {kinds.vehicle_type(reader, one.type)}"))


def vehicle(reader: Reader, one: Vehicle) -> Screen:
    """One of them, and what can be changed."""
    text = lines(
        title(escape(one.plate)),
        reader.say("Type: {type}", type=kinds.vehicle_type(reader, one.type)),
        reader.say("Make: {make}", make=one.make) if one.make else None,
        reader.say("Model: {model}", model=one.model) if one.model else None,
        reader.say("Colour: {colour}", colour=one.colour) if one.colour else None,
    )
    label = reader.label
    return Screen(
        text=text,
        keyboard=keyboard(
            [
                button(label("Change the plate"), EditVehicle(vehicle=one.id, field="plate")),
                button(label("Make, model, colour"), EditVehicle(vehicle=one.id, field="description")),
            ],
            [destructive(label("Remove"), AskRemoveVehicle(vehicle=one.id))],
            way_out(reader, Vehicles()),
        ),
    )


def ask_plate(reader: Reader, back: CallbackData) -> Screen:
    """Waiting for a plate."""
    text = lines(title(reader.say("Write the number plate.")), reader.say("For example: WB 02 AB 1234"))
    return Screen(text=text, keyboard=keyboard(way_out(reader, back)))


def ask_type(reader: Reader, plate: str, back: CallbackData) -> Screen:
    """What it is."""
    types = (button(kinds.vehicle_type(reader, each), TakeType(type=each)) for each in TYPES)
    return Screen(
        text=title(reader.say("What is {plate}?", plate=plate)),
        keyboard=keyboard(*grid(types, columns=2), way_out(reader, back)),
    )


def ask_description(reader: Reader, back: CallbackData, *, can_skip: bool) -> Screen:
    """Waiting for make, model and colour in one line."""
    text = lines(
        title(reader.say("Write make, model and colour, with commas between.")),
        reader.say("For example: Tata, Nexon, blue"),
    )
    skip = [recommended(reader.label("Skip"), SkipDescription())] if can_skip else []
    return Screen(text=text, keyboard=keyboard(skip, way_out(reader, back)))


def ask_remove(reader: Reader, one: Vehicle) -> Screen:
    """What removing means, before it is done."""
    text = lines(
        title(reader.say("Remove {plate} from your vehicles?", plate=one.plate)),
        reader.say("Bookings made for it stay as they are."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Remove {plate}", plate=one.plate), RemoveVehicle(vehicle=one.id))],
            [recommended(reader.label("Keep it"), OpenVehicle(vehicle=one.id))],
            way_out(reader),
        ),
    )


def added(reader: Reader, one: Vehicle) -> Html:
    """The first line after adding."""
    return title(reader.say("{plate} is among your vehicles now.", plate=one.plate))


def changed(reader: Reader) -> Html:
    """The first line after a change."""
    return title(reader.say("The vehicle is changed."))


def removed(reader: Reader, one: Vehicle) -> Html:
    """The first line after removing."""
    return title(reader.say("{plate} is removed.", plate=one.plate))


def started_over(reader: Reader) -> Html:
    """The first line when a form's button comes after its form was closed."""
    return title(reader.say("That form is closed. Here are your vehicles."))


def described(written: str) -> dict[str, str]:
    """Make, model and colour of one line: by its commas, else the first word is the make."""
    parts = [part.strip() for part in written.split(",", 2)] if "," in written else written.split(None, 1)
    make, model, colour = [*(wording.cut(part, characters_max=WORD_MAX) for part in parts), "", "", ""][:3]
    return {"make": make, "model": model, "colour": colour}
