"""Each invariant holds after ordinary life, and finds the very damage it is there to find."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain import bookings, invariants, wallets
from domain.bookings import Booking, Status
from domain.kernel import Database, OutboxEvent, Row, Transactor
from domain.payments import PaymentTransaction
from domain.people import Actor
from domain.resources import Options, Resource
from domain.wallets import TokenTransaction, Wallet
from tests.building import a_member, a_rack
from tests.domain.consequences import a_payment, consequences, money_lands
from tests.invariants import assert_invariants

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
STARTS_AT = NOW + timedelta(days=1)


async def a_booking(
    transact: Transactor, rack: Resource, member: Actor, *, hours_later: int = 0, key: str = "book"
) -> Booking:
    starts_at = STARTS_AT + timedelta(hours=hours_later)
    return await transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        options=Options(), expected_cost_tokens=None, key=key, actor=member, now=NOW,
    )  # fmt: skip


@pytest.fixture
async def ordinary_life(database: Database, transact: Transactor) -> None:
    """Bought, booked twice, cancelled late, a hold that lapsed, tokens that lapsed, a session that took place."""
    member, rack = await a_member(transact), await a_rack(transact, turnaround_minutes=15)
    assert member.member_id is not None
    await money_lands(transact, await a_payment(transact, member, now=NOW, tokens=40), now=NOW)
    await transact(
        wallets.credit, member_id=member.member_id, tokens=5, source="bonus", key="gift", now=NOW,
        expires_at=NOW + timedelta(days=2),
    )  # fmt: skip
    cancelled = await a_booking(transact, rack, member)
    await transact(bookings.cancel, booking_id=cancelled.id, actor=member, now=STARTS_AT - timedelta(hours=1))
    await a_booking(transact, rack, member, hours_later=3, key="second")
    await a_booking(transact, rack, member, hours_later=6, key="third")
    await transact(
        bookings.hold, resource_id=rack.id, starts_at=STARTS_AT + timedelta(hours=9),
        ends_at=STARTS_AT + timedelta(hours=10), options=Options(), key="hold", actor=member, now=NOW,
    )  # fmt: skip
    await transact(bookings.lapse_holds, now=NOW + timedelta(hours=1), limit=10)
    over = STARTS_AT + timedelta(hours=4, minutes=5)
    await transact(bookings.start_due, now=over, limit=10)
    await transact(bookings.complete_due, now=over, limit=10)
    await transact(wallets.expire, member_id=member.member_id, now=NOW + timedelta(days=3))
    await consequences(transact, now=over)


async def broken() -> set[str]:
    return {violation.name for violation in await invariants.violations(limit=5)}


async def test_ordinary_life_violates_nothing(ordinary_life: None) -> None:
    statuses = sorted([row["status"] async for row in Booking.get_pymongo_collection().find({}, {"status": 1})])
    assert statuses == ["cancelled", "completed", "confirmed", "expired"]

    await assert_invariants()


async def set_one(kind: type, wanted: Row, fields: Row) -> None:
    result = await kind.get_pymongo_collection().update_one(wanted, {"$set": fields})  # type: ignore[attr-defined]
    assert result.modified_count == 1


async def tokens_from_nowhere() -> None:
    await set_one(Wallet, {}, {"token": 999})


async def a_changed_entry() -> None:
    await set_one(TokenTransaction, {"sequence": 2}, {"note": "nothing to see here"})


async def a_second_booking_at_the_same_time() -> None:
    row = await Booking.get_pymongo_collection().find_one({"status": Status.CONFIRMED.value})
    assert row is not None
    other = Booking.read(row).model_copy(
        update={"id": Booking.model_fields["id"].get_default(call_default_factory=True)}
    )
    starts_at = row["starts_at"] + timedelta(minutes=60)  # within the turnaround
    moved = {
        "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1),
        "occupied_until": starts_at + timedelta(hours=1), "cells": [f"{row['resource_id']}:1"], "key": "x",
        "code": "B-OTHER", "seat": None,
    }  # fmt: skip
    await Booking.get_pymongo_collection().insert_one({**other.row(), **moved})


async def a_confirmed_booking_without_cells() -> None:
    await set_one(Booking, {"status": Status.CONFIRMED.value}, {"held": False})


async def a_booking_for_nothing() -> None:
    await set_one(Booking, {"status": Status.CONFIRMED.value}, {"cost_tokens": 1000})


async def a_refund_that_never_came() -> None:
    await set_one(Booking, {"status": Status.CANCELLED.value}, {"refund_tokens": 1000})


async def a_payment_that_was_not_credited() -> None:
    row = await PaymentTransaction.get_pymongo_collection().find_one({"status": "success"})
    assert row is not None
    other = {**row, "_id": TokenTransaction.model_fields["id"].get_default(call_default_factory=True)}
    await PaymentTransaction.get_pymongo_collection().insert_one({**other, "reference": "other", "key": "other"})


async def a_credit_without_a_payment() -> None:
    await set_one(PaymentTransaction, {"status": "success"}, {"status": "failed"})


async def work_given_up() -> None:
    await OutboxEvent.get_pymongo_collection().update_one({}, {"$set": {"work_status": "dead", "failure": "no"}})


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (tokens_from_nowhere, "balances_agree"),
        (a_changed_entry, "chains_are_whole"),
        (a_second_booking_at_the_same_time, "no_two_overlap"),
        (a_confirmed_booking_without_cells, "taken_is_in_cells"),
        (a_booking_for_nothing, "bookings_are_paid_for"),
        (a_refund_that_never_came, "bookings_are_paid_for"),
        (a_payment_that_was_not_credited, "payments_are_credited_once"),
        (a_credit_without_a_payment, "payments_are_credited_once"),
        (work_given_up, "no_work_is_dead"),
    ],
)
async def test_damage_is_found(
    ordinary_life: None, database: Database, damage: Callable[[], Awaitable[None]], name: str
) -> None:
    await damage()

    assert name in await broken()

    for collection in await database.list_collection_names():  # so that whoever checks after the test finds nothing
        await database[collection].delete_many({})


async def test_what_is_found_is_bounded(database: Database, transact: Transactor) -> None:
    for number in range(5):
        member = await a_member(transact)
        assert member.member_id is not None
        await transact(wallets.credit, member_id=member.member_id, tokens=1, source="bonus", key=str(number), now=NOW)
    await Wallet.get_pymongo_collection().update_many({}, {"$set": {"token": 2}})

    found = await invariants.violations(limit=3)

    assert len([violation for violation in found if violation.name == "balances_agree"]) == 3
    await Wallet.get_pymongo_collection().update_many({}, {"$set": {"token": 1}})
