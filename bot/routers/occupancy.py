"""What goes on at a venue now."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.views import buttons
from bot.views import occupancy as views
from bot.views.reader import Reader
from bot.views.screen import Screen
from domain import bookings, resources

router = Router(name="occupancy")
VENUES_MAX = 50


@router.callback_query(buttons.OccupancyOf.filter())
async def look(
    _: CallbackQuery, callback_data: buttons.OccupancyOf, talk: Conversation, reader: Reader, state: FSMContext
) -> None:
    """Numbers and tiles of a venue, or the choice of one."""
    await talk.show(await _screen(callback_data.venue, reader, state))


@router.message(Command("now"))
async def look_now(_: Message, talk: Conversation, reader: Reader, state: FSMContext) -> None:
    """The same, by command."""
    await talk.say(await _screen(None, reader, state))


async def _screen(venue_id: PydanticObjectId | None, reader: Reader, state: FSMContext) -> Screen:
    if venue_id is None:
        venues = await resources.venues(limit=VENUES_MAX)
        if len(venues) != 1:
            return views.choose_venue(reader, venues)
        venue_id = venues[0].id
    found = await bookings.occupancy(venue_id=venue_id, now=reader.now)
    return views.occupancy(reader, found, appearance=await appearance_of(state))
