"""Occupancy to many: one API process, its change stream, and 200 programs that follow one venue.

A rack is taken and given back; the time runs from the commit's answer to the arrival of the new state at each follower.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from bench.processes import LOOPBACK, Fleet, cpu_seconds, free_port
from bench.report import Line, percentile
from domain import bookings, people, resources
from domain.kernel import Row, Transactor, Vault, prepare, tenant
from domain.records import RECORDS
from domain.resources import Options

DATABASE = "bench_follow"
RACKS = 20


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many follow, and how many changes they hear."""

    followers: int = 200
    changes: int = 40
    pause_seconds: float = 0.15


class Hearing:
    """When each follower heard which state, told by how many racks are kept."""

    def __init__(self, followers: int) -> None:
        self.followers = followers
        self.at: dict[int, list[float]] = {}
        self.latest = [-1] * followers
        self.new = asyncio.Event()

    async def listen(self, number: int, http: httpx.AsyncClient, url: str) -> None:
        """Follow the stream until cancelled."""
        # Each from an address of its own: one address is allowed so many requests a minute.
        address = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}
        async with http.stream("GET", url, headers=address) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    kept = json.loads(line[6:])["all"]["kept"]
                    self.latest[number] = kept
                    self.at.setdefault(kept, []).append(time.perf_counter())
                    self.new.set()

    async def all_at(self, kept: int) -> list[float]:
        """Wait until every follower's newest state is this one; when each heard it."""
        async with asyncio.timeout(20):
            while any(latest != kept for latest in self.latest):
                self.new.clear()
                await self.new.wait()
        return self.at[kept]


async def measure(mongo: EmbeddedMongo, folder: Path, size: Size) -> list[Line]:
    """Part (h): how soon a change is with every follower, and what it costs the API."""
    async with AsyncMongoClient[Row](mongo.uri, tz_aware=True) as client:
        await prepare(client[DATABASE], RECORDS)
        with tenant(client[DATABASE]):
            transact = Transactor(client)
            racks, actor = await _stage(transact)
            async with _api(mongo, folder) as (url, fleet):
                found = await _run(transact, racks, actor, f"{url}/api/v1/venues/{racks[0].venue_id}", size, fleet)
    seconds, cpu = found
    return [
        Line(
            part="h", what=f"occupancy: a change heard by {size.followers} followers", at_once=size.followers,
            p50_ms=percentile(seconds, 50) * 1000, p95_ms=percentile(seconds, 95) * 1000,
            remark=f"last of all {seconds[-1] * 1000:.0f} ms; API CPU {cpu * 1000 / size.changes:.0f} ms a change",
        )
    ]  # fmt: skip


async def _stage(transact: Transactor) -> tuple[list[resources.Resource], people.Actor]:
    now = datetime.now(UTC)
    venue = await transact(
        resources.add_venue, code="FOLLOW", name="Follow", timezone="UTC", actor=people.SYSTEM, now=now
    )
    racks = [
        await transact(
            resources.add_resource, code=f"FOLLOW-{n}", name="Rack", venue_id=venue.id, price_tokens_per_slot=0,
            slot_minutes=15, actor=people.SYSTEM, now=now,
        )
        for n in range(RACKS)
    ]  # fmt: skip
    member = await transact(
        people.meet, telegram_id=1, name="Follower", username=None, first_role=people.Role.MEMBER, now=now
    )
    return racks, people.actor_of(member, "api")


@asynccontextmanager
async def _api(mongo: EmbeddedMongo, folder: Path) -> AsyncIterator[tuple[str, Fleet]]:
    port, fleet = free_port(), Fleet(folder)
    environment = {
        "TELEGRAM_BOT_TOKEN": f"4242:{'f' * 35}", "RAZORPAY_KEY_ID": "rzp_test_bench", "RAZORPAY_KEY_SECRET": "bench",
        "RAZORPAY_WEBHOOK_SECRET": "bench", "MONGODB_URI": mongo.uri, "MONGODB_DATABASE": DATABASE,
        "BERTH_API_PORT": str(port), "LOG_LEVEL": "WARNING", "BERTH_SECRET_KEYS": Vault.generate_key(),
        "TELEGRAM_WEBHOOK_SECRET": "follow",
        "BERTH_TRUSTED_PROXIES": LOOPBACK,
    }  # fmt: skip
    try:
        fleet.start("api", "-m", "bench.roles", "api", environment=environment)
        url = f"http://{LOOPBACK}:{port}"
        await asyncio.to_thread(fleet.wait_for, "api", f"{url}/health")
        yield url, fleet
    finally:
        await asyncio.to_thread(fleet.stop)


async def _run(
    transact: Transactor, racks: list[resources.Resource], actor: people.Actor, url: str, size: Size, fleet: Fleet
) -> tuple[list[float], float]:
    hearing = Hearing(size.followers)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=None, limits=limits) as http:
        listening = [
            asyncio.create_task(hearing.listen(number, http, f"{url}/occupancy/stream"))
            for number in range(size.followers)
        ]
        await hearing.all_at(0)
        spent = cpu_seconds(fleet.pids()["api"])
        seconds: list[float] = []
        for change in range(size.changes):
            # Taken one after the other, then given back: each state is heard once on the way up and once down.
            hearing.at.clear()
            kept = await _change(transact, racks, actor, change)
            committed_at = time.perf_counter()
            seconds += [at - committed_at for at in await hearing.all_at(kept)]
            await asyncio.sleep(size.pause_seconds)
        spent = cpu_seconds(fleet.pids()["api"]) - spent
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    return sorted(seconds), spent


_taken: dict[int, PydanticObjectId] = {}


async def _change(transact: Transactor, racks: list[resources.Resource], actor: people.Actor, change: int) -> int:
    """Hold the next rack's running quarter for this change, or give one back when ten are taken; how many are kept."""
    now = datetime.now(UTC)
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    if change // 8 % 2 == 0:
        rack = racks[change % 8]
        booking = await transact(
            bookings.book, resource_id=rack.id, starts_at=begun, ends_at=begun + timedelta(minutes=15),
            options=Options(), expected_cost_tokens=None, key=f"follow:{change}", actor=actor,
            now=begun - timedelta(seconds=1),
        )  # fmt: skip
        _taken[change % 8] = booking.id
    else:
        given_back = _taken.pop(change % 8)
        await transact(bookings.cancel, booking_id=given_back, actor=actor, now=begun - timedelta(seconds=1))
    return len(_taken)
