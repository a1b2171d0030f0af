"""That the line and the offers agree is checked, and what is wrong is found; who is next is found by an index."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from beanie import PydanticObjectId

from domain import bookings, invariants, waitlists
from domain.bookings import Booking
from domain.kernel import Database, Row, Transactor
from domain.waitlists import WaitlistEntry
from domain.waitlists.queries import IN_ORDER
from domain.waitlists.service import line
from tests.domain.booking_stage import HOUR, NOW, START
from tests.domain.consequences import consequences
from tests.domain.test_indexes import stages
from tests.domain.waiting_stage import a_taken_hour, cancels, offered_to, statuses, waits
from tests.invariants import assert_invariants


async def broken() -> set[str]:
    return {violation.name for violation in await invariants.violations(limit=5)}


async def an_offer_whose_entry_waits() -> None:
    await WaitlistEntry.get_pymongo_collection().update_many({}, {"$set": {"status": "waiting"}})


async def an_offer_without_an_entry() -> None:
    await WaitlistEntry.get_pymongo_collection().delete_many({})


async def an_offered_entry_whose_booking_is_over() -> None:
    ended = {"$set": {"status": "expired", "held": False}}
    await Booking.get_pymongo_collection().update_many({"is_offer": True}, ended)


async def an_entry_with_two_bookings() -> None:
    row = await Booking.get_pymongo_collection().find_one({"is_offer": True})
    assert row is not None
    another = {"_id": Booking.model_fields["id"].get_default(call_default_factory=True), "key": "x", "code": "B-X"}
    other: Row = {**row, **another, "cells": ["elsewhere:1"], "seat": 9}
    await Booking.get_pymongo_collection().insert_one(other)


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "damage",
    [
        an_offer_whose_entry_waits, an_offer_without_an_entry, an_offered_entry_whose_booking_is_over,
        an_entry_with_two_bookings,
    ],
)  # fmt: skip
async def test_an_offer_and_its_entry_that_disagree_are_found(
    transact: Transactor, database: Database, damage: Callable[[], Awaitable[None]]
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    await waits(stage, await stage.member())
    await cancels(stage, owner, booking)
    await assert_invariants()

    await damage()

    assert "offers_agree" in await broken()


async def test_what_is_on_its_way_to_the_line_is_no_violation(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)

    await transact(bookings.confirm, booking_id=(await offered_to(entry)).id, actor=member, now=NOW)

    assert await statuses([entry]) == ["offered"]
    await assert_invariants()
    await consequences(transact, now=NOW)
    assert await statuses([entry]) == ["accepted"]


async def plan(database: Database, asked: Row, collection: str = "waitlist_entries", **sort: Row) -> list[str]:
    command = {"find": collection, "filter": asked, **sort}
    explained = await database.command("explain", command, verbosity="queryPlanner")
    return stages(explained["queryPlanner"]["winningPlan"])


async def test_who_is_next_is_read_in_order_from_an_index(transact: Transactor, database: Database) -> None:
    stage, _, _ = await a_taken_hour(transact)
    place = await line.resources.place(stage.rack.id)

    used = await plan(database, line._waiting(place, START, START + HOUR, None), sort=dict(IN_ORDER))

    assert "SORT_MERGE" in used
    assert "SORT" not in used
    assert "COLLSCAN" not in used


async def test_what_is_due_or_settled_is_found_by_an_index(database: Database) -> None:
    later = NOW + timedelta(days=9)
    asked = [("waitlist_entries", step.due(later)) for step in waitlists.STEPS.values()]
    asked += [
        ("waitlist_entries", {"booking_id": PydanticObjectId()}),
        ("waitlist_entries", {"member_id": PydanticObjectId(), "place": {"$gte": 0}}),
        ("bookings", {"entry_id": PydanticObjectId()}),
        ("bookings", {"series_id": PydanticObjectId()}),
    ]

    for collection, wanted in asked:
        used = await plan(database, wanted, collection)
        assert "IXSCAN" in used
        assert "COLLSCAN" not in used
