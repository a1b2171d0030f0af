"""The stored payments, and the money that fits none of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import Record

REFERENCE_MAX = 40


class PaymentStatus(StrEnum):
    """Where a payment stands: forward only, by `NEXT`."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


NEXT: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING: frozenset({PaymentStatus.SUCCESS, PaymentStatus.FAILED, PaymentStatus.QUARANTINED}),
    PaymentStatus.FAILED: frozenset({PaymentStatus.SUCCESS, PaymentStatus.QUARANTINED}),
    PaymentStatus.QUARANTINED: frozenset({PaymentStatus.SUCCESS}),
    PaymentStatus.SUCCESS: frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED}),
    PaymentStatus.PARTIALLY_REFUNDED: frozenset({PaymentStatus.REFUNDED}),
    PaymentStatus.REFUNDED: frozenset(),
}
"""`failed` is not final for money, and a payment whose first money was quarantined can still be paid rightly."""

PAID = frozenset({PaymentStatus.SUCCESS, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})


class PaymentTransaction(Record):
    """One purchase: what was asked for, and what became of it. Amounts are minor units."""

    user: PydanticObjectId
    status: PaymentStatus = PaymentStatus.PENDING
    payment_method: str
    gateway_account: str | None = None
    gateway_transaction_id: str | None = None
    """The gateway's id of the payment that paid this, or of the last one tried."""
    gateway_session_id: str | None = None
    gateway_status: str | None = None
    """The last thing the gateway said, in its own word."""
    gateway_fee: int | None = None
    gateway_response: dict[str, Any] | None = None
    package: PydanticObjectId
    token: int
    """The tokens as sold; a later change of the pack does not touch them."""
    duration: int | None = None
    """Days they can be spent, as sold."""
    booking: PydanticObjectId | None = None
    """The held booking this purchase is for."""
    description: str
    amount: int
    currency: str
    customer_name: str | None = None
    customer_email: str | None = None
    reference: str
    key: str
    input_hash: str
    pay_url: str | None = None
    expires_at: datetime | None = None
    attempts: int = 0
    """Payments the payer tried, as far as we heard."""
    failure_reason: str | None = None
    paid_at: datetime | None = None
    failed_at: datetime | None = None
    check_at: datetime | None = None
    """When to ask the gateway again; None when there is nothing more to learn."""
    is_deleted: bool = False

    class Settings:
        name = "payment_transactions"
        indexes = [
            IndexModel([("reference", ASCENDING)], unique=True, name="one_per_reference"),
            IndexModel([("key", ASCENDING)], unique=True, name="one_per_key"),
            IndexModel([("user", ASCENDING), ("_id", DESCENDING)], name="by_member"),
            IndexModel(
                [("check_at", ASCENDING)], name="to_be_checked", partialFilterExpression={"check_at": {"$type": "date"}}
            ),
            IndexModel(
                [("gateway_session_id", ASCENDING)], unique=True, name="one_per_session",
                partialFilterExpression={"gateway_session_id": {"$gt": ""}},
            ),
            IndexModel(
                [("gateway_transaction_id", ASCENDING)], name="by_gateway_transaction",
                partialFilterExpression={"gateway_transaction_id": {"$gt": ""}},
            ),
        ]  # fmt: skip


class QuarantinedMoney(Record):
    """A captured payment that does not fit what was asked for; kept for a person, never credited."""

    gateway: str
    gateway_payment_id: str
    payment_transaction: PydanticObjectId
    user: PydanticObjectId
    reason: str
    event: str
    amount: int | None
    currency: str | None
    reference: str | None
    account_id: str | None
    gateway_response: dict[str, Any]

    class Settings:
        name = "quarantined_money"
        indexes = [
            IndexModel(
                [("gateway", ASCENDING), ("gateway_payment_id", ASCENDING)], unique=True, name="one_per_gateway_payment"
            ),
            IndexModel([("payment_transaction", ASCENDING)], name="by_payment"),
        ]


RECORDS: list[type[Record]] = [PaymentTransaction, QuarantinedMoney]
