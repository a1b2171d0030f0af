"""What is told of offers, of waiting in vain, and of tokens."""

from datetime import timedelta
from typing import Any

import pytest

from domain import waitlists, wallets
from domain.kernel import Database, Transactor
from domain.notifications import Kind
from domain.people import Actor, Role
from tests.building import a_member
from tests.domain.booking_stage import MINUTE, NOW, START, BookingStage, a_stage
from tests.domain.consequences import consequences
from tests.domain.telling_stage import notice, told, would_read
from tests.domain.waiting_stage import a_taken_hour, entry_of, waits
from tests.domain.waiting_stage import cancels as gives_up

DAY = timedelta(days=1)


# waiting


async def test_an_offer_is_told_while_it_stands(database: Database, transact: Transactor) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    entry = await waits(stage, member)

    await gives_up(stage, owner, booking)

    facts = await would_read(member, Kind.OFFER_MADE, NOW + 9 * MINUTE)
    assert facts is not None
    assert (facts["entry_id"], facts["hold_expires_at"]) == (entry.id, NOW + 10 * MINUTE)
    assert (facts["booking"]["starts_at"], facts["balance_tokens"]) == (START, 100)
    assert await would_read(member, Kind.OFFER_MADE, NOW + 10 * MINUTE) is None


@pytest.mark.parametrize("answer", ["accept", "decline"])
async def test_an_offer_that_was_answered_is_not_told_any_more(
    database: Database, transact: Transactor, answer: str
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    entry = await waits(stage, member)
    await gives_up(stage, owner, booking)

    await transact(getattr(waitlists, answer), entry_id=entry.id, actor=member, now=NOW + MINUTE)
    await consequences(transact, now=NOW + MINUTE)

    assert await would_read(member, Kind.OFFER_MADE, NOW + MINUTE) is None
    assert await told(member) == [Kind.OFFER_MADE]


async def test_an_offer_that_nobody_answered_is_told_to_have_lapsed_once(
    database: Database, transact: Transactor
) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    first, second = await stage.member(), await stage.member()
    await waits(stage, first)
    await waits(stage, second)
    await gives_up(stage, owner, booking)
    later = NOW + 10 * MINUTE

    await transact(waitlists.take_due, step="lapse_offers", now=later, limit=10)
    await consequences(transact, now=later)

    assert await told(first) == [Kind.OFFER_MADE, Kind.OFFER_LAPSED]
    assert await told(second) == [Kind.OFFER_MADE]
    assert await would_read(first, Kind.OFFER_LAPSED, later) is not None


async def test_who_asked_for_it_is_told_that_the_waitlist_has_booked(database: Database, transact: Transactor) -> None:
    stage, owner, booking = await a_taken_hour(transact)
    member = await stage.member()
    entry = await waits(stage, member, auto_book=True)

    await gives_up(stage, owner, booking)

    assert (await entry_of(entry)).status == "accepted"
    assert await told(member) == [Kind.AUTO_BOOKED]
    facts = await would_read(member, Kind.AUTO_BOOKED, NOW)
    assert facts is not None
    assert facts["balance_tokens"] == 98


async def test_who_waited_for_nothing_is_told_so(database: Database, transact: Transactor) -> None:
    stage, _, _ = await a_taken_hour(transact)
    member = await stage.member()
    await waits(stage, member)

    await transact(waitlists.take_due, step="expire", now=START, limit=10)
    await consequences(transact, now=START)

    facts = (await notice(member, Kind.WAITLIST_UNSERVED)).facts
    assert (facts["resource_code"], facts["timezone"], facts["starts_at"]) == (stage.rack.code, "Asia/Kolkata", START)


# tokens


async def test_few_tokens_are_told_while_they_are_few(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member = await stage.member(tokens=6)
    await stage.book(member)
    await consequences(transact, now=NOW)
    assert (await would_read(member, Kind.TOKENS_LOW, NOW) or {})["balance_tokens"] == 4

    await stage.give(member, 20)

    assert await would_read(member, Kind.TOKENS_LOW, NOW) is None


async def lapsing(transact: Transactor) -> tuple[BookingStage, Actor]:
    """Somebody with ten tokens that lapse in three days, and forty that do not."""
    stage = await a_stage(transact)
    member = await stage.member(tokens=40)
    assert member.member_id is not None
    await transact(
        wallets.credit, member_id=member.member_id, tokens=10, source="bonus", key="lot", now=NOW,
        expires_at=NOW + 3 * DAY,
    )  # fmt: skip
    batch = await wallets.claim_due("lots_expiring", now=NOW, limit=10, lease_seconds=30)
    await transact(wallets.pass_time, step="lots_expiring", batch=batch, now=NOW)
    await consequences(transact, now=NOW)
    return stage, member


async def test_tokens_that_lapse_soon_are_told_as_they_are_then(database: Database, transact: Transactor) -> None:
    stage, member = await lapsing(transact)
    facts = await would_read(member, Kind.TOKENS_EXPIRING, NOW)
    assert facts is not None
    assert (facts["tokens"], facts["expires_at"]) == (10, NOW + 3 * DAY)

    await stage.book(member, NOW + DAY)
    facts = await would_read(member, Kind.TOKENS_EXPIRING, NOW)

    assert facts is not None
    assert facts["tokens"] == 8
    assert await would_read(member, Kind.TOKENS_EXPIRING, NOW + 3 * DAY) is None


async def test_a_debt_that_the_office_lets_go_is_told(database: Database, transact: Transactor) -> None:
    stage = await a_stage(transact)
    member, office = await stage.member(tokens=0), await a_member(transact, role=Role.SUPER_ADMIN)
    assert member.member_id is not None
    about: dict[str, Any] = {"member_id": member.member_id, "now": NOW}
    await transact(wallets.charge, tokens=7, purpose="penalty", key="fine", booking_id=None, **about)
    (owed,) = (await wallets.receivables(member_id=member.member_id, page=1, limit=5)).items

    await transact(wallets.forgive, receivable_id=owed.id, actor=office, reason="Our fault", now=NOW)
    await consequences(transact, now=NOW)

    facts = await would_read(member, Kind.DEBT_FORGIVEN, NOW)
    assert facts is not None
    assert (facts["tokens"], facts["reason"], facts["owed_tokens"]) == (7, "Our fault", 0)
