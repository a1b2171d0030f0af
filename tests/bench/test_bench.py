"""That every part of the bench runs and fills its lines, with sizes too small to mean anything. No time is asserted."""

from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from bench import availability, book, due, follow, notices, taps
from bench.report import Line, percentile, table, verdict
from domain.kernel import Row


@pytest.fixture
async def clean(client: AsyncMongoClient[Row]) -> object:
    """Leave none of the bench's databases behind."""
    yield client
    for name in await client.list_database_names():
        if name.startswith("bench_"):
            await client.drop_database(name)


async def test_the_floor_writes_five_documents_and_a_booking_one(clean: AsyncMongoClient[Row]) -> None:
    database = clean["bench_book"]
    stage = book.Stage(clean, database)
    await stage.prepare()
    (actor,) = await stage.members(1)

    await book.floor(stage, 0)
    await book.book(stage, 0, actor)

    assert [await database[name].count_documents({}) for name in book.FLOOR_COLLECTIONS] == [1] * 5
    assert await database["bookings"].count_documents({"member_id": actor.member_id, "status": "confirmed"}) == 1


async def test_availability_is_asked_over_everything_that_was_stored(clean: AsyncMongoClient[Row]) -> None:
    lines = await availability.measure(clean, availability.Size(racks=3, bookings=60, repeats=2))

    assert await clean[availability.DATABASE]["bookings"].count_documents({"held": True}) == 60
    assert lines[0].remark.startswith("60 bookings stored")
    assert "; 60 of them in the 30 days" in lines[0].remark
    assert all(line.p95_ms is not None and line.p95_ms >= (line.p50_ms or 0) for line in lines)


async def test_a_tap_reaches_our_bot_and_the_bare_one_and_comes_back(
    mongo: EmbeddedMongo, clean: AsyncMongoClient[Row], tmp_path: Path
) -> None:
    load = taps.Load(
        passes=1,
        seconds=0.1,
        warm_up_seconds=0.05,
        counted_seconds=0.1,
        contenders=(taps.MENU, taps.ECHO_MENU),
        crowd=3,
    )

    lines = await taps.measure(mongo, tmp_path, load)

    assert [(line.what, line.at_once) for line in lines if line.part == "c" and line.at_once] == [
        (taps.MENU.name, 1), (taps.MENU.name, 3), (taps.ECHO_MENU.name, 1), (taps.ECHO_MENU.name, 3),
    ]  # fmt: skip
    assert "of the echo bot's rate" in lines[0].remark
    assert "bot members query" in next(line.remark for line in lines if line.what.endswith("MongoDB commands"))
    assert [line.what for line in lines if line.part == "e"] == [
        "memory of `bot` after the load", "memory of `api` after the load", "memory of `jobs` after the load",
    ]  # fmt: skip


async def test_what_is_due_is_done_by_one_process_and_by_two(
    mongo: EmbeddedMongo, clean: AsyncMongoClient[Row]
) -> None:
    size = due.Size(bookings=20, events=10, processes=(1, 2), passes=1)

    lines = await due.measure(clean, mongo.uri, size)

    assert [line.at_once for line in lines] == [1, 2, 1, 2]
    assert await clean[due.DATABASE]["bookings"].count_documents({"status": "active"}) == 20
    assert await clean[due.DATABASE]["outbox"].count_documents({"work_status": "done"}) == 10


async def test_an_event_becomes_a_message_by_the_real_jobs(
    mongo: EmbeddedMongo, clean: AsyncMongoClient[Row], tmp_path: Path
) -> None:
    lines = await notices.measure(mongo, tmp_path, notices.Size(singles=2, burst=4))

    assert [line.at_once for line in lines] == [1, 4]
    assert await clean[notices.DATABASE]["notices"].count_documents({"status": "sent"}) == 3 + 2 + 4


async def test_a_change_is_heard_by_everybody_who_follows(
    mongo: EmbeddedMongo, clean: AsyncMongoClient[Row], tmp_path: Path
) -> None:
    (line,) = await follow.measure(mongo, tmp_path, follow.Size(followers=5, changes=9, pause_seconds=0))

    assert line.at_once == 5
    assert await clean[follow.DATABASE]["bookings"].count_documents({}) == 8


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 95) == 4.0
    assert percentile([7.0], 50) == 7.0


def test_a_missed_target_is_said_plainly() -> None:
    assert verdict(0.71, target=0.7) == "ratio 0.71, target 0.70: met"
    assert verdict(0.69, target=0.7) == "ratio 0.69, target 0.70: MISSED"


def test_the_table_is_markdown_with_even_columns() -> None:
    shown = table([Line(part="a", what="floor", at_once=1, rate=1234.5), Line(part="e", what="memory", remark="1 MiB")])

    rows = shown.splitlines()
    assert len({len(row) for row in rows}) == 1
    assert "1,234" in rows[2]
