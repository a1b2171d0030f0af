"""The jobs against the sandbox's Telegram and Razorpay, with a clock that can be moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

import jobs
from app.gateways.razorpay import RazorpayGateway
from app.scripts import ScriptDirectory
from domain.kernel import Database, Transactor
from tests.sandbox.conftest import a_sandbox
from tests.sandbox.telegram_stage import TelegramStage
from tests.shape.tree import ROOT
from tests.vault import VAULT

KEY_ID, KEY_SECRET = "rzp_test_jobs", "jobs-secret"


class MovableClock:
    """The machine's time plus what the test moved it by."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def sandbox() -> AsyncIterator[TelegramStage]:
    async with a_sandbox(
        razorpay_key_id=KEY_ID, razorpay_key_secret=KEY_SECRET, razorpay_webhook_secret="whsec_jobs"
    ) as running:
        yield running


@pytest.fixture
async def services(
    sandbox: TelegramStage, database: Database, transact: Transactor, clock: MovableClock
) -> AsyncIterator[jobs.Services]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url))
    bot = Bot(sandbox.config.bot_token, session=session)
    gateway = RazorpayGateway(
        key_id=KEY_ID, key_secret=KEY_SECRET, webhook_secret="whsec_jobs", base_url=f"{sandbox.url}/razorpay"
    )
    yield jobs.Services(transact=transact, clock=clock, gateway=gateway, database=database, vault=VAULT, bot=bot,
        scripts=ScriptDirectory(ROOT / "scripts"),
    )  # fmt: skip
    await session.close()
    await gateway.close()


@asynccontextmanager
async def jobs_running(services: jobs.Services, *, processes: int = 1) -> AsyncIterator[None]:
    """That many jobs at work; none of them may have died at the end."""
    tasks = [asyncio.create_task(jobs.run(services)) for _ in range(processes)]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
