"""Who is told what, when something has happened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId

from domain import bookings, notifications, people, wallets
from domain.bookings import Booking
from domain.kernel import Database, Transactor, claim
from domain.notifications import Kind, Notice, NoticeStatus
from domain.payments import FactKind
from domain.people import Actor, Role
from domain.resources import Options, Resource
from tests.building import a_member, a_rack
from tests.domain.consequences import a_payment, consequences, money_lands, notices_of

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)  # noon in Kolkata
STARTS_AT = NOW + timedelta(days=1)


async def a_hold(transact: Transactor, rack: Resource, member: Actor, *, hours: int = 1) -> Booking:
    return await transact(
        bookings.hold, resource_id=rack.id, starts_at=STARTS_AT, ends_at=STARTS_AT + timedelta(hours=hours),
        options=Options(), key="hold", actor=member, now=NOW,
    )  # fmt: skip


async def a_booking(transact: Transactor, rack: Resource, member: Actor) -> Booking:
    assert member.member_id is not None
    await transact(
        wallets.credit, member_id=member.member_id, tokens=50, source="bonus", key=f"gift:{member.member_id}", now=NOW
    )
    return await transact(
        bookings.book, resource_id=rack.id, starts_at=STARTS_AT, ends_at=STARTS_AT + timedelta(hours=1),
        options=Options(), expected_cost_tokens=None, key="book", actor=member, now=NOW,
    )  # fmt: skip


async def only_notice(member: Actor) -> Notice:
    (notice,) = await notices_of(member)
    return notice


async def test_the_receipt_says_that_the_held_booking_is_confirmed(database: Database, transact: Transactor) -> None:
    member, rack = await a_member(transact), await a_rack(transact)
    hold = await a_hold(transact, rack, member)
    payment = await a_payment(transact, member, now=NOW, tokens=20, hold=hold.id)

    await money_lands(transact, payment, now=NOW + timedelta(minutes=2))

    receipt = await only_notice(member)
    assert receipt.kind is Kind.PAYMENT_RECEIVED
    assert receipt.facts["booking_state"] == "confirmed"
    assert receipt.facts["booking"]["code"] == hold.code
    assert receipt.facts["balance_tokens"] == 20 - hold.cost_tokens
    assert (receipt.facts["tokens"], receipt.facts["amount_minor"], receipt.facts["currency"]) == (20, 49900, "INR")


async def test_the_receipt_says_what_is_still_missing(database: Database, transact: Transactor) -> None:
    member, rack = await a_member(transact), await a_rack(transact, price_tokens_per_slot=10)
    hold = await a_hold(transact, rack, member, hours=2)
    payment = await a_payment(transact, member, now=NOW, tokens=15, hold=hold.id)

    await money_lands(transact, payment, now=NOW + timedelta(minutes=2))

    facts = (await only_notice(member)).facts
    assert (facts["booking_state"], facts["missing_tokens"]) == ("held", hold.cost_tokens - 15)
    assert facts["hold_expires_at"] == hold.hold_expires_at


async def test_the_receipt_says_that_the_time_lapsed(database: Database, transact: Transactor) -> None:
    member, rack = await a_member(transact), await a_rack(transact)
    hold = await a_hold(transact, rack, member)
    payment = await a_payment(transact, member, now=NOW, hold=hold.id)
    later = NOW + timedelta(minutes=11)
    await transact(bookings.lapse_holds, now=later, limit=10)
    await consequences(transact, now=later)

    await money_lands(transact, payment, now=later + timedelta(minutes=1))

    lapsed, receipt = await notices_of(member)
    assert lapsed.kind is Kind.HOLD_LAPSED
    assert receipt.facts["booking_state"] == "lapsed"
    assert receipt.facts["balance_tokens"] == 20


async def test_a_purchase_for_nothing_in_particular_has_a_plain_receipt(
    database: Database, transact: Transactor
) -> None:
    member = await a_member(transact)
    payment = await a_payment(transact, member, now=NOW)

    await money_lands(transact, payment, now=NOW)
    await money_lands(transact, payment, now=NOW)  # and the gateway says so again

    assert (await only_notice(member)).facts["booking"] is None


async def test_a_receipt_that_waited_says_how_things_are_when_it_goes_out(
    database: Database, transact: Transactor
) -> None:
    member, rack = await a_member(transact), await a_rack(transact, price_tokens_per_slot=10)
    hold = await a_hold(transact, rack, member, hours=2)
    payment = await a_payment(transact, member, now=NOW, tokens=15, hold=hold.id)
    await money_lands(transact, payment, now=NOW)
    receipt = await only_notice(member)

    later = NOW + timedelta(minutes=11)
    facts = await notifications.current_facts(receipt, now=later)

    assert facts is not None
    assert facts["booking_state"] == "lapsed"


async def test_a_failed_payment_is_told_unless_it_was_paid_meanwhile(database: Database, transact: Transactor) -> None:
    member = await a_member(transact)
    payment = await a_payment(transact, member, now=NOW)
    await money_lands(transact, payment, now=NOW, kind=FactKind.FAILED, event="payment.failed", failure_reason="bank")
    failure = await only_notice(member)
    assert (failure.kind, failure.facts["reason"]) == (Kind.PAYMENT_FAILED, "bank")
    assert await notifications.current_facts(failure, now=NOW) is not None

    await money_lands(transact, payment, now=NOW)

    assert await notifications.current_facts(failure, now=NOW) is None


async def test_money_that_does_not_fit_is_told_to_every_administrator_and_nobody_else(
    database: Database, transact: Transactor
) -> None:
    member = await a_member(transact, name="Asha")
    administrators = [await a_member(transact, role=role) for role in (Role.ADMIN, Role.SUPER_ADMIN)]
    payment = await a_payment(transact, member, now=NOW)

    await money_lands(transact, payment, now=NOW, amount_minor=1)

    assert await notices_of(member) == []
    for administrator in administrators:
        notice = await only_notice(administrator)
        assert notice.kind is Kind.PAYMENT_QUARANTINED
        assert (notice.facts["member_name"], notice.facts["amount_minor"]) == ("Asha", 1)


@pytest.mark.parametrize(("origin", "told"), [("chat", []), ("api", [Kind.BOOKING_CONFIRMED])])
async def test_a_booking_is_told_unless_it_was_made_in_chat(
    database: Database, transact: Transactor, origin: str, told: list[Kind]
) -> None:
    member, rack = await a_member(transact, origin=origin), await a_rack(transact)

    await a_booking(transact, rack, member)
    await consequences(transact, now=NOW)

    assert [notice.kind for notice in await notices_of(member)] == told


async def test_a_confirmation_is_not_sent_for_a_booking_cancelled_meanwhile(
    database: Database, transact: Transactor
) -> None:
    member, rack = await a_member(transact, origin="api"), await a_rack(transact)
    booking = await a_booking(transact, rack, member)
    await consequences(transact, now=NOW)
    notice = await only_notice(member)
    assert await notifications.current_facts(notice, now=NOW) is not None

    await transact(bookings.cancel, booking_id=booking.id, actor=member, now=NOW)

    assert await notifications.current_facts(notice, now=NOW) is None


async def test_a_booking_cancelled_by_the_operator_is_told_with_reason_and_refund(
    database: Database, transact: Transactor
) -> None:
    member, rack = await a_member(transact), await a_rack(transact)
    booking = await a_booking(transact, rack, member)

    await transact(bookings.cancel, booking_id=booking.id, actor=people.SYSTEM, now=NOW, reason="A power cut")
    await consequences(transact, now=NOW)

    notice = await only_notice(member)
    assert notice.kind is Kind.BOOKING_CANCELLED
    assert (notice.facts["reason"], notice.facts["refund_tokens"]) == ("A power cut", booking.cost_tokens)


async def test_a_member_who_cancels_is_not_told_again(database: Database, transact: Transactor) -> None:
    member, rack = await a_member(transact), await a_rack(transact)
    booking = await a_booking(transact, rack, member)

    await transact(bookings.cancel, booking_id=booking.id, actor=member, now=NOW)
    await consequences(transact, now=NOW)

    assert await notices_of(member) == []


async def test_what_the_office_does_to_a_member_is_told_each_time(database: Database, transact: Transactor) -> None:
    member, office = await a_member(transact), await a_member(transact, role=Role.SUPER_ADMIN)
    assert member.member_id is not None
    about: dict[str, Any] = {"member_id": member.member_id, "actor": office}

    await transact(wallets.adjust, tokens=7, reason="sorry", key="a", now=NOW, **about)
    await transact(people.promote, role=Role.STAFF, now=NOW, **about)
    await transact(people.promote, role=Role.MEMBER, now=NOW + timedelta(seconds=1), **about)
    await transact(people.disable, reason="abuse", now=NOW, **about)
    await transact(people.enable, reason="talked", now=NOW, **about)
    await consequences(transact, now=NOW)

    told = {(notice.kind, str(notice.facts.get("role", notice.facts.get("reason")))) for notice in
            await notices_of(member)}  # fmt: skip
    assert told == {
        (Kind.TOKENS_ADJUSTED, "sorry"), (Kind.ROLE_CHANGED, "staff"), (Kind.ROLE_CHANGED, "member"),
        (Kind.ACCOUNT_DISABLED, "abuse"), (Kind.ACCOUNT_ENABLED, "talked"),
    }  # fmt: skip
    still_true = {
        notice.kind: await notifications.current_facts(notice, now=NOW) is not None
        for notice in await notices_of(member) if notice.facts.get("role") != "member"
    }  # fmt: skip
    assert not still_true[Kind.ROLE_CHANGED]
    assert not still_true[Kind.ACCOUNT_DISABLED]
    assert still_true[Kind.ACCOUNT_ENABLED]


async def test_one_notice_per_key_and_person(database: Database, transact: Transactor) -> None:
    first, second = await a_member(transact), await a_member(transact)
    for member in (first, first, second):
        assert member.member_id is not None
        await transact(
            notifications.tell, member_id=member.member_id, kind=Kind.ACCOUNT_ENABLED, facts={"reason": "x"},
            dedupe_key="same", now=NOW,
        )  # fmt: skip

    assert len(await notices_of(first)) == 1
    assert len(await notices_of(second)) == 1


async def test_the_status_of_a_notice_agrees_with_its_work(database: Database, transact: Transactor) -> None:
    member = await a_member(transact)
    assert member.member_id is not None
    for number in range(3):
        await transact(
            notifications.tell, member_id=member.member_id, kind=Kind.ACCOUNT_ENABLED, facts={"reason": "x"},
            dedupe_key=str(number), now=NOW,
        )  # fmt: skip
    sent, skipped, failing = await claim(Notice, now=NOW, limit=3, lease_seconds=30)

    await notifications.sending(sent, now=NOW)
    await notifications.sent(sent, message_id=77, now=NOW)
    await notifications.skip(skipped, reason="overtaken", now=NOW)
    await notifications.postpone(failing, failure="no", now=NOW)

    page = await notifications.of_member(PydanticObjectId(member.member_id), page=1, limit=10)
    found = {notice.id: (notice.status, notice.work_status.value) for notice in page.items}
    assert found == {
        sent.id: (NoticeStatus.SENT, "done"),
        skipped.id: (NoticeStatus.SKIPPED, "done"),
        failing.id: (NoticeStatus.PENDING, "pending"),
    }
