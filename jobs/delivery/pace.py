"""How fast we may speak: 30 a second overall and one a second to one chat are Telegram's limits; we stay below.

Replies of the bot share the chat's limit with us, and other jobs processes the overall one: both are Telegram's to
count, and its Retry-After is always obeyed.
"""

import time
from collections.abc import Callable

from beanie import PydanticObjectId

OVERALL_PER_SECOND = 25.0
CHAT_PER_SECOND = 1.0
CHAT_BURST = 3
CHATS_MAX = 10_000


class Pace:
    """Gives out moments to send at; a chat is named by its member.

    Each chat has one number: when its next message would be due at an even pace.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall_due = 0.0
        self._chat_due: dict[PydanticObjectId, float] = {}
        self._held_until: dict[PydanticObjectId, float] = {}

    def reserve(self, chat: PydanticObjectId, *, patience_seconds: float) -> tuple[bool, float]:
        """Seconds until this chat may be written to, and whether the moment was reserved.

        Not when it is further away than `patience_seconds`: try again after that time.
        """
        now = self._clock()
        chat_due = max(self._chat_due.get(chat, 0.0), now)
        overall_due = max(self._overall_due, now)
        chat_wait = chat_due - now - (CHAT_BURST - 1) / CHAT_PER_SECOND
        wait_seconds = max(chat_wait, overall_due - now, 0.0)
        if wait_seconds > patience_seconds:
            return False, wait_seconds
        self._overall_due = overall_due + 1 / OVERALL_PER_SECOND
        self._set(chat, chat_due + 1 / CHAT_PER_SECOND, now)
        return True, wait_seconds

    def hold(self, chat: PydanticObjectId, *, seconds: float) -> None:
        """Write nothing to this chat for so long: Telegram said so."""
        now = self._clock()
        until = now + seconds
        self._held_until = {one: at for one, at in self._held_until.items() if at > now} | {chat: until}
        self._set(chat, max(self._chat_due.get(chat, 0.0), until + (CHAT_BURST - 1) / CHAT_PER_SECOND), now)

    def held_seconds(self, chat: PydanticObjectId) -> float:
        """How long nothing may be written to this chat, also by those who had reserved their moment before."""
        return max(0.0, self._held_until.get(chat, 0.0) - self._clock())

    def _set(self, chat: PydanticObjectId, due: float, now: float) -> None:
        if len(self._chat_due) >= CHATS_MAX:
            self._chat_due = {one: at for one, at in self._chat_due.items() if at > now}
        self._chat_due[chat] = due
