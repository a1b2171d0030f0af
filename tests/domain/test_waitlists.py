"""Getting in line, being asked, and answering."""

from datetime import timedelta
from typing import Any

import pytest

from domain import bookings, waitlists
from domain.kernel import Database, Transactor
from tests.building import a_rack
from tests.domain.booking_stage import HALF_HOUR, HOUR, MINUTE, NOW, START, a_stage, told
from tests.domain.consequences import consequences
from tests.domain.waiting_stage import a_taken_hour, cancels, entry_of, offered_to, statuses, waits
from tests.twice import TwiceTransactor

LAPSED = NOW + 10 * MINUTE


@pytest.fixture(params=[Transactor, TwiceTransactor])
def transact(request: pytest.FixtureRequest, client: Any) -> Transactor:
    """Every story also with each transaction's callback run twice."""
    made: Transactor = request.param(client)
    return made


async def test_a_freed_time_is_offered_to_the_first_in_line_alone(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    line = [await waits(stage, await stage.member()) for _ in range(3)]

    await cancels(stage, owner, booking)

    assert await statuses(line) == ["offered", "waiting", "waiting"]
    offer = await offered_to(line[0])
    assert (offer.status, offer.is_offer, offer.hold_expires_at) == ("held", True, LAPSED)
    (made,) = await told("booking.offer_made")
    assert (made["entry_id"], made["booking_id"]) == (line[0].id, offer.id)
    with pytest.raises(bookings.SlotTaken):
        await stage.book(await stage.member())


async def test_book_now_books_what_is_offered_once(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=10)
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)

    for _ in range(2):
        booked = await transact(waitlists.accept, entry_id=entry.id, actor=member, now=NOW + MINUTE)

    assert (booked.status, booked.is_offer, await stage.balance(member)) == ("confirmed", False, 8)
    assert (await entry_of(entry)).status == "accepted"
    assert await waitlists.live_offer(member_id=booked.member_id, now=NOW) is None


