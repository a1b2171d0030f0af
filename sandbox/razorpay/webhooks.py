"""Delivery of webhooks: at least once, in no promised order, each event on its own.

A delivery fails when the receiver answers anything but 2xx or needs more than five seconds. It is repeated after 1, 2,
4 … seconds of real time (at most five minutes apart) until 24 simulated hours have passed; then the whole webhook is
disabled, as Razorpay does, until its address is set again. An event with a deliberately bad signature is sent once: a
forger does not insist.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

import httpx

from sandbox.razorpay import signatures
from sandbox.razorpay.events import Event
from sandbox.world import Clock

ACKNOWLEDGE_SECONDS = 5
GIVE_UP_SECONDS = 24 * 3600
RETRY_SECONDS_MAX = 300
DELIVERIES_MAX = 1000
WRONG_SECRET = "not the webhook's secret"  # noqa: S105 - signs what has to be refused


class Webhooks:
    """The one webhook of the account, its log and what is still to be delivered."""

    def __init__(self, *, clock: Clock, url: str, secret: str, changed: Callable[[], None]) -> None:
        self.url = url
        self.secret = secret
        self.is_enabled = True
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES_MAX)
        self._delivered = 0
        self._pending: list[Event] = []
        self._clock = clock
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls: ssl.SSLContext | None = None

    def dump(self) -> dict[str, Any]:
        """Everything that must outlive the process."""
        return {
            "url": self.url,
            "secret": self.secret,
            "delivered": self._delivered,
            "deliveries": list(self.deliveries),
            "pending": [asdict(event) for event in self._pending],
        }

    def restore(self, stored: dict[str, Any]) -> None:
        """Take over what `dump` gave; a configured address and secret win over the stored ones."""
        self.url = self.url or stored["url"]
        self.secret = self.secret or stored["secret"]
        self._delivered = stored["delivered"]
        self.deliveries.extend(stored["deliveries"])
        self._pending = [Event(**event) for event in stored["pending"] if not self._is_too_old(event["emitted_at"])]

    def resume(self) -> None:
        """Go on delivering what was pending when the last process ended."""
        for event in self._pending:
            self.spawn(self._insist(event))

    async def close(self) -> None:
        """Stop the background work; what is pending stays so."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def set_address(self, *, url: str, secret: str | None) -> None:
        """Point the webhook elsewhere and enable it; `secret` None keeps the one it has."""
        self.url = url
        self.secret = self.secret if secret is None else secret
        self.is_enabled = True
        self._changed()

    def send(self, events: list[Event], *, in_order: bool) -> None:
        """Deliver events in the background; `in_order` makes each first attempt wait for the one before it."""
        if not (self.url and self.is_enabled):
            return
        self._pending.extend(events)
        self._changed()
        if in_order:
            self.spawn(self._deliver_in_order(events))
            return
        for event in events:
            self.spawn(self._deliver(event))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background and hold on to it until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def attempt(self, event: Event) -> int | None:
        """Send an event once and log it; the receiver's status, or None if it gave no answer in time."""
        started = time.monotonic()
        event.attempts += 1
        status, trouble = None, None
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                status = await self._post(event)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            trouble = type(error).__name__
        self._delivered += 1
        self.deliveries.append(
            {
                "number": self._delivered,
                "event": event.name,
                "event_id": event.id,
                "attempt": event.attempts,
                "signature": event.signature,
                "url": self.url,
                "status_code": status,
                "error": trouble,
                "duration_ms": round((time.monotonic() - started) * 1000),
                "at": int(self._clock.now()),
            }
        )
        self._changed()
        return status

    async def _post(self, event: Event) -> int:
        body = event.body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Razorpay-Webhook/v1",
            "x-razorpay-event-id": event.id,
        }
        if event.signature != "missing":
            secret = self.secret if event.signature == "right" else WRONG_SECRET
            headers["X-Razorpay-Signature"] = signatures.of_webhook(body, webhook_secret=secret)
        if self._tls is None:
            self._tls = ssl.create_default_context()
        async with httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=ACKNOWLEDGE_SECONDS) as client:
            return (await client.post(self.url, content=body, headers=headers)).status_code

    async def _deliver_in_order(self, events: list[Event]) -> None:
        for event in events:
            if not await self._is_settled(event):
                self.spawn(self._insist(event))

    async def _deliver(self, event: Event) -> None:
        if not await self._is_settled(event):
            await self._insist(event)

    async def _insist(self, event: Event) -> None:
        """Repeat an event that failed; the wait doubles each time."""
        while True:
            await asyncio.sleep(min(2 ** max(event.attempts - 1, 0), RETRY_SECONDS_MAX))
            if await self._is_settled(event):
                return

    async def _is_settled(self, event: Event) -> bool:
        """Try once and say whether there is nothing more to do for this event."""
        if self.is_enabled:
            status = await self.attempt(event)
            accepted = status is not None and 200 <= status < 300
            if not accepted and event.signature == "right":
                if not self._is_too_old(event.emitted_at):
                    return False
                self.is_enabled = False
        self._pending = [one for one in self._pending if one is not event]
        self._changed()
        return True

    def _is_too_old(self, emitted_at: float) -> bool:
        return self._clock.now() - emitted_at > GIVE_UP_SECONDS
