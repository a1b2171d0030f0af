"""Questions that wait for the bot's answer: callback queries and pre-checkout queries."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

CALLBACK_ANSWER_SECONDS = 15  # field reports say 10 to 15; real time, not the simulated
PRE_CHECKOUT_ANSWER_SECONDS = 10
OPEN_MAX = 10_000


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question put to the bot."""

    user_id: int
    expires_at: float
    facts: dict[str, Any] = field(default_factory=dict)


class Queries:
    """The questions that are open; each can be answered once and in time."""

    def __init__(self) -> None:
        self._open: dict[str, Query] = {}

    def ask(self, user_id: int, *, seconds: float, **facts: Any) -> str:
        """Open a question; answers its id."""
        query_id = str(random.getrandbits(63) | 1 << 62)
        self._open[query_id] = Query(user_id=user_id, expires_at=time.monotonic() + seconds, facts=facts)
        while len(self._open) > OPEN_MAX:
            del self._open[next(iter(self._open))]
        return query_id

    def close(self, query_id: str) -> Query | None:
        """Take the question for answering; None when it is unknown, answered or too old."""
        query = self._open.pop(query_id, None)
        return query if query is not None and time.monotonic() < query.expires_at else None