async def test_pass_offers_to_the_next_in_the_same_transaction(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member, second = await stage.member(), await stage.member()
    line = [await waits(stage, member), await waits(stage, second)]
    await cancels(stage, owner, booking)

    for _ in range(2):
        await transact(waitlists.decline, entry_id=line[0].id, actor=member, now=NOW + MINUTE)

    assert await statuses(line) == ["declined", "offered"]
    assert await waitlists.reason(await entry_of(line[0]), NOW) == "passed"
    with pytest.raises(waitlists.OfferGone):
        await transact(waitlists.accept, entry_id=line[0].id, actor=member, now=NOW + MINUTE)
    with pytest.raises(waitlists.OfferGone):
        await transact(waitlists.decline, entry_id=(await waits(stage, owner)).id, actor=owner, now=NOW)


async def test_an_offer_that_nobody_answers_lapses_and_the_next_is_asked(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    line = [await waits(stage, member), await waits(stage, await stage.member())]
    await cancels(stage, owner, booking)

    early = LAPSED - timedelta(milliseconds=1)
    assert len(await waitlists.claim_due("lapse_offers", now=early, limit=10, lease_seconds=10)) == 0
    batch = await waitlists.claim_due("lapse_offers", now=LAPSED, limit=10, lease_seconds=10)
    assert await transact(waitlists.pass_time, step="lapse_offers", batch=batch, now=LAPSED) == 1

    assert await statuses(line) == ["lapsed", "offered"]
    assert [one["entry_id"] for one in await told("waitlist.offer_lapsed")] == [line[0].id]
    assert (await offered_to(line[1])).hold_expires_at == LAPSED + 10 * MINUTE
    with pytest.raises(waitlists.OfferGone):
        await transact(waitlists.accept, entry_id=line[0].id, actor=member, now=LAPSED)


async def test_an_offer_is_over_at_its_moment_whoever_sweeps(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member, other = await stage.member(), await stage.member()
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)

    with pytest.raises(waitlists.OfferGone):
        await transact(waitlists.accept, entry_id=entry.id, actor=member, now=LAPSED)
    taken = await stage.book(other, now=LAPSED)
    await consequences(transact, now=LAPSED)

    assert taken.status == "confirmed"
    after = await entry_of(entry)
    assert (after.status, after.end_reason) == ("lapsed", "offer_lapsed")
    assert len(await told("waitlist.offer_lapsed")) == 1


async def test_book_now_without_tokens_makes_it_a_hold_of_their_own_that_money_confirms(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=1)
    other_hold = await stage.hold(member, START + 5 * HOUR, now=NOW)
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)

    at = NOW + 5 * MINUTE
    for _ in range(2):
        held = await transact(waitlists.accept, entry_id=entry.id, actor=member, now=at)

    assert (held.status, held.is_offer, held.hold_expires_at) == ("held", False, at + 10 * MINUTE)
    assert (await bookings.get(booking_id=other_hold.id, actor=member)).status == "cancelled"
    assert (await entry_of(entry)).status == "offered"
    assert await transact(waitlists.take_due, step="lapse_offers", now=LAPSED, limit=10) == 0
    await stage.give(member, 10)
    await transact(bookings.confirm_paid, member_id=member.member_id, now=LAPSED)
    await consequences(transact, now=LAPSED)
    assert (await entry_of(entry)).status == "accepted"


async def test_what_was_accepted_and_not_paid_lapses_and_goes_to_the_next(
    transact: Transactor, database: Database
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=0)
    line = [await waits(stage, member), await waits(stage, await stage.member())]
    await cancels(stage, owner, booking)
    await transact(waitlists.accept, entry_id=line[0].id, actor=member, now=NOW)

    await transact(bookings.lapse_holds, now=LAPSED, limit=10)
    await consequences(transact, now=LAPSED)

    assert await statuses(line) == ["lapsed", "offered"]
    assert await waitlists.reason(await entry_of(line[0]), LAPSED) == "hold_lapsed"


async def test_money_confirms_ones_own_hold_and_never_an_offer(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member(tokens=0)
    assert member.member_id is not None
    entry = await waits(stage, member)
    await cancels(stage, owner, booking)
    offer = await offered_to(entry)
    await stage.give(member, 20)

    paid = {"member_id": member.member_id, "now": NOW + MINUTE}
    assert await transact(bookings.confirm_paid, booking_id=offer.id, **paid) is None
    held = await stage.hold(member, START + 5 * HOUR)
    confirmed = await transact(bookings.confirm_paid, booking_id=held.id, **paid)

    assert confirmed is not None
    assert (confirmed.id, confirmed.status) == (held.id, "confirmed")
    assert (await offered_to(entry)).status == "held"


async def test_auto_book_books_at_once_what_was_agreed_and_offers_what_was_not(
    transact: Transactor, database: Database
) -> None:
    for tokens, cost_tokens_max, expected in ((10, 2, "accepted"), (10, 1, "offered"), (1, 2, "offered")):
        stage, owner, booking = await a_taken_hour(transact)
        member = await stage.member(tokens=tokens)
        entry = await waits(stage, member, auto_book=True, cost_tokens_max=cost_tokens_max)

        await cancels(stage, owner, booking)

        assert await statuses([entry]) == [expected]
        assert await stage.balance(member) == (tokens - 2 if expected == "accepted" else tokens)
    assert [one["because"] for one in await told("booking.confirmed")].count("auto_booked") == 1


async def test_leaving_passes_an_offer_on_and_is_done_once(transact: Transactor, database: Database) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    actors = [await stage.member() for _ in range(3)]
    line = [await waits(stage, actor) for actor in actors]
    await transact(waitlists.leave, entry_id=line[1].id, actor=actors[1], now=NOW)
    await cancels(stage, owner, booking)

    for _ in range(2):
        await transact(waitlists.leave, entry_id=line[0].id, actor=actors[0], now=NOW)

    assert await statuses(line) == ["cancelled", "cancelled", "offered"]


async def test_who_waits_for_any_that_match_gets_whichever_is_freed(transact: Transactor, database: Database) -> None:
    stage, owner, _ = await a_taken_hour(transact)
    newer = await a_rack(transact, aci_versions=["6.1"])
    booking = await stage.book(owner, resource_id=newer.id)
    old, new = [
        await waits(stage, await stage.member(), resource_id=None, aci_version=version)
        for version in ("6.0(5h)", "6.1")
    ]
    elsewhere = await waits(
        stage, await stage.member(), resource_id=None, venue_id=stage.rack.venue_id, aci_version=None
    )

    await cancels(stage, owner, booking)

    assert await statuses([old, new, elsewhere]) == ["waiting", "offered", "waiting"]
    offer = await offered_to(new)
    assert (offer.resource_id, offer.options.aci_version) == (newer.id, "6.1")


async def test_a_length_within_a_window_gets_its_earliest_start_and_the_rest_goes_on(
    transact: Transactor, database: Database
) -> None:
    stage = await a_stage(transact, turnaround_minutes=0)
    owner = await stage.member()
    booking = await stage.book(owner, START, ends_at=START + 3 * HOUR)
    window = {"window_ends_at": START + 3 * HOUR, "length_minutes": 60}
    line = [
        await waits(stage, await stage.member(), START + HALF_HOUR, **window),
        await waits(stage, await stage.member(), START, window_ends_at=START + 2 * HOUR),
        await waits(stage, await stage.member(), START, **window),
    ]

    await cancels(stage, owner, booking)

    assert await statuses(line) == ["offered", "waiting", "offered"]
    assert (await offered_to(line[0])).starts_at == START + HALF_HOUR
    assert (await offered_to(line[2])).starts_at == START + HALF_HOUR + HOUR
