"""What cannot be moved or moved to stays as it was; what the quote says is what the move does."""

from typing import Any

import pytest

from domain import bookings, people, resources, wallets
from domain.kernel import Database, Row, Transactor
from domain.people import Role
from domain.resources import Options
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, BookingStage, a_stage, told
from tests.domain.moves import LATE, LATER, move, set_of
from tests.twice import TwiceTransactor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=[Transactor, TwiceTransactor])
async def stage(request: pytest.FixtureRequest, client: Any, database: Database) -> BookingStage:
    return await a_stage(request.param(client))


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"starts_at": START + 10 * MINUTE}, resources.OffGrid),
        ({"ends_at": LATER + 24 * HOUR}, resources.TooLong),
        ({"starts_at": NOW - HOUR, "ends_at": NOW}, resources.TooSoon),
        ({"options": Options(aci_version="1.0")}, resources.UnknownOption),
        ({"expected_cost_tokens": 3}, bookings.PriceChanged),
        ({"expected_refund_tokens": 1}, bookings.PriceChanged),
        ({"now": START}, bookings.NotReschedulable),
    ],
)
async def test_what_cannot_be_booked_cannot_be_moved_to(
    stage: BookingStage, fields: Row, refusal: type[Exception]
) -> None:
    member = await stage.member(tokens=10)
    booking = await stage.book(member)

    with pytest.raises(refusal):
        await move(stage, booking, member, **{"starts_at": LATER, "key": "move-1", **fields})

    assert (await bookings.get(booking_id=booking.id, actor=member)).moves == 0
    assert await stage.balance(member) == 8
    shown = {"expected_cost_tokens": 2, "expected_refund_tokens": 2}
    assert (await move(stage, booking, member, LATER, key="move-1", **shown)).moves == 1


async def test_a_time_that_somebody_has_is_refused(stage: BookingStage) -> None:
    member, other = await stage.member(tokens=10), await stage.member()
    booking = await stage.book(member)
    await stage.book(other, LATER)

    with pytest.raises(bookings.SlotTaken) as refused:
        await move(stage, booking, member, LATER - HOUR)

    assert refused.value.facts["starts_at"] == LATER - HOUR  # the turnaround is in the way
    assert await stage.balance(member) == 8


async def test_what_is_missing_is_told_after_what_comes_back(stage: BookingStage) -> None:
    member = await stage.member(tokens=3)
    booking = await stage.book(member)

    with pytest.raises(wallets.InsufficientBalance) as refused:
        await move(stage, booking, member, LATER, ends_at=LATER + 2 * HOUR)

    assert refused.value.facts == {"needed_tokens": 4, "balance_tokens": 3, "missing_tokens": 1}
    assert await stage.balance(member) == 1
    assert (await bookings.get(booking_id=booking.id, actor=member)).starts_at == START


