"""My vehicles: adding by a short dialogue, changing, removing.

The dialogue remembers what was written so far, and the summary it shall lead back to, in the person's dialogue row.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject
from beanie import PydanticObjectId

from bot import errors, garage
from bot.conversation import Conversation
from bot.routers import bookings as booking_flow
from bot.views import buttons, choices, kinds
from bot.views import vehicle_buttons as vb
from bot.views import vehicles as views
from bot.views.reader import Html, Reader
from bot.views.screen import title
from domain import resources, vehicles
from domain.kernel import DomainError, Transact
from domain.people import Actor
from domain.resources import Options
from domain.vehicles import InvalidVehicle, PlateTaken, TooManyVehicles, Vehicle, VehicleNotFound, normal_plate

router = Router(name="vehicles")
PLATE_MIN, PLATE_MAX = 2, 15
OWN_BUTTONS = ("vt:", "vk")
"""How the callback data of the form's own buttons begins."""

Answers = dict[str, Any]
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class VehicleForm(StatesGroup):
    """What is waited for."""

    plate = State()
    type = State()
    description = State()


async def leave_when_going_elsewhere(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Close the form of whoever taps another screen's button: their next words are no answer."""
    is_open = str(data.get("raw_state") or "").startswith(f"{VehicleForm.__name__}:")
    if is_open and isinstance(event, CallbackQuery) and not (event.data or "").startswith(OWN_BUTTONS):
        await data["state"].clear()
        data["raw_state"] = None
    return await handler(event, data)


@router.callback_query(vb.Vehicles.filter())
async def list_vehicles(_: CallbackQuery, talk: Conversation, reader: Reader, actor: Actor) -> None:
    """All of them."""
    await _show_list(talk, reader, actor)


async def _show_list(talk: Conversation, reader: Reader, actor: Actor, notice: Html | None = None) -> None:
    screen = views.vehicles(reader, await garage.own(actor))
    await talk.show(screen.below(notice) if notice else screen)


@router.callback_query(vb.OpenVehicle.filter())
async def open_vehicle(
    _: CallbackQuery, callback_data: vb.OpenVehicle, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """One of them."""
    await talk.show(views.vehicle(reader, await _one(callback_data.vehicle, actor)))


async def _one(vehicle_id: PydanticObjectId, actor: Actor) -> Vehicle:
    """One's own that was not removed."""
    found = next((one for one in await garage.own(actor) if one.id == vehicle_id), None)
    if found is None:
        raise VehicleNotFound(vehicle_id=vehicle_id)
    return found


@router.callback_query(vb.AddVehicle.filter())
async def add_vehicle(
    _: CallbackQuery, callback_data: vb.AddVehicle, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    """Begin the form."""
    form = {"asked": callback_data.pack()}
    await state.set_state(VehicleForm.plate)
    await state.set_data(form)
    await talk.show(views.ask_plate(reader, _back(form)))


@router.callback_query(vb.EditVehicle.filter())
async def edit_vehicle(
    _: CallbackQuery, callback_data: vb.EditVehicle, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """Ask for what shall be different."""
    one = await _one(callback_data.vehicle, actor)
    form = {"vehicle": str(one.id)}
    await state.set_data(form)
    if callback_data.field == "plate":
        await state.set_state(VehicleForm.plate)
        await talk.show(views.ask_plate(reader, _back(form)))
    else:
        await state.set_state(VehicleForm.description)
        await talk.show(views.ask_description(reader, _back(form), can_skip=False))


def _back(form: Answers) -> CallbackData:
    """Where the form was opened."""
    if "vehicle" in form:
        return vb.OpenVehicle(vehicle=PydanticObjectId(form["vehicle"]))
    asked = vb.AddVehicle.unpack(form["asked"])
    if asked.rack is None or asked.at is None:
        return vb.Vehicles()
    return buttons.Summary(rack=asked.rack, at=asked.at, slots=asked.slots)


@router.message(StateFilter(VehicleForm.plate), F.text, ~F.text.startswith("/"))
async def take_plate(
    message: Message, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, state: FSMContext
) -> None:
    """The plate; the next question, or the end of a change."""
    form = await state.get_data()
    plate = normal_plate(message.text or "")
    if not PLATE_MIN <= len(plate) <= PLATE_MAX:
        refusal = title(errors.sentence(InvalidVehicle(field="plate", problem="length"), reader))
        await talk.say(views.ask_plate(reader, _back(form)).below(refusal))
        return
    if "vehicle" in form:
        await _change(form, {"plate": plate}, talk, reader, actor, transact, state)
        return
    form = {**form, "plate": plate, "type": form.get("type") or await _type_of_slot(form)}
    await state.set_data(form)
    if form["type"] is None:
        await state.set_state(VehicleForm.type)
        await talk.say(views.ask_type(reader, plate, _back(form)))
    elif "described" in form:
        await _add(form, talk, reader, actor, transact, state)
    else:
        await _ask_description(form, talk, reader, state)


async def _type_of_slot(form: Answers) -> str | None:
    """Who comes from a parking slot adds what may stand there."""
    asked = vb.AddVehicle.unpack(form["asked"])
    return kinds.type_of(await resources.get(asked.rack)) if asked.rack else None


async def _ask_description(form: Answers, talk: Conversation, reader: Reader, state: FSMContext) -> None:
    await state.set_state(VehicleForm.description)
    await talk.show(views.ask_description(reader, _back(form), can_skip=True))


@router.callback_query(vb.TakeType.filter())
async def take_type(
    _: CallbackQuery, callback_data: vb.TakeType, talk: Conversation, reader: Reader, actor: Actor, state: FSMContext
) -> None:
    """The type; then the rest, which may be skipped."""
    form = await state.get_data()
    if "plate" not in form:
        await _show_list(talk, reader, actor, views.started_over(reader))
        return
    form = {**form, "type": callback_data.type}
    await state.set_data(form)
    await _ask_description(form, talk, reader, state)


@router.message(StateFilter(VehicleForm.description), F.text, ~F.text.startswith("/"))
async def take_description(
    message: Message, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, state: FSMContext
) -> None:
    """Make, model and colour: the end of the form."""
    form = await state.get_data()
    described = views.described(message.text or "")
    if "vehicle" in form:
        await _change(form, described, talk, reader, actor, transact, state)
    else:
        await _add({**form, "described": described}, talk, reader, actor, transact, state)


@router.callback_query(vb.SkipDescription.filter())
async def skip_description(
    _: CallbackQuery, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, state: FSMContext
) -> None:
    """The plate and the type suffice."""
    form = await state.get_data()
    if "plate" not in form or "type" not in form:
        await _show_list(talk, reader, actor, views.started_over(reader))
        return
    await _add({**form, "described": {}}, talk, reader, actor, transact, state)


async def _add(
    form: Answers, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, state: FSMContext
) -> None:
    """Register it, and go back to where it is needed; a plate that cannot be has to be written again."""
    try:
        one = await transact(
            vehicles.add, plate=form["plate"], type=form["type"], **form["described"], actor=actor, now=reader.now
        )
    except (PlateTaken, InvalidVehicle) as refusal:
        await state.set_data(form)
        await _ask_plate_again(form, refusal, talk, reader, state)
        return
    except TooManyVehicles as refusal:
        await state.clear()
        await _show_list(talk, reader, actor, title(errors.sentence(refusal, reader)))
        return
    await state.clear()
    back = _back(form)
    if isinstance(back, buttons.Summary):
        slot = await resources.get(back.rack)
        chosen = back.model_copy(update={"choice": choices.encode(slot, Options(vehicle_id=one.id))})
        await booking_flow.show_summary(talk, reader, actor, chosen, state, notice=views.added(reader, one))
    else:
        await _show_list(talk, reader, actor, views.added(reader, one))


async def _ask_plate_again(
    form: Answers, refusal: DomainError, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    await state.set_state(VehicleForm.plate)
    await talk.show(views.ask_plate(reader, _back(form)).below(title(errors.sentence(refusal, reader))))


async def _change(
    form: Answers, changes: Answers, talk: Conversation, reader: Reader, actor: Actor, transact: Transact,
    state: FSMContext,
) -> None:  # fmt: skip
    vehicle_id = PydanticObjectId(form["vehicle"])
    try:
        one = await transact(vehicles.edit, vehicle_id=vehicle_id, changes=changes, actor=actor, now=reader.now)
    except (PlateTaken, InvalidVehicle) as refusal:
        await _ask_plate_again(form, refusal, talk, reader, state)
        return
    await state.clear()
    await talk.show(views.vehicle(reader, one).below(views.changed(reader)))


@router.callback_query(vb.AskRemoveVehicle.filter())
async def ask_remove(
    _: CallbackQuery, callback_data: vb.AskRemoveVehicle, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Say what removing means."""
    await talk.show(views.ask_remove(reader, await _one(callback_data.vehicle, actor)))


@router.callback_query(vb.RemoveVehicle.filter())
async def remove_vehicle(
    _: CallbackQuery, callback_data: vb.RemoveVehicle, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact,
) -> None:  # fmt: skip
    """Take it off the list."""
    one = await transact(vehicles.remove, vehicle_id=callback_data.vehicle, actor=actor, now=reader.now)
    await _show_list(talk, reader, actor, views.removed(reader, one))
