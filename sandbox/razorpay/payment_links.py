"""Payment links: /v1/payment_links."""

from typing import Any

from sandbox.razorpay import fields
from sandbox.razorpay.account import LIFETIME_SECONDS, OPEN, Account
from sandbox.razorpay.endpoint import Call, page_of
from sandbox.razorpay.entities import Entity, new_link, random_letters
from sandbox.razorpay.errors import Refused
from sandbox.razorpay.events import Subject

EXPIRE_AHEAD_SECONDS_MIN = 15 * 60
NOTE_LENGTH_MAX = 255
CREATE_FIELDS = (
    "amount", "currency", "accept_partial", "first_min_partial_amount", "upi_link", "description", "reference_id",
    "customer", "expire_by", "notify", "reminder_enable", "notes", "callback_url", "callback_method", "options",
)  # fmt: skip
EDIT_FIELDS = ("reference_id", "expire_by", "notes", "accept_partial", "reminder_enable")


def create(account: Account, call: Call) -> Entity:
    """Make a link that a payer can open at its `short_url`."""
    body = call.body
    fields.only(body, CREATE_FIELDS)
    if fields.flag(body, "upi_link", default=False):
        raise Refused("UPI Payment Links is not supported in Test Mode", field="upi_link")
    notify = fields.group(body, "notify")
    given: Entity = {
        "amount": fields.amount(body),
        "currency": fields.currency(body, default="INR"),
        "accept_partial": fields.flag(body, "accept_partial", default=False),
        "description": fields.text(body, "description", length_max=2048),
        "customer": fields.group(body, "customer"),
        "notes": fields.notes(body, length_max=NOTE_LENGTH_MAX),
        "notify": {"email": bool(notify.get("email")), "sms": bool(notify.get("sms")), "whatsapp": False},
        "reminder_enable": fields.flag(body, "reminder_enable", default=False),
        "expire_by": _expire_by(account, body),
        "first_min_partial_amount": _first_partial_minor(body),
        "reference_id": _reference_id(account, body),
        **_callback(body),
    }
    short_url = f"{account.world.config.public_url}/razorpay/l/{random_letters(8)}"
    link = new_link(now=account.now, short_url=short_url, given=given)
    account.links[link["id"]] = link
    return link


def fetch(account: Account, call: Call) -> Entity:
    """Show a link."""
    return account.link(call.path["id"])


def browse(account: Account, call: Call) -> Entity:
    """List links; this list alone has no collection envelope."""
    account.expire_due()
    links = list(account.links.values())
    if reference_id := call.query.get("reference_id"):
        links = [link for link in links if link["reference_id"] == reference_id]
    if payment_id := call.query.get("payment_id"):
        links = [link for link in links if any(p["payment_id"] == payment_id for p in link["payments"] or ())]
    return {"payment_links": page_of(links, call.query)}


def edit(account: Account, call: Call) -> Entity:
    """Change an open link."""
    link = account.link(call.path["id"])
    body = call.body
    fields.only(body, EDIT_FIELDS)
    if link["status"] not in OPEN:
        raise Refused(f"update not allowed for payment link in {link['status']} status")
    change: Entity = {}
    if body.get("reference_id") not in (None, link["reference_id"]):
        change["reference_id"] = _reference_id(account, body)
    if "expire_by" in body:
        change["expire_by"] = _expire_by(account, body)
    if "notes" in body:
        change["notes"] = fields.notes(body, length_max=NOTE_LENGTH_MAX) or None
    for name in ("accept_partial", "reminder_enable"):
        if name in body:
            change[name] = fields.flag(body, name, default=False)
    link.update(change, updated_at=account.now)
    return link


def cancel(account: Account, call: Call) -> Entity:
    """Close a link that nobody has paid into."""
    link = account.link(call.path["id"])
    match link["status"]:
        case "paid" | "partially_paid":
            raise Refused("cannot cancel or expire an already paid/partially paid link")
        case "expired":
            raise Refused("cannot cancel or expire an expired link")
        case "cancelled":
            raise Refused("cannot cancel or expire an already cancelled link")
    link.update(status="cancelled", cancelled_at=account.now, updated_at=account.now)
    account.emit([("payment_link.cancelled", Subject(link=link))])
    return link


def notify(account: Account, call: Call) -> Entity:
    """Pretend to send the link to the customer again."""
    link = account.link(call.path["id"])
    if call.path["medium"] not in ("sms", "email"):
        raise Refused("medium should be one of sms or email", field="medium")
    if link["status"] not in OPEN:
        raise Refused(f"notification not allowed for payment link in {link['status']} status")
    return {"success": True}


def _reference_id(account: Account, body: dict[str, Any]) -> str:
    reference_id = fields.text(body, "reference_id", length_max=40)
    if reference_id and any(link["reference_id"] == reference_id for link in account.links.values()):
        words = "payment link creation with reference ID already attempted"
        raise Refused(words, field="reference_id", reason="input_validation_failed")
    return reference_id


def _expire_by(account: Account, body: dict[str, Any]) -> int:
    moment = fields.moment(body, "expire_by")
    if moment and moment < account.now + EXPIRE_AHEAD_SECONDS_MIN:
        words = "timestamp must be atleast 15 minutes in future"
        raise Refused(words, field="expire_by", reason="input_validation_failed")
    if moment > account.now + LIFETIME_SECONDS + 4 * 24 * 3600:
        words = "timestamp must be within 6 months from now"
        raise Refused(words, field="expire_by", reason="input_validation_failed")
    return moment


def _first_partial_minor(body: dict[str, Any]) -> int:
    if not body.get("first_min_partial_amount"):
        return 0
    if not body.get("accept_partial"):
        words = "first_min_partial_amount is not allowed when accept_partial is false"
        raise Refused(words, field="first_min_partial_amount")
    return fields.amount(body, "first_min_partial_amount")


def _callback(body: dict[str, Any]) -> Entity:
    url = fields.text(body, "callback_url", length_max=2048)
    method = fields.text(body, "callback_method", length_max=10)
    if url and not url.startswith(("http://", "https://")):
        raise Refused("The callback url format is invalid.", field="callback_url", reason="input_validation_failed")
    if url and method != "get":
        words = "callback_method must be get when callback_url is sent"
        raise Refused(words, field="callback_method", reason="input_validation_failed")
    return {"callback_url": url, "callback_method": method}
