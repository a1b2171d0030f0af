"""What each process of Berth does from its first to its last moment."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn
from aiogram import Bot
from aiogram.exceptions import AiogramError

import api
import bot
import jobs
from app.installation import Installation
from app.pulse import beating
from app.scripts import ScriptDirectory
from app.wiring import Parts, telegram_bot, wired
from bot.intake import ALLOWED_UPDATES
from domain.kernel import Row

logger = logging.getLogger(__name__)

API_GRACE_SECONDS = 4
USERNAME_SECONDS = 10.0
ASK_AGAIN_SECONDS = 6.0
"""Under the supervisor's patience. Python 3.11's `asyncio.wait_for` can lose the first cancellation (gh-86296)."""


async def run_bot(installation: Installation) -> None:
    """Hear people and answer them, until cancelled."""
    settings = installation.settings
    async with wired(installation, role="bot") as parts, telegram_bot(installation) as telegram:
        services = bot.Services(
            **parts.common(),
            admin_telegram_ids=settings.admin_telegram_ids,
            return_url=f"{settings.public_url}/paid",
        )
        pushed = bool(settings.telegram_webhook_url)
        if pushed:
            url = f"{settings.telegram_webhook_url.rstrip('/')}/webhooks/telegram/{telegram.id}"
            secret = settings.telegram_webhook_secret.get_secret_value()
            await telegram.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
        facts: Row = {}
        asking = asyncio.create_task(_learn_username(telegram, facts), name="username")
        try:
            async with beating("bot", facts):
                await bot.run(services, telegram, mode="webhook" if pushed else "polling")
        finally:
            asking.cancel()


async def _learn_username(telegram: Bot, facts: Row) -> None:
    """Ask until Telegram says who we are; the heartbeat tells the API, which makes links to us."""
    while True:
        with contextlib.suppress(AiogramError):
            facts["username"] = (await telegram.me()).username
            return
        await asyncio.sleep(USERNAME_SECONDS)


async def run_jobs(installation: Installation) -> None:
    """Do what is due, until cancelled."""
    async with wired(installation, role="jobs") as parts, telegram_bot(installation) as telegram:
        admins = installation.settings.admin_telegram_ids
        scripts = ScriptDirectory(installation.settings.scripts_dir)
        services = jobs.Services(**parts.common(), bot=telegram, scripts=scripts, admin_telegram_ids=admins)
        await jobs.run(services)


WORKERS: dict[str, Callable[[Installation], Coroutine[Any, Any, None]]] = {"jobs": run_jobs, "bot": run_bot}
"""The roles that need nothing but an installation."""


async def run_api(installation: Installation, listener: socket.socket) -> None:
    """Serve HTTP on the listening socket, until cancelled; requests in work are finished."""
    async with wired(installation, role="api") as parts:
        server = ApiServer(_api_services(parts), trusted_proxies=installation.settings.berth_trusted_proxies)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


def _api_services(parts: Parts) -> api.Services:
    settings = parts.installation.settings
    pushed = bool(settings.telegram_webhook_url)
    return api.Services(
        **parts.common(),
        telegram_bot_id=int(settings.telegram_bot_token.get_secret_value().partition(":")[0]),
        telegram_secret=settings.telegram_webhook_secret.get_secret_value() if pushed else None,
        public_url=settings.public_url,
    )


class ApiServer(uvicorn.Server):
    """The API under uvicorn, which leaves signals to `run_until_stopped`.

    Only `trusted_proxies` (addresses, comma separated) may say for whom they ask: anybody's X-Forwarded-For would be a
    way around the rate limit.
    """

    def __init__(self, services: api.Services, *, trusted_proxies: str) -> None:
        self._application = api.create(services)
        super().__init__(
            uvicorn.Config(
                self._application,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_graceful_shutdown=API_GRACE_SECONDS,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would never end by themselves, then as uvicorn does."""
        await self._application.state.live.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def run_until_stopped(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run a role in its own event loop until it ends by itself or SIGINT or SIGTERM asks it to."""
    asyncio.run(_until_stopped(name, work))


async def _until_stopped(name: str, work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)  # asked once is enough: the work finishes what it holds
        task.cancel()
        loop.call_later(ASK_AGAIN_SECONDS, task.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    logger.info("%s stopped", name)
