"""A sandbox over real HTTP, a scripted bot that talks to it as any bot would, and its chat page in Chromium."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from sandbox.application import serve
from sandbox.world import Config
from tests.conftest import free_port

TOKEN = "7000001:browser-tests"
CHROMIUM = shutil.which("chromium")
ASHA = 1001
RAZORPAY_KEY = ("rzp_test_page", "page-secret")
OFFLINE = "ERR_INTERNET_DISCONNECTED"  # what the browser says when a test pulls the plug
Json = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is not None:
        return
    reason = "CHROMIUM IS MISSING: the chat page is NOT tested here (apt-get install chromium)"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


class ScriptedBot:
    """A bot of a few lines: it calls methods, and hands every update to `on_update` when a test sets it."""

    def __init__(self, address: str) -> None:
        self.taps: asyncio.Queue[Json] = asyncio.Queue()
        self.on_update: Callable[[Json], Awaitable[None]] | None = None
        self._client = httpx.AsyncClient(base_url=f"{address}/bot{TOKEN}", timeout=30)

    async def call(self, method: str, *, files: Json | None = None, **parameters: Any) -> Any:
        if files:
            answer = await self._client.post(f"/{method}", data=parameters, files=files)
        else:
            answer = await self._client.post(f"/{method}", json=parameters)
        body = answer.json()
        assert body["ok"], body
        return body["result"]

    async def say(self, text: str, *keys: list[Json], **more: Any) -> Json:
        """Send an HTML message to Asha with rows of inline buttons."""
        if keys:
            more["reply_markup"] = {"inline_keyboard": list(keys)}
        sent: Json = await self.call("sendMessage", chat_id=ASHA, text=text, parse_mode="HTML", **more)
        return sent

    async def poll(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=2):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    self.taps.put_nowait(update["callback_query"])
                if self.on_update is not None:
                    await self.on_update(update)

    async def tapped(self) -> str:
        """Wait for a tap; answers its data."""
        return str((await asyncio.wait_for(self.taps.get(), 5))["data"])

    async def close(self) -> None:
        await self._client.aclose()


def key(text: str, **more: Any) -> Json:
    """An inline button that calls back, unless `more` says what else it does."""
    return {"text": text, **(more or {"callback_data": text.lower()})}


def bubble(page: Page, text: str) -> Locator:
    """The message with this text."""
    return page.locator("#timeline .message", has_text=text)


def button(page: Page, name: str) -> Locator:
    """The inline button with this label."""
    return page.locator("#timeline").get_by_role("button", name=name, exact=True)


@pytest.fixture(scope="session")
async def address() -> AsyncIterator[str]:
    """Where a fresh sandbox listens."""
    config = Config(
        port=free_port(),
        bot_token=TOKEN,
        messages_per_second=1000,
        chat_messages_per_second=1000,
        razorpay_key_id=RAZORPAY_KEY[0],
        razorpay_key_secret=RAZORPAY_KEY[1],
    )
    ready = asyncio.Event()
    server = asyncio.create_task(serve(config, ready=ready))
    await asyncio.wait_for(ready.wait(), 10)
    yield config.public_url
    server.cancel()
    with suppress(asyncio.CancelledError):
        await server


@pytest.fixture
async def bot(address: str) -> AsyncIterator[ScriptedBot]:
    """The bot, polling, in an empty chat that Asha has started."""
    scripted = ScriptedBot(address)
    async with httpx.AsyncClient(base_url=f"{address}/sim/v1") as sandbox:
        await sandbox.post(f"/people/{ASHA}/messages", json={"text": "/start"})
        chat = (await sandbox.get(f"/people/{ASHA}/chat")).json()
    for message in chat["messages"][:-1]:
        await scripted.call("deleteMessage", chat_id=ASHA, message_id=message["message_id"])
    await scripted.call("deleteWebhook", drop_pending_updates=True)
    polling = asyncio.create_task(scripted.poll())
    yield scripted
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling
    await scripted.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium for all tests of this process."""
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield launched
        await launched.close()


Opened = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_chat(browser: Browser, address: str) -> AsyncIterator[Opened]:
    """Opens Asha's chat in a window of its own; the test fails if the page logged an error or asked another server."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    async def opened(*, width: int = 1280, height: int = 860, colours: str = "light") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=colours, timezone_id="Asia/Kolkata"
        )
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(address) else troubles.append(asked.url))
        await page.goto(f"{address}/#{ASHA}")
        await page.locator("#timeline .message").first.wait_for()
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert [trouble for trouble in troubles if not re.match("(blob|data):", trouble) and OFFLINE not in trouble] == []
