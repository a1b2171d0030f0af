"""Where edges get `now` from: the machine's time, or in the demo the sandbox's, which a person can move forward."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import aiohttp

logger = logging.getLogger(__name__)

WAIT_SECONDS = 25
RETRY_SECONDS = 0.5


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


class SandboxClock:
    """The machine's time plus the sandbox's offset, which `follow` keeps up to date."""

    def __init__(self, sandbox_url: str, *, follower: str) -> None:
        self._url = f"{sandbox_url}/sim/v1/clock"
        self._follower = follower
        self._version = -1
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """The simulated moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    async def follow(self) -> None:
        """Listen for the sandbox's clock for ever; when the sandbox is away, time goes on as it last stood."""
        limit = aiohttp.ClientTimeout(total=WAIT_SECONDS + 10)
        async with aiohttp.ClientSession(timeout=limit) as session:
            while True:
                try:
                    await self._hear(session, wait_seconds=WAIT_SECONDS)
                except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                    logger.debug("the sandbox's clock does not answer: %s", error)
                    await asyncio.sleep(RETRY_SECONDS)

    async def catch_up(self) -> None:
        """Ask once what the time is, so that work does not begin in the past; a silent sandbox is no obstacle."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            try:
                await self._hear(session, wait_seconds=0)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                logger.debug("the sandbox's clock does not answer yet: %s", error)

    async def _hear(self, session: aiohttp.ClientSession, *, wait_seconds: int) -> None:
        asked: dict[str, str | int] = {
            "after_version": self._version,
            "wait_seconds": wait_seconds,
            "follower": self._follower,
        }
        async with session.get(self._url, params=asked) as answer:
            answer.raise_for_status()
            told = await answer.json()
        self._offset = timedelta(seconds=int(told["offset_seconds"]))
        self._version = int(told["version"])
