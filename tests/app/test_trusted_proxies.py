"""X-Forwarded-For counts for the rate limit only when a proxy we trust has set it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

import api
from app.gateways.razorpay import RazorpayGateway
from app.roles import ApiServer
from domain.kernel import Database, Transactor
from tests.vault import VAULT


@asynccontextmanager
async def an_api(database: Database, transact: Transactor, *, trusted: str) -> AsyncIterator[httpx.AsyncClient]:
    gateway = RazorpayGateway(key_id="k", key_secret="s", webhook_secret="w", base_url="http://127.0.0.1:9")
    services = api.Services(
        transact=transact, clock=lambda: datetime.now(UTC), gateway=gateway, database=database,
        vault=VAULT, rate_limits=api.RateLimits(anonymous="2/minute"),
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ApiServer(services, trusted_proxies=trusted)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", trust_env=False
        ) as client:
            yield client
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    ("trusted", "statuses"),
    [
        ("", [200, 200, 429, 429]),
        ("192.0.2.1,2001:db8::/32", [200, 200, 429, 429]),
        ("127.0.0.1", [200, 200, 200, 200]),
        ("127.0.0.0/8", [200, 200, 200, 200]),
    ],
)
async def test_a_caller_is_who_a_trusted_proxy_says(
    database: Database, transact: Transactor, trusted: str, statuses: list[int]
) -> None:
    async with an_api(database, transact, trusted=trusted) as http:
        answers = [
            await http.get("/api/v1/packs", headers={"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(4)
        ]

    assert [answer.status_code for answer in answers] == statuses


async def test_behind_a_trusted_proxy_nobody_is_somebody_else_by_his_own_word(
    database: Database, transact: Transactor
) -> None:
    async with an_api(database, transact, trusted="127.0.0.1") as http:
        answers = [
            await http.get("/api/v1/packs", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1"})
            for number in range(3)
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
