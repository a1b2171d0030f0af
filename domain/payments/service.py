"""What changes payments: begin and attach around the call to the gateway, apply for whatever the gateway says."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from beanie import PydanticObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.kernel import KeyReused, Row, Tx, emit, run_again, short_code
from domain.payments import policy, queries
from domain.payments.events import PaymentFailed, PaymentQuarantined
from domain.payments.gateway import FactKind, GatewayFact, GatewayLink
from domain.payments.models import PAID, PaymentStatus, PaymentTransaction, QuarantinedMoney

REASON_MAX = 500
REFERENCE_LENGTH = 10


class Outcome(StrEnum):
    """What a fact changed."""

    PAID = "paid"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    NOTED = "noted"
    REPEATED = "repeated"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The payment a fact was about, and what the fact changed; no payment when the fact is not about one of ours."""

    payment: PaymentTransaction | None
    outcome: Outcome

    @property
    def newly_paid(self) -> bool:
        """Whether this very fact paid the payment: the moment to credit."""
        return self.outcome is Outcome.PAID


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """What is bought, as sold: `amount_minor` in `currency` for `tokens` that last `duration_days` (None: for ever)."""

    package_id: PydanticObjectId
    description: str
    tokens: int
    duration_days: int | None
    amount_minor: int
    currency: str
    booking_id: PydanticObjectId | None


async def begin(
    tx: Tx, *, member_id: PydanticObjectId, customer_name: str | None, gateway: str, account_id: str | None,
    purchase: Purchase, key: str, now: datetime,
) -> PaymentTransaction:  # fmt: skip
    """Store a payment before the gateway hears of it, with the reference by which to ask for it later.

    Replaying `key` returns the first payment, at the price it was begun with; for another pack it is KeyReused.
    """
    facts = [str(member_id), gateway, str(purchase.package_id), purchase.currency]
    input_hash = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    earlier = await queries.by_key(key)
    if earlier is not None:
        if earlier.input_hash != input_hash:
            raise KeyReused(key=key)
        return earlier
    payment = PaymentTransaction(
        user=member_id, payment_method=gateway, gateway_account=account_id, package=purchase.package_id,
        token=purchase.tokens, duration=purchase.duration_days, booking=purchase.booking_id,
        description=purchase.description, amount=purchase.amount_minor, currency=purchase.currency,
        customer_name=customer_name, reference=short_code("PAY", length=REFERENCE_LENGTH), key=key,
        input_hash=input_hash, check_at=now + policy.CHECK_AFTER, created_at=now, updated_at=now,
    )  # fmt: skip
    # Who committed the same key after our snapshot makes this a write conflict; the next run finds that payment.
    try:
        await PaymentTransaction.get_pymongo_collection().insert_one(payment.row())
    except DuplicateKeyError as taken:  # the key was free, so it is the reference: the next run draws another
        run_again(tx, taken)
    return payment


async def attach(tx: Tx, *, payment_id: PydanticObjectId, link: GatewayLink, now: datetime) -> PaymentTransaction:
    """Keep the gateway's payment page with its payment; the first one stays."""
    fields = {
        "gateway_session_id": link.session_id,
        "pay_url": link.url,
        "expires_at": link.expires_at,
        "updated_at": now,
    }
    wanted = {"_id": payment_id, "reference": link.reference, "gateway_session_id": {"$in": [None, link.session_id]}}
    row = await PaymentTransaction.get_pymongo_collection().find_one_and_update(
        wanted, {"$set": fields}, return_document=ReturnDocument.AFTER
    )
    return PaymentTransaction.read(row) if row else await queries.get(payment_id)


async def postpone_check(tx: Tx, *, payment_id: PydanticObjectId, now: datetime) -> PaymentTransaction:
    """Remember that the gateway was asked about this payment just now."""
    payment = await queries.get(payment_id)
    return await _change(payment, {"check_at": policy.next_check_at(payment, now=now)}, now=now)


async def apply(tx: Tx, *, fact: GatewayFact, now: datetime) -> Applied:
    """Take in one fact, whatever came before it and however often: payments only go forward.

    Money is checked against what was asked for; what does not fit is quarantined and announced, never paid.
    """
    payment = await queries.concerned(fact)
    if payment is None:
        return Applied(payment=None, outcome=Outcome.IGNORED)
    if fact.kind is FactKind.CAPTURED:
        return await _captured(tx, payment, fact, now=now)
    if fact.kind is FactKind.AUTHORIZED:
        return await _authorized(payment, fact, now=now)
    return await _failed(tx, payment, fact, now=now)


