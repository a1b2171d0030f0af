"""Tokens tried by guessing: refused without a look into the database once an address has used up its allowance."""

import httpx
import pytest
from pymongo import AsyncMongoClient

from domain.kernel import Row
from tests.api.conftest import ApiMember

pytestmark = pytest.mark.usefixtures("database")


async def test_guessed_tokens_are_counted_and_then_not_looked_up(
    http: httpx.AsyncClient, asha: ApiMember, client: AsyncMongoClient[Row]
) -> None:
    guesses = [
        await http.get("/api/v1/wallet", headers={"Authorization": f"Bearer berth_{number}"}) for number in range(30)
    ]
    before = await _queries(client)
    refused = [await http.get("/api/v1/wallet", headers={"Authorization": "Bearer berth_x"}) for _ in range(3)]

    assert [answer.status_code for answer in guesses] == [401] * 30
    assert [answer.status_code for answer in refused] == [429] * 3
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert await _queries(client) == before


async def test_looking_around_keeps_nobody_from_showing_a_token(http: httpx.AsyncClient, asha: ApiMember) -> None:
    for _ in range(31):
        await http.get("/api/v1/packs")

    assert (await http.get("/api/v1/packs")).status_code == 429
    assert (await http.get("/api/v1/wallet", headers=asha.headers)).status_code == 200


async def test_no_token_at_all_is_a_visit(http: httpx.AsyncClient) -> None:
    answers = [await http.get("/api/v1/wallet") for _ in range(31)]

    assert [answer.status_code for answer in answers] == [401] * 30 + [429]


async def _queries(client: AsyncMongoClient[Row]) -> int:
    status = await client.admin.command("serverStatus")
    return int(status["opcounters"]["query"])
