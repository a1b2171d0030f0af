"""Many in line: one transaction looks at so many and no more, whatever it was asked for."""

import pytest
from pymongo import AsyncMongoClient

from domain import people, resources, waitlists
from domain.kernel import Database, Row, Transactor
from domain.people import Member
from domain.waitlists import WaitlistEntry
from domain.waitlists.service import line, passing
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, BookingStage, told
from tests.domain.consequences import consequences
from tests.domain.waiting_stage import a_crowd_waits, a_taken_hour, cancels, entry_of, statuses, waits

LAPSED = NOW + 10 * MINUTE


async def a_blocked_crowd(stage: BookingStage, number: int) -> None:
    """So many who wait for any rack and have blocked the bot."""
    await a_crowd_waits(stage, number)
    await WaitlistEntry.get_pymongo_collection().update_many({"key": "crowd"}, {"$set": {"resource_id": None}})
    await Member.get_pymongo_collection().update_many(
        {"name": {"$regex": "^Waiter"}}, {"$set": {"is_blocked": True}}
    )  # fmt: skip


async def test_offers_that_lapse_together_share_one_look_and_the_rest_is_looked_at_later(
    transact: Transactor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SCAN_MAX", 60)
    stage, *others = [await a_taken_hour(transact) for _ in range(3)]
    offered = [await waits(one, await one.member()) for one, _, _ in (stage, *others)]
    for one, owner, booking in (stage, *others):
        await cancels(one, owner, booking)
    await a_blocked_crowd(stage[0], 70)
    behind = [await waits(one, await one.member()) for one, _, _ in (stage, *others)]

    assert await transact(waitlists.take_due, step="lapse_offers", now=LAPSED, limit=10) == 3

    assert await statuses(offered) == ["lapsed"] * 3
    assert len(await told("waitlist.queue_continues")) == 3
    assert await WaitlistEntry.get_pymongo_collection().count_documents({"skips.reason": "blocked"}) == 60

    await consequences(transact, now=LAPSED)
    assert await statuses(behind) == ["offered"] * 3
    passed_over = await WaitlistEntry.get_pymongo_collection().find({"key": "crowd"}).to_list(None)
    assert {len(row["skips"]) for row in passed_over} == {3}


async def test_hundreds_who_are_passed_over_cost_a_transaction_little(
    transact: Transactor, database: Database, client: AsyncMongoClient[Row]
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    entry = await waits(stage, await stage.member())
    await cancels(stage, owner, booking)
    await a_blocked_crowd(stage, 600)

    short = Transactor(client, seconds_max=5)
    assert await short(waitlists.take_due, step="lapse_offers", now=LAPSED, limit=10) == 1

    assert await statuses([entry]) == ["lapsed"]
    assert await WaitlistEntry.get_pymongo_collection().count_documents({"skips.reason": "blocked"}) == line.SCAN_MAX


async def test_a_sweep_looks_at_so_many_days_and_leaves_the_others_due(
    transact: Transactor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "SWEEP_DAYS_MAX", 1)
    entries: list[WaitlistEntry] = []
    for _ in range(3):
        stage, _, _ = await a_taken_hour(transact)
        entries.append(await waits(stage, await stage.member()))
    swept = NOW + MINUTE

    assert await transact(waitlists.take_due, step="sweep", now=swept, limit=10) == 3
    assert sorted([(await entry_of(entry)).looked_at for entry in entries]) == [NOW, swept, swept]

    assert await transact(waitlists.take_due, step="sweep", now=swept, limit=10) == 1
    assert {(await entry_of(entry)).looked_at for entry in entries} == {swept}


async def test_a_freed_time_is_looked_at_together_with_the_turnaround_around_it(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)  # with half an hour of turnaround
    until_it, from_its_end = await stage.member(), await stage.member()
    line_ = [await waits(stage, until_it, START - HOUR), await waits(stage, from_its_end, START + HOUR)]

    await cancels(stage, owner, booking)

    assert await statuses(line_) == ["offered", "offered"]


async def test_what_takes_no_bookings_is_closed_and_nobody_has_the_time(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    entry = await waits(stage, await stage.member())
    of_venue = await waits(stage, await stage.member(), resource_id=None, venue_id=stage.rack.venue_id)
    assert await waitlists.reason(entry, NOW) == "taken"

    await stage.edit(status="maintenance")
    await cancels(stage, owner, booking)
    assert await waitlists.reason(await entry_of(entry), NOW) == "closed"
    assert await waitlists.reason(await entry_of(of_venue), NOW) == "taken"

    await stage.edit(status="available")
    assert await waitlists.reason(await entry_of(entry), NOW) == "taken"
    await a_closed_venue(stage)
    assert await waitlists.reason(await entry_of(of_venue), NOW) == "closed"


async def a_closed_venue(stage: BookingStage) -> None:
    await stage.transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"status": "closed"},
        actor=people.SYSTEM, now=NOW,
    )  # fmt: skip
