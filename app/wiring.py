"""Puts the parts of a role together: database, clock, payment gateway, Telegram."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from app.clock import SandboxClock, system_clock
from app.gateways.razorpay import RazorpayGateway
from app.installation import Installation
from app.mongod import CannotStart
from domain.kernel import Clock, Database, Row, Transactor, Vault, enter_tenant, prepare
from domain.payments import Gateway
from domain.records import RECORDS

SERVER_SELECTION_MILLISECONDS_MAX = 5000


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What every role has. `common` is what the `Services` of all edges share."""

    installation: Installation
    database: Database
    transact: Transactor
    clock: Clock
    gateway: Gateway

    def common(self) -> dict[str, Any]:
        """The arguments that the `Services` of every edge take."""
        return {
            "transact": self.transact,
            "clock": self.clock,
            "gateway": self.gateway,
            "database": self.database,
            "vault": Vault(self.installation.settings.secret_keys),
        }


@asynccontextmanager
async def wired(installation: Installation, *, role: str) -> AsyncIterator[Parts]:
    """Connect, prepare the database, and work in its tenant until the block ends. Raises CannotStart."""
    settings = installation.settings
    async with (
        AsyncMongoClient[Row](
            settings.mongodb_uri.get_secret_value(),
            tz_aware=True,
            retryWrites=True,
            serverSelectionTimeoutMS=SERVER_SELECTION_MILLISECONDS_MAX,
            appname=f"berth-{role}",
        ) as client,
        razorpay_gateway(installation) as gateway,
        _clock(installation, follower=role) as clock,
    ):
        database = client[settings.mongodb_database]
        try:
            await prepare(database, RECORDS)
        except PyMongoError as error:
            raise CannotStart(
                f"MongoDB could not be prepared: {type(error).__name__}; `berth doctor` says more."
            ) from error
        enter_tenant(database)
        if (role_task := asyncio.current_task()) and role_task.cancelling():
            raise asyncio.CancelledError  # Python 3.11's `wait_for`, inside PyMongo, may have swallowed it
        yield Parts(
            installation=installation,
            database=database,
            transact=Transactor(client),
            clock=clock,
            gateway=gateway,
        )


@asynccontextmanager
async def razorpay_gateway(installation: Installation) -> AsyncIterator[RazorpayGateway]:
    """The payment gateway as a client of Razorpay, or of the sandbox; its connections end with the block."""
    settings = installation.settings
    gateway = RazorpayGateway(
        key_id=settings.razorpay_key_id,
        key_secret=settings.razorpay_key_secret.get_secret_value(),
        webhook_secret=settings.razorpay_webhook_secret.get_secret_value(),
        base_url=settings.razorpay_api_url or None,
        account_id=settings.razorpay_account_id or None,
    )
    try:
        yield gateway
    finally:
        await gateway.close()


@asynccontextmanager
async def _clock(installation: Installation, *, follower: str) -> AsyncIterator[Clock]:
    if installation.clock_url is None:
        yield system_clock
        return
    clock = SandboxClock(installation.clock_url, follower=follower)
    await clock.catch_up()
    following = asyncio.create_task(clock.follow(), name="sandbox clock")
    try:
        yield clock
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


@asynccontextmanager
async def telegram_bot(installation: Installation) -> AsyncIterator[Bot]:
    """The bot as a client of Telegram, or of the sandbox; its connections end with the block."""
    settings = installation.settings
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_url.rstrip("/")))
    token = settings.telegram_bot_token.get_secret_value()
    bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    try:
        yield bot
    finally:
        await session.close()
