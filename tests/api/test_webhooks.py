"""Webhooks are verified over the raw bytes, stored once, and answered at once."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from api.webhooks import telegram
from bot import intake
from domain.kernel import Database
from tests.api.conftest import BOT_ID, TELEGRAM_SECRET, WEBHOOK_SECRET

EVENT = json.dumps({"entity": "event", "event": "payment.captured", "payload": {}}).encode()


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def post_event(
    http: httpx.AsyncClient, body: bytes, signature: str | None, event_id: str = "evt_1"
) -> httpx.Response:
    headers = {"x-razorpay-event-id": event_id, "Content-Type": "application/json"}
    if signature is not None:
        headers["X-Razorpay-Signature"] = signature
    return await http.post("/webhooks/razorpay", content=body, headers=headers)


async def test_a_signed_event_is_stored_once_however_often_it_comes(
    http: httpx.AsyncClient, database: Database
) -> None:
    first = await post_event(http, EVENT, signed(EVENT))
    again = await post_event(http, EVENT, signed(EVENT))

    assert (first.status_code, first.json()["data"]) == (200, {"stored": True})
    assert (again.status_code, again.json()["data"]) == (200, {"stored": False})
    assert await database["inbox"].count_documents({"source": "razorpay"}) == 1


@pytest.mark.parametrize("signature", [None, "", "0" * 64, "ünsigned".encode().hex(), signed(EVENT, "another-secret")])
async def test_a_wrong_or_missing_signature_stores_nothing(
    http: httpx.AsyncClient, database: Database, signature: str | None
) -> None:
    answer = await post_event(http, EVENT, signature)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "WRONG_SIGNATURE"
    assert await database["inbox"].count_documents({}) == 0


async def test_a_body_changed_by_one_byte_is_refused(http: httpx.AsyncClient) -> None:
    answer = await post_event(http, EVENT + b" ", signed(EVENT))

    assert answer.status_code == 401


async def test_a_huge_body_is_refused_before_it_is_read_whole(http: httpx.AsyncClient) -> None:
    body = b"x" * (1024 * 1024 + 1)

    answer = await post_event(http, body, signed(body))

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "BODY_TOO_LARGE"


async def test_an_update_is_stored_in_its_persons_lane(http: httpx.AsyncClient, database: Database) -> None:
    update = {"update_id": 7, "message": {"message_id": 1, "from": {"id": 1001}, "chat": {"id": 1001}}}

    answer = await http.post(
        f"/webhooks/telegram/{BOT_ID}", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    )

    assert answer.status_code == 200
    stored = await database["inbox"].find_one({"source": "telegram"})
    assert stored is not None
    assert (stored["key"], stored["lane"], stored["sequence"]) == ("7", "1001", 7)


@pytest.mark.parametrize(
    ("bot", "secret", "status"),
    [(BOT_ID, None, 401), (BOT_ID, "wrong", 401), (BOT_ID + 1, TELEGRAM_SECRET, 404)],
)
async def test_an_update_without_the_secret_or_for_another_bot_stores_nothing(
    http: httpx.AsyncClient, database: Database, bot: int, secret: str | None, status: int
) -> None:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}

    answer = await http.post(f"/webhooks/telegram/{bot}", json={"update_id": 7}, headers=headers)

    assert answer.status_code == status
    assert await database["inbox"].count_documents({}) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b"\xff",
        b'{"update_id": 9223372036854775808}',
        b"[" * 100_000,
    ],
)
async def test_what_is_no_update_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post(
        f"/webhooks/telegram/{BOT_ID}", content=body, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"update_id": 1, "message": {"from": {"id": 7}, "chat": {"id": -9}}}, "7"),
        ({"update_id": 1, "callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 8}}}}, "7"),
        ({"update_id": 1, "message_reaction": {"user": {"id": 7}, "chat": {"id": 8}}}, "7"),
        ({"update_id": 1, "channel_post": {"chat": {"id": -9}}}, "-9"),
        ({"update_id": 1, "poll": {"id": "x"}}, "1"),
    ],
)
def test_polled_and_pushed_updates_go_into_the_same_lane(update: dict[str, Any], lane: str) -> None:
    assert telegram.lane_of(update) == intake.lane_of(update) == lane
