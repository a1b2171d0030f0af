"""A sandbox with only Razorpay on a free port, and a merchant's server that takes its webhooks."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.razorpay import routes, signatures
from sandbox.world import Config, World

KEY = ("rzp_test_key", "key_secret")
WEBHOOK_SECRET = "whsec_test"


class Merchant:
    """Remembers the webhooks it was sent; answers `statuses` first, then 200."""

    def __init__(self) -> None:
        self.webhooks: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def take(self, request: Request) -> Response:
        body = await request.body()
        expected = signatures.of_webhook(body, webhook_secret=WEBHOOK_SECRET)
        given = request.headers.get("x-razorpay-signature")
        self.webhooks.append(
            {
                "id": request.headers["x-razorpay-event-id"],
                "signature": "missing" if given is None else "right" if given == expected else "wrong",
                **json.loads(body),
            }
        )
        if given != expected:
            return Response(status_code=400)
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def names(self) -> list[str]:
        return [webhook["event"] for webhook in self.webhooks]

    def last(self, name: str) -> dict[str, Any]:
        return next(webhook for webhook in reversed(self.webhooks) if webhook["event"] == name)


class Stage:
    """What a test needs at hand: the world, the API as the merchant calls it, the controls, the merchant."""

    def __init__(self, world: World, merchant: Merchant, http: httpx.AsyncClient) -> None:
        self.world = world
        self.merchant = merchant
        self.http = http
        self.url = world.config.public_url + "/razorpay"

    async def api(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self.http.request(method, f"/razorpay/v1/{path}", json=body, **{"auth": KEY, **options})

    async def sim(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.http.request(method, f"/sim/v1/razorpay/{path}", json=body)

    async def a_link(self, **changes: Any) -> dict[str, Any]:
        answer = await self.api("POST", "payment_links", {"amount": 99900, "currency": "INR", **changes})
        assert answer.status_code == 200, answer.text
        link: dict[str, Any] = answer.json()
        return link

    async def a_payment(self, link_id: str, **how: Any) -> str:
        answer = await self.sim("POST", f"payments/{link_id}/pay", how)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payment_id"])

    async def webhooks(self, count: int) -> list[str]:
        """Wait until the merchant has been sent `count` webhooks; their names."""
        await until(lambda: len(self.merchant.webhooks) >= count)
        return self.merchant.names


async def until(is_so: Callable[[], bool], *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(apps: dict[socket.socket, ASGIApp]) -> AsyncIterator[None]:
    options: dict[str, Any] = {"log_level": "critical", "lifespan": "off", "ws": "none"}
    servers = {listener: uvicorn.Server(uvicorn.Config(app, **options)) for listener, app in apps.items()}
    tasks = [asyncio.create_task(server.serve([listener])) for listener, server in servers.items()]
    await until(lambda: all(server.started for server in servers.values()))
    try:
        yield
    finally:
        for server in servers.values():
            server.should_exit = True
        await asyncio.gather(*tasks)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[None]:
    await world.start()
    try:
        yield
    finally:
        await world.close()


def listening() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@asynccontextmanager
async def a_stage(data_dir: Path | None = None) -> AsyncIterator[Stage]:
    merchant, sandbox_socket, merchant_socket = Merchant(), listening(), listening()
    merchant.url = f"http://127.0.0.1:{merchant_socket.getsockname()[1]}/webhooks"
    world = World(
        config=Config(
            port=sandbox_socket.getsockname()[1],
            data_dir=data_dir,
            bot_token="1:token",
            razorpay_key_id=KEY[0],
            razorpay_key_secret=KEY[1],
            razorpay_webhook_secret=WEBHOOK_SECRET,
            razorpay_webhook_url=merchant.url,
        )
    )
    receiver = Starlette(routes=[Route("/webhooks", merchant.take, methods=["POST"])])
    async with (
        serving({merchant_socket: receiver, sandbox_socket: Starlette(routes=routes(world))}),
        running(world),
        httpx.AsyncClient(base_url=world.config.public_url, trust_env=False) as http,
    ):
        yield Stage(world, merchant, http)
