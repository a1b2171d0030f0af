"""One action, one function, one transaction: the only way to change what is stored.

`transact(verb, …)` runs `verb(tx, …)` in a snapshot/majority transaction, whole, as often as MongoDB asks for it.
A verb therefore does no network call, keeps no counter in memory and reads no clock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import pymongo
from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from domain.kernel.errors import Unavailable
from domain.kernel.events import Event, OutboxEvent
from domain.kernel.storage import Row

IN_FLIGHT_MAX = 16
"""Transactions at once per process: beyond it, conflicts and queueing cost more than they gain (docs/decisions.md)."""
SECONDS_MAX = 10.0

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Tx:
    """One run of one transaction. The session is bound to the task, so reads and writes inside need not name it."""

    session: AsyncClientSession
    events: list[Event] = field(default_factory=list)


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

    async def __call__(
        self, verb: Callable[Concatenate[Tx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `verb` to its commit; raises the verb's own DomainError, or Unavailable when MongoDB did not answer.

        The work is shielded: a caller who is cancelled meanwhile stops waiting, but never leaves a commit half asked.
        """

        async def once(session: AsyncClientSession) -> T:
            return await self._attempt(session, lambda tx: verb(tx, *args, **kwargs))

        async with self._in_flight:
            return await asyncio.shield(asyncio.ensure_future(self._run(once)))

    async def _run(self, once: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        try:
            with pymongo.timeout(self._seconds_max):
                async with self._client.start_session() as session, session.bind(end_session=False):
                    return await session.with_transaction(
                        once,
                        read_concern=ReadConcern("snapshot"),
                        write_concern=WriteConcern("majority"),
                        read_preference=ReadPreference.PRIMARY,
                    )
        except PyMongoError as error:
            if error.timeout or not isinstance(error, pymongo.errors.OperationFailure):
                raise Unavailable(service="mongodb") from error
            raise

    async def _attempt(self, session: AsyncClientSession, verb: Callable[[Tx], Awaitable[T]]) -> T:
        tx = Tx(session=session)
        result = await verb(tx)
        if tx.events:
            await OutboxEvent.store(tx.events)
        return result
