"""What may be looked at in payments. Lists leave out what the gateway answered."""

from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain.kernel import LIMIT_MAX, Page, Row
from domain.payments.errors import PaymentNotFound
from domain.payments.gateway import GatewayFact
from domain.payments.models import PaymentTransaction, QuarantinedMoney

WITHOUT_RESPONSE = {"gateway_response": 0}


async def _one(wanted: Row) -> PaymentTransaction | None:
    row = await PaymentTransaction.get_pymongo_collection().find_one(wanted, WITHOUT_RESPONSE)
    return PaymentTransaction.read(row) if row else None


async def get(payment_id: PydanticObjectId) -> PaymentTransaction:
    """The payment; raises PaymentNotFound."""
    payment = await _one({"_id": payment_id})
    if payment is None:
        raise PaymentNotFound
    return payment


async def by_reference(reference: str) -> PaymentTransaction | None:
    """The payment begun under this reference of ours."""
    return await _one({"reference": reference})


async def by_key(key: str) -> PaymentTransaction | None:
    """The payment begun by this command key."""
    return await _one({"key": key})


async def concerned(fact: GatewayFact) -> PaymentTransaction | None:
    """The payment a fact is about: by our reference, else by the gateway's link, else by its payment."""
    for name, value in (
        ("reference", fact.reference),
        ("gateway_session_id", fact.session_id),
        ("gateway_transaction_id", fact.gateway_payment_id),
    ):
        if value is not None:
            payment = await _one({name: value})
            if payment is not None:
                return payment
    return None


async def is_spent_on_another(payment: PaymentTransaction, fact: GatewayFact) -> bool:
    """Whether the gateway's payment in the fact has paid some other purchase before: it pays one only."""
    paid = {"gateway_transaction_id": fact.gateway_payment_id, "payment_method": fact.gateway}
    return await _one({**paid, "_id": {"$ne": payment.id}, "paid_at": {"$ne": None}}) is not None


async def quarantined(*, gateway: str, gateway_payment_id: str) -> QuarantinedMoney | None:
    """The quarantined money that came with this payment of the gateway."""
    wanted = {"gateway": gateway, "gateway_payment_id": gateway_payment_id}
    row = await QuarantinedMoney.get_pymongo_collection().find_one(wanted)
    return QuarantinedMoney.read(row) if row else None


async def quarantine(*, limit: int) -> list[QuarantinedMoney]:
    """Money that a person must look at, newest first."""
    rows = QuarantinedMoney.get_pymongo_collection().find({}, WITHOUT_RESPONSE).sort("_id", DESCENDING).limit(limit)
    return [QuarantinedMoney.read({**row, "gateway_response": {}}) async for row in rows]


async def of_member(*, member_id: PydanticObjectId, page: int, limit: int) -> Page[PaymentTransaction]:
    """The member's payments, newest first."""
    assert 1 <= limit <= LIMIT_MAX
    payments = PaymentTransaction.get_pymongo_collection()
    rows = payments.find({"user": member_id}, WITHOUT_RESPONSE).sort("_id", DESCENDING)
    items = [PaymentTransaction.read(row) async for row in rows.skip((page - 1) * limit).limit(limit)]
    return Page(items=items, number=page, limit=limit, total=await payments.count_documents({"user": member_id}))


async def open_payments(*, now: datetime, older_than_seconds: float, limit: int) -> list[PaymentTransaction]:
    """Payments begun at least so long ago about which the gateway should be asked now."""
    wanted: Row = {
        "check_at": {"$lte": now, "$type": "date"},
        "created_at": {"$lte": now - timedelta(seconds=older_than_seconds)},
    }
    rows = PaymentTransaction.get_pymongo_collection().find(wanted, WITHOUT_RESPONSE)
    return [PaymentTransaction.read(row) async for row in rows.sort("check_at", ASCENDING).limit(limit)]
