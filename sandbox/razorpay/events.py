"""Webhook events: which entities each carries, what they looked like at that moment, and the envelope around them."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.razorpay.entities import BANK_DECLINED, NO_ERROR, Entity, fee_minor

LINK_PURCHASE = ("payment_link", "order", "payment")
CONTAINS: dict[str, tuple[str, ...]] = {
    "order.paid": ("payment", "order"),
    "payment_link.paid": LINK_PURCHASE,
    "payment_link.partially_paid": LINK_PURCHASE,
    "payment_link.expired": ("payment_link",),
    "payment_link.cancelled": ("payment_link",),
    "refund.created": ("refund", "payment"),
    "refund.processed": ("refund", "payment"),
    "refund.failed": ("refund", "payment"),
    "refund.speed_changed": ("refund", "payment"),
}


@dataclass(kw_only=True)
class Event:
    """One event as it goes over the wire; every redelivery has the same id and the same bytes."""

    id: str
    name: str
    body: str
    emitted_at: float
    signature: str = "right"
    attempts: int = 0


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an event is about."""

    payment: Entity | None = None
    order: Entity | None = None
    link: Entity | None = None
    refund: Entity | None = None

    @property
    def key(self) -> str:
        """The id of the most particular entity: an event of it keeps its event id when it is sent again."""
        narrowest = self.refund or self.payment or self.link or self.order
        assert narrowest is not None, "an event is about something"
        return str(narrowest["id"])


def missing_for(name: str, subject: Subject) -> list[str]:
    """Entities that the event carries and the subject has not."""
    have = _entities(name, subject)
    return [kind for kind in CONTAINS.get(name, ("payment",)) if have[kind] is None]


def envelope(name: str, subject: Subject, *, account_id: str, now: int) -> str:
    """Write the event's body.

    Its `created_at` is the moment of the event, except in payment_link.* where Razorpay gives the link's own creation.
    """
    contains = CONTAINS.get(name, ("payment",))
    entities = _entities(name, subject)
    created_at = subject.link["created_at"] if subject.link and name.startswith("payment_link.") else now
    event: dict[str, Any] = {
        "account_id": account_id,
        "contains": list(contains),
        "created_at": created_at,
        "entity": "event",
        "event": name,
        "payload": {kind: {"entity": entities[kind]} for kind in contains},
    }
    return json.dumps(event, separators=(",", ":"))


def _entities(name: str, subject: Subject) -> dict[str, Entity | None]:
    order = subject.order
    if order and subject.link and name.startswith("payment_link."):
        order = _order_of_link(order, subject.link, subject.payment)
    return {
        "payment": _payment_then(name, subject.payment) if subject.payment else None,
        "order": order,
        "payment_link": subject.link,
        "refund": _refund_then(name, subject.refund) if subject.refund else None,
    }


def _payment_then(name: str, payment: Entity) -> Entity:
    """The payment as it was when the event happened; a late event still shows the earlier state."""
    if name == "payment.authorized":
        return {**payment, **NO_ERROR, "status": "authorized", "captured": False, "fee": None, "tax": None}
    if name == "payment.failed":
        return {**payment, **BANK_DECLINED, "status": "failed", "captured": False, "fee": None, "tax": None}
    if name in ("payment.captured", "order.paid", "payment_link.paid", "payment_link.partially_paid"):
        fee, tax = fee_minor(payment["amount"])
        return {**payment, **NO_ERROR, "status": "captured", "captured": True, "fee": fee, "tax": tax}
    return payment


def _refund_then(name: str, refund: Entity) -> Entity:
    status = {"refund.processed": "processed", "refund.failed": "failed"}.get(name, refund["status"])
    return {**refund, "status": status}


def _order_of_link(order: Entity, link: Entity, payment: Entity | None) -> Entity:
    """The order inside payment_link.* events: another serializer, and the only place where its id has no prefix."""
    return {
        "account_number": None,
        "amount": order["amount"],
        "amount_due": order["amount_due"],
        "amount_paid": order["amount_paid"],
        "app_offer": False,
        "attempts": order["attempts"],
        "authorized": payment is not None,
        "bank": None,
        "created_at": order["created_at"],
        "currency": order["currency"],
        "customer_id": None,
        "id": order["id"].removeprefix("order_"),
        "merchant_id": "",
        "method": None,
        "notes": order["notes"],
        "offer_id": None,
        "partial_payment": link["accept_partial"],
        "payer_name": None,
        "payment_capture": True,
        "product_id": link["id"].removeprefix("plink_"),
        "product_type": "payment_link_v2",
        "provider_context": None,
        "public_key": None,
        "receipt": link["reference_id"],
        "reference2": None,
        "reference3": None,
        "status": order["status"],
        "updated_at": link["updated_at"],
    }
