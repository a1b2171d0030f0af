"""Part (d): what is free on 200 racks in 30 days, with 120,000 bookings stored."""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import AsyncMongoClient

from bench.report import Line, percentile
from domain import bookings, people, resources
from domain.bookings import Booking, Status
from domain.kernel import Row, Transactor, cells, enter_tenant, prepare
from domain.records import RECORDS

DATABASE = "bench_availability"
BATCH = 5000
BETWEEN_STARTS = timedelta(minutes=210)
LENGTH, TURNAROUND = timedelta(hours=2), timedelta(minutes=30)
DAYS = 30
ACI_VERSION = "6.0(5h)"


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is stored and how often it is asked."""

    racks: int = 200
    bookings: int = 120_000
    repeats: int = 40


async def measure(client: AsyncMongoClient[Row], size: Size) -> list[Line]:
    """Store everything, then ask what the picture, the catalogue and the calendar ask."""
    now = datetime.now(UTC)
    racks = await _prepare(client, size, now=now)
    from_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    began = time.perf_counter()
    await _fill(client, racks, size, from_at=from_at)
    stored = time.perf_counter() - began
    ids = [rack.id for rack in racks]
    until_at = from_at + timedelta(days=DAYS)
    visitor = people.SYSTEM
    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        f"taken: {len(ids)} racks, {DAYS} days": lambda: bookings.taken(
            resource_ids=ids, from_at=from_at, until_at=until_at, now=now
        ),
        f"next_free: {len(ids)} racks, {DAYS} days": lambda: bookings.next_free(resource_ids=ids, now=now, days=DAYS),
        "taken: 10 racks, 1 day (a picture)": lambda: bookings.taken(
            resource_ids=ids[:10], from_at=from_at, until_at=from_at + timedelta(days=1), now=now
        ),
        "month: 1 rack (the calendar)": lambda: bookings.month(
            resource_id=ids[0], year=now.year, month=now.month, actor=visitor, now=now
        ),
    }
    found = len([busy for times in (await bookings.taken(resource_ids=ids, from_at=from_at, until_at=until_at)).values()
                 for busy in times])  # fmt: skip
    remark = f"{size.bookings:,} bookings stored in {stored:.0f} s; {found:,} of them in the {DAYS} days"
    lines = []
    for what, ask in asked.items():
        seconds = await _timed(ask, repeats=size.repeats)
        lines.append(
            Line(
                part="d", what=what, at_once=1, rate=len(seconds) / sum(seconds), p50_ms=percentile(seconds, 50) * 1000,
                p95_ms=percentile(seconds, 95) * 1000, remark=remark,
            )
        )  # fmt: skip
        remark = ""
    return lines


async def _timed(ask: Callable[[], Awaitable[Any]], *, repeats: int) -> list[float]:
    await ask()
    taken: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


async def _prepare(client: AsyncMongoClient[Row], size: Size, *, now: datetime) -> list[resources.Resource]:
    await prepare(client[DATABASE], RECORDS)
    enter_tenant(client[DATABASE])
    transact = Transactor(client)
    venue = await transact(
        resources.add_venue, code="LAB", name="Lab", timezone="Asia/Kolkata", actor=people.SYSTEM, now=now
    )
    return [
        await transact(
            resources.add_resource, code=f"RACK-{number:03}", name="Rack", venue_id=venue.id,
            actor=people.SYSTEM, now=now,
            rack={"aci_versions": [ACI_VERSION], "preconfig_options": []}, turnaround_minutes=30,
        )
        for number in range(size.racks)
    ]  # fmt: skip


async def _fill(
    client: AsyncMongoClient[Row], racks: list[resources.Resource], size: Size, *, from_at: datetime
) -> None:
    """Valid rows as `bookings.book` stores them; the database checks every one against its indexes."""
    collection = client[DATABASE][Booking.Settings.name]
    batch: list[Row] = []
    for row in _rows(racks, size, from_at=from_at):
        batch.append(row)
        if len(batch) == BATCH:
            await collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        await collection.insert_many(batch, ordered=False)


def _rows(racks: list[resources.Resource], size: Size, *, from_at: datetime) -> Iterator[Row]:
    members = [PydanticObjectId() for _ in range(1000)]
    models = [_model(rack, from_at) for rack in racks]
    for number in range(size.bookings):
        rack, model = racks[number % len(racks)], models[number % len(racks)]
        starts_at = from_at + (number // len(racks)) * BETWEEN_STARTS
        occupied_until = starts_at + LENGTH + TURNAROUND
        yield model | {
            "_id": ObjectId(), "code": f"B-{number:06}", "key": f"bench:{number}",
            "member_id": members[number % len(members)], "starts_at": starts_at, "ends_at": starts_at + LENGTH,
            "occupied_until": occupied_until,
            "cells": cells(rack.id, starts_at, occupied_until, quantum_minutes=rack.quantum_minutes),
        }  # fmt: skip


def _model(rack: resources.Resource, at: datetime) -> Row:
    """A rack's booking as it is stored; making and encoding 120,000 records would take longer than storing them."""
    return Booking(
        code="B-MODEL", member_id=PydanticObjectId(), resource_id=rack.id, venue_id=rack.venue_id, starts_at=at,
        ends_at=at + LENGTH, occupied_until=at + LENGTH + TURNAROUND, cells=[], held=True, status=Status.CONFIRMED,
        options=resources.Options(aci_version=ACI_VERSION), cost_tokens=4, price_lines=[],
        terms=resources.CancellationTerms(), key="model", origin="chat", confirmed_at=at, created_at=at, updated_at=at,
    ).row()  # fmt: skip
