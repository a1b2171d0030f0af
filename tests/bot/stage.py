"""The bot alone with the sandbox: no API, no jobs, so that only what it says itself is seen."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

import bot
from app.gateways.razorpay import RazorpayGateway
from domain.kernel import Database, Transactor
from sandbox.application import serve
from sandbox.world import Config
from tests.conftest import free_port
from tests.people import Person
from tests.vault import VAULT

TOKEN = "4242:bot-stage"
KEY_ID, KEY_SECRET, WEBHOOK_SECRET = "rzp_test_bot", "bot-secret", "bot-webhook-secret"
ADMIN = 1009


class BotStage:
    """A running sandbox and a bot that can be stopped and started."""

    def __init__(self, url: str, database: Database, transact: Transactor) -> None:
        self.url = url
        self.database = database
        self.transact = transact
        self.sandbox = httpx.AsyncClient(base_url=url, timeout=30)
        self.gateway = RazorpayGateway(
            key_id=KEY_ID, key_secret=KEY_SECRET, webhook_secret=WEBHOOK_SECRET, base_url=f"{url}/razorpay"
        )
        self._running: tuple[asyncio.Task[None], Bot] | None = None

    def now(self) -> datetime:
        """The bot's clock."""
        return datetime.now(UTC)

    def start(self) -> None:
        """Start the bot, polling."""
        client = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(self.url)))
        services = bot.Services(
            transact=self.transact, clock=self.now, gateway=self.gateway, database=self.database,
            vault=VAULT, admin_telegram_ids=frozenset({ADMIN}), return_url="http://127.0.0.1/paid",
        )  # fmt: skip
        self._running = asyncio.create_task(bot.run(services, client, mode="polling")), client

    async def stop(self) -> None:
        """Stop the bot as a deployment would."""
        if self._running is None:
            return
        task, client = self._running
        self._running = None
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await client.session.close()

    async def person(self, *, is_known: bool = True, **user: object) -> Person:
        """Somebody; when known, one who has answered the questions of the first contact."""
        person = await Person.meets(self.sandbox, **user)
        if is_known:
            await person.says("/start")
            await person.taps("English")
            await person.taps("Kolkata")
        return person

    async def calls(self, method: str) -> list[dict[str, object]]:
        """Calls of one Bot API method so far."""
        answer = await self.sandbox.get("/sim/v1/calls", params={"method": method, "limit": 1000})
        listed: list[dict[str, object]] = answer.json()
        return listed


@contextlib.asynccontextmanager
async def staged(database: Database, transact: Transactor) -> AsyncIterator[BotStage]:
    """A stage with the bot running."""
    config = Config(
        port=free_port(), bot_token=TOKEN, razorpay_key_id=KEY_ID, razorpay_key_secret=KEY_SECRET,
        razorpay_webhook_secret=WEBHOOK_SECRET, chat_messages_per_second=1000, chat_messages_burst=1000,
    )  # fmt: skip
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(config, ready=ready))
    await ready.wait()
    stage = BotStage(config.public_url, database, transact)
    stage.start()
    try:
        yield stage
    finally:
        await stage.stop()
        await stage.gateway.close()
        await stage.sandbox.aclose()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
