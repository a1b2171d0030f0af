"""/start: first contact, the two questions asked once, and where a deep link leads."""

import re

from aiogram import Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message
from beanie import PydanticObjectId
from pydantic import ValidationError

from bot.conversation import Conversation
from bot.routers import bookings, desk, my_bookings, wallet
from bot.routers.admin.access import Desk
from bot.routers.menu import menu_of
from bot.services import Services
from bot.views import buttons, settings
from bot.views.reader import Reader
from domain import resources
from domain.people import Member, actor_of

router = Router(name="start")

THEN_MAX = 22
"""What of a deep link fits into the buttons of the two questions; a longer one is forgotten."""
DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEFAULT_ZONE = "Asia/Kolkata"


@router.message(CommandStart())
async def start(
    _: Message, command: CommandObject, talk: Conversation, reader: Reader, member: Member, services: Services
) -> None:
    """Greet; ask what has not been asked; then go where the link leads.

    A ticket leads somewhere only for those who check members in: for all others it is a link that leads nowhere.
    """
    payload = command.args or ""
    actor = actor_of(member, "chat")
    is_met = member.language is not None and member.timezone is not None
    if is_met and payload.startswith(desk.TICKET) and actor.may(desk.PERMISSION):
        at_desk = Desk(actor=actor, reader=reader, transact=services.transact, now=reader.now, talk=talk)
        await desk.check_in_by_ticket(at_desk, services, payload)
        return
    await go_on(talk, member, reader, then=payload if DEEP_LINK.fullmatch(payload) else "")


async def guess_zone() -> str:
    """Where a new member probably is: where the venues are."""
    venues = await resources.venues(limit=1)
    return venues[0].timezone if venues else DEFAULT_ZONE


async def go_on(talk: Conversation, member: Member, reader: Reader, *, then: str) -> None:
    """The next question that was never asked, else the deep link, else the menu."""
    carried = then if len(then) <= THEN_MAX else ""
    if member.language is None:
        await talk.show(settings.ask_language(reader, then=carried, is_first=True))
    elif member.timezone is None:
        guess = await guess_zone()
        await talk.show(settings.ask_zone(reader, guess=guess, page=1, is_first=True, then=carried))
    elif not await _follow(talk, member, reader, then):
        await talk.show(await menu_of(member, reader, now=reader.now))


async def _follow(talk: Conversation, member: Member, reader: Reader, payload: str) -> bool:
    """Go where the deep link leads; False when it leads nowhere any more."""
    actor = actor_of(member, "chat")
    kind, _, rest = payload.partition("_")
    if kind == "book":
        rack = await resources.by_code(rest)
        if rack is not None:
            await bookings.show_month(talk, reader, actor, buttons.Month(rack=rack.id))
        return rack is not None
    if kind in ("pack", "packs"):
        await wallet.show_packs(talk, reader, member, pack_id=_id(rest))
        return True
    if kind in ("paid", "tokens"):
        await wallet.show_balance(talk, reader, member)
        return True
    return await my_bookings.show_by_code(talk, reader, actor, payload) if payload.startswith("B-") else False


def _id(text: str) -> PydanticObjectId | None:
    """The id in a link, long or short."""
    if re.fullmatch(r"[0-9a-f]{24}", text):
        return PydanticObjectId(text)
    try:
        return buttons.Buy.unpack(f"pb:{text}:0:0").package
    except (ValidationError, ValueError, TypeError):
        return None
