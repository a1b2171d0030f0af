"""Invoices and refunds in Telegram Stars."""

from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.messages import send
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Message

STARS = "XTR"
TITLE_MAX = 32
DESCRIPTION_MAX = 255
PAYLOAD_MAX_BYTES = 128
STARS_MAX = 25_000
INVOICES_MAX = 5000


@method("sendInvoice")
async def send_invoice(messenger: Messenger, parameters: Parameters) -> Message:
    """Send an invoice; Stars are the only currency here, as for digital goods on the real service."""
    chat = messenger.chat(parameters)
    messenger.check_open(chat)
    amount = _amount(parameters)
    _check_words(parameters)
    invoice = {
        "title": parameters.text("title"),
        "description": parameters.text("description"),
        "start_parameter": parameters.text("start_parameter"),
        "currency": STARS,
        "total_amount": amount,
    }
    message = send(messenger, chat, parameters, {"invoice": invoice})
    if "reply_markup" not in message:
        markup = {"inline_keyboard": [[{"text": f"Pay ⭐️{amount}", "pay": True}]]}
        message = messenger.replace(chat, message | {"reply_markup": markup})
    messenger.state.invoices[f"{chat.id}/{message['message_id']}"] = parameters.text("payload")
    while len(messenger.state.invoices) > INVOICES_MAX:
        del messenger.state.invoices[next(iter(messenger.state.invoices))]
    return message


def _amount(parameters: Parameters) -> int:
    if parameters.text("currency") != STARS or parameters.text("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    prices: Any = parameters.nested("prices")
    if not isinstance(prices, list) or len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    amount = prices[0].get("amount")
    if not isinstance(amount, int) or not 1 <= amount <= STARS_MAX or not prices[0].get("label"):
        raise bad_request("STARS_INVOICE_INVALID")
    return amount


def _check_words(parameters: Parameters) -> None:
    if not 1 <= len(parameters.text("title")) <= TITLE_MAX:
        raise bad_request("INVOICE_TITLE_INVALID")
    if not 1 <= len(parameters.text("description")) <= DESCRIPTION_MAX:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(parameters.text("payload").encode()) <= PAYLOAD_MAX_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")


@method("refundStarPayment")
async def refund_star_payment(messenger: Messenger, parameters: Parameters) -> bool:
    """Give the Stars of a payment back; the bot is told by a `refunded_payment` message."""
    charge_id = parameters.text("telegram_payment_charge_id")
    payment = messenger.state.payments.get(charge_id)
    chat = messenger.chat(parameters, "user_id")
    if payment is None or payment["user_id"] != chat.id:
        raise bad_request("CHARGE_NOT_FOUND")
    if payment["is_refunded"]:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    payment["is_refunded"] = True
    refunded = {name: value for name, value in payment.items() if name not in {"user_id", "is_refunded"}}
    message = messenger.post(chat, chat.user, {"refunded_payment": refunded})
    messenger.updates.emit("message", message, user_id=chat.id)
    return True
