"""What fits, and when to ask again."""

from datetime import datetime, timedelta

from domain.payments.gateway import GatewayFact
from domain.payments.models import NEXT, PAID, PaymentStatus, PaymentTransaction

CHECK_AFTER = timedelta(seconds=20)
CHECK_FOR = timedelta(days=4)
"""Banks may still confirm for three days; after four nothing more is expected."""


def may_become(status: PaymentStatus, after: PaymentStatus) -> bool:
    """Whether a payment can go from one status to the other."""
    return after in NEXT[status]


def misfit(payment: PaymentTransaction, fact: GatewayFact) -> str | None:
    """Why captured money does not fit the payment it names; None when it does."""
    if fact.gateway != payment.payment_method:
        return "gateway_mismatch"
    if payment.gateway_account and fact.account_id and fact.account_id != payment.gateway_account:
        return "account_mismatch"
    if fact.reference is not None and fact.reference != payment.reference:
        return "reference_mismatch"
    if fact.currency != payment.currency:
        return "currency_mismatch"
    if fact.amount_minor != payment.amount:
        return "amount_mismatch"
    if payment.status in PAID and fact.gateway_payment_id != payment.gateway_transaction_id:
        return "paid_twice"
    return None


def next_check_at(payment: PaymentTransaction, *, now: datetime) -> datetime | None:
    """When to ask the gateway again about an open payment: ever later, and after `CHECK_FOR` never."""
    age = now - payment.created_at
    if payment.status in PAID or age >= CHECK_FOR:
        return None
    return now + max(CHECK_AFTER, age / 2)
