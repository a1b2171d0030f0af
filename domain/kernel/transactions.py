"""One action, one function, one transaction: the only way to change what is stored.

`transact(verb, …)` runs `verb(tx, …)` in a snapshot/majority transaction, whole, as often as MongoDB asks for it.
A verb therefore does no network call, keeps no counter in memory and reads no clock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar

from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from domain.kernel.errors import Unavailable
from domain.kernel.events import Event, OutboxEvent
from domain.kernel.storage import Row

IN_FLIGHT_MAX = 16
"""Transactions at once per process: beyond it, conflicts and queueing cost more than they gain (docs/decisions.md)."""
SECONDS_MAX = 10.0
ATTEMPTS_MAX = 100

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Tx:
    """One run of one transaction. The session is bound to the task, so reads and writes inside need not name it.

    `attempt` counts the runs from 1. A verb may claim first and look only in a later run: what makes MongoDB ask for
    another run, or a verb itself by `run_again`, is just what the looking is for.
    """

    session: AsyncClientSession
    attempt: int = 1
    events: list[Event] = field(default_factory=list)


def run_again(tx: Tx, because: Exception) -> NoReturn:
    """Have the whole transaction run again: a unique index refused what only a fresh look can explain.

    The refused insert has already ended this run on the server.
    """
    assert tx.attempt < ATTEMPTS_MAX, "a later run looks first and must not be refused in the same way"
    raise PyMongoError("things have moved on", error_labels=["TransientTransactionError"]) from because


class Transact(Protocol):
    """How edges and flows change things: `await transact(bookings.cancel, booking_id=…, actor=…, now=…)`."""

    async def __call__(
        self, verb: Callable[Concatenate[Tx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run the verb in one transaction and return what it returned."""
        ...


class Transactor:
    """The `Transact` of one MongoDB client, with at most `IN_FLIGHT_MAX` transactions at once."""

    def __init__(self, client: AsyncMongoClient[Row], *, seconds_max: float = SECONDS_MAX) -> None:
        self._client = client
        self._seconds_max = seconds_max
        self._in_flight = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._running: set[asyncio.Future[Any]] = set()

    async def __call__(
        self, verb: Callable[Concatenate[Tx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `verb` to its commit; raises the verb's own DomainError, or Unavailable when MongoDB did not answer.

        Unavailable with `seconds_max` is this one's own limit: MongoDB may be well, and this too much at once.

        A caller who is cancelled meanwhile stops waiting, but never leaves a commit half asked. The limit of seconds is
        one timer around it all: `pymongo.timeout` sets two for every command, a sixth of a booking's processor time.
        """
        attempts = count(1)

        async def once(session: AsyncClientSession) -> T:
            tx = Tx(session=session, attempt=next(attempts))
            result = await verb(tx, *args, **kwargs)
            if tx.events:
                await OutboxEvent.store(tx.events)
            return result

        running = asyncio.ensure_future(self._in_turn(once))
        self._running.add(running)
        running.add_done_callback(self._ended)
        # Neither a cancelled caller nor the deadline takes the work along: `wait` only stops waiting.
        done, _ = await asyncio.wait({running}, timeout=self._seconds_max)
        if not done:
            running.cancel()
            raise Unavailable(service="mongodb", seconds_max=self._seconds_max)
        return running.result()

    async def _in_turn(self, once: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        async with self._in_flight:
            return await self._run(once)

    def _ended(self, running: asyncio.Future[Any]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # looked at, should nobody wait for it any more

    async def drain(self) -> None:
        """Wait for transactions whose callers have left; before the client is closed."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._seconds_max)

    async def _run(self, once: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        try:
            async with self._client.start_session() as session, session.bind(end_session=False):
                return await session.with_transaction(
                    once,
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority"),
                    read_preference=ReadPreference.PRIMARY,
                )
        except PyMongoError as error:
            gave_up = error.timeout or error.has_error_label("TransientTransactionError")
            if gave_up or not isinstance(error, OperationFailure):
                raise Unavailable(service="mongodb") from error
            raise
