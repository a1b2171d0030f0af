"""Scheduled faults, dropped connections, the clock and the stream of events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import a_sandbox
from tests.sandbox.telegram_stage import ASHA, TelegramStage


async def fault(stage: TelegramStage, kind: str, **more: Any) -> None:
    answer = await stage.sim("POST", "faults", {"service": "telegram", "route": "sendMessage", "fault": kind, **more})
    assert answer.status_code == 200, answer.text


async def send(stage: TelegramStage) -> httpx.Response:
    return await stage.http.post(f"/bot{stage.config.bot_token}/sendMessage", json={"chat_id": ASHA, "text": "x"})


async def test_a_scheduled_429_says_when_to_come_back(stage: TelegramStage) -> None:
    await stage.asha_started()
    await fault(stage, "429", retry_after=7, times=2)

    answers = [await send(stage) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].json()["parameters"] == {"retry_after": 7}
    assert len((await stage.chat())["messages"]) == 2


async def test_server_errors_and_broken_bodies(stage: TelegramStage) -> None:
    await stage.asha_started()
    for kind in ("500", "502_html", "truncate"):
        await fault(stage, kind)

    broken, proxy, cut = [await send(stage) for _ in range(3)]

    assert (broken.status_code, broken.json()["description"]) == (500, "Internal Server Error")
    assert (proxy.status_code, proxy.headers["content-type"][:9]) == (502, "text/html")
    with pytest.raises(json.JSONDecodeError):
        cut.json()


@pytest.mark.parametrize(("kind", "messages"), [("drop_request", 1), ("drop_response", 2)])
async def test_a_dropped_connection_is_really_dropped(stage: TelegramStage, kind: str, messages: int) -> None:
    await stage.asha_started()
    await fault(stage, kind)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await send(stage)

    assert len((await stage.chat())["messages"]) == messages
    assert (await send(stage)).status_code == 200


async def test_calls_that_met_a_fault_are_logged_too(stage: TelegramStage) -> None:
    await stage.asha_started()
    await fault(stage, "429")
    await fault(stage, "drop_request")
    await send(stage)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await send(stage)
    await send(stage)

    calls = (await stage.sim("GET", "calls?method=sendMessage")).json()

    assert [(call["status"], call["answer"] is None) for call in calls] == [(429, True), (0, True), (200, False)]
    assert {call["parameters"]["text"] for call in calls} == {"x"}


async def test_a_delay_delays_and_faults_can_be_removed(stage: TelegramStage) -> None:
    await stage.asha_started()
    await fault(stage, "delay", delay_ms=300)
    started = time.monotonic()
    await send(stage)
    waited = time.monotonic() - started
    await fault(stage, "500", times=5)

    scheduled = (await stage.sim("GET", "faults")).json()
    await stage.sim("DELETE", "faults")

    assert waited >= 0.3
    assert [(one["fault"], one["times"]) for one in scheduled] == [("500", 5)]
    assert (await send(stage)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": "smoke signals", "fault": "500"},
        {"service": "telegram", "fault": "gremlins"},
        {"service": "telegram", "fault": "500", "times": -1},
    ],
)
async def test_a_fault_nobody_knows_is_refused(stage: TelegramStage, wrong: dict[str, Any]) -> None:
    answer = await stage.sim("POST", "faults", wrong)

    assert answer.status_code == 400
    assert answer.json()["description"]


async def test_the_clock_moves_message_dates(stage: TelegramStage) -> None:
    before = await stage.write("before")
    answer = (await stage.sim("POST", "clock", {"advance_seconds": 7200})).json()
    after = await stage.write("after")

    assert answer["offset_seconds"] == 7200
    assert 7200 <= after["date"] - before["date"] < 7230
    assert (await stage.sim("POST", "clock", {"advance_seconds": -1})).status_code == 400


async def test_followers_of_the_clock_hear_at_once(stage: TelegramStage) -> None:
    version = (await stage.sim("GET", "clock")).json()["version"]
    follow = asyncio.create_task(stage.sim("GET", f"clock?after_version={version}&wait_seconds=10&follower=bot"))
    await asyncio.sleep(0.1)
    advance = asyncio.create_task(stage.sim("POST", "clock", {"advance_seconds": 60}))

    heard = (await follow).json()
    is_waiting = not advance.done()
    applied = asyncio.create_task(
        stage.sim("GET", f"clock?after_version={heard['version']}&wait_seconds=1&follower=bot")
    )
    moved = (await advance).json()
    await applied

    assert heard["offset_seconds"] == moved["offset_seconds"] == 60
    assert heard["version"] == version + 1
    assert is_waiting


async def test_events_are_waited_for(stage: TelegramStage) -> None:
    last = (await stage.sim("GET", "overview")).json()["last_event_id"]
    wait = asyncio.create_task(stage.sim("GET", f"events?after={last}&wait_seconds=5"))
    await asyncio.sleep(0.05)
    message = await stage.write("/start")

    events = (await wait).json()

    told = [event for event in events["events"] if event["kind"] == "message"]
    assert [(event["user_id"], event["message"]) for event in told] == [(ASHA, message)]


async def test_events_are_streamed_and_resumed(stage: TelegramStage) -> None:
    await stage.write("/start")
    headers = {"accept": "text/event-stream", "last-event-id": "0"}

    async with stage.http.stream("GET", "/sim/v1/events", headers=headers) as stream:
        lines = stream.aiter_lines()
        first = [line async for line in _until_data(lines)]

    assert first[-2:] == ["id: 1", first[-1]]
    assert json.loads(first[-1].removeprefix("data: "))["message"]["text"] == "/start"


async def _until_data(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith("data: "):
            return


async def test_it_stops_quickly_while_others_wait() -> None:
    async with a_sandbox() as running:
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(running.raw("getUpdates", timeout=30)),
            asyncio.create_task(running.sim("GET", "events?after=0&wait_seconds=30")),
            asyncio.create_task(running.sim("GET", "clock?after_version=0&wait_seconds=30&follower=x")),
        ]
        answered = asyncio.gather(*waits)
        await asyncio.sleep(0.2)
        started = time.monotonic()

    await answered
    assert time.monotonic() - started < 10
    assert waits[0].result() == {"ok": True, "result": []}


async def test_a_port_that_is_taken_is_an_error(stage: TelegramStage) -> None:
    from sandbox.application import serve

    with pytest.raises(OSError, match="in use"):
        await serve(stage.config)
