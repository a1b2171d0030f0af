"""The server: every stand-in, `/sim/v1` and the chat page on one port."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import razorpay, sim, telegram
from sandbox.fault_door import ConnectionDropped
from sandbox.world import Config, World

WEB = Path(__file__).parent / "web"
GRACE_SECONDS = 2
BACKLOG = 1024
CLOSE_SOCKET = "sandbox.close_socket"


class ClosableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, but an application can close the socket without an answer."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        inner: Any = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CLOSE_SOCKET] = self.transport.abort
            await inner(scope, receive, send)

        self.app = app


class DroppedConnection(Response):
    """The answer that never comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the socket and wait until the server has seen it closed."""
        scope[CLOSE_SOCKET]()
        while (await receive())["type"] != "http.disconnect":
            continue


class FreshFiles(StaticFiles):
    """Files that a browser asks for again after an upgrade; unchanged ones cost a 304."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        """The file, to be validated before it is reused."""
        response = super().file_response(*arguments, **options)
        response.headers["cache-control"] = "no-cache"
        return response


def create_app(config: Config) -> Starlette:
    """The whole sandbox as one application; `app.state.world` is its World."""
    world = World(config=config)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await world.start()
        try:
            yield
        finally:
            await world.close()

    routes: list[BaseRoute] = [
        *sim.routes(world),
        *telegram.routes(world),
        *razorpay.routes(world),
        Route("/", _chat_page),
        Mount("/web", FreshFiles(directory=WEB)),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={ConnectionDropped: _drop, HTTPException: _refuse},
    )
    app.state.world = world
    return app


async def serve(config: Config, *, ready: asyncio.Event | None = None) -> None:
    """Serve until cancelled; `ready` is set once connections are accepted.

    Installs no signal handlers. Raises OSError when the port is taken.
    """
    app = create_app(config)
    server = _Server(
        uvicorn.Config(
            app,
            host=config.host,
            port=config.port,
            http=ClosableProtocol,
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    with _listener(config.host, config.port) as listener:
        await server.run_until_cancelled(listener, app.state.world, ready)


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send at once.

    asyncio sets TCP_NODELAY only where the protocol is named, which `socket.create_server` does not do; without it
    every answer with headers and body waits 40 ms for an acknowledgement.
    """
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to its caller."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and say so."""
        await super().startup(sockets)
        self._listening.set()

    async def run_until_cancelled(self, listener: socket.socket, world: World, ready: asyncio.Event | None) -> None:
        serving = asyncio.create_task(self._serve([listener]))
        listening = asyncio.create_task(self._listening.wait())
        try:
            await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
            if ready is not None and self.started:
                ready.set()
            await asyncio.shield(serving)
        finally:
            world.interrupt()
            self.should_exit = True
            listening.cancel()
            await serving


async def _chat_page(_: Request) -> Response:
    return FileResponse(WEB / "index.html", headers={"cache-control": "no-cache"})


async def _drop(_: Request, __: Exception) -> Response:
    return DroppedConnection()


async def _refuse(request: Request, error: Exception) -> Response:
    """Refusals as JSON: in the Bot API's form below /bot, as `{"description"}` elsewhere."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/bot"):
        body = {"ok": False, "error_code": error.status_code, "description": error.detail}
        return JSONResponse(body, error.status_code)
    return JSONResponse({"description": error.detail}, error.status_code)
