"""The heartbeat of a role whose own code has none."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.errors import PyMongoError

from domain.kernel import Row, beat, stop_beating

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0


@asynccontextmanager
async def beating(role: str, facts: Row) -> AsyncIterator[None]:
    """Say every two seconds, until the block ends, that this process is well, and what `facts` has by then."""
    instance = f"{socket.gethostname()}:{os.getpid()}"
    beats = asyncio.create_task(_beat(role, instance, facts), name=f"{role} heartbeat")
    try:
        yield
    finally:
        beats.cancel()
        with contextlib.suppress(asyncio.CancelledError, PyMongoError):
            await beats
        with contextlib.suppress(PyMongoError):
            await stop_beating(role=role, instance=instance)


async def _beat(role: str, instance: str, facts: Row) -> None:
    while True:
        try:
            await beat(role=role, instance=instance, facts=facts)
        except PyMongoError as error:
            logger.debug("no heartbeat could be stored: %s", error)
        await asyncio.sleep(BEAT_SECONDS)
