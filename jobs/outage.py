"""Living through an outage of the database: tell it once, try again, tell once when it is over."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pymongo.errors import OperationFailure, PyMongoError

from domain.kernel import Unavailable

RETRY_SECONDS = 0.5

log = logging.getLogger(__name__)

T = TypeVar("T")


def is_outage(error: BaseException) -> bool:
    """Whether the database did not answer, rather than refused."""
    if isinstance(error, Unavailable):
        return error.facts.get("service") == "mongodb"
    if not isinstance(error, PyMongoError):
        return False
    # While a replica set elects, commands are refused with labels instead of failing to connect.
    return not isinstance(error, OperationFailure) or error.has_error_label("RetryableWriteError") or error.timeout


class Outage:
    """One part's view of whether the database is away; logs the change, not every failure."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.is_patient = True
        """Set to False to make `outlive` raise instead of waiting: when the process is asked to end."""
        self._since: float | None = None

    def seen(self, error: BaseException) -> None:
        """The database failed this part."""
        if self._since is None:
            self._since = time.monotonic()
            log.warning("%s: the database is away, trying again: %s", self.part, error)

    def over(self) -> None:
        """The database answered this part."""
        if self._since is not None:
            log.info("%s: the database is back after %.1f s", self.part, time.monotonic() - self._since)
            self._since = None

    async def outlive(self, action: Callable[[], Awaitable[T]], *, until: float) -> T:
        """Do `action` as often as the database is away, until the monotonic moment `until`; then the error is raised.

        `action` must be one that can be repeated.
        """
        while True:
            try:
                result = await action()
            except Exception as error:
                if not is_outage(error):
                    raise
                self.seen(error)
                if not self.is_patient or time.monotonic() + RETRY_SECONDS >= until:
                    raise
            else:
                self.over()
                return result
            await asyncio.sleep(RETRY_SECONDS)
