"""The dispatcher: which router hears what, with which middlewares, over which memory for dialogues."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from aiogram import Dispatcher, F, Router

from bot import errors
from bot.memory import Dialogues
from bot.middlewares import Acknowledgement, Acquaintance, drop_the_question
from bot.routers import (
    again,
    bookings,
    changing,
    desk,
    extending,
    fallback,
    groups,
    help_,
    holds,
    joining,
    menu,
    my_bookings,
    notifications,
    occupancy,
    queue,
    racks,
    series,
    sessions,
    settings,
    start,
    vehicles,
    waitlist,
    wallet,
)

ADMIN = "bot.routers.admin"


@cache
def dispatcher() -> Dispatcher:
    """The dispatcher of this process, which is given `services` with every update.

    There is one because aiogram's routers have one parent. Do not emit its shutdown: it owns nothing.
    """
    built = Dispatcher(storage=Dialogues())
    built.update.outer_middleware(Acquaintance())
    built.include_routers(errors.router, groups.router, _private())
    return built


def _private() -> Router:
    router = Router(name="private")
    router.message.filter(F.chat.type == "private")
    router.message.outer_middleware(drop_the_question)
    router.callback_query.outer_middleware(vehicles.leave_when_going_elsewhere)
    router.callback_query.middleware(Acknowledgement())
    if find_spec(ADMIN):  # first: it closes an administrator's open form when another command or button comes
        router.include_router(import_module(ADMIN).router)
    rooms = (
        menu, racks, vehicles, occupancy, bookings, holds, my_bookings, again, changing, extending, series, sessions,
        waitlist, joining, queue,
        wallet, start, settings, notifications, help_, desk,
    )  # fmt: skip
    router.include_routers(*(room.router for room in rooms))
    router.include_router(fallback.router)
    return router
