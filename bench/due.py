"""Part (f): how fast what is due gets done, and how that grows with the number of worker processes.

First bookings whose start has come, in leased batches; then the events that these announced, each with its reactions
in a transaction of its own. The workers are those that jobs run, in processes of their own; the best pass counts.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from bench.report import Line
from domain import people, resources
from domain.bookings import Booking, Status
from domain.kernel import Database, Row, Transactor, cells, prepare, tenant
from domain.records import RECORDS

DATABASE = "bench_due"
POLL_SECONDS = 0.005
DONE_SECONDS_MAX = 60.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much falls due in a pass, and how many processes share it."""

    bookings: int = 3000
    events: int = 600
    processes: tuple[int, ...] = (1, 2, 4)
    passes: int = 2


class Stage:
    """A database in which things fall due at once, and processes that wait for a word."""

    def __init__(self, database: Database, crew: list[Process]) -> None:
        self._database = database
        self._crew = crew

    async def fill(self, size: Size) -> None:
        """So many bookings, each on a rack of its own, whose start has come; nothing else."""
        for name in ("bookings", "resources", "outbox", "notices"):
            await self._database[name].delete_many({})
        member, rack = await _member_and_rack(Transactor(self._database.client))
        racks = [
            {**rack.row(), "_id": PydanticObjectId(), "code": f"DUE-{number:05}"} for number in range(size.bookings)
        ]
        await self._database["resources"].insert_many(racks)
        await self._database["bookings"].insert_many(_rows(member, rack, racks))

    async def keep_events(self, count: int) -> None:
        """Leave so many events of those that the bookings announced."""
        kept = self._database["outbox"].find({}, {"_id": 1}).sort("_id").limit(count)
        ids = [row["_id"] async for row in kept]
        await self._database["outbox"].delete_many({"_id": {"$nin": ids}})

    async def timed(self, what: str, processes: int, *, collection: str, waiting: Row) -> float:
        """Seconds until so many processes have left nothing waiting."""
        crew = self._crew[:processes]
        began = time.perf_counter()
        await _tell(crew, what)
        async with asyncio.timeout(DONE_SECONDS_MAX):
            while await self._database[collection].find_one(waiting, {"_id": 1}):  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)
        spent = time.perf_counter() - began
        await _tell(crew, "rest")
        for process in crew:
            await _expect(process, "resting")
        return spent


async def measure(client: AsyncMongoClient[Row], uri: str, size: Size) -> list[Line]:
    """Both kinds of work, with every number of processes."""
    await prepare(client[DATABASE], RECORDS)
    started = dict.fromkeys(size.processes, 0.0)
    reacted = dict.fromkeys(size.processes, 0.0)
    with tenant(client[DATABASE]):
        async with _crew(uri, max(size.processes)) as crew:
            stage = Stage(client[DATABASE], crew)
            for _ in range(size.passes):
                for processes in size.processes:
                    await stage.fill(size)
                    seconds = await stage.timed(
                        "start", processes, collection="bookings", waiting={"status": Status.CONFIRMED.value}
                    )
                    started[processes] = max(started[processes], size.bookings / seconds)
                    await stage.keep_events(size.events)
                    seconds = await stage.timed(
                        "react", processes, collection="outbox", waiting={"work_status": "pending"}
                    )
                    reacted[processes] = max(reacted[processes], size.events / seconds)
    return [*_lines("bookings started, in batches of 100", started), *_lines("events reacted to", reacted)]


def _lines(what: str, rates: dict[int, float]) -> Iterable[Line]:
    one = rates[min(rates)]
    for processes, rate in rates.items():
        grown = f"{rate / processes:,.0f} a process; {rate / one:.2f} × the rate of one"
        yield Line(part="f", what=f"due work: {what}", at_once=processes, rate=rate, remark=grown)


async def _member_and_rack(transact: Transactor) -> tuple[PydanticObjectId, resources.Resource]:
    now = datetime.now(UTC)
    member = await transact(
        people.meet, telegram_id=1, name="Due", username=None, first_role=people.Role.MEMBER, now=now
    )
    venues = await resources.venues(limit=1)
    venue = venues[0] if venues else await transact(
        resources.add_venue, code="DUE", name="Due", timezone="UTC", actor=people.SYSTEM, now=now
    )  # fmt: skip
    rack = await transact(
        resources.add_resource, code="DUE", name="Rack", venue_id=venue.id, actor=people.SYSTEM, now=now,
        rack={"aci_versions": ["6.0(5h)"], "preconfig_options": []},
    )  # fmt: skip
    return member.id, rack


def _rows(member_id: PydanticObjectId, rack: resources.Resource, racks: list[Row]) -> Iterable[Row]:
    starts_at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    ends_at = starts_at + timedelta(hours=3)
    model = Booking(
        code="MODEL", member_id=member_id, resource_id=rack.id, venue_id=rack.venue_id, starts_at=starts_at,
        ends_at=ends_at, occupied_until=ends_at, cells=[], held=True, status=Status.CONFIRMED,
        options=resources.Options(), cost_tokens=0, price_lines=[], terms=resources.CancellationTerms(), key="model",
        origin="chat", confirmed_at=starts_at, reminders_left=[], created_at=starts_at, updated_at=starts_at,
    ).row()  # fmt: skip
    for number, each in enumerate(racks):
        taken = cells(each["_id"], starts_at, ends_at, quantum_minutes=rack.quantum_minutes)
        mine = {"_id": PydanticObjectId(), "code": f"B-{number:06}", "key": f"due:{number}"}
        yield {**model, **mine, "resource_id": each["_id"], "cells": taken}


@asynccontextmanager
async def _crew(uri: str, processes: int) -> AsyncIterator[list[Process]]:
    crew = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.workers", stdin=PIPE, stdout=PIPE)
        for _ in range(processes)
    ]
    try:
        await _tell(crew, json.dumps({"uri": uri, "database": DATABASE}))
        for process in crew:
            await _expect(process, "ready")
        yield crew
    finally:
        await asyncio.gather(*(process.communicate(b"") for process in crew))  # the end of its input ends each


async def _tell(crew: list[Process], line: str) -> None:
    for process in crew:
        assert process.stdin is not None
        process.stdin.write(f"{line}\n".encode())
        await process.stdin.drain()


async def _expect(process: Process, line: str) -> None:
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode().strip()
    if said != line:
        raise RuntimeError(f"a worker said {said!r} instead of {line!r}")
