"""How fast a booking goes through the domain, beside the floor: five raw writes in one majority transaction.

`python -m bench.book` measures both in one run on its own `mongod`, in interleaved passes, at 1 and at 16 in flight;
the best pass of each counts, because the machine is shared.
"""

import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from beanie import PydanticObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from app.mongod import EmbeddedMongo
from domain import bookings, people, resources, wallets
from domain.kernel import Database, Row, Transactor, enter_tenant, prepare
from domain.records import RECORDS

PASSES = 5
RACKS = 40
OPERATIONS = {1: 250, 16: 800}
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FLOOR_COLLECTIONS = [f"floor_{number}" for number in range(5)]


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Operations per second of the best pass, by how many were in flight."""

    floor: dict[int, float]
    book: dict[int, float]


class Stage:
    """A prepared database and an endless supply of bookings that do not get into each other's way."""

    def __init__(self, client: AsyncMongoClient[Row], database: Database) -> None:
        self.client, self.database = client, database
        self.transact = Transactor(client)
        self._racks: list[resources.Resource] = []
        self._numbers = count()

    async def prepare(self) -> None:
        """Make collections, one venue and forty racks; members come with their bookings."""
        await prepare(self.database, RECORDS)
        enter_tenant(self.database)
        for name in FLOOR_COLLECTIONS:
            await self.database.create_collection(name)
        venue = await self.transact(
            resources.add_venue, code="LAB", name="Lab", timezone="Asia/Kolkata", actor=people.SYSTEM, now=NOW
        )
        for number in range(RACKS):
            rack = await self.transact(
                resources.add_resource, code=f"RACK-{number:02}", name="Rack", venue_id=venue.id, actor=people.SYSTEM,
                now=NOW, rack={"aci_versions": ["6.0(5h)"], "preconfig_options": []}, turnaround_minutes=30,
            )  # fmt: skip
            self._racks.append(rack)

    async def members(self, amount: int) -> list[people.Actor]:
        """New members with a thousand tokens each."""
        actors = []
        for _ in range(amount):
            number = next(self._numbers)
            member = await self.transact(
                people.meet, telegram_id=number + 1, name=f"Person {number}", username=None,
                first_role=people.Role.MEMBER, now=NOW,
            )  # fmt: skip
            await self.transact(
                wallets.credit, member_id=member.id, tokens=1000, source="bonus", key=f"bench:{member.id}", now=NOW
            )
            actors.append(people.actor_of(member, "chat"))
        return actors

    def times(self, number: int) -> tuple[PydanticObjectId, datetime, datetime]:
        """The rack and the two hours of the booking with this number."""
        rack = self._racks[number % len(self._racks)]
        place = number // len(self._racks)
        starts_at = NOW + timedelta(days=1, hours=3 * place)
        return rack.id, starts_at, starts_at + timedelta(hours=2)


async def floor(stage: Stage, number: int) -> None:
    """Five small inserts in one majority transaction, with nothing in between."""

    async def five(session: AsyncClientSession) -> None:
        for name in FLOOR_COLLECTIONS:
            document = {"number": number, "member": 7, "status": "confirmed", "starts_at": NOW, "ends_at": NOW}
            await stage.database[name].insert_one(document, session=session)

    async with stage.client.start_session() as session:
        await session.with_transaction(
            five, read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
        )


async def book(stage: Stage, number: int, actor: people.Actor) -> None:
    """One booking of two hours through the domain."""
    resource_id, starts_at, ends_at = stage.times(number)
    await stage.transact(
        bookings.book, resource_id=resource_id, starts_at=starts_at, ends_at=ends_at,
        options=resources.Options(aci_version="6.0(5h)"), expected_cost_tokens=4, key=f"bench:{number}", actor=actor,
        now=NOW,
    )  # fmt: skip


async def _rate(in_flight: int, total: int, operation: Callable[[int], Awaitable[None]]) -> float:
    numbers = iter(range(total))

    async def worker() -> None:
        for number in numbers:
            await operation(number)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return total / (time.perf_counter() - started)


async def measure(stage: Stage, *, passes: int) -> Rates:
    """The best of interleaved passes of both, at 1 and at 16 in flight."""
    rates = Rates(floor=dict.fromkeys(OPERATIONS, 0.0), book=dict.fromkeys(OPERATIONS, 0.0))
    done = 0
    for _ in range(passes):
        for in_flight, total in OPERATIONS.items():
            actors = await stage.members(-(-total // (8 * RACKS)) * RACKS)  # six or seven times each, never two at once
            first = done

            async def one_booking(number: int, first: int = first, actors: list[people.Actor] = actors) -> None:
                await book(stage, first + number, actors[(first + number) % len(actors)])

            async def one_floor(number: int) -> None:
                await floor(stage, number)

            rates.floor[in_flight] = max(rates.floor[in_flight], await _rate(in_flight, total, one_floor))
            rates.book[in_flight] = max(rates.book[in_flight], await _rate(in_flight, total, one_booking))
            done += total
    return rates


async def run(*, passes: int = PASSES) -> Rates:
    """Measure on a `mongod` of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        mongo = EmbeddedMongo(Path(folder) / "db", port=port)
        await asyncio.to_thread(mongo.start)
        try:
            async with AsyncMongoClient[Row](mongo.uri, tz_aware=True) as client:
                stage = Stage(client, client["bench_book"])
                await stage.prepare()
                return await measure(stage, passes=passes)
        finally:
            mongo.stop()


if __name__ == "__main__":
    found = asyncio.run(run(passes=int(sys.argv[1]) if len(sys.argv) > 1 else PASSES))
    for flights in OPERATIONS:
        ratio = found.book[flights] / found.floor[flights]
        print(
            f"{flights:>2} in flight: floor {found.floor[flights]:6.0f}/s, book {found.book[flights]:6.0f}/s"
            f" ({ratio:.2f})"
        )
