"""Nothing meets silence: words we do not know, things we cannot read, buttons from another age."""

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.conversation import Conversation
from bot.middlewares import SPEAKS_FIRST
from bot.routers import my_bookings, start
from bot.routers.menu import menu_of
from bot.views import menu
from bot.views.reader import Reader
from domain.people import Actor, Member

router = Router(name="fallback")


@router.message()
async def unknown_words(
    message: Message, talk: Conversation, reader: Reader, member: Member, actor: Actor, now: datetime
) -> None:
    """At first contact the first question; a booking's code shows the booking; anything else gets the menu."""
    if member.language is None:
        await start.go_on(talk, member, reader, then="")
        return
    text = (message.text or "").strip()
    if text.upper().startswith("B-") and await my_bookings.show_by_code(talk, reader, actor, text):
        return
    screen = await menu_of(member, reader, now=now)
    notice = menu.unknown_command(reader) if text.startswith("/") else menu.not_understood(reader)
    await talk.say(screen.below(notice))


@router.edited_message()
async def edited_words(_: Message) -> None:
    """What was written was answered already; editing it changes nothing."""


@router.callback_query(flags={SPEAKS_FIRST: True})
async def unknown_button(_: CallbackQuery, talk: Conversation, reader: Reader, member: Member, now: datetime) -> None:
    """A button we no longer know: say so, and show the menu in its place."""
    await talk.acknowledge(menu.old_button(reader))
    await talk.show(await menu_of(member, reader, now=now))
