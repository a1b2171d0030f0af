"""Live occupancy: one change stream in this process, and whoever follows a venue hears the newest state.

A follower is woken when there is something newer and gets the newest alone, so a slow one costs no memory and misses
nothing that still matters. Each state is computed and encoded once, however many listen.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime

from beanie import PydanticObjectId
from pydantic import BaseModel
from pymongo.errors import PyMongoError

from api.errors import TooManyFollowers
from api.services import Services
from domain import bookings
from domain.kernel import Bell, NotFound, ring_on_change

FOLLOWERS_MAX = 1000
"""Of one process; each is an open connection."""
LOOK_SECONDS = 5.0
"""Who is expected within the hour changes by time alone."""
PAUSE_SECONDS = 0.1
"""Bursts of changes are told as one."""

log = logging.getLogger(__name__)


class CountView(BaseModel):
    """Resources by what goes on with them; `total` is `in_use + free + kept + closed`. `arriving`: within the hour."""

    total: int
    in_use: int
    free: int
    kept: int
    closed: int
    arriving: int


class OccupancyView(BaseModel):
    """One venue at one moment; `resources` has the state of each by code, and never whose it is."""

    venue: str
    timezone: str
    at: datetime
    is_open: bool
    all: CountView
    by_kind: dict[str, CountView]
    resources: dict[str, str]


def view(found: bookings.Occupancy) -> OccupancyView:
    """The occupancy as programs see it."""
    return OccupancyView(
        venue=found.venue.name, timezone=found.venue.timezone, at=found.at, is_open=found.is_open,
        all=CountView(**vars(found.all)), resources=dict(found.states),
        by_kind={kind: CountView(**vars(count)) for kind, count in found.by_kind.items()},
    )  # fmt: skip


class _Channel:
    """The newest state of one venue, and those who wait for a newer."""

    def __init__(self) -> None:
        self.followers = 0
        self.version = 0
        self.newest = ""
        self._said: OccupancyView | None = None
        self.changed = asyncio.Condition()

    async def say(self, now: OccupancyView) -> None:
        """Take in the state as it is now; tell of it only if it says something new."""
        if self._said is not None and now.model_copy(update={"at": self._said.at}) == self._said:
            return
        self._said, self.newest = now, now.model_dump_json()
        await self.wake(self.version + 1)

    async def wake(self, version: int) -> None:
        async with self.changed:
            self.version = version
            self.changed.notify_all()


class Live:
    """What `GET /venues/{id}/occupancy/stream` reads from. `run` works until cancelled; `close` ends every stream."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._channels: dict[PydanticObjectId, _Channel] = {}
        self._bell = Bell()
        self._is_closed = False

    async def run(self) -> None:
        """Hear of changes and tell the followers, until cancelled."""
        bells = {bookings.Booking.get_collection_name(): self._bell}
        async with asyncio.TaskGroup() as group:
            group.create_task(ring_on_change(self._services.database, bells))
            group.create_task(self._tell())

    async def _tell(self) -> None:
        while True:
            await self._bell.wait(seconds=LOOK_SECONDS)
            for venue_id, channel in list(self._channels.items()):
                await self._look(venue_id, channel)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self, venue_id: PydanticObjectId, channel: _Channel) -> None:
        try:
            found = await bookings.occupancy(venue_id=venue_id, now=self._services.clock())
        except (PyMongoError, NotFound) as error:  # the next look will tell
            log.warning("no occupancy of venue %s: %s", venue_id, error)
        else:
            await channel.say(view(found))

    def require_room(self) -> None:
        """Refuse one follower too many. Raises TooManyFollowers."""
        if sum(channel.followers for channel in self._channels.values()) >= FOLLOWERS_MAX:
            raise TooManyFollowers(followers_max=FOLLOWERS_MAX)

    async def follow(self, venue_id: PydanticObjectId) -> AsyncIterator[str]:
        """The state as JSON, at once and whenever it changes, until `close`."""
        channel = self._channels.setdefault(venue_id, _Channel())
        channel.followers += 1
        try:
            if not channel.version:
                self._bell.ring()
            seen = 0
            while not self._is_closed:
                async with channel.changed:
                    while channel.version <= seen and not self._is_closed:
                        await channel.changed.wait()
                if not self._is_closed:
                    seen = channel.version
                    yield channel.newest
        finally:
            channel.followers -= 1
            if not channel.followers:
                self._channels.pop(venue_id, None)

    async def close(self) -> None:
        """End every stream, so that the process can end."""
        self._is_closed = True
        for channel in list(self._channels.values()):
            await channel.wake(channel.version)
