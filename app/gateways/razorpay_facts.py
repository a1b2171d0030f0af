"""Razorpay's entities and events in our words. Nothing of a payer's contact is kept."""

import json
from datetime import UTC, datetime
from typing import Any

from domain.payments import FactKind, GatewayFact, GatewayLink, LinkPayment, PaymentGatewayError

GATEWAY = "razorpay"
REFERENCE_NOTE = "reference"
"""Razorpay copies a link's notes to its payments, so that every event of a payment carries our reference."""
KINDS = {
    "payment.authorized": FactKind.AUTHORIZED,
    "payment.captured": FactKind.CAPTURED,
    "order.paid": FactKind.CAPTURED,
    "payment_link.paid": FactKind.CAPTURED,
    "payment_link.partially_paid": FactKind.CAPTURED,
    "payment.failed": FactKind.FAILED,
    "payment_link.expired": FactKind.EXPIRED,
    "payment_link.cancelled": FactKind.CANCELLED,
}
KEPT = ("id", "order_id", "method", "status", "amount", "currency", "fee", "tax", "acquirer_data", "created_at")

Entity = dict[str, Any]


def facts_of_webhook(body: bytes) -> list[GatewayFact]:
    """What a webhook says about money; nothing for events we do not know."""
    try:
        event = json.loads(body)
    except ValueError:
        return []
    kind = KINDS.get(_text(_object(event).get("event")) or "")
    if kind is None:
        return []
    payload = _object(event.get("payload"))
    payment, order, link = (
        _object(_object(payload.get(name)).get("entity")) for name in ("payment", "order", "payment_link")
    )
    payment_id = _text(payment.get("id"))
    if payment_id is None and kind in (FactKind.CAPTURED, FactKind.AUTHORIZED, FactKind.FAILED):
        return []
    fact = GatewayFact(
        gateway=GATEWAY, kind=kind, event=event["event"],
        reference=_text(link.get("reference_id")) or reference_of(payment, order),
        session_id=_text(link.get("id")) or _link_in(payment), gateway_payment_id=payment_id,
        amount_minor=_integer(payment.get("amount")), currency=_text(payment.get("currency")),
        fee_minor=_integer(payment.get("fee")), account_id=_text(event.get("account_id")),
        failure_reason=_text(payment.get("error_description")),
        response={name: payment[name] for name in KEPT if name in payment},
    )  # fmt: skip
    return [fact]


def reference_of(payment: Entity, order: Entity) -> str | None:
    """Our reference as a payment's notes, or as the receipt of its order, have it."""
    return (
        _text(_object(payment.get("notes")).get(REFERENCE_NOTE))
        or _text(order.get("receipt"))
        or _text(_object(order.get("notes")).get(REFERENCE_NOTE))
    )


def _link_in(payment: Entity) -> str | None:
    """The link's id: a payment made through a link has it as its description, after a `#`, without the prefix."""
    description = _text(payment.get("description")) or ""
    letters = description.removeprefix("#").removeprefix("plink_")
    is_id = description.startswith("#") and len(letters) == 14 and letters.isascii() and letters.isalnum()
    return f"plink_{letters}" if is_id else None


def link_of(entity: Entity) -> GatewayLink:
    """A payment link entity as our link; raises PaymentGatewayError when it is not one."""
    try:
        paid = [one for one in entity.get("payments") or [] if one["status"] == "captured"]
        return GatewayLink(
            session_id=entity["id"], reference=entity["reference_id"], url=entity["short_url"],
            status=entity["status"], amount_minor=int(entity["amount"]), currency=entity["currency"],
            expires_at=datetime.fromtimestamp(entity["expire_by"], tz=UTC) if entity.get("expire_by") else None,
            captured=tuple(
                LinkPayment(
                    gateway_payment_id=one["payment_id"], amount_minor=int(one["amount"]), currency=entity["currency"]
                )
                for one in paid
            ),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise PaymentGatewayError(gateway=GATEWAY, status=200, reason="unreadable payment link") from error


def payment_of(entity: Entity) -> LinkPayment:
    """A payment entity as money on a link; raises PaymentGatewayError when it is not one."""
    payment_id, currency = _text(entity.get("id")), _text(entity.get("currency"))
    amount_minor = _integer(entity.get("amount"))
    if payment_id is None or currency is None or amount_minor is None:
        raise PaymentGatewayError(gateway=GATEWAY, status=200, reason="unreadable payment")
    return LinkPayment(gateway_payment_id=payment_id, amount_minor=amount_minor, currency=currency)


def facts_of_link(link: GatewayLink) -> list[GatewayFact]:
    """What was paid through a link, else that it is over."""
    facts = [
        GatewayFact(
            gateway=GATEWAY, kind=FactKind.CAPTURED, event=f"link:{link.status}", reference=link.reference,
            session_id=link.session_id, gateway_payment_id=paid.gateway_payment_id, amount_minor=paid.amount_minor,
            currency=paid.currency,
        )
        for paid in link.captured
    ]  # fmt: skip
    over = {"expired": FactKind.EXPIRED, "cancelled": FactKind.CANCELLED}.get(link.status)
    if facts or over is None:
        return facts
    return [
        GatewayFact(
            gateway=GATEWAY, kind=over, event=f"link:{link.status}", reference=link.reference,
            session_id=link.session_id, gateway_payment_id=None, amount_minor=None, currency=link.currency,
        )
    ]  # fmt: skip


def _object(value: Any) -> Entity:
    return value if isinstance(value, dict) else {}  # empty notes are a list, absent ones null


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
