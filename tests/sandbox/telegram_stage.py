"""What a test of the Telegram stand-in needs at hand: the Bot API as a bot calls it, and the people."""

import socket
import struct
import zlib
from typing import Any, Self

import httpx

from sandbox.world import Config

TOKEN = "4242:sandbox-test-token"
ASHA, RAVI = 1001, 1002


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def png(width: int, height: int) -> bytes:
    """A white picture of this size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def inline(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def button(text: str, **action: Any) -> dict[str, Any]:
    return {"text": text, **(action or {"callback_data": text.lower()})}


class TelegramStage:
    """A bot and people over real HTTP."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.url = config.public_url
        self.http = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=15)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def raw(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The whole answer of a Bot API call sent as JSON."""
        answer = await self.http.post(f"/bot{self.config.bot_token}/{method}", json=parameters)
        body: dict[str, Any] = answer.json()
        assert answer.status_code == body.get("error_code", 200)
        return body

    async def call(self, method: str, **parameters: Any) -> Any:
        """The result of a Bot API call that succeeds."""
        body = await self.raw(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        """The description with which a Bot API call is refused."""
        body = await self.raw(method, **parameters)
        assert not body["ok"], body
        return str(body["description"])

    async def upload(self, method: str, files: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/bot{self.config.bot_token}/{method}", data=parameters, files=files)
        body: dict[str, Any] = answer.json()
        return body

    async def updates(self, **parameters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.call("getUpdates", **parameters)
        return found

    async def sim(self, verb: str, path: str, body: Any = None) -> httpx.Response:
        return await self.http.request(verb, f"/sim/v1/{path}", json=body)

    async def write(self, text: str = "/start", *, person: int = ASHA) -> dict[str, Any]:
        answer = await self.sim("POST", f"people/{person}/messages", {"text": text})
        assert answer.status_code == 200, answer.text
        message: dict[str, Any] = answer.json()
        return message

    async def tap(self, message: dict[str, Any], text: str, *, person: int = ASHA) -> dict[str, Any]:
        answer = await self.sim("POST", f"people/{person}/taps", {"message_id": message["message_id"], "text": text})
        assert answer.status_code == 200, answer.text
        tapped: dict[str, Any] = answer.json()
        return tapped

    async def chat(self, *, person: int = ASHA, **query: Any) -> dict[str, Any]:
        answer = await self.http.get(f"/sim/v1/people/{person}/chat", params=query)
        view: dict[str, Any] = answer.json()
        return view

    async def asha_started(self) -> None:
        """Asha has spoken to the bot, which has heard it."""
        await self.write("/start")
        heard = await self.updates()
        await self.updates(offset=heard[-1]["update_id"] + 1)
