"""The database is away, or takes connections and says nothing: 503 in the one shape, and soon."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from pymongo import AsyncMongoClient

import api
from api import application
from app.gateways.razorpay import RazorpayGateway
from domain.kernel import Row, Transactor
from tests.api.conftest import WEBHOOK_SECRET
from tests.api.test_webhooks import EVENT, post_event, signed
from tests.conftest import free_port
from tests.serving import serving
from tests.vault import VAULT


@contextlib.asynccontextmanager
async def an_api_with_its_database_at(port: int) -> AsyncIterator[httpx.AsyncClient]:
    uri = f"mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=200"
    gateway = RazorpayGateway(key_id="k", key_secret="s", webhook_secret=WEBHOOK_SECRET, base_url="http://127.0.0.1:9")
    async with AsyncMongoClient[Row](uri, tz_aware=True) as client:
        services = api.Services(
            transact=Transactor(client), clock=lambda: datetime.now(UTC), gateway=gateway, database=client["test"],
            vault=VAULT,
        )  # fmt: skip
        async with serving(api.create(services)) as url, httpx.AsyncClient(base_url=url) as http:
            yield http


async def assert_unavailable(http: httpx.AsyncClient) -> None:
    answers = [
        await http.get("/ready"),
        await http.get("/api/v1/packs"),
        await http.get("/api/v1/wallet", headers={"Authorization": "Bearer berth_x"}),
        await post_event(http, EVENT, signed(EVENT)),
    ]

    assert [answer.status_code for answer in answers] == [503] * 4
    assert {answer.json()["error"]["code"] for answer in answers} == {"UNAVAILABLE"}
    assert (await http.get("/health")).status_code == 200


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "DATABASE_SECONDS_MAX", 0.2)


async def test_without_a_database_the_answer_is_503(database: object) -> None:
    async with an_api_with_its_database_at(free_port()) as http:
        await assert_unavailable(http)


async def test_a_database_that_says_nothing_is_not_waited_for_long(database: object) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server, an_api_with_its_database_at(server.sockets[0].getsockname()[1]) as http:
        await assert_unavailable(http)
