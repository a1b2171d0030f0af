"""The FastAPI application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pymongo
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors, routes, webhooks
from api.body import BoundedBody
from api.dependencies import Allowance
from api.metrics import Measured
from api.occupancy import Live
from api.services import Services
from domain.kernel import tenant

DESCRIPTION = """
Berth's HTTP edge. Everything a member does in chat, a program can do here with the token that `/token` shows in chat.

* Every POST under `/api/v1` needs an `Idempotency-Key`: sending it again returns the first outcome.
* Lists are paged by `page` and `limit`; answers carry `X-RateLimit-Remaining`.
* Times are UTC in answers; requests may use any offset. Tokens and prices are integers, prices in minor units.
"""


DATABASE_SECONDS_MAX = 4.0
"""How long one request may wait for a database that takes connections and does not answer."""


class InTenant:
    """ASGI middleware: every request works inside the tenant's database, which has so long to answer it."""

    def __init__(self, app: ASGIApp, *, services: Services) -> None:
        self._app = app
        self._database = services.database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, inside the tenant."""
        # Not the lifespan, which is one "request" as long as the process.
        seconds = DATABASE_SECONDS_MAX if scope["type"] == "http" else None
        with tenant(self._database), pymongo.timeout(seconds):
            await self._app(scope, receive, send)


@contextlib.asynccontextmanager
async def _alive(application: FastAPI) -> AsyncIterator[None]:
    """What goes on beside the requests: hearing of changes for those who follow them."""
    listening = asyncio.create_task(application.state.live.run(), name="live")
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.wait([listening])


def create(services: Services) -> FastAPI:
    """Build the application; it serves the tenant whose database is in `services`.

    Whoever stops it calls `state.live.close()` first, or waits for everybody who follows a stream.
    """
    application = FastAPIOffline(
        title="Berth", version="1", description=DESCRIPTION, redoc_url=None, lifespan=_alive
    )  # fmt: skip
    application.state.live = Live(services)
    application.state.services = services
    application.state.allowance = Allowance(services)
    application.add_middleware(BoundedBody)
    application.add_middleware(InTenant, services=services)
    application.add_middleware(Measured)
    errors.install(application)
    for router in (*webhooks.ROUTERS, *routes.ROUTERS):
        application.include_router(router)
    return application
