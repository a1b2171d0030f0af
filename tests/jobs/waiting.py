"""Waiting for something to come true."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(question: Callable[[], Awaitable[bool]], *, seconds: float = 15.0) -> None:
    """Return when the answer is yes; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not await question():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.02)
