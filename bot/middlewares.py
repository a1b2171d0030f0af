"""Who writes, in which tenant, in which language, when: given to handlers by parameter name.

Handlers may ask for `services` (given with every update), `transact`, `clock`, `gateway`, `now`, `talk`
(Conversation), `reader`, and in private chats `member` and `actor`. The member is read once per update, and written
only when something about them changed.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.conversation import Album, Conversation, Successors
from bot.services import Services
from bot.views.reader import Reader, language_for
from domain import people
from domain.kernel import tenant
from domain.people import Member, Role

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

SPEAKS_FIRST = "speaks_first"
"""Flag of handlers that answer the tap themselves, with words."""


class Acquaintance(BaseMiddleware):
    """Enters the tenant and introduces the person."""

    def __init__(self) -> None:
        self._album, self._successors = Album(), Successors()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Give the handlers what they may ask for."""
        assert isinstance(event, Update)
        services: Services = data["services"]
        now = services.clock()
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        data |= {
            "transact": services.transact, "clock": services.clock,
            "gateway": services.gateway, "now": now,
        }  # fmt: skip
        with tenant(services.database):
            client_language = user.language_code if user else None
            data["reader"] = Reader(language=language_for(None, client_language), timezone=None, now=now)
            if chat is not None:
                data["talk"] = Conversation(
                    _bot(data), chat_id=chat.id, query=event.callback_query, album=self._album,
                    successors=self._successors,
                )  # fmt: skip
            if user is not None and chat is not None and chat.type == "private":
                member = await _member(user, event, services)
                if member is not None:
                    data["member"] = member
                    data["actor"] = people.actor_of(member, "chat")
                    data["reader"] = Reader.of(member, now=now, client_language=client_language)
            return await handler(event, data)


async def _member(user: User, event: Update, services: Services) -> Member | None:
    now = services.clock()
    member = await people.by_telegram_id(user.id)
    if event.my_chat_member is not None:  # blocking us is no way of getting to know each other
        return member
    name, username = user.full_name, user.username
    first_role = Role.SUPER_ADMIN if user.id in services.admin_telegram_ids else Role.MEMBER
    if member is not None and not people.needs_meeting(
        member, name=name, username=username, first_role=first_role, now=now
    ):
        return member
    return await services.transact(
        people.meet, telegram_id=user.id, name=name, username=username, first_role=first_role, now=now
    )


def _bot(data: dict[str, Any]) -> Bot:
    bot = data["bot"]
    assert isinstance(bot, Bot)
    return bot


class Acknowledgement(BaseMiddleware):
    """Answers every tap: at once beside the work, or after it where the handler has words for it."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Answer first, then work."""
        assert isinstance(event, CallbackQuery)
        talk: Conversation = data["talk"]
        if not get_flag(data, SPEAKS_FIRST):
            talk.acknowledge_soon()
        try:
            return await handler(event, data)
        finally:
            await talk.acknowledged()


async def drop_the_question(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """A command goes elsewhere: a question that waited for words no longer waits."""
    assert isinstance(event, Message)
    if data.get("raw_state") and (event.text or "").startswith("/"):
        await data["state"].clear()
        data["raw_state"] = None
    return await handler(event, data)
