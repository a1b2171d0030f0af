"""Serving an ASGI application on a free port for the length of a test."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """The address under which the application answers until the block ends."""
    # The protocol is named so that asyncio sets TCP_NODELAY; otherwise answers wait 40 ms for an acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        server = uvicorn.Server(
            uvicorn.Config(
                application, log_config=None, log_level="warning", access_log=False, ws="none", lifespan="auto"
            )
        )
        task = asyncio.create_task(server._serve([listener]))
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            live = getattr(getattr(application, "state", None), "live", None)
            if live is not None:
                await live.close()
            server.should_exit = True
            await task
