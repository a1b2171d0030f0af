"""What happened lately, for whoever watches: the chat page and tests."""

import asyncio
import time
from collections import deque
from typing import Any

EVENTS_MAX = 2000


class Events:
    """A bounded list of numbered facts that can be waited for."""

    def __init__(self) -> None:
        self.last_id = 0
        self.is_closed = False
        self._events: deque[dict[str, Any]] = deque(maxlen=EVENTS_MAX)
        self._changed = asyncio.Event()

    def publish(self, kind: str, **facts: Any) -> None:
        """Add one event and wake everybody who waits."""
        self.last_id += 1
        self._events.append({"id": self.last_id, "kind": kind, **facts})
        self._wake()

    def close(self) -> None:
        """Let everybody who waits go home, so that the server can stop."""
        self.is_closed = True
        self._wake()

    def after(self, event_id: int) -> list[dict[str, Any]]:
        """Events newer than `event_id`, oldest first."""
        if event_id >= self.last_id:
            return []
        return [event for event in self._events if event["id"] > event_id]

    async def wait(self, *, after: int, wait_seconds: float) -> list[dict[str, Any]]:
        """Events newer than `after`, as soon as there is one; empty when the wait is over."""
        deadline = time.monotonic() + wait_seconds
        while not (found := self.after(after)) and not self.is_closed:
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._changed.wait()
            except TimeoutError:
                break
        return found

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
