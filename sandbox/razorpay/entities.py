"""The entities as Razorpay's API shows them. They are kept in this shape too: what is stored is what is answered."""

import random
import string
from typing import Any

Entity = dict[str, Any]

ID_ALPHABET = string.ascii_letters + string.digits
PAYER_CONTACT = "+919000090000"
PAYER_VPA = "success@razorpay"
FAILING_VPA = "failure@razorpay"


def random_letters(length: int = 14) -> str:
    """Draw letters and digits as they are in every Razorpay id."""
    return "".join(random.choices(ID_ALPHABET, k=length))


def new_id(prefix: str) -> str:
    """Make an id such as `plink_` and 14 letters or digits."""
    return f"{prefix}_{random_letters()}"


def fee_minor(amount_minor: int) -> tuple[int, int]:
    """Fee with GST, and the GST in it: 2 % and 18 % of that, each rounded half up to a minor unit."""
    base_minor = (amount_minor * 2 + 50) // 100
    tax_minor = (base_minor * 18 + 50) // 100
    return base_minor + tax_minor, tax_minor


def notes_or_list(notes: dict[str, str]) -> dict[str, str] | list[str]:
    """Empty notes are an empty list, as PHP writes an empty array."""
    return notes or []


def new_link(*, now: int, short_url: str, given: Entity) -> Entity:
    """Make a payment link. Unset moments and amounts are 0, unset texts "", and there is no `order_id` yet."""
    return {
        "accept_partial": given["accept_partial"],
        "amount": given["amount"],
        "amount_paid": 0,
        "callback_method": given["callback_method"],
        "callback_url": given["callback_url"],
        "cancelled_at": 0,
        "created_at": now,
        "currency": given["currency"],
        "customer": given["customer"],
        "description": given["description"],
        "expire_by": given["expire_by"],
        "expired_at": 0,
        "first_min_partial_amount": given["first_min_partial_amount"],
        "id": new_id("plink"),
        "notes": given["notes"] or None,
        "notify": given["notify"],
        "payments": None,
        "reference_id": given["reference_id"],
        "reminder_enable": given["reminder_enable"],
        "reminders": [],
        "short_url": short_url,
        "status": "created",
        "updated_at": now,
        "upi_link": False,
        "user_id": "",
        "whatsapp_link": False,
    }


def new_order(*, now: int, amount_minor: int, currency: str, receipt: str | None, notes: dict[str, str]) -> Entity:
    """Make an order that nobody has tried to pay."""
    return {
        "id": new_id("order"),
        "entity": "order",
        "amount": amount_minor,
        "amount_paid": 0,
        "amount_due": amount_minor,
        "currency": currency,
        "receipt": receipt,
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": notes_or_list(notes),
        "created_at": now,
    }


def new_payment(*, now: int, amount_minor: int, currency: str, order: Entity, description: str | None) -> Entity:
    """Make a payment by UPI that the bank has not answered yet; fee and tax are null until it is captured."""
    return {
        "id": new_id("pay"),
        "entity": "payment",
        "amount": amount_minor,
        "currency": currency,
        "base_amount": amount_minor,
        "status": "created",
        "order_id": order["id"],
        "invoice_id": None,
        "international": False,
        "method": "upi",
        "amount_refunded": 0,
        "amount_transferred": 0,
        "refund_status": None,
        "captured": False,
        "description": description,
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": PAYER_VPA,
        "email": None,
        "contact": PAYER_CONTACT,
        "notes": order["notes"],
        "fee": None,
        "tax": None,
        "fee_bearer": "platform",
        **NO_ERROR,
        "acquirer_data": {"rrn": "".join(random.choices(string.digits, k=12))},
        "created_at": now,
        "upi": {"payer_account_type": "bank_account", "vpa": PAYER_VPA},
    }


def new_refund(
    *, now: int, payment: Entity, amount_minor: int, speed: str | None, receipt: str | None, notes: dict[str, str]
) -> Entity:
    """Make a refund that the bank still has to process; how fast it went is only told when a speed was asked for."""
    return {
        "id": new_id("rfnd"),
        "entity": "refund",
        "amount": amount_minor,
        "currency": payment["currency"],
        "payment_id": payment["id"],
        "notes": notes_or_list(notes),
        "receipt": receipt,
        "acquirer_data": {"arn": None},
        "created_at": now,
        "batch_id": None,
        "status": "pending",
        "speed_processed": {"normal": "normal", "optimum": "instant"}.get(speed or ""),
        "speed_requested": speed or "normal",
    }


NO_ERROR: Entity = {
    "error_code": None,
    "error_description": None,
    "error_source": None,
    "error_step": None,
    "error_reason": None,
}
BANK_DECLINED: Entity = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "Your payment could not be completed as it was declined by the bank. Try another method.",
    "error_source": "bank",
    "error_step": "payment_authorization",
    "error_reason": "payment_failed",
}
