"""In groups: a polite pointer, once asked; and who blocked or unblocked us."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import ChatMemberUpdated, Message

from bot.conversation import Conversation
from bot.views import menu
from bot.views.reader import Reader
from domain import people
from domain.kernel import Clock, Transact
from domain.people import Member

router = Router(name="groups")
IS_GROUP = F.chat.type.in_({"group", "supergroup"})


@router.message(IS_GROUP, Command("start", "menu", "help", "book", "bookings", "balance", "packs", "settings", "token"))
async def point(_: Message, talk: Conversation, reader: Reader) -> None:
    """Say where to find us; what we book is nobody else's business."""
    me = await talk.bot.me()
    await talk.say(menu.only_in_private(reader, username=me.username or ""))


@router.message(~(F.chat.type == "private"))
async def keep_quiet(_: Message) -> None:
    """Other words in a group are not meant for us."""


@router.my_chat_member(F.chat.type == "private")
async def note_blocking(
    update: ChatMemberUpdated, transact: Transact, clock: Clock, member: Member | None = None
) -> None:
    """Remember whether the person can be written to."""
    if member is not None:
        is_blocked = update.new_chat_member.status == "kicked"
        await transact(people.mark_blocked, member_id=member.id, is_blocked=is_blocked, now=clock())


@router.my_chat_member()
async def ignore_membership(_: ChatMemberUpdated) -> None:
    """Being taken into a group changes nothing."""
