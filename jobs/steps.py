"""What time does: every step of every room, in leased batches that any number of processes share.

A step is a question about what is stored (`STEPS` of a room). Its worker leases a batch, has the room do it in one
transaction under the lease, and asks again until nothing is due; then it sleeps until the timetable's next sweep, or
until another step of the room has moved something. So a clock that jumps days ahead finds everything done at once.

Where a batch is refused, what is left of it is done without those rows that somebody else has taken. Where a batch
fails, its rows are done one by one, so that one bad row does not stop its neighbours. Where it takes longer than a
transaction may, although the database answers, it is done in halves, and until nothing more is due smaller batches are
asked for. A row that fails alone stays
leased: it is tried again when its lease has ended, and meanwhile stands in nobody's way. That distance does not grow,
because the lease is the row's: a longer one would keep its other steps waiting.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain import bookings, waitlists, wallets
from domain.kernel import Batch, Bell, Clock, LeaseLost, Transact, Tx, Unavailable, release_batch, still_leased
from jobs import metrics
from jobs.outage import Outage, is_outage

BATCH = 100
BATCHES_PER_PASS_MAX = 50
LEASE_SECONDS = 30.0
SLEEP_SECONDS_MAX = 5.0
CANNOT_CLAIM_SECONDS = 1.0

log = logging.getLogger(__name__)


class Room(Protocol):
    """A room that time passes in; modules of the domain are such."""

    @property
    def STEPS(self) -> Mapping[str, Any]:  # noqa: N802 - a constant there
        """Its steps by name."""

    async def claim_due(self, step: str, *, now: datetime, limit: int, lease_seconds: float) -> Batch:
        """Lease up to `limit` rows for which the step is due."""

    async def pass_time(self, tx: Tx, *, step: str, batch: Batch, now: datetime) -> int:
        """Do what is due about a leased batch, and say for how many it still was. Raises LeaseLost."""


ROOMS: dict[str, Room] = {"bookings": bookings, "waitlists": waitlists, "wallets": wallets}
"""Where time passes. The API's figures name the same rooms (`api/metrics.py`)."""
SMALLER_BATCHES = {"waitlists": 10, "waitlists.lapse_offers": 1}
"""Where one row of a room or a step may take many commands, a hundred would be too long for a transaction."""


class TooLong(Exception):
    """The database answers, but the batch takes longer than a transaction may."""


