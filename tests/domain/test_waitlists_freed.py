"""What frees a time for those who wait, who is passed over and why, and what the sweep finds."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from domain import bookings, people, waitlists
from domain.bookings import Booking
from domain.kernel import Database, Transactor
from domain.people import Actor
from domain.resources import Options
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.waiting_stage import a_taken_hour, cancels, entry_of, offered_to, statuses, waits

LAPSED = NOW + 10 * MINUTE


async def by_cancelling(stage: BookingStage, owner: Actor) -> datetime:
    booking = await stage.book(owner)
    await waits_for_it(stage)
    await stage.transact(bookings.cancel, booking_id=booking.id, actor=owner, now=NOW)
    return NOW


async def by_letting_a_hold_lapse(stage: BookingStage, owner: Actor) -> datetime:
    await stage.hold(owner)
    await waits_for_it(stage)
    await stage.transact(bookings.lapse_holds, now=LAPSED, limit=10)
    return LAPSED


async def by_releasing_a_hold(stage: BookingStage, owner: Actor) -> datetime:
    held = await stage.hold(owner)
    await waits_for_it(stage)
    await stage.transact(bookings.release, booking_id=held.id, actor=owner, now=NOW)
    return NOW


async def by_moving_to_another_time(stage: BookingStage, owner: Actor) -> datetime:
    booking = await stage.book(owner)
    await waits_for_it(stage)
    await stage.transact(
        bookings.reschedule, booking_id=booking.id, resource_id=None, starts_at=START + 6 * HOUR,
        ends_at=START + 7 * HOUR, options=Options(), expected_cost_tokens=None, expected_refund_tokens=None, key="move",
        actor=owner, now=NOW,
    )  # fmt: skip
    return NOW


async def by_the_end_of_a_maintenance(stage: BookingStage, owner: Actor) -> datetime:
    admin = await stage.member(role=people.Role.ADMIN)
    (part,) = await stage.transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START - HOUR,
        ends_at=START + 4 * HOUR, reason="power", expected_affected=0, key="m", actor=admin, now=NOW,
    )  # fmt: skip
    await waits_for_it(stage)
    await stage.transact(bookings.end_maintenance, series_id=part.series_id, actor=admin, now=NOW)
    return NOW


async def waits_for_it(stage: BookingStage) -> None:
    await waits(stage, await stage.member())


@pytest.mark.parametrize(
    "is_freed",
    [
        by_cancelling, by_letting_a_hold_lapse, by_releasing_a_hold, by_moving_to_another_time,
        by_the_end_of_a_maintenance,
    ],
)  # fmt: skip
async def test_whatever_frees_a_time_has_it_offered(
    transact: Transactor, database: Database, is_freed: Callable[[BookingStage, Actor], Awaitable[datetime]]
) -> None:
    stage = await a_stage(transact)
    now = await is_freed(stage, await stage.member())

    await consequences(transact, now=now)

    (made,) = await told("booking.offer_made")
    assert (made["starts_at"], made["ends_at"]) == (START, START + HOUR)


async def a_session_for_hours(stage: BookingStage, hours: int) -> tuple[Actor, Booking]:
    owner = await stage.member()
    return owner, await stage.book(owner, ends_at=START + hours * HOUR)


async def test_the_time_of_a_no_show_and_what_an_early_leaver_leaves_are_offered_as_far_as_they_lie_ahead(
    transact: Transactor, database: Database
) -> None:
    stage = await a_stage(transact, check_in="required", turnaround_minutes=0)
    await a_session_for_hours(stage, 3)
    window = {"window_ends_at": START + 3 * HOUR, "length_minutes": 60}
    line = [await waits(stage, await stage.member()), await waits(stage, await stage.member(), START, **window)]

    missed = START + 15 * MINUTE
    await transact(bookings.take_due, step="miss", now=missed, limit=10)
    await consequences(transact, now=missed)

    assert await statuses(line) == ["waiting", "offered"]
    assert (await offered_to(line[1])).starts_at == START + HALF_HOUR

    other = await a_stage(transact, turnaround_minutes=0)
    owner, session = await a_session_for_hours(other, 3)
    waiting = await waits(other, await other.member(), START, **window)
    await transact(bookings.start_due, now=START, limit=10)
    leaves = START + 40 * MINUTE
    await transact(bookings.check_out, booking_id=session.id, actor=owner, now=leaves)
    await consequences(transact, now=leaves)
    assert (await offered_to(waiting)).starts_at == START + HOUR


async def test_whom_maintenance_called_off_is_first_in_line(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    early = await waits(stage, await stage.member())
    admin = await stage.member(role=people.Role.ADMIN)

    (part,) = await transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START, ends_at=START + HOUR,
        reason="power", expected_affected=1, key="m", actor=admin, now=NOW,
    )  # fmt: skip
    await consequences(transact, now=NOW)

    assert owner.member_id is not None
    (first,) = (await waitlists.mine(member_id=owner.member_id, page=1, limit=10)).items
    assert (first.priority, await waitlists.position(first), await waitlists.position(early)) == (0, 1, 2)
    again = await transact(waitlists.join_first, booking_id=booking.id, now=NOW)
    assert again is not None
    assert again.id == first.id
    await transact(bookings.end_maintenance, series_id=part.series_id, actor=admin, now=NOW)
    await consequences(transact, now=NOW)
    assert await statuses([first, early]) == ["offered", "waiting"]
    assert await transact(waitlists.join_first, booking_id=booking.id, now=START) is None


async def test_what_the_operator_takes_back_has_them_wait_again_and_be_asked_again(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    entry = await waits(stage, await stage.member())
    await cancels(stage, owner, booking)
    admin = await stage.member(role=people.Role.ADMIN)

    (part,) = await transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START, ends_at=START + HOUR,
        reason="power", expected_affected=1, key="m", actor=admin, now=NOW,
    )  # fmt: skip
    await consequences(transact, now=NOW)
    waiting = await entry_of(entry)
    assert (waiting.status, await waitlists.reason(waiting, NOW)) == ("waiting", "unavailable")

    await transact(bookings.end_maintenance, series_id=part.series_id, actor=admin, now=NOW)
    await consequences(transact, now=NOW)
    assert await statuses([entry]) == ["offered"]


async def test_booking_the_offered_time_by_another_way_is_accepting_and_releasing_it_is_passing(
    transact: Transactor, database: Database
) -> None:
    for way, expected in (("book", "accepted"), ("confirm", "accepted"), ("release", "declined")):
        stage, owner, booking = await a_taken_hour(transact)
        member = await stage.member()
        entry = await waits(stage, member)
        await cancels(stage, owner, booking)
        offer = await offered_to(entry)

        if way == "book":
            await stage.book(member)
        else:
            verb = bookings.confirm if way == "confirm" else bookings.release
            await transact(verb, booking_id=offer.id, actor=member, now=NOW)
            if way == "confirm":  # the line has not heard yet
                with pytest.raises(waitlists.OfferGone):
                    await transact(waitlists.leave, entry_id=entry.id, actor=member, now=NOW)
        await consequences(transact, now=NOW)

        assert await statuses([entry]) == [expected], way


async def test_an_offer_booked_by_another_way_does_not_lapse(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)
    await transact(bookings.confirm, booking_id=(await offered_to(entry)).id, actor=member, now=NOW)

    await transact(waitlists.take_due, step="lapse_offers", now=LAPSED, limit=10)

    assert await statuses([entry]) == ["accepted"]
    assert await told("waitlist.offer_lapsed") == []


async def test_the_live_offer_is_the_one_that_lapses_first(transact: Transactor, database: Database) -> None:
    member_stage, owner, booking = await a_taken_hour(transact)
    member = await member_stage.member()
    assert member.member_id is not None
    entry = await waits(member_stage, member)
    assert await waitlists.live_offer(member_id=member.member_id, now=NOW) is None

    await cancels(member_stage, owner, booking)

    offer = await waitlists.live_offer(member_id=member.member_id, now=NOW)
    assert offer is not None
    assert (offer.entry.id, offer.booking.id) == (entry.id, (await offered_to(entry)).id)
    assert await waitlists.live_offer(member_id=member.member_id, now=LAPSED) is None
