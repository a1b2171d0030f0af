"""Everything at once over real HTTP: the sandbox, the API, the bot and the jobs, on free ports and a fresh database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

import api
import bot
import jobs
from app.clock import SandboxClock
from app.gateways.razorpay import RazorpayGateway
from app.scripts import ScriptDirectory
from domain.kernel import Database, Transactor
from sandbox.application import serve
from sandbox.world import Config
from tests.conftest import free_port
from tests.serving import serving
from tests.shape.tree import ROOT
from tests.vault import VAULT

TOKEN = "4242:stage"
KEY_ID, KEY_SECRET, WEBHOOK_SECRET = "rzp_test_stage", "stage-secret", "stage-webhook-secret"
ADMIN = 1009
WAIT_SECONDS = 15.0


class Stage:
    """What a story needs: people act through `sandbox`, programs through `api`, time moves by `advance`."""

    def __init__(
        self, sandbox_url: str, api_url: str, database: Database, transact: Transactor, *, scripts: Path
    ) -> None:  # fmt: skip
        self.sandbox_url = sandbox_url
        self.api_url = api_url
        self.scripts = scripts
        self.database = database
        self.transact = transact
        self.clock = SandboxClock(sandbox_url, follower="stage")
        self.sandbox = httpx.AsyncClient(base_url=sandbox_url, timeout=30)
        self.api = httpx.AsyncClient(base_url=api_url, timeout=30)
        self._roles: dict[str, asyncio.Task[None]] = {}
        self._bots: list[Bot] = []

    def gateway(self) -> RazorpayGateway:
        """The real adapter, against the sandbox's Razorpay."""
        return RazorpayGateway(
            key_id=KEY_ID, key_secret=KEY_SECRET, webhook_secret=WEBHOOK_SECRET,
            base_url=f"{self.sandbox_url}/razorpay",
        )  # fmt: skip

    def _telegram(self) -> Bot:
        server = TelegramAPIServer.from_base(self.sandbox_url)
        made = Bot(TOKEN, session=AiohttpSession(api=server))
        self._bots.append(made)
        return made

    def start_bot(self) -> None:
        """Start the bot process' work, polling."""
        services = bot.Services(
            transact=self.transact, clock=self.clock, gateway=self.gateway(), database=self.database,
            vault=VAULT, admin_telegram_ids=frozenset({ADMIN}), return_url=f"{self.api_url}/paid",
        )  # fmt: skip
        self._roles["bot"] = asyncio.create_task(bot.run(services, self._telegram(), mode="polling"))

    def start_jobs(self, role: str = "jobs") -> None:
        """Start the jobs process' work; under another name, once more beside it."""
        services = jobs.Services(
            transact=self.transact, clock=self.clock, gateway=self.gateway(), database=self.database,
            vault=VAULT, scripts=ScriptDirectory(self.scripts), bot=self._telegram(),
            admin_telegram_ids=frozenset({ADMIN}),
        )  # fmt: skip
        self._roles[role] = asyncio.create_task(jobs.run(services))

    def start_clock(self) -> None:
        """Follow the sandbox's clock."""
        self._roles["clock"] = asyncio.create_task(self.clock.follow())

    async def stop(self, role: str) -> None:
        """Stop one role as its process would be stopped."""
        task = self._roles.pop(role)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def close(self) -> None:
        """Stop everything."""
        for role in list(self._roles):
            await self.stop(role)
        await asyncio.gather(*(made.session.close() for made in self._bots))  # each waits a moment
        await self.sandbox.aclose()
        await self.api.aclose()

    def check(self) -> None:
        """Fail if a role has died."""
        for role, task in self._roles.items():
            assert not task.done(), f"{role} ended: {task.exception() if not task.cancelled() else 'cancelled'}"

    async def advance(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move everybody's time forward."""
        answer = await self.sandbox.post(
            "/sim/v1/clock", json={"advance_seconds": int(hours * 3600 + minutes * 60 + seconds)}
        )
        answer.raise_for_status()

    async def advance_to(self, moment: datetime) -> None:
        """Move everybody's time forward to just after the moment."""
        seconds = (moment - self.clock()).total_seconds()
        assert seconds > 0, f"{moment} is over: time only goes forward"
        await self.advance(seconds=seconds + 1)

    async def sim(self, method: str, path: str, **body: Any) -> Any:
        """One control call of the sandbox; its answer."""
        answer = await self.sandbox.request(method, f"/sim/v1{path}", json=body if method != "GET" else None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def until(self, what: Callable[[], Awaitable[Any]], *, seconds: float = WAIT_SECONDS) -> Any:
        """Wait until `what()` is true and return it; the story fails when it does not come true."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = await what()
            if found:
                return found
            self.check()
            assert asyncio.get_running_loop().time() < deadline, "it did not come true"
            await asyncio.sleep(0.03)


@contextlib.asynccontextmanager
async def staged(
    database: Database, transact: Transactor, *, scripts: Path = ROOT / "scripts", **sandbox_options: Any
) -> AsyncIterator[Stage]:
    """A stage with every role running, and the jobs with these scripts."""
    port = free_port()
    config = Config(
        port=port, bot_token=TOKEN, razorpay_key_id=KEY_ID, razorpay_key_secret=KEY_SECRET,
        razorpay_webhook_secret=WEBHOOK_SECRET, **sandbox_options,
    )  # fmt: skip
    ready = asyncio.Event()
    sandbox = asyncio.create_task(serve(config, ready=ready))
    await ready.wait()
    url = config.public_url
    clock = SandboxClock(url, follower="api")
    gateway = RazorpayGateway(
        key_id=KEY_ID, key_secret=KEY_SECRET, webhook_secret=WEBHOOK_SECRET, base_url=f"{url}/razorpay"
    )
    services = api.Services(
        transact=transact, clock=clock, gateway=gateway, database=database, vault=VAULT,
        rate_limits=api.RateLimits(anonymous="10000/minute", member="10000/minute"),
    )  # fmt: skip
    following = asyncio.create_task(clock.follow())
    async with serving(api.create(services)) as api_url:
        stage = Stage(url, api_url, database, transact, scripts=scripts)
        await stage.sim("PUT", "/razorpay/webhook", url=f"{api_url}/webhooks/razorpay")
        stage.start_clock()
        stage.start_bot()
        stage.start_jobs()
        try:
            yield stage
            stage.check()
        finally:
            await stage.close()
            following.cancel()
            sandbox.cancel()
            await asyncio.gather(following, sandbox, return_exceptions=True)
