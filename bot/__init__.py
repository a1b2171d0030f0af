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
from domain.kernel import Bell, enter_tenant, ring_on_insert

__all__ = ["Services", "run"]

INTRODUCE_AGAIN_SECONDS = 30.0


async def run(services: Services, bot: Bot, *, mode: Literal["polling", "webhook"]) -> None:
    """Answer people until cancelled; in webhook mode the API fills the inbox, and any number may run.

    The connections of `bot` stay the caller's to close.
    """
    enter_tenant(services.database)
    bell = Bell()
    consumer = intake.Consumer(bot, dispatcher(), services, bell)
    beside = [
        asyncio.create_task(
            ring_on_insert(services.database, {"inbox": bell}, where={"fullDocument.source": intake.SOURCE})
        ),
        asyncio.create_task(_introduce(bot)),
    ]
    if mode == "polling":
        beside.append(asyncio.create_task(_poll(bot, services)))
    try:
        await consumer.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _poll(bot: Bot, services: Services) -> None:
    with suppress(TelegramAPIError):  # polling says so itself if there is still a webhook
        await bot.delete_webhook(drop_pending_updates=False)
    await intake.poll(bot, services.clock)


async def _introduce(bot: Bot) -> None:
    while True:
        with suppress(TelegramAPIError):
            return await profile.introduce(bot)
        await asyncio.sleep(INTRODUCE_AGAIN_SECONDS)
