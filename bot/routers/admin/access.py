"""Who may enter the office, and what is told to whoever comes from there.

A filter that says no lets the update pass on, so that people without the right get exactly the answer to an unknown
command or button. The services ask for the permission again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.filters import Filter
from aiogram.types import TelegramObject

from bot.conversation import Conversation
from bot.routers.menu import ENTRANCE
from bot.views.admin.refusals import office_sentence
from bot.views.menu import refusal as refusal_screen
from bot.views.reader import Reader
from domain.kernel import DomainError, Transact
from domain.people import Actor

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every act of the office needs: who acts, who reads, how to change things, when, and how to answer."""

    actor: Actor
    reader: Reader
    transact: Transact
    now: datetime
    talk: Conversation


class May(Filter):
    """Lets those pass who have the permission, and gives them their `desk`; everybody else goes on as if nothing."""

    def __init__(self, permission: str) -> None:
        self._permission = permission

    async def __call__(self, _: TelegramObject, **around: Any) -> bool | dict[str, Any]:
        """Whether the actor may."""
        actor: Actor | None = around.get("actor")
        if actor is None or not actor.may(self._permission):
            return False
        return {"desk": desk_of(around)}


STAFF = May(ENTRANCE)


def desk_of(around: dict[str, Any]) -> Desk:
    """The desk of this update."""
    return Desk(
        actor=around["actor"], reader=around["reader"], transact=around["transact"], now=around["now"],
        talk=around["talk"],
    )  # fmt: skip


async def refuse_in_office_words(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Say no in the office's words where it has any; every other refusal is said as to members."""
    try:
        return await handler(event, data)
    except DomainError as refusal:
        words = office_sentence(data["reader"], refusal)
        if words is None:
            raise
        await data["talk"].show(refusal_screen(data["reader"], words))
