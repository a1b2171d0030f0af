"""Help, and the token for programs."""

from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.conversation import Conversation
from bot.views import buttons, menu
from bot.views.reader import Reader
from domain import people, resources
from domain.kernel import Transact
from domain.people import Actor

router = Router(name="help")


@router.callback_query(buttons.Help.filter())
@router.message(Command("help"))
async def help_(_: CallbackQuery | Message, talk: Conversation, reader: Reader) -> None:
    """What can be done here."""
    await talk.show(menu.help_(reader, await resources.kinds()))


@router.message(Command("token"))
async def issue_token(
    _: Message, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, now: datetime
) -> None:
    """A new API token, seen this once; the old one ends."""
    token = await transact(people.issue_api_token, actor=actor, now=now)
    await talk.say(menu.api_token(reader, token))
