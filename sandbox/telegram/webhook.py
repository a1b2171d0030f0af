"""Delivery of updates to the bot's webhook: in order per key, again after failures, with the secret header."""

import asyncio
import contextlib
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from sandbox.telegram.parameters import Parameters, decode_body
from sandbox.telegram.updates import Pending, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
DELIVERY_TIMEOUT_SECONDS = 60
RETRY_CAP_SECONDS = (60, 120)
RETRY_AFTER_MAX_SECONDS = 3600
MAX_CONNECTIONS_DEFAULT = 40
NOT_IN_REPLY = {"setwebhook", "deletewebhook", "close", "logout"}

Json = dict[str, Any]
Execute = Callable[[str, Parameters], Awaitable[Any]]


class Webhook:
    """Sends pending updates to one URL while it is set."""

    def __init__(self, updates: Updates, execute: Execute) -> None:
        self.url = ""
        self.secret_token = ""
        self.max_connections = MAX_CONNECTIONS_DEFAULT
        self.set_at = -1.0  # monotonic, for the limit of one setWebhook a second
        self.last_error: tuple[int, str] | None = None
        self._updates = updates
        self._execute = execute
        self._queues: dict[int, deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(MAX_CONNECTIONS_DEFAULT)
        self._client: httpx.AsyncClient | None = None

    async def set(self, url: str, *, secret_token: str, max_connections: int) -> None:
        """Deliver to `url` from now on; an empty one stops the delivery."""
        await self.stop()
        self.url, self.secret_token, self.max_connections = url, secret_token, max_connections
        self.last_error = None
        self.start()

    def start(self) -> None:
        """Begin with what is pending, if there is a webhook."""
        if not self.url:
            return
        self._slots = asyncio.Semaphore(self.max_connections)
        self._updates.on_emit = self._enqueue
        for pending in list(self._updates.pending.values()):
            self._enqueue(pending)

    async def stop(self) -> None:
        """Stop delivering; what is pending stays pending."""
        self._updates.on_emit = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._queues.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def as_webhook_info(self) -> Json:
        """The Bot API `WebhookInfo`."""
        answer: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self.url:
            answer |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if self.last_error is not None:
            answer |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        if self._updates.allowed:
            answer["allowed_updates"] = self._updates.allowed
        return answer

    def dump(self) -> Json:
        """The settings as JSON."""
        return {"url": self.url, "secret_token": self.secret_token, "max_connections": self.max_connections}

    def load(self, stored: Json) -> None:
        """Take up what `dump` wrote; `start` begins the delivery."""
        self.url, self.secret_token = stored["url"], stored["secret_token"]
        self.max_connections = stored["max_connections"]

    def _enqueue(self, pending: Pending) -> None:
        queue = self._queues.get(pending.key)
        if queue is not None:
            queue.append(pending)
            return
        self._queues[pending.key] = deque([pending])
        task = asyncio.get_running_loop().create_task(self._deliver_in_order(pending.key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_in_order(self, key: int) -> None:
        queue = self._queues[key]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        del self._queues[key]

    async def _deliver(self, pending: Pending) -> None:
        attempt = 0
        while pending.update_id in self._updates.pending and time.time() < pending.expires_at:
            async with self._slots:
                retry_after = await self._attempt(pending)
            if retry_after is None:
                break
            pause = min(2**attempt, random.randint(*RETRY_CAP_SECONDS)) if attempt else 0
            attempt += 1
            await asyncio.sleep(max(pause, retry_after))
        self._updates.take([pending.update_id])

    async def _attempt(self, pending: Pending) -> float | None:
        """Deliver once: None when taken, else the seconds that the receiver asked us to wait."""
        headers = {"content-type": "application/json"}
        if self.secret_token:
            headers[SECRET_HEADER] = self.secret_token
        try:
            answer = await self._open_client().post(self.url, content=json.dumps(pending.as_update), headers=headers)
        except httpx.HTTPError as error:
            self.last_error = (int(time.time()), f"Connection failed: {type(error).__name__}")
            return 0.0
        if answer.is_success:
            await self._reply(answer)
            return None
        self.last_error = (
            int(time.time()),
            f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}",
        )
        asked = answer.headers.get("retry-after", "")
        return float(min(int(asked), RETRY_AFTER_MAX_SECONDS)) if asked.isdigit() else 0.0

    async def _reply(self, answer: httpx.Response) -> None:
        """Carry out the method that the receiver put into its answer; what comes of it nobody hears."""
        if not answer.content:
            return
        with contextlib.suppress(Exception):  # the real service swallows whatever is wrong with it
            values = decode_body(answer.content, answer.headers.get("content-type", ""))
            method = str(values.pop("method", "")).lower()
            if method and not method.startswith("get") and method not in NOT_IN_REPLY:
                await self._execute(method, Parameters(values))

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=DELIVERY_TIMEOUT_SECONDS,
                trust_env=False,
                limits=httpx.Limits(max_connections=self.max_connections),
            )
        return self._client
