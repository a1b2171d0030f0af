"""What payers and banks do: pay, fail, succeed late, get money back."""

from collections.abc import Sequence

from sandbox.razorpay.account import Account
from sandbox.razorpay.entities import BANK_DECLINED, FAILING_VPA, NO_ERROR, Entity, fee_minor, new_payment, new_refund
from sandbox.razorpay.errors import Refused
from sandbox.razorpay.events import Event, Subject

OUTCOMES = ("success", "failure", "late_success")
WEBHOOKS = ("normal", "none", "duplicate", "reversed", "wrong_signature")
REFUND_OUTCOMES = ("processed", "pending", "failed")

Happened = Sequence[tuple[str, Subject]]


def pay(
    account: Account, order: Entity, *, outcome: str, webhooks: str, amount_minor: int | None, currency: str | None
) -> tuple[Entity, list[Event]]:
    """Pay an order, whatever state it and its link are in: late and double money happens.

    `amount_minor` and `currency` None mean what is due. A `late_success` is first reported as failed.
    """
    payment = attempt(account, order, amount_minor=amount_minor, currency=currency)
    happened: list[tuple[str, Subject]] = []
    if outcome in ("failure", "late_success"):
        happened += fail(account, payment)
    if outcome in ("success", "late_success"):
        happened += authorize(account, payment)
        if order["id"] not in account.captured_by_hand:
            happened += capture(account, payment)
    if outcome == "late_success" and webhooks == "normal":
        webhooks = "in_order"
    return payment, account.emit(happened, webhooks=webhooks)


def attempt(account: Account, order: Entity, *, amount_minor: int | None, currency: str | None) -> Entity:
    """Start a payment of an order."""
    link = account.links.get(account.link_of_order.get(order["id"], ""))
    payment = new_payment(
        now=account.now,
        amount_minor=amount_minor if amount_minor is not None else order["amount_due"] or order["amount"],
        currency=currency or order["currency"],
        order=order,
        description=f"#{link['id'].removeprefix('plink_')}" if link else None,
    )
    if link and link["customer"].get("contact"):
        payment["contact"] = link["customer"]["contact"]
    account.payments[payment["id"]] = payment
    order["attempts"] += 1
    if order["status"] == "created":
        order["status"] = "attempted"
    return payment


def fail(account: Account, payment: Entity) -> Happened:
    """The bank declines a payment, or so it seems."""
    payment.update(BANK_DECLINED, status="failed", vpa=FAILING_VPA)
    return [("payment.failed", account.subject_of(payment))]


def authorize(account: Account, payment: Entity) -> Happened:
    """The bank promises the money."""
    payment.update(NO_ERROR, status="authorized", vpa=payment["upi"]["vpa"])
    return [("payment.authorized", account.subject_of(payment))]


def capture(account: Account, payment: Entity) -> Happened:
    """Take the promised money: it pays the order and the link, and costs the fee."""
    fee, tax = fee_minor(payment["amount"])
    payment.update(status="captured", captured=True, fee=fee, tax=tax)
    subject = account.subject_of(payment)
    assert subject.order is not None, "every payment has an order"
    happened = [("payment.captured", subject)]
    _add_to_order(subject.order, payment, accept_partial=bool(subject.link and subject.link["accept_partial"]))
    if subject.order["status"] == "paid":
        happened.append(("order.paid", subject))
    if subject.link is not None:
        _add_to_link(subject.link, payment, now=account.now)
        name = "payment_link.paid" if subject.link["status"] == "paid" else "payment_link.partially_paid"
        happened.append((name, subject))
    return happened


def _add_to_order(order: Entity, payment: Entity, *, accept_partial: bool) -> None:
    order["amount_paid"] += payment["amount"]
    order["amount_due"] = max(order["amount"] - order["amount_paid"], 0)
    if order["amount_due"] == 0 or not accept_partial:
        order["status"] = "paid"


def _add_to_link(link: Entity, payment: Entity, *, now: int) -> None:
    link["amount_paid"] += payment["amount"]
    is_whole = link["amount_paid"] >= link["amount"] or not link["accept_partial"]
    link["status"] = "paid" if is_whole else "partially_paid"
    link["updated_at"] = now
    link["payments"] = [
        *(link["payments"] or []),
        {
            "amount": payment["amount"],
            "created_at": payment["created_at"],
            "method": payment["method"],
            "payment_id": payment["id"],
            "status": "captured",
        },
    ]


def refund(
    account: Account,
    payment: Entity,
    *,
    amount_minor: int | None,
    speed: str | None = None,
    receipt: str | None = None,
    notes: dict[str, str] | None = None,
    outcome: str = "processed",
    webhooks: str = "normal",
) -> tuple[Entity, list[Event]]:
    """Give money back to the payer; `amount_minor` None means all that is left. Fee and GST stay with the gateway."""
    left_minor = refundable_minor(payment)
    refunded_minor = left_minor if amount_minor is None else amount_minor
    if refunded_minor > left_minor:
        words = "The refund amount provided is greater than amount captured"
        raise Refused(words, field="amount", reason="input_validation_failed")
    made = new_refund(
        now=account.now, payment=payment, amount_minor=refunded_minor, speed=speed, receipt=receipt, notes=notes or {}
    )
    account.refunds[made["id"]] = made
    payment["amount_refunded"] += refunded_minor
    _restate(payment)
    subject = account.subject_of(payment, refund=made)
    happened = [("refund.created", subject)]
    if outcome != "pending":
        made["status"] = outcome
        happened.append((f"refund.{outcome}", subject))
    if outcome == "failed":
        payment["amount_refunded"] -= refunded_minor
        _restate(payment)
    return made, account.emit(happened, webhooks=webhooks)


def refundable_minor(payment: Entity) -> int:
    """What can still be given back of a payment; raises Refused when nothing can."""
    if not payment["captured"]:
        raise Refused("The payment status should be captured for action to be taken", reason="invalid_payment_status")
    left_minor = int(payment["amount"] - payment["amount_refunded"])
    if left_minor == 0:
        raise Refused("The payment has been fully refunded already", reason="payment_already_refunded")
    return left_minor


def _restate(payment: Entity) -> None:
    refunded_minor = payment["amount_refunded"]
    is_full = refunded_minor == payment["amount"]
    payment["refund_status"] = "full" if is_full else "partial" if refunded_minor else None
    payment["status"] = "refunded" if is_full else "captured"
