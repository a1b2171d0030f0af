"""`python -m sandbox` as a process of its own, and what importing the sandbox brings along."""

import asyncio
import os
import signal
import sys

import httpx

from tests.sandbox.telegram_stage import TOKEN, TelegramStage, free_port


async def a_process(*arguments: str, token: str = TOKEN) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, "SANDBOX_BOT_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def answers(url: str) -> httpx.Response:
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                return await client.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


async def test_it_serves_until_it_is_told_to_stop() -> None:
    port = free_port()
    process = await a_process("-m", "sandbox", "--port", str(port))

    me = await answers(f"http://127.0.0.1:{port}/bot{TOKEN}/getMe")
    process.send_signal(signal.SIGTERM)
    _, complaints = await process.communicate()

    assert me.json()["result"]["id"] == 4242
    assert (process.returncode, complaints) == (0, b"")


async def test_a_missing_token_and_a_busy_port_are_one_sentence_each(stage: TelegramStage) -> None:
    nameless = await a_process("-m", "sandbox", token="")
    late = await a_process("-m", "sandbox", "--port", str(stage.config.port))

    _, nameless_words = await nameless.communicate()
    _, late_words = await late.communicate()

    assert (nameless.returncode, late.returncode) == (1, 1)
    assert nameless_words.decode().startswith("SANDBOX_BOT_TOKEN must be set")
    assert late_words.decode().startswith(f"Cannot listen on 127.0.0.1:{stage.config.port}: Address already in use")
    assert late_words.count(b"\n") == 1


async def test_it_brings_along_neither_bot_libraries_nor_anything_of_ours() -> None:
    process = await a_process(
        "-c", "import sys, sandbox.application; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )

    words, _ = await process.communicate()

    loaded = set(words.decode().split())
    assert "sandbox" in loaded
    assert not loaded & {"aiogram", "telegram", "bot", "api", "jobs", "domain", "app", "pymongo", "fastapi"}