async def _captured(tx: Tx, payment: PaymentTransaction, fact: GatewayFact, *, now: datetime) -> Applied:
    assert fact.gateway_payment_id, "captured money has the gateway's id"
    if await queries.quarantined(gateway=fact.gateway, gateway_payment_id=fact.gateway_payment_id):
        return Applied(payment=payment, outcome=Outcome.REPEATED)
    reason = policy.misfit(payment, fact)
    if reason is None and await queries.is_spent_on_another(payment, fact):
        reason = "already_counted"
    if reason is not None:
        return await _quarantine(tx, payment, fact, reason=reason, now=now)
    if payment.status in PAID:
        if payment.gateway_fee is None and fact.fee_minor is not None:
            payment = await _change(payment, {"gateway_fee": fact.fee_minor}, now=now)
        return Applied(payment=payment, outcome=Outcome.REPEATED)
    paid: Row = {
        **_attempt(payment, fact),
        "status": PaymentStatus.SUCCESS.value,
        "gateway_fee": fact.fee_minor,
        "gateway_response": fact.response,
        "failure_reason": None,
        "paid_at": now,
        "check_at": None,
    }
    return Applied(payment=await _change(payment, paid, now=now), outcome=Outcome.PAID)


async def _quarantine(tx: Tx, payment: PaymentTransaction, fact: GatewayFact, *, reason: str, now: datetime) -> Applied:
    assert fact.gateway_payment_id
    money = QuarantinedMoney(
        gateway=fact.gateway, gateway_payment_id=fact.gateway_payment_id, payment_transaction=payment.id,
        user=payment.user, reason=reason, event=fact.event, amount=fact.amount_minor, currency=fact.currency,
        reference=fact.reference, account_id=fact.account_id, gateway_response=fact.response,
        created_at=now, updated_at=now,
    )  # fmt: skip
    # The payment is written even when it stays as it is, so that facts about one payment come one after the other.
    change: Row = {"gateway_status": fact.event}
    if policy.may_become(payment.status, PaymentStatus.QUARANTINED):
        change |= {**_attempt(payment, fact), "status": PaymentStatus.QUARANTINED.value, "failure_reason": reason}
    payment = await _change(payment, change, now=now)
    await QuarantinedMoney.get_pymongo_collection().insert_one(money.row())
    await emit(
        tx,
        PaymentQuarantined(
            quarantine_id=money.id, payment_id=payment.id, member_id=payment.user, reference=payment.reference,
            reason=reason, gateway=fact.gateway, gateway_payment_id=fact.gateway_payment_id, amount=fact.amount_minor,
            currency=fact.currency, expected_amount=payment.amount, expected_currency=payment.currency,
            occurred_at=now,
        ),
    )  # fmt: skip
    return Applied(payment=payment, outcome=Outcome.QUARANTINED)


async def _failed(tx: Tx, payment: PaymentTransaction, fact: GatewayFact, *, now: datetime) -> Applied:
    if payment.status in PAID or payment.status is PaymentStatus.QUARANTINED:
        return Applied(payment=payment, outcome=Outcome.REPEATED)
    reason = (fact.failure_reason or fact.kind.value)[:REASON_MAX]
    change = {**_attempt(payment, fact), "status": PaymentStatus.FAILED.value, "failure_reason": reason}
    if payment.status is PaymentStatus.FAILED:
        return Applied(payment=await _change(payment, change, now=now), outcome=Outcome.NOTED)
    payment = await _change(payment, {**change, "failed_at": now}, now=now)
    if fact.kind is not FactKind.FAILED:  # a link that ran out is no attempt that failed
        return Applied(payment=payment, outcome=Outcome.NOTED)
    await emit(
        tx,
        PaymentFailed(
            payment_id=payment.id, member_id=payment.user, reference=payment.reference, reason=reason, occurred_at=now
        ),
    )
    return Applied(payment=payment, outcome=Outcome.FAILED)


async def _authorized(payment: PaymentTransaction, fact: GatewayFact, *, now: datetime) -> Applied:
    if payment.status not in (PaymentStatus.PENDING, PaymentStatus.FAILED):
        return Applied(payment=payment, outcome=Outcome.REPEATED)
    return Applied(payment=await _change(payment, _attempt(payment, fact), now=now), outcome=Outcome.NOTED)


def _attempt(payment: PaymentTransaction, fact: GatewayFact) -> Row:
    change: Row = {"gateway_status": fact.event}
    if fact.gateway_payment_id and fact.gateway_payment_id != payment.gateway_transaction_id:
        change |= {"gateway_transaction_id": fact.gateway_payment_id, "attempts": payment.attempts + 1}
    return change


async def _change(payment: PaymentTransaction, fields: Row, *, now: datetime) -> PaymentTransaction:
    row = await PaymentTransaction.get_pymongo_collection().find_one_and_update(
        {"_id": payment.id, "status": payment.status.value},
        {"$set": {**fields, "updated_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    assert row is not None, "inside a snapshot the status cannot have changed"
    return PaymentTransaction.read(row)
