"""The menu: /menu, the Menu button, and wherever nothing else fits."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.conversation import Conversation
from bot.views import buttons, menu
from bot.views.reader import Reader
from bot.views.screen import Screen
from domain import bookings, resources, waitlists, wallets
from domain.bookings import Status
from domain.people import Member, actor_of

router = Router(name="menu")
LOOKED_AT_MAX = 5
ENTRANCE = "people:read"
"""The least that lets somebody see that there is an office."""


@router.callback_query(buttons.Menu.filter())
async def open_menu(
    _: CallbackQuery, talk: Conversation, reader: Reader, member: Member, now: datetime, state: FSMContext,
    raw_state: str | None = None,
) -> None:  # fmt: skip
    """Back to where everything starts; a question that waited is dropped."""
    if raw_state:
        await state.clear()
    await talk.show(await menu_of(member, reader, now=now))


@router.message(Command("menu", "cancel"))
async def send_menu(_: Message, talk: Conversation, reader: Reader, member: Member, now: datetime) -> None:
    """The menu below the chat."""
    await talk.say(await menu_of(member, reader, now=now))


async def menu_of(member: Member, reader: Reader, *, now: datetime) -> Screen:
    """The member's menu, with what comes next."""
    wallet = await wallets.of(member.id)
    free = await waitlists.live_offer(member_id=member.id, now=now)
    coming = await bookings.upcoming(member_id=member.id, now=now, page=1, limit=LOOKED_AT_MAX)
    held = next((each for each in coming.items if each.status is Status.HELD), None)
    first = next((each for each in coming.items if each.status is not Status.HELD), None)
    places = (
        await resources.places({each.resource_id for each in (held, first) if each is not None}) if coming.items else {}
    )
    return menu.menu(
        reader,
        name=member.name.split()[0],
        balance_tokens=wallet.spendable_tokens(now),
        coming=(first, places[first.resource_id]) if first else None,
        hold=(held, places[held.resource_id]) if held else None,
        offer=await resources.kinds(),
        place_free=(free, await resources.place(free.booking.resource_id)) if free else None,
        has_office=actor_of(member, "chat").may(ENTRANCE),
    )
