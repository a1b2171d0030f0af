"""The queue of updates: long polling, confirmation, lifetimes, the 409 for a second poller."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from sandbox.telegram.errors import ApiError
from sandbox.telegram.state import EPOCH

DAY_SECONDS = 86_400
LIFETIME_SECONDS = {"callback_query": 150, "pre_checkout_query": 150, "shipping_query": 150}
LIMIT_MAX = 100
TIMEOUT_MAX_SECONDS = 50
POLLER_GONE_SECONDS = 3  # without a poll for so long, nobody listens
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
KEY_OFFSETS = {"callback_query": 3 << 33, "pre_checkout_query": 4 << 33}

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An update that the bot has not confirmed."""

    update_id: int
    kind: str
    user_id: int
    content: Json
    expires_at: float

    @property
    def as_update(self) -> Json:
        """The Bot API `Update`."""
        return {"update_id": self.update_id, self.kind: self.content}

    @property
    def key(self) -> int:
        """Updates with the same key reach a webhook in order."""
        return self.user_id + KEY_OFFSETS.get(self.kind, 0)


class Conflict(ApiError):
    """The 409 for somebody who is not the only one to receive updates."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class Updates:
    """Updates in the order in which they happened, until somebody has taken them."""

    def __init__(self) -> None:
        self.pending: dict[int, Pending] = {}
        self.allowed: list[str] | None = None
        self.next_id = int((time.time() - EPOCH) * 10)
        self.on_emit: Callable[[Pending], None] | None = None  # set while there is a webhook
        self.on_taken: Callable[[int], None] = lambda user_id: None
        self._waiting_for: Counter[int] = Counter()
        self._arrived = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None  # done when somebody else takes over
        self._polled_at = 0.0
        self._is_closed = False

    def emit(self, kind: str, content: Json, *, user_id: int) -> None:
        """Add an update about this person unless the bot did not ask for its kind."""
        is_allowed = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not is_allowed:
            return
        self.next_id += 1
        pending = Pending(
            update_id=self.next_id,
            kind=kind,
            user_id=user_id,
            content=content,
            expires_at=time.time() + LIFETIME_SECONDS.get(kind, DAY_SECONDS),
        )
        self.pending[pending.update_id] = pending
        self._waiting_for[user_id] += 1
        self._arrived.set()
        if self.on_emit is not None:
            self.on_emit(pending)

    def take(self, update_ids: Iterable[int]) -> None:
        """Forget updates that were confirmed, delivered or have expired."""
        for update_id in update_ids:
            pending = self.pending.pop(update_id, None)
            if pending is None:
                continue
            self._waiting_for[pending.user_id] -= 1
            if self._waiting_for[pending.user_id] <= 0:
                del self._waiting_for[pending.user_id]
            self.on_taken(pending.user_id)

    def is_awaited(self, user_id: int) -> bool:
        """Whether somebody is listening who has not taken all updates of this person yet."""
        is_polled = self._poller is not None or time.monotonic() - self._polled_at < POLLER_GONE_SECONDS
        return self._waiting_for[user_id] > 0 and (is_polled or self.on_emit is not None)

    def clear(self) -> None:
        """Drop everything that is pending."""
        self.take(list(self.pending))

    async def poll(self, *, offset: int, limit: int, timeout_seconds: int) -> list[Json]:
        """Answer `getUpdates`; raises the 409 when another poller takes over."""
        self._confirm(offset)
        self.interrupt(
            Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        )
        interruption = self._poller = asyncio.get_running_loop().create_future()
        wait_seconds = 0 if self._is_closed else min(max(timeout_seconds, 0), TIMEOUT_MAX_SECONDS)
        deadline = time.monotonic() + wait_seconds
        try:
            while not (batch := self._batch(limit)) and time.monotonic() < deadline:
                self._arrived.clear()
                await self._arrival(interruption, seconds=deadline - time.monotonic())
                if interruption.done():
                    interruption.result()
                    return []
            return batch
        finally:
            self._polled_at = time.monotonic()
            if self._poller is interruption:
                self._poller = None

    def close(self) -> None:
        """Let nobody wait any more, since the server stops."""
        self._is_closed = True
        self.interrupt(None)

    def interrupt(self, error: ApiError | None) -> None:
        """End the poll that is waiting: by an error, or with an empty answer."""
        poller, self._poller = self._poller, None
        if poller is None or poller.done():
            return
        if error is None:
            poller.set_result(None)
        else:
            poller.set_exception(error)

    async def _arrival(self, interruption: asyncio.Future[None], *, seconds: float) -> None:
        arrival: asyncio.Future[Any] = asyncio.ensure_future(self._arrived.wait())
        try:
            await asyncio.wait([arrival, interruption], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()

    def dump(self) -> Json:
        """What is pending, as JSON."""
        return {
            "next_id": self.next_id,
            "allowed": self.allowed,
            "pending": [vars(pending) for pending in self.pending.values()],
        }

    def load(self, stored: Json) -> None:
        """Take up what `dump` wrote."""
        self.next_id = stored["next_id"]
        self.allowed = stored["allowed"]
        for fields in stored["pending"]:
            pending = Pending(**fields)
            self.pending[pending.update_id] = pending
            self._waiting_for[pending.user_id] += 1

    def expire(self) -> None:
        """Drop what is older than Telegram keeps it."""
        now = time.time()
        self.take([id_ for id_, pending in self.pending.items() if pending.expires_at < now])

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self.take(list(takewhile(lambda update_id: update_id < offset, self.pending)))
        elif offset < 0:
            self.take(list(self.pending)[:offset])

    def _batch(self, limit: int) -> list[Json]:
        if not self.pending:
            return []
        self.expire()
        size = min(max(limit, 1), LIMIT_MAX)
        return [pending.as_update for pending in islice(self.pending.values(), size)]
