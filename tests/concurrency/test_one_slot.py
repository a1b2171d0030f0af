"""Five hundred people on one time, from two processes: the claim that no two bookings overlap, and its control."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from typing import Any

import pytest

from app.mongod import EmbeddedMongo
from domain import resources
from domain.kernel import Database, Transactor
from tests.building import a_rack

PROCESSES, PEOPLE_EACH = 2, 250


async def spawn(task: dict[str, Any]) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.concurrency.one_slot", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(task).encode() + b"\n")
    assert await process.stdout.readline() == b"ready\n"
    return process


async def rush(mongo: EmbeddedMongo, database: Database, rack: resources.Resource) -> Counter[str]:
    """Let both processes go at the same moment and add up what their people were told."""
    task = {"uri": mongo.uri, "database": database.name, "resource_id": str(rack.id), "people": PEOPLE_EACH}
    processes = await asyncio.gather(*(spawn(task) for _ in range(PROCESSES)))
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    return sum((Counter(json.loads(out)) for out, _ in answers), Counter())


@pytest.fixture
async def rack(transact: Transactor, database: Database) -> resources.Resource:
    return await a_rack(transact, turnaround_minutes=30, price_tokens_per_slot=0)


async def test_of_five_hundred_on_one_slot_exactly_one_books_and_the_others_hear_so(
    mongo: EmbeddedMongo, database: Database, rack: resources.Resource
) -> None:
    told = await rush(mongo, database, rack)

    assert told == {"won": 1, "taken": PROCESSES * PEOPLE_EACH - 1}
    assert await database["bookings"].count_documents({"held": True}) == 1
    assert await database["outbox"].count_documents({"name": {"$in": ["booking.confirmed", "booking.held"]}}) == 1


@pytest.mark.breaks_invariants
@pytest.mark.drops_an_index
async def test_without_the_unique_index_the_same_crowd_books_twice(
    mongo: EmbeddedMongo, database: Database, rack: resources.Resource
) -> None:
    await database["bookings"].drop_index("one_per_cell")

    told = await rush(mongo, database, rack)

    assert told["won"] > 1, "the test above would prove nothing"
    assert await database["bookings"].count_documents({"held": True}) == told["won"]