async def test_dead_holds_and_ones_own_give_way(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await stage.book(member)
    dead = await stage.hold(other, LATER)
    mine = await stage.hold(member, LATER + 2 * HOUR)

    moved = await move(stage, booking, member, LATER, ends_at=LATER + 2 * HOUR, now=NOW + 10 * MINUTE)

    assert moved.starts_at == LATER
    stored = [await bookings.get(booking_id=one.id, actor=people.SYSTEM) for one in (dead, mine)]
    assert [one.status for one in stored] == ["expired", "expired"]


async def test_ones_own_living_hold_is_given_up_and_anothers_is_not(stage: BookingStage) -> None:
    member, other = await stage.member(), await stage.member()
    booking = await stage.book(member)
    mine = await stage.hold(member, LATER)
    await stage.hold(other, LATER + 4 * HOUR)

    await move(stage, booking, member, LATER)

    assert (await bookings.get(booking_id=mine.id, actor=member)).status == "cancelled"
    with pytest.raises(bookings.SlotTaken):
        await move(stage, booking, member, LATER + 4 * HOUR)


async def test_a_hold_a_finished_booking_and_one_that_is_checked_in_are_not_moved(stage: BookingStage) -> None:
    member = await stage.member()
    hold = await stage.hold(member, LATER)
    cancelled = await stage.book(member)
    await stage.transact(bookings.cancel, booking_id=cancelled.id, actor=member, now=NOW)
    here = await set_of(await stage.book(member), checked_in_at=START - 10 * MINUTE)

    for booking in (hold, cancelled, here):
        with pytest.raises(bookings.NotReschedulable):
            await move(stage, booking, member, START + 9 * HOUR, now=START - 5 * MINUTE)


async def test_an_operator_moves_it_late_for_nothing_and_it_is_audited(stage: BookingStage) -> None:
    member, office = await stage.member(tokens=10), await stage.member(role=Role.ADMIN)
    booking = await stage.book(member)

    moved = await move(stage, booking, office, LATER, now=LATE)

    assert moved.member_id == member.member_id
    assert await stage.balance(member) == 8
    (event,) = await told("booking.rescheduled")
    (audited,) = await told("booking.rescheduled_by_office")
    assert event["by_operator"]
    assert (audited["actor_id"], audited["subject_id"]) == (office.member_id, booking.id)
    assert audited["before"]["starts_at"] == START.isoformat()
    assert (audited["after"]["starts_at"], audited["after"]["code"]) == (LATER.isoformat(), booking.code)


async def test_others_move_nothing(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)

    with pytest.raises(bookings.BookingNotFound):
        await move(stage, booking, await stage.member(), LATER)
    with pytest.raises(people.NotPermitted):
        await move(stage, booking, await stage.member(role=Role.STAFF), LATER)


async def test_the_quote_says_what_the_move_then_does(stage: BookingStage) -> None:
    member = await stage.member(tokens=6)
    booking = await stage.book(member, ends_at=START + 90 * MINUTE)
    times: Row = {"resource_id": None, "starts_at": LATER, "ends_at": LATER + 3 * HOUR, "options": Options()}

    quoted = await bookings.reschedule_quote(booking_id=booking.id, actor=member, now=LATE, **times)

    assert (quoted.returned_tokens, quoted.kept_tokens, quoted.difference_tokens) == (1, 2, 5)
    assert (quoted.quote.price.total_tokens, quoted.quote.balance_tokens, quoted.quote.missing_tokens) == (6, 3, 2)
    assert quoted.quote.is_free
    await stage.give(member, 2)
    shown: Row = {"expected_cost_tokens": 6, "expected_refund_tokens": 1}
    await move(stage, booking, member, now=LATE, **times, **shown)
    assert await stage.balance(member) == 0


async def test_the_quote_counts_its_own_cells_and_hold_as_free_and_nothing_else(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)
    await stage.hold(member, START + 2 * HOUR)
    await stage.book(await stage.member(), START + 4 * HOUR)

    async def is_free(hours: int) -> bool:
        quoted = await bookings.reschedule_quote(
            booking_id=booking.id, resource_id=None, starts_at=START + HALF_HOUR, ends_at=START + hours * HOUR,
            options=Options(), actor=member, now=NOW,
        )  # fmt: skip
        return quoted.quote.is_free

    assert [await is_free(hours) for hours in (1, 3, 4)] == [True, True, False]
    with pytest.raises(bookings.NotReschedulable):
        await bookings.reschedule_quote(
            booking_id=booking.id, resource_id=None, starts_at=LATER, ends_at=LATER + HOUR, options=Options(),
            actor=member, now=START,
        )  # fmt: skip


async def test_ones_own_booking_at_that_time_on_the_other_rack_is_in_the_way(stage: BookingStage) -> None:
    member = await stage.member()
    booking = await stage.book(member)
    other = await a_rack(stage.transact)
    await stage.book(member, resource_id=other.id)

    quoted = await bookings.reschedule_quote(
        booking_id=booking.id, resource_id=other.id, starts_at=START, ends_at=START + HOUR, options=Options(),
        actor=member, now=NOW,
    )  # fmt: skip

    assert not quoted.quote.is_free
    with pytest.raises(bookings.SlotTaken):
        await move(stage, booking, member, START, resource_id=other.id)
