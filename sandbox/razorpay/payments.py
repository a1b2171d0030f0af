"""Payments, refunds and settlements: /v1/payments, /v1/refunds, /v1/settlements/recon/combined."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

from sandbox.razorpay import fields, purchases
from sandbox.razorpay.account import Account
from sandbox.razorpay.endpoint import Call, collection, page_of
from sandbox.razorpay.entities import Entity
from sandbox.razorpay.errors import Refused

NOTE_LENGTH_MAX = 256
REFUND_FIELDS = ("amount", "speed", "notes", "receipt", "payment_id")
REFUND_KEY = re.compile(r"[A-Za-z0-9_-]{10,}")
MISMATCH_STATUS = 409  # the documentation names both 400 and 409
SETTLED_AFTER = timedelta(days=2)
INDIA = timezone(timedelta(hours=5, minutes=30))


def fetch(account: Account, call: Call) -> Entity:
    """Show a payment."""
    return account.payment(call.path["id"])


def browse(account: Account, call: Call) -> Entity:
    """List payments."""
    return collection(page_of(list(account.payments.values()), call.query))


def capture(account: Account, call: Call) -> Entity:
    """Take an authorised payment's money, all of it."""
    payment = account.payment(call.path["id"])
    amount_minor, currency = fields.amount(call.body), fields.currency(call.body, default="INR")
    if payment["captured"]:
        raise Refused("This payment has already been captured", reason="payment_already_captured")
    if payment["status"] != "authorized":
        words = "Only payments which have been authorized and not yet captured can be captured"
        raise Refused(words, reason="invalid_payment_status")
    if (amount_minor, currency) != (payment["amount"], payment["currency"]):
        words = "Capture amount must be equal to the amount authorized"
        raise Refused(words, field="amount", reason="capture_amount_mismatch")
    account.emit(purchases.capture(account, payment))
    return payment


def refund(account: Account, call: Call) -> Entity:
    """Give back all that is left of a payment, or `amount` of it."""
    body = call.body
    fields.only(body, REFUND_FIELDS)
    payment = account.payment(call.path.get("id") or str(body.get("payment_id", "")))
    request = json.dumps([payment["id"], body], sort_keys=True)
    key = call.headers.get("x-refund-idempotency")
    if key is not None and (earlier := _earlier_refund(account, key, request)) is not None:
        return earlier
    amount_minor = fields.amount(body) if body.get("amount") is not None else None
    speed = body.get("speed")
    if speed not in (None, "normal", "optimum"):
        raise Refused("The selected speed is invalid.", field="speed", reason="input_validation_failed")
    made, _events = purchases.refund(
        account,
        payment,
        amount_minor=amount_minor,
        speed=speed,
        receipt=fields.text(body, "receipt", length_max=40) or None,
        notes=fields.notes(body, length_max=NOTE_LENGTH_MAX),
    )
    if key is not None:
        account.refund_keys[key] = {"request": request, "refund_id": made["id"]}
    return made


def _earlier_refund(account: Account, key: str, request: str) -> Entity | None:
    if not REFUND_KEY.fullmatch(key):
        raise Refused("The idempotency key must be at least 10 characters of letters, digits, hyphens and underscores.")
    earlier = account.refund_keys.get(key)
    if earlier is None:
        return None
    if earlier["request"] != request:
        words = "Different request with the same idempotency key has already been processed."
        raise Refused(words, status=MISMATCH_STATUS)
    return account.refunds[earlier["refund_id"]]


def refunds_of_payment(account: Account, call: Call) -> Entity:
    """List a payment's refunds."""
    payment = account.payment(call.path["id"])
    return collection(page_of(account.refunds_of(payment["id"]), call.query))


def refund_of_payment(account: Account, call: Call) -> Entity:
    """Show one of a payment's refunds."""
    return account.refund(call.path["refund_id"])


def fetch_refund(account: Account, call: Call) -> Entity:
    """Show a refund."""
    return account.refund(call.path["id"])


def browse_refunds(account: Account, call: Call) -> Entity:
    """List refunds."""
    return collection(page_of(list(account.refunds.values()), call.query))


def settlement_recon(account: Account, call: Call) -> Entity:
    """Report what was settled in a month or on a day, by Indian dates; money settles two days after it moved."""
    year, month, day = (call.query.get(name, "") for name in ("year", "month", "day"))
    if not (year.isdigit() and month.isdigit() and (day.isdigit() or not day)):
        raise Refused("The year and month fields are required.", field="year", reason="input_validation_failed")
    rows = [_payment_row(account, p) for p in account.payments.values() if p["captured"]]
    rows += [_refund_row(account, r) for r in account.refunds.values() if r["status"] == "processed"]
    wanted = [row for row in rows if row["settled_at"] <= account.now and _is_on(row["settled_at"], year, month, day)]
    return collection(page_of(wanted, call.query))


def _is_on(settled_at: int, year: str, month: str, day: str) -> bool:
    on = datetime.fromtimestamp(settled_at, INDIA)
    return (on.year, on.month) == (int(year), int(month)) and (not day or on.day == int(day))


def _payment_row(account: Account, payment: Entity) -> Entity:
    net_minor = payment["amount"] - payment["fee"]
    return _row(account, payment, payment=payment, kind="payment", credit=net_minor, fee=payment["fee"])


def _refund_row(account: Account, refund: Entity) -> Entity:
    return _row(account, refund, payment=account.payments[refund["payment_id"]], kind="refund", debit=refund["amount"])


def _row(
    account: Account, entity: Entity, *, payment: Entity, kind: str, debit: int = 0, credit: int = 0, fee: int = 0
) -> Entity:
    settled_at = int((datetime.fromtimestamp(entity["created_at"], UTC) + SETTLED_AFTER).timestamp())
    day = datetime.fromtimestamp(settled_at, INDIA).strftime("%Y%m%d")
    return {
        "entity_id": entity["id"],
        "type": kind,
        "debit": debit,
        "credit": credit,
        "amount": entity["amount"],
        "currency": entity["currency"],
        "fee": fee,
        "tax": payment["tax"] if fee else 0,
        "on_hold": False,
        "settled": True,
        "created_at": entity["created_at"],
        "settled_at": settled_at,
        "settlement_id": f"setl_{account.account_id[-6:]}{day}",
        "settlement_utr": f"{day}{account.account_id[-4:]}",
        "order_id": payment["order_id"],
        "order_receipt": account.orders[payment["order_id"]]["receipt"],
        "method": payment["method"],
        "payment_id": payment["id"] if kind == "refund" else None,
        "dispute_id": None,
        "notes": json.dumps(entity["notes"]),
    }
