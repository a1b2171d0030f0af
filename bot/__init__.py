"""The Telegram edge: hears people, answers them, decides nothing.

`run` is the role `berth bot`. `intake` takes updates in, `middlewares` say who writes, `routers/` read the button or
the words and call the domain, `views/` hold every word, button and picture, `conversation` puts them into the chat.
"""

import asyncio
from contextlib import suppress
from typing import Literal

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot import intake, profile
from bot.dispatcher import dispatcher
from bot.services import Services
from domain.kernel import Bell, enter_tenant, free_lanes, ring_on_insert

__all__ = ["Services", "run"]

INTRODUCE_AGAIN_SECONDS = 30.0


async def run(services: Services, bot: Bot, *, mode: Literal["polling", "webhook"]) -> None:
    """Answer people until cancelled; in webhook mode the API fills the inbox, and any number may run.

    The connections of `bot` stay the caller's to close.
    """
    enter_tenant(services.database)
    if mode == "polling":  # one process polls, and it is this one: whoever held an update before is gone
        await free_lanes(intake.SOURCE)
    bell = Bell()
    consumer = asyncio.create_task(intake.Consumer(bot, dispatcher(), services, bell).run())
    inserts = {"fullDocument.source": intake.SOURCE}
    vital = [consumer, asyncio.create_task(ring_on_insert(services.database, {"inbox": bell}, where=inserts))]
    if mode == "polling":
        vital.append(asyncio.create_task(_poll(bot, services)))
    introducing = asyncio.create_task(_introduce(bot))
    try:
        ended, _ = await asyncio.wait(vital, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:  # none of them ends by itself: a bot that hears or answers nobody must not look well
            task.result()
    finally:
        for task in (*vital, introducing):
            task.cancel()
        await asyncio.gather(*vital, introducing, return_exceptions=True)


async def _poll(bot: Bot, services: Services) -> None:
    with suppress(TelegramAPIError):  # polling says so itself if there is still a webhook
        await bot.delete_webhook(drop_pending_updates=False)
    await intake.poll(bot, services.clock)


async def _introduce(bot: Bot) -> None:
    while True:
        with suppress(TelegramAPIError):
            return await profile.introduce(bot)
        await asyncio.sleep(INTRODUCE_AGAIN_SECONDS)
