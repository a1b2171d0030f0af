"""In the demo the roles live in the sandbox's time."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import httpx

from app.clock import SandboxClock, system_clock
from sandbox.application import serve
from sandbox.world import Config
from tests.conftest import free_port


def test_the_system_clock_is_aware() -> None:
    assert system_clock().utcoffset() == timedelta()


async def test_a_clock_follows_the_sandbox_into_the_future() -> None:
    port = free_port()
    url, ready = f"http://127.0.0.1:{port}", asyncio.Event()
    clock = SandboxClock(url, follower="test")
    following = asyncio.create_task(clock.follow())
    telegram = asyncio.create_task(serve(Config(port=port, bot_token="1:token"), ready=ready))
    await ready.wait()
    await clock.catch_up()

    async with httpx.AsyncClient(base_url=url) as client:
        await client.post("/sim/v1/clock", json={"advance_seconds": 3600})
        async with asyncio.timeout(5):
            while clock() - datetime.now(UTC) < timedelta(minutes=59):
                await asyncio.sleep(0.01)

    assert clock() - datetime.now(UTC) < timedelta(minutes=61)
    for task in (following, telegram):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_without_a_sandbox_time_goes_on() -> None:
    clock = SandboxClock(f"http://127.0.0.1:{free_port()}", follower="test")

    await clock.catch_up()

    assert abs(clock() - datetime.now(UTC)) < timedelta(seconds=1)
