"""The whole sandbox on a free port, one per test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sandbox.application import serve
from sandbox.world import Config
from tests.sandbox.telegram_stage import TOKEN, TelegramStage, free_port


@asynccontextmanager
async def a_sandbox(**changes: Any) -> AsyncIterator[TelegramStage]:
    """A running sandbox that stops with the block; `changes` are Config fields."""
    config = Config(**{"port": free_port(), "bot_token": TOKEN, **changes})
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(config, ready=ready))
    is_ready = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({serving, is_ready}, return_when=asyncio.FIRST_COMPLETED)
        async with TelegramStage(config) as stage:
            yield stage
            await _stop(serving)
    finally:
        is_ready.cancel()
        await _stop(serving)


async def _stop(serving: asyncio.Task[None]) -> None:
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


@pytest.fixture
async def stage() -> AsyncIterator[TelegramStage]:
    async with a_sandbox() as running:
        yield running


@pytest.fixture
async def stored_stage(tmp_path: Path) -> AsyncIterator[TelegramStage]:
    """The same with a data directory."""
    async with a_sandbox(data_dir=tmp_path) as running:
        yield running
