"""The door through which every call to a stand-in goes, so that scheduled faults look the same everywhere."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.world import World


class ConnectionDropped(Exception):
    """Raised to close the connection without an answer; the server module turns it into a closed socket."""


async def through(
    world: World,
    *,
    service: str,
    route: str,
    request: Request,
    too_many: Callable[[int], Response],
    server_error: Callable[[], Response],
    handle: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Answer `request` by `handle`, or by the fault scheduled for it.

    `too_many(retry_after)` and `server_error()` are the service's own 429 and 500, in its words.
    """
    fault = world.faults.take(service, route)
    if fault is None:
        return await handle(request)
    await asyncio.sleep(fault.delay_ms / 1000)
    match fault.fault:
        case "429":
            return too_many(fault.retry_after)
        case "500":
            return server_error()
        case "502_html":
            return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, media_type="text/html")
        case "drop_request":
            raise ConnectionDropped
        case "drop_response":
            await handle(request)
            raise ConnectionDropped
        case "truncate":
            whole = await handle(request)
            return Response(bytes(whole.body)[: len(whole.body) // 2], whole.status_code, media_type=whole.media_type)
    return await handle(request)  # "delay" has waited already
