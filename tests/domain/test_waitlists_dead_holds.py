"""Holds that ran out and that nobody has swept yet stand in nobody's way; and money that comes late is heard of."""

from domain import bookings, waitlists
from domain.kernel import Database, Transactor
from tests.domain.booking_stage import HOUR, MINUTE, NOW, START, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.front_desk import seen
from tests.domain.waiting_stage import a_taken_hour, cancels, entry_of, offered_to, statuses, waits

LAPSED = NOW + 10 * MINUTE


async def test_the_cells_of_a_dead_hold_are_offered(transact: Transactor, database: Database) -> None:
    stage = await a_stage(transact)
    dead = await stage.hold(await stage.member(tokens=0))
    entry = await waits(stage, await stage.member())

    await transact(waitlists.take_due, step="sweep", now=LAPSED, limit=10)

    assert await statuses([entry]) == ["offered"]
    assert (await seen(dead)).status == "expired"
    assert [one["booking_id"] for one in await told("booking.hold_lapsed")] == [dead.id]


async def test_an_offer_kept_without_tokens_ends_the_members_own_hold_that_ran_out(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=1)
    dead = await stage.hold(member, START + 5 * HOUR)
    entry = await waits(stage, member)
    await cancels(stage, owner, booking, now=NOW + 5 * MINUTE)

    held = await transact(waitlists.accept, entry_id=entry.id, actor=member, now=LAPSED)

    assert (held.status, held.is_offer) == ("held", False)
    assert (await seen(dead)).status == "expired"
    assert [one["booking_id"] for one in await told("booking.hold_lapsed")] == [dead.id]


async def test_what_lapsed_and_was_paid_in_time_after_all_is_accepted(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=0)
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)
    held = await transact(waitlists.accept, entry_id=entry.id, actor=member, now=NOW)
    await transact(bookings.lapse_holds, now=LAPSED, limit=10)
    await consequences(transact, now=LAPSED)
    assert await statuses([entry]) == ["lapsed"]

    await stage.give(member, 10)
    paid = {"member_id": member.member_id, "booking_id": held.id, "landed_at": NOW + 5 * MINUTE}
    await transact(bookings.confirm_paid, now=LAPSED + MINUTE, **paid)
    await consequences(transact, now=LAPSED + MINUTE)

    assert (await offered_to(entry)).status == "confirmed"
    after = await entry_of(entry)
    assert (after.status, after.end_reason) == ("accepted", None)
