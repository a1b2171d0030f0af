"""Who is told of bookings that change and of what is switched off; and why not when they know."""

from datetime import timedelta
from typing import Any

import pytest

from domain import bookings, notifications, people, resources, waitlists
from domain.kernel import Database, Transactor
from domain.notifications import Kind
from domain.people import Actor, Role
from tests.building import a_member
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, a_stage
from tests.domain.consequences import consequences, notices_of
from tests.domain.telling_stage import cancels, moves, time_passes, told, would_read

DAY = timedelta(days=1)


def by(member: Actor, origin: str) -> Actor:
    """The same person, from elsewhere."""
    return Actor(**{**vars(member), "origin": origin})


# bookings


@pytest.mark.parametrize(("origin", "expected"), [("chat", []), ("api", [Kind.BOOKING_RESCHEDULED])])
async def test_a_move_is_told_unless_the_member_made_it_in_chat(
    database: Database, transact: Transactor, origin: str, expected: list[Kind]
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)

    await moves(stage, booking, by(member, origin), START + DAY, NOW)

    assert await told(member) == expected


async def test_of_two_moves_only_the_last_is_true(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = by(await stage.member(), "jobs")
    booking = await stage.book(member)

    await moves(stage, booking, member, START + DAY, NOW)
    await moves(stage, booking, member, START + 2 * DAY, NOW)

    texts = [await notifications.current_facts(each, now=NOW) for each in await notices_of(member)]
    assert [facts["booking"]["starts_at"] for facts in texts if facts] == [START + 2 * DAY]


async def test_a_move_by_the_office_is_told_from_chat_too_and_cannot_be_muted(
    database: Database, transact: Transactor
) -> None:
    stage = await a_stage(transact)
    member, office = await stage.member(), await stage.member(role=Role.ADMIN)
    booking = await stage.book(member)

    await moves(stage, booking, office, START + DAY, NOW)

    assert await told(member) == [Kind.BOOKING_MOVED]
    facts = await would_read(member, Kind.BOOKING_MOVED, NOW)
    assert facts is not None
    assert (facts["previous_starts_at"], facts["booking"]["starts_at"]) == (START, START + DAY)


async def test_an_extension_by_a_program_is_told(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = by(await stage.member(), "api")
    booking = await stage.book(member)
    await time_passes(stage, START, "start")
    await transact(
        bookings.extend, booking_id=booking.id, ends_at=START + HOUR + HALF_HOUR, expected_cost_tokens=None, key="x",
        actor=member, now=START + MINUTE,
    )  # fmt: skip
    await consequences(transact, now=START + MINUTE)

    facts = await would_read(member, Kind.BOOKING_EXTENDED, START + MINUTE)
    assert facts is not None
    assert (facts["previous_ends_at"], facts["paid_tokens"]) == (START + HOUR, 1)


async def test_a_weekly_series_by_a_program_is_one_message(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = by(await stage.member(), "api")
    await transact(
        bookings.book_series, resource_id=stage.rack.id, starts_at=START, ends_at=START + HOUR, weeks=3,
        options=resources.Options(), expected_cost_tokens=None, key="weekly", actor=member, now=NOW,
    )  # fmt: skip
    await consequences(transact, now=NOW)

    (only,) = await notices_of(member)
    assert (only.kind, only.facts["is_series"], only.facts["booking"]["starts_at"]) == (
        Kind.BOOKING_CONFIRMED, True, START,
    )  # fmt: skip


async def test_who_is_cancelled_for_maintenance_reads_that_they_are_first_in_line(
    database: Database, transact: Transactor
) -> None:
    stage = await a_stage(transact)
    member = await stage.member()
    booking = await stage.book(member)
    await transact(
        bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START,
        ends_at=START + HOUR, reason="New fans", expected_affected=1, key="m", actor=people.SYSTEM, now=NOW,
    )  # fmt: skip
    await consequences(transact, now=NOW)

    facts = await would_read(member, Kind.BOOKING_CANCELLED, NOW)
    assert facts is not None
    assert (facts["because"], facts["reason"], facts["refund_tokens"]) == (
        "maintenance",
        "New fans",
        booking.cost_tokens,
    )
    assert facts["is_first"]

    (entry,) = (await waitlists.mine(member_id=booking.member_id, page=1, limit=10)).items
    await transact(waitlists.leave, entry_id=entry.id, actor=member, now=NOW)

    facts = await would_read(member, Kind.BOOKING_CANCELLED, NOW)
    assert facts is not None
    assert not facts["is_first"]


@pytest.mark.parametrize(("by_operator", "expected"), [(True, [Kind.HOLD_LAPSED]), (False, [])])
async def test_whose_hold_the_operator_takes_is_told_and_who_gives_it_up_is_not(
    database: Database, transact: Transactor, by_operator: bool, expected: list[Kind]
) -> None:
    stage = await a_stage(transact)
    member = await stage.member(tokens=0)
    held = await stage.hold(member)
    if by_operator:
        await transact(
            bookings.reserve_maintenance, resource_id=stage.rack.id, venue_id=None, starts_at=START,
            ends_at=START + HOUR, reason="New fans", expected_affected=1, key="m", actor=people.SYSTEM, now=NOW,
        )  # fmt: skip
    else:
        await transact(bookings.release, booking_id=held.id, actor=member, now=NOW)
    await consequences(transact, now=NOW)

    assert await told(member) == expected
    if by_operator:
        facts = await would_read(member, Kind.HOLD_LAPSED, NOW)
        assert facts is not None
        assert facts["because"] == "maintenance"


# what is switched off


async def test_a_rack_that_is_switched_off_is_told_to_the_other_administrators_with_what_is_to_come(
    database: Database, transact: Transactor
) -> None:
    doer, other = [await a_member(transact, role=Role.ADMIN) for _ in range(2)]
    stage = await a_stage(transact)
    booked = await stage.book(await stage.member())
    await stage.book(await stage.member(), START + DAY)
    await stage.hold(await stage.member(tokens=0), START + 2 * DAY)
    about: dict[str, Any] = {"resource_id": stage.rack.id, "actor": doer, "now": NOW}

    await transact(resources.edit_resource, changes={"status": "maintenance"}, **about)
    await transact(resources.edit_resource, changes={"description": "Fans"}, **about)
    await consequences(transact, now=NOW)

    assert await told(doer) == []
    assert await told(other) == [Kind.RESOURCE_OFF]
    facts = await would_read(other, Kind.RESOURCE_OFF, NOW)
    assert facts is not None
    assert (facts["code"], facts["status"], facts["coming"], facts["by"]) == (
        stage.rack.code, "maintenance", 2, doer.name,
    )  # fmt: skip

    await cancels(stage, booked, people.SYSTEM, NOW)
    assert (await would_read(other, Kind.RESOURCE_OFF, NOW) or {})["coming"] == 1
    await transact(resources.edit_resource, changes={"status": "available"}, **about)
    assert await would_read(other, Kind.RESOURCE_OFF, NOW) is None


@pytest.mark.parametrize("origin", ["chat", "api"])
async def test_a_retired_rack_and_a_closed_venue_are_told(
    database: Database, transact: Transactor, origin: str
) -> None:
    doer, other = by(await a_member(transact, role=Role.ADMIN), origin), await a_member(transact, role=Role.ADMIN)
    stage = await a_stage(transact)
    await stage.book(await stage.member())

    await transact(
        resources.edit_venue, venue_id=stage.rack.venue_id, changes={"status": "closed"}, actor=doer, now=NOW
    )
    await consequences(transact, now=NOW)
    await transact(resources.retire_resource, resource_id=stage.rack.id, actor=doer, now=NOW)
    await consequences(transact, now=NOW)

    assert [(each.facts["what"], each.facts["coming"]) for each in await notices_of(other)] == [
        ("venue", 1), ("resource", 1),
    ]  # fmt: skip
    assert len(await told(doer)) == (0 if origin == "chat" else 2)
