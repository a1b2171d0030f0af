"""Language, time zone, pictures: asked once at first contact, changed here."""

from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.appearance import appearance_of, choose
from bot.conversation import Conversation
from bot.routers import start
from bot.views import buttons
from bot.views import settings as views
from bot.views.reader import Reader
from bot.views.screen import Screen
from domain import people, resources
from domain.kernel import Transact
from domain.people import Actor

router = Router(name="settings")


class Asked(StatesGroup):
    """Questions that wait for free text."""

    city = State()


@router.callback_query(buttons.Settings.filter())
@router.message(Command("settings"))
async def settings(_: CallbackQuery | Message, talk: Conversation, reader: Reader, state: FSMContext) -> None:
    """What is set."""
    await talk.show(await _settings(reader, state))


async def _settings(reader: Reader, state: FSMContext) -> Screen:
    """What is set; vehicles where something can be parked."""
    can_park = "parking_slot" in await resources.kinds()
    return views.settings(reader, appearance=await appearance_of(state), can_park=can_park)


@router.callback_query(buttons.SetAppearance.filter())
async def set_appearance(
    _: CallbackQuery, callback_data: buttons.SetAppearance, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    """Light or dark pictures."""
    await choose(state, callback_data.appearance)
    await talk.show(await _settings(reader, state))


@router.callback_query(buttons.AskLanguage.filter())
async def ask_language(_: CallbackQuery, talk: Conversation, reader: Reader) -> None:
    """Which language."""
    await talk.show(views.ask_language(reader))


@router.callback_query(buttons.SetLanguage.filter())
async def set_language(
    _: CallbackQuery, callback_data: buttons.SetLanguage, talk: Conversation, actor: Actor, transact: Transact,
    now: datetime, state: FSMContext,
) -> None:  # fmt: skip
    """Speak it from now on; at first contact go on with the next question."""
    member = await transact(people.set_language, actor=actor, language=callback_data.language, now=now)
    reader = Reader.of(member, now=now)
    if callback_data.is_first:
        await start.go_on(talk, member, reader, then=callback_data.then)
    else:
        await talk.show(await _settings(reader, state))


@router.callback_query(buttons.AskZone.filter())
async def ask_zone(
    _: CallbackQuery, callback_data: buttons.AskZone, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    """Which time zone."""
    if await state.get_state() == Asked.city:
        await state.clear()
    guess = reader.timezone or await start.guess_zone()
    await talk.show(
        views.ask_zone(
            reader, guess=guess, page=callback_data.page, is_first=callback_data.is_first, then=callback_data.then
        )
    )


@router.callback_query(buttons.TypeCity.filter())
async def type_city(
    _: CallbackQuery, callback_data: buttons.TypeCity, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    """Wait for the name of a city."""
    await state.set_state(Asked.city)
    await state.set_data({"is_first": callback_data.is_first, "then": callback_data.then})
    await talk.show(views.type_city(reader, is_first=callback_data.is_first, then=callback_data.then))


@router.message(StateFilter(Asked.city), F.text, ~F.text.startswith("/"))
async def find_city(message: Message, talk: Conversation, reader: Reader, state: FSMContext) -> None:
    """Offer the zones of that name; the question waits on until one is chosen."""
    asked = await state.get_data()
    typed = message.text or ""
    zones = views.zones_named(typed, reader.language)
    await talk.say(
        views.cities_found(reader, typed, zones, is_first=bool(asked.get("is_first")), then=str(asked.get("then", "")))
    )


@router.callback_query(buttons.SetZone.filter())
async def set_zone(
    _: CallbackQuery, callback_data: buttons.SetZone, talk: Conversation, actor: Actor, transact: Transact,
    now: datetime, state: FSMContext,
) -> None:  # fmt: skip
    """Remember where the person is."""
    member = await transact(people.set_timezone, actor=actor, timezone=callback_data.zone, now=now)
    await state.clear()
    reader = Reader.of(member, now=now)
    if callback_data.is_first:
        await start.go_on(talk, member, reader, then=callback_data.then)
    else:
        await talk.show(await _settings(reader, state))
