"""Reading bodies without letting anybody fill the memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 1024 * 1024


class BoundedBody:
    """ASGI middleware: whoever sends more than `BODY_BYTES_MAX` is answered 413 before the rest is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count what it brings."""
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > BODY_BYTES_MAX:
                # The only kind of error that FastAPI lets through while it reads a body; api/errors.py words it.
                raise HTTPException(413)
            return message

        await self._app(scope, counting, send)
