"""Telegram's limits on how fast a bot may speak.

One chat has a bucket that sends and edits share. Over all chats there is one for messages nobody asked for: an answer
to somebody who acted in the last minute does not count, since the real service limits broadcasts, not replies.
"""

import math
import time
from dataclasses import dataclass

from sandbox.telegram.errors import too_many_requests
from sandbox.telegram.state import Chat
from sandbox.world import Config

REPLY_SECONDS = 60
BUCKETS_MAX = 10_000


@dataclass
class _Bucket:
    tokens: float
    at: float

    def wait_seconds(self, *, rate: float, burst: float, now: float) -> float:
        self.tokens = min(burst, self.tokens + (now - self.at) * rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / rate


class Flood:
    """Counts sends and refuses those that come too fast."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._overall = _Bucket(config.messages_per_second, time.monotonic())
        self._chats: dict[int, _Bucket] = {}

    def count(self, chat: Chat) -> None:
        """Count one send or edit in `chat`, or raise the 429."""
        config, now = self._config, time.monotonic()
        bucket = self._chats.get(chat.id)
        if bucket is None:
            if len(self._chats) >= BUCKETS_MAX:
                self._chats.clear()
            bucket = self._chats[chat.id] = _Bucket(config.chat_messages_burst, now)
        wait = bucket.wait_seconds(rate=config.chat_messages_per_second, burst=config.chat_messages_burst, now=now)
        is_reply = now - chat.acted_at < REPLY_SECONDS
        if not is_reply:
            overall = config.messages_per_second
            wait = max(wait, self._overall.wait_seconds(rate=overall, burst=max(overall, 1), now=now))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        bucket.tokens -= 1
        if not is_reply:
            self._overall.tokens -= 1
