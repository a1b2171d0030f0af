"""Many who wait for one time, and several who act at once: one offer at a time, one outcome, the books right."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, people, waitlists
from domain.bookings import Booking
from domain.kernel import Database, Transactor
from domain.people import Actor
from domain.waitlists import WaitlistEntry
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.waiting_stage import (
    a_crowd_waits,
    a_taken_hour,
    cancels,
    entry_of,
    offered_to,
    statuses,
    waits,
)

LAPSED = NOW + 10 * MINUTE
JUST_BEFORE = LAPSED - timedelta(milliseconds=1)
ROUNDS = 6


async def an_offer(transact: Transactor) -> tuple[BookingStage, Actor, list[WaitlistEntry]]:
    """Somebody has an offer, and somebody else waits behind them."""
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=10)
    line = [await waits(stage, member), await waits(stage, await stage.member())]
    await cancels(stage, owner, booking)
    return stage, member, line


async def held_now() -> int:
    return await Booking.get_pymongo_collection().count_documents({"held": True})


async def test_book_now_on_two_devices_at_once_books_once(transact: Transactor, database: Database) -> None:
    for _ in range(ROUNDS):
        stage, member, line = await an_offer(transact)
        accept = {"entry_id": line[0].id, "actor": member, "now": NOW}

        first, second = await asyncio.gather(*(transact(waitlists.accept, **accept) for _ in range(2)))

        assert first.id == second.id
        assert (first.status, second.status, await stage.balance(member)) == ("confirmed", "confirmed", 8)
        assert await statuses(line) == ["accepted", "waiting"]
    assert len(await told("booking.confirmed")) == 2 * ROUNDS  # the booking that was cancelled, and this one


async def after(seconds: float, verb: Any, **fields: Any) -> Any:
    """Let the other one begin earlier."""
    await asyncio.sleep(seconds)
    return await verb(**fields)


async def test_book_now_and_lapse_at_the_same_instant_have_one_outcome(
    transact: Transactor, database: Database
) -> None:
    outcomes = set()
    for head_start_ms in (-150, -12, -8, -4, -2, 0, 2, 4, 8, 12, 150):
        stage, member, line = await an_offer(transact)
        accept = {"entry_id": line[0].id, "actor": member, "now": JUST_BEFORE}
        lapse = {"step": "lapse_offers", "now": LAPSED, "limit": 10}

        accepted, _ = await asyncio.gather(
            after(max(0, -head_start_ms) / 1000, partial(transact, waitlists.accept), **accept),
            after(max(0, head_start_ms) / 1000, partial(transact, waitlists.take_due), **lapse),
            return_exceptions=True,
        )
        await consequences(transact, now=LAPSED)

        outcomes.add(type(accepted))
        if isinstance(accepted, Booking):
            assert await statuses(line) == ["accepted", "waiting"]
            assert await stage.balance(member) == 8
        else:
            assert await statuses(line) == ["lapsed", "offered"]
            assert await stage.balance(member) == 10
    assert outcomes == {Booking, waitlists.OfferGone}


async def test_book_now_and_pass_at_once_have_one_outcome(transact: Transactor, database: Database) -> None:
    for _ in range(ROUNDS):
        stage, member, line = await an_offer(transact)
        answer = {"entry_id": line[0].id, "actor": member, "now": NOW}

        accepted, passed = await asyncio.gather(
            transact(waitlists.accept, **answer), transact(waitlists.decline, **answer), return_exceptions=True
        )

        assert isinstance(accepted, waitlists.OfferGone) != isinstance(passed, waitlists.OfferGone)
        expected = ["accepted", "waiting"] if isinstance(accepted, Booking) else ["declined", "offered"]
        assert await statuses(line) == expected
        assert await stage.balance(member) == (8 if isinstance(accepted, Booking) else 10)


async def test_between_a_pass_and_the_next_offer_nobody_else_gets_in(transact: Transactor, database: Database) -> None:
    for _ in range(ROUNDS):
        stage, member, line = await an_offer(transact)
        strangers = [await stage.member() for _ in range(4)]

        answers = await asyncio.gather(
            *(stage.book(one) for one in strangers[:2]),
            transact(waitlists.decline, entry_id=line[0].id, actor=member, now=NOW),
            *(stage.book(one) for one in strangers[2:]),
            return_exceptions=True,
        )

        assert [type(answer) for answer in answers] == [bookings.SlotTaken] * 2 + [WaitlistEntry] + [
            bookings.SlotTaken
        ] * 2
        assert await statuses(line) == ["declined", "offered"]


async def test_who_books_a_freed_time_first_has_it_and_the_line_waits_on(
    transact: Transactor, database: Database
) -> None:
    for _ in range(ROUNDS):
        stage, owner, booking = await a_taken_hour(transact)
        entry = await waits(stage, await stage.member())
        await transact(bookings.cancel, booking_id=booking.id, actor=owner, now=NOW)

        booked, _ = await asyncio.gather(
            stage.book(await stage.member()), consequences(transact, now=NOW), return_exceptions=True
        )

        lost = isinstance(booked, bookings.SlotTaken)
        assert await statuses([entry]) == ["offered" if lost else "waiting"]


async def freed(stage: BookingStage, **fields: Any) -> int:
    given = {"resource_id": stage.rack.id, "from_at": START, "until_at": START + HOUR, "now": NOW, **fields}
    return await stage.transact(waitlists.offer_freed, **given)


async def a_line_for_a_free_hour(transact: Transactor) -> tuple[BookingStage, list[WaitlistEntry]]:
    """Two who wait for an hour that has just become free, before anybody was asked."""
    stage, owner, booking = await a_taken_hour(transact)
    line = [await waits(stage, await stage.member()) for _ in range(2)]
    await transact(bookings.cancel, booking_id=booking.id, actor=owner, now=NOW)
    return stage, line


async def test_two_that_look_at_the_same_freed_time_at_once_make_one_offer(
    transact: Transactor, database: Database
) -> None:
    for _ in range(ROUNDS):
        stage, line = await a_line_for_a_free_hour(transact)

        given = await asyncio.gather(*(freed(stage) for _ in range(3)), freed(stage, after=(1, line[0].id)))

        assert sum(given) == 1
        assert sorted(await statuses(line)) == ["offered", "waiting"]


@pytest.mark.breaks_invariants
@pytest.mark.drops_an_index
async def test_without_the_unique_index_they_offer_the_same_cells_twice(
    transact: Transactor, database: Database
) -> None:
    await database["bookings"].drop_index("one_per_cell")
    most = 0
    for _ in range(20):
        stage, line = await a_line_for_a_free_hour(transact)

        most = max(most, sum(await asyncio.gather(freed(stage), freed(stage, after=(1, line[0].id)))))

        if most > 1:
            break
    assert most == 2, "the test above would prove nothing"


async def actor_of(entry_id: PydanticObjectId) -> Actor:
    entry = await waitlists.get(entry_id=entry_id, actor=people.SYSTEM)
    return people.actor_of(await people.get(entry.member_id), "chat")


async def test_a_thousand_wait_for_one_time_and_are_asked_one_at_a_time_in_order(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    line = await a_crowd_waits(stage, 1000)
    await cancels(stage, owner, booking)
    now = NOW
    for number in range(12):
        offered = [
            row["_id"] async for row in WaitlistEntry.get_pymongo_collection().find({"status": "offered"}, {"_id": 1})
        ]
        assert offered == [line[number]]
        assert await held_now() == 1
        if number % 2:
            passing = {"entry_id": line[number], "actor": await actor_of(line[number]), "now": now}
            await transact(waitlists.decline, **passing)
        else:
            now += 10 * MINUTE
            batch = await waitlists.claim_due("lapse_offers", now=now, limit=10, lease_seconds=30)
            await transact(waitlists.pass_time, step="lapse_offers", batch=batch, now=now)
        await consequences(transact, now=now)
    last = await waitlists.get(entry_id=line[-1], actor=people.SYSTEM)
    assert await waitlists.position(last) == 1000 - 12
    assert [one["entry_id"] for one in await told("booking.offer_made")] == line[:13]


async def test_a_line_too_long_for_one_look_is_looked_at_to_its_end(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact, turnaround_minutes=0)
    await stage.book(owner, START + HOUR)
    line = await a_crowd_waits(stage, 501)
    longer = {"window_ends_at": START + 2 * HOUR}
    await WaitlistEntry.get_pymongo_collection().update_many({"_id": {"$in": line[:500]}}, {"$set": longer})
    await transact(bookings.cancel, booking_id=booking.id, actor=owner, now=NOW)

    assert await freed(stage) == 0
    assert len(await told("waitlist.queue_continues")) == 1
    await consequences(transact, now=NOW)

    last = await waitlists.get(entry_id=line[-1], actor=people.SYSTEM)
    assert last.status == "offered"
    assert (await offered_to(await entry_of(last))).starts_at == START


async def test_the_same_command_from_two_devices_joins_once(transact: Transactor, database: Database) -> None:
    stage = await a_stage(transact)
    await stage.book(await stage.member())
    member = await stage.member()

    entries = await asyncio.gather(*(waits(stage, member, key="tap") for _ in range(4)))
    others = await asyncio.gather(*(waits(stage, member) for _ in range(3)), return_exceptions=True)

    assert len({entry.id for entry in entries}) == 1
    assert {type(other) for other in others} == {waitlists.AlreadyWaiting}
