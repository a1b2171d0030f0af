"""How updates reach the bot: long polling and the webhook."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.sandbox.conftest import a_sandbox
from tests.sandbox.telegram_stage import ASHA, RAVI, TelegramStage, button, free_port, inline


async def test_an_update_is_given_again_until_the_offset_confirms_it(stage: TelegramStage) -> None:
    await stage.write("one")
    await stage.write("two")

    first = await stage.updates(limit=1)
    again = await stage.updates()
    rest = await stage.updates(offset=first[0]["update_id"] + 1)

    assert [update["message"]["text"] for update in again] == ["one", "two"]
    assert [update["message"]["text"] for update in rest] == ["two"]


async def test_a_negative_offset_keeps_only_the_last(stage: TelegramStage) -> None:
    for text in ("one", "two", "three"):
        await stage.write(text)

    assert [update["message"]["text"] for update in await stage.updates(offset=-1)] == ["three"]
    assert len(await stage.updates()) == 1


async def test_a_long_poll_answers_as_soon_as_somebody_writes(stage: TelegramStage) -> None:
    started = time.monotonic()
    poll = asyncio.create_task(stage.updates(timeout=10))
    await asyncio.sleep(0.05)
    await stage.write("hello")

    updates = await poll

    assert [update["message"]["text"] for update in updates] == ["hello"]
    assert time.monotonic() - started < 5


async def test_a_long_poll_ends_empty(stage: TelegramStage) -> None:
    assert await stage.updates(timeout=1) == []


async def test_a_second_poller_ends_the_first(stage: TelegramStage) -> None:
    first = asyncio.create_task(stage.raw("getUpdates", timeout=10))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(stage.updates(timeout=10))

    refused = await first
    await stage.write("hello")

    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: terminated by other getUpdates request")
    assert len(await second) == 1


async def test_only_allowed_updates_come_and_the_choice_is_remembered(stage: TelegramStage) -> None:
    await stage.updates(allowed_updates=["callback_query"])
    await stage.write("not wanted")
    sent = await stage.call("sendMessage", chat_id=ASHA, text="x", reply_markup=inline([button("Go")]))
    await stage.tap(sent, "Go")

    assert ["callback_query" in update for update in await stage.updates()] == [True]

    await stage.updates(allowed_updates=[])
    await stage.write("wanted")
    assert ["message" in update for update in await stage.updates()] == [False, True]


class Receiver:
    """A bot's webhook: answers `statuses` first, then 200 with `reply`."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.arrived = asyncio.Event()
        self.reply: dict[str, Any] | None = None

    async def take(self, request: Request) -> Response:
        update = json.loads(await request.body())
        self.headers.append(dict(request.headers))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append(update)
            self.arrived.set()
        return JSONResponse(self.reply or {}, status)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.taken) < count:
                self.arrived.clear()
                await self.arrived.wait()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    port = free_port()
    app = Starlette(routes=[Route("/hook", receiver.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
    listener = socket.create_server(("127.0.0.1", port))
    serving = asyncio.create_task(server._serve([listener]))
    receiver.url = f"http://127.0.0.1:{port}/hook"
    yield receiver
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving


async def test_a_webhook_gets_updates_with_the_secret(stage: TelegramStage, receiver: Receiver) -> None:
    await stage.write("before")
    await stage.call("setWebhook", url=receiver.url, secret_token="s3cret_-")
    await stage.write("after")

    await receiver.until(2)

    assert [update["message"]["text"] for update in receiver.taken] == ["before", "after"]
    assert {headers["x-telegram-bot-api-secret-token"] for headers in receiver.headers} == {"s3cret_-"}
    polled = await stage.refusal("getUpdates")
    assert polled.startswith("Conflict: can't use getUpdates method while webhook is active")
    await stage.chat(settle_ms=100)
    webhook = await stage.call("getWebhookInfo")
    assert (webhook["url"], webhook["pending_update_count"]) == (receiver.url, 0)


async def test_a_failing_update_is_delivered_again_before_later_ones(stage: TelegramStage, receiver: Receiver) -> None:
    await stage.call("setWebhook", url=receiver.url)
    receiver.statuses = [500, 503]
    await stage.write("first")
    await stage.write("second")

    await receiver.until(2)

    assert [update["message"]["text"] for update in receiver.taken] == ["first", "second"]
    assert "500" in (await stage.call("getWebhookInfo"))["last_error_message"] or receiver.statuses == []


async def test_one_persons_trouble_does_not_delay_another(stage: TelegramStage, receiver: Receiver) -> None:
    await stage.call("setWebhook", url=receiver.url)
    receiver.statuses = [500, 500]
    await stage.write("stuck")
    await asyncio.sleep(0.3)
    await stage.write("free", person=RAVI)

    await receiver.until(1)

    assert receiver.taken[0]["message"]["text"] == "free"


async def test_a_method_in_the_webhooks_answer_is_carried_out(stage: TelegramStage, receiver: Receiver) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": ASHA, "text": "by return"}
    await stage.call("setWebhook", url=receiver.url)
    await stage.write("hello")

    view = await stage.chat(settle_ms=300)

    assert [message["text"] for message in view["messages"]] == ["hello", "by return"]


async def test_deleting_the_webhook_goes_back_to_polling(stage: TelegramStage, receiver: Receiver) -> None:
    await stage.call("setWebhook", url=receiver.url)
    hasty = await stage.raw("setWebhook", url=receiver.url)
    await stage.call("deleteWebhook")
    await stage.write("hello")

    assert (hasty["error_code"], hasty["parameters"]) == (429, {"retry_after": 1})
    assert [update["message"]["text"] for update in await stage.updates()] == ["hello"]


async def test_a_webhook_with_a_wrong_secret_or_address_is_refused(stage: TelegramStage) -> None:
    address = await stage.refusal("setWebhook", url="nonsense")
    secret = await stage.refusal("setWebhook", url="http://127.0.0.1:1/", secret_token="a b")

    assert address == "Bad Request: invalid webhook URL specified"
    assert secret == "Bad Request: secret token contains unallowed characters"


async def test_a_fresh_sandbox_continues_with_higher_ids(stage: TelegramStage) -> None:
    await stage.write("old")
    (old,) = await stage.updates()
    await asyncio.sleep(1.1)

    async with a_sandbox() as fresh:
        await fresh.write("new")
        (new,) = await fresh.updates()

    assert new["update_id"] > old["update_id"]
    assert new["message"]["message_id"] > old["message"]["message_id"]
