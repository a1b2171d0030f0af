"""Orders: /v1/orders."""

from sandbox.razorpay import fields
from sandbox.razorpay.account import Account
from sandbox.razorpay.endpoint import Call, collection, page_of
from sandbox.razorpay.entities import Entity, new_order, notes_or_list

RECEIPT_LENGTH_MAX = 40
NOTE_LENGTH_MAX = 256
CREATE_FIELDS = (
    "amount", "currency", "receipt", "notes", "partial_payment", "payment_capture", "first_payment_min_amount",
    "unique_receipt",
)  # fmt: skip


def create(account: Account, call: Call) -> Entity:
    """Make an order; with `unique_receipt` the same receipt answers the same order again."""
    body = call.body
    fields.only(body, CREATE_FIELDS)
    amount_minor, currency = fields.amount(body), fields.currency(body)
    receipt = fields.text(body, "receipt", length_max=RECEIPT_LENGTH_MAX) or None
    is_captured_at_once = fields.flag(body, "payment_capture", default=True)
    if receipt and fields.flag(body, "unique_receipt", default=False):
        for order in account.orders.values():
            if order["receipt"] == receipt:
                return order
    notes = fields.notes(body, length_max=NOTE_LENGTH_MAX)
    order = new_order(now=account.now, amount_minor=amount_minor, currency=currency, receipt=receipt, notes=notes)
    account.orders[order["id"]] = order
    if not is_captured_at_once:
        account.captured_by_hand.append(order["id"])
    return order


def fetch(account: Account, call: Call) -> Entity:
    """Show an order."""
    return account.order(call.path["id"])


def browse(account: Account, call: Call) -> Entity:
    """List orders, all or those of one receipt."""
    orders = list(account.orders.values())
    if receipt := call.query.get("receipt"):
        orders = [order for order in orders if order["receipt"] == receipt]
    return collection(page_of(orders, call.query))


def payments(account: Account, call: Call) -> Entity:
    """List an order's payments, failed ones too."""
    order = account.order(call.path["id"])
    return collection(list(reversed(account.payments_of(order["id"]))))


def edit(account: Account, call: Call) -> Entity:
    """Change an order's notes, the only thing that can change."""
    order = account.order(call.path["id"])
    fields.only(call.body, ("notes",))
    order["notes"] = notes_or_list(fields.notes(call.body, length_max=NOTE_LENGTH_MAX))
    return order
