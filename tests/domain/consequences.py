"""What follows from what has happened, without a jobs process; and money that lands without a gateway."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from beanie import PydanticObjectId

from domain import packs, payments, reactions
from domain.kernel import OutboxEvent, Row, Transactor, Tx, claim, complete
from domain.notifications import Notice
from domain.payments import FactKind, GatewayFact, PaymentTransaction
from domain.people import Actor


async def _react(tx: Tx, *, work: OutboxEvent, now: datetime) -> None:
    await complete(work, now=now)
    await reactions.react(tx, work.event(), now)


async def consequences(transact: Transactor, *, now: datetime) -> None:
    """Let everything follow that follows from the events stored so far."""
    while works := await claim(OutboxEvent, now=now, limit=50, lease_seconds=30):
        for work in works:
            await transact(_react, work=work, now=now)


async def notices_of(member: Actor) -> list[Notice]:
    """What a person is to be told, in order."""
    rows = Notice.get_pymongo_collection().find({"member_id": member.member_id}).sort("_id", 1)
    return [Notice.read(row) async for row in rows]


async def a_payment(
    transact: Transactor, member: Actor, *, now: datetime, tokens: int = 20, hold: PydanticObjectId | None = None
) -> PaymentTransaction:
    """A purchase that waits for its money."""
    assert member.member_id is not None
    purchase = payments.Purchase(
        package_id=PydanticObjectId(), description="Starter", tokens=tokens, duration_days=None, amount_minor=49900,
        currency="INR", booking_id=hold,
    )  # fmt: skip
    return await transact(
        payments.begin, member_id=member.member_id, customer_name=member.name, gateway="razorpay", account_id=None,
        purchase=purchase, key=uuid4().hex, now=now,
    )  # fmt: skip


def a_fact(payment: PaymentTransaction, **other: Any) -> GatewayFact:
    """The gateway says that the payment was captured."""
    said: Row = {
        "gateway": "razorpay", "kind": FactKind.CAPTURED, "event": "payment.captured", "reference": payment.reference,
        "session_id": None, "gateway_payment_id": f"pay_{payment.id}", "amount_minor": payment.amount,
        "currency": payment.currency, **other,
    }  # fmt: skip
    return GatewayFact(**said)


async def money_lands(transact: Transactor, payment: PaymentTransaction, *, now: datetime, **other: Any) -> None:
    """The gateway says so, and what follows follows."""
    await transact(packs.settle, fact=a_fact(payment, **other), now=now)
    await consequences(transact, now=now)