class StepWorker:
    """Does one step of one room until stopped; then finishes what it has begun, and gives back the rest."""

    def __init__(
        self,
        room_name: str,
        step: str,
        *,
        transact: Transact,
        clock: Clock,
        room: Room | None = None,
        limit: int = BATCH,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.name = f"{room_name}.{step}"
        self.bell = Bell()
        self.neighbours: list[Bell] = []
        """Whom to wake when this step has moved something: the room's other steps."""
        self._room = room or ROOMS[room_name]
        self._step = step
        self._transact = transact
        self._clock = clock
        self.limit = self._limit = limit
        """How many rows it asks for at once; for a while fewer, when these were too many."""
        self._lease_seconds = lease_seconds
        self._outage = Outage(self.name)
        self._is_stopping = False
        self._seen: set[Any] = set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when the batch at hand is finished."""
        self._is_stopping = True
        self._outage.is_patient = False
        self.bell.ring()

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._is_stopping:
            await self.work_off()
            await self.bell.wait(seconds=SLEEP_SECONDS_MAX)

    async def work_off(self) -> None:
        """Take batch after batch until nothing is due, or only what has been looked at already (and has to wait)."""
        seen: set[Any] = set()
        self._limit = self.limit
        for _ in range(BATCHES_PER_PASS_MAX):
            taken = await self._take_batch()
            if taken <= seen:
                break
            seen |= taken
        else:
            self.bell.ring()  # there is more
        if not seen <= self._seen:
            for bell in self.neighbours:
                bell.ring()
        self._seen = seen

    async def _take_batch(self) -> set[Any]:
        """Lease a batch and do it; the ids of its rows, none if there is no sense in asking again at once."""
        if self._is_stopping:
            return set()
        began = time.monotonic()
        until = began + self._lease_seconds
        try:
            batch = await self._room.claim_due(
                self._step, now=self._clock(), limit=self._limit, lease_seconds=self._lease_seconds
            )
            self._outage.over()
            done = await self._do(batch, until) if batch.ids else 0
        except Exception as error:  # noqa: BLE001 - the last line of defence: a step never stops the others
            await self._cannot(error)
            return set()
        if not batch.ids:
            return set()
        metrics.STEP_SECONDS.labels(self.name).observe(time.monotonic() - began)
        return set(batch.ids) if done else set()

    async def _cannot(self, error: Exception) -> None:
        if is_outage(error):
            self._outage.seen(error)
        else:
            log.exception("%s: cannot work", self.name, exc_info=error)
        await asyncio.sleep(CANNOT_CLAIM_SECONDS)

    async def _do(self, batch: Batch, until: float) -> int:
        """Bring the batch to its end; how many rows need no more of this worker. Raises an outage that goes on."""
        try:
            count = await self._outage.outlive(lambda: self._pass_time(batch), until=until)
        except LeaseLost:
            return await self._do_what_is_left(batch, until)
        except Exception as error:
            if is_outage(error):
                raise
            return await self._do_in_parts(batch, error, until)
        self._count("done", count)
        self._count("overtaken", len(batch) - count)
        return len(batch)

    async def _pass_time(self, batch: Batch) -> int:
        try:
            return await self._transact(self._room.pass_time, step=self._step, batch=batch, now=self._clock())
        except Unavailable as error:
            if "seconds_max" not in error.facts:
                raise
            await still_leased(batch)  # that the database answers; else the outage is this one's error
            raise TooLong(f"more than {error.facts['seconds_max']:g} s") from error

    async def _do_what_is_left(self, batch: Batch, until: float) -> int:
        left = await self._outage.outlive(lambda: still_leased(batch), until=until)
        lost = len(batch) - len(left)
        log.info("%s: somebody else has %d of %d rows now", self.name, lost, len(batch))
        self._count("lease_lost", lost)
        return await self._do(left, until) if lost and left.ids else 0

    async def _do_in_parts(self, batch: Batch, error: Exception, until: float) -> int:
        if len(batch) == 1:
            log.error("%s failed for %s, look at it: %s", self.name, batch.ids[0], error, exc_info=error)
            self._count("failed", 1)
            return 0
        size = 1
        if isinstance(error, TooLong):
            size = self._limit = (len(batch) + 1) // 2
        log.warning("%s failed for a batch of %d, trying %d at once: %s", self.name, len(batch), size, error)
        done = 0
        for number, part in enumerate(batch.in_parts(size)):
            if self._is_stopping:
                await self._give_back(batch, batch.ids[number * size :])
                break
            done += await self._do(part, until)
        return done

    async def _give_back(self, batch: Batch, ids: tuple[Any, ...]) -> None:
        await release_batch(Batch(kind=batch.kind, ids=ids, token=batch.token))
        self._count("given_back", len(ids))

    def _count(self, outcome: str, rows: int) -> None:
        if rows:
            metrics.STEP_ROWS.labels(self.name, outcome).inc(rows)


def workers(transact: Transact, clock: Clock, *, lease_seconds: float = LEASE_SECONDS) -> list[StepWorker]:
    """A worker for every step of every room."""
    made: list[StepWorker] = []
    for name, room in ROOMS.items():
        of_room = [
            StepWorker(
                name, step, transact=transact, clock=clock, lease_seconds=lease_seconds,
                limit=SMALLER_BATCHES.get(f"{name}.{step}") or SMALLER_BATCHES.get(name, BATCH),
            )
            for step in room.STEPS
        ]  # fmt: skip
        for worker in of_room:
            worker.neighbours = [other.bell for other in of_room if other is not worker]
        made += of_room
    return made
