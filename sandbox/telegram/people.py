"""What people do: write, tap, pay, read, block."""

import secrets
import time
from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting import TEXT_MAX, detect
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.queries import CALLBACK_ANSWER_SECONDS, PRE_CHECKOUT_ANSWER_SECONDS
from sandbox.telegram.state import Chat, Message, User

PERSON_FIELDS = ("first_name", "last_name", "username", "language_code")
USER_ID_MAX = 2**52
MEMBER, KICKED = "member", "kicked"

Json = dict[str, Any]


def make_person(messenger: Messenger, fields: Json) -> User:
    """Make a person, or change the one with that id."""
    given = fields.get("id")
    if given is not None and (not isinstance(given, int) or not 0 < given < USER_ID_MAX):
        raise ApiError(400, "id must be a positive integer below 2^52")
    first_name = fields.get("first_name")
    if not isinstance(first_name, str) or not first_name.strip():
        raise ApiError(400, "first_name must be a text that is not empty")
    user_id = given if given is not None else messenger.state.new_user_id()
    user: User = {"id": user_id, "is_bot": False}
    user |= {name: str(fields[name]) for name in PERSON_FIELDS if fields.get(name)}
    chat = messenger.state.chats.get(user_id)
    if chat is None:
        chat = messenger.state.chats[user_id] = Chat(user=user)
    chat.user = user
    messenger.tell("person", chat, user=user)
    return user


def write(messenger: Messenger, chat: Chat, text: str, *, reply_to_message_id: int | None) -> Message:
    """The person writes to the bot, which may from now on write to them."""
    text = text.strip()
    if not text or utf16.length(text) > TEXT_MAX:
        raise ApiError(400, f"text must have 1 to {TEXT_MAX} characters")
    _check_not_blocked(chat)
    fields: Json = {"text": text}
    if entities := detect(text):
        fields["entities"] = entities
    original = chat.messages.get(reply_to_message_id or 0)
    if original is not None:
        fields["reply_to_message"] = {name: value for name, value in original.items() if name != "reply_to_message"}
    _act(chat)
    if chat.keyboard and (chat.keyboard.get("force_reply") or chat.keyboard.get("one_time_keyboard")):
        chat.keyboard = None
        messenger.tell("keyboard", chat, reply_keyboard=None)
    message = messenger.post(chat, chat.user, fields)
    read(messenger, chat, message["message_id"])
    messenger.updates.emit("message", message, user_id=chat.id)
    return message


def tap(messenger: Messenger, chat: Chat, message_id: int, *, text: str | None, data: str | None) -> Json:
    """The person taps an inline button, found by its label or its callback data."""
    message = chat.messages.get(message_id)
    if message is None:
        raise ApiError(404, f"there is no message {message_id} in this chat")
    buttons = [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
    button = _found(buttons, text=text, data=data)
    if "disabled" in button:
        raise ApiError(409, f"the button {button['text']!r} is disabled")
    if "url" in button:
        return {"callback_query_id": None, "url": button["url"]}
    if "copy_text" in button:
        return {"callback_query_id": None, "copied": button["copy_text"]["text"]}
    _check_not_blocked(chat)
    _act(chat)
    if button.get("pay"):
        return {"callback_query_id": None, "pre_checkout_query_id": _check_out(messenger, chat, message)}
    if "callback_data" not in button:
        raise ApiError(409, f"the button {button['text']!r} does nothing here")
    return {"callback_query_id": _call_back(messenger, chat, message, button["callback_data"])}


def _found(buttons: list[Json], *, text: str | None, data: str | None) -> Json:
    if data is not None:
        fitting = [button for button in buttons if button.get("callback_data") == data]
        wanted = f"with the data {data!r}"
    else:
        fitting = [button for button in buttons if button["text"] == text]
        wanted = f"labelled {text!r}"
        if not fitting and text:
            fitting = [button for button in buttons if text in button["text"]]
            if len(fitting) > 1:
                wanted = f"with a label of which {text!r} is a part of one only"
                fitting = []
    if not fitting:
        labels = ", ".join(repr(button["text"]) for button in buttons)
        raise ApiError(404, f"there is no button {wanted}; there are: {labels or 'none'}")
    return fitting[0]


def _call_back(messenger: Messenger, chat: Chat, message: Message, data: str) -> str:
    query_id = messenger.queries.ask(chat.id, seconds=CALLBACK_ANSWER_SECONDS)
    query = {
        "id": query_id,
        "from": chat.user,
        "message": message,
        "chat_instance": str(chat.id * 7_919 + messenger.bot["id"]),
        "data": data,
    }
    messenger.tell("tap", chat, message_id=message["message_id"], callback_query_id=query_id)
    messenger.updates.emit("callback_query", query, user_id=chat.id)
    return query_id


def _check_out(messenger: Messenger, chat: Chat, message: Message) -> str:
    payload = messenger.state.invoices.get(f"{chat.id}/{message['message_id']}")
    if payload is None:
        raise ApiError(409, "this message is not an invoice that can be paid")
    order = {
        "currency": message["invoice"]["currency"],
        "total_amount": message["invoice"]["total_amount"],
        "invoice_payload": payload,
    }
    query_id = messenger.queries.ask(
        chat.id, seconds=PRE_CHECKOUT_ANSWER_SECONDS, pre_checkout=order, message_id=message["message_id"]
    )
    messenger.updates.emit("pre_checkout_query", {"id": query_id, "from": chat.user, **order}, user_id=chat.id)
    return query_id


def complete_payment(messenger: Messenger, chat: Chat, facts: Json) -> Message:
    """The Stars are paid: the person's service message tells the bot."""
    payment = {
        **facts["pre_checkout"],
        "telegram_payment_charge_id": "stx" + secrets.token_urlsafe(40),
        "provider_payment_charge_id": f"{chat.id}_{int(messenger.world.clock.now())}",
    }
    charge_id = payment["telegram_payment_charge_id"]
    messenger.state.payments[charge_id] = payment | {"user_id": chat.id, "is_refunded": False}
    invoice = chat.messages.get(facts["message_id"])
    fields: Json = {"successful_payment": payment}
    if invoice is not None:
        fields["reply_to_message"] = {name: value for name, value in invoice.items() if name != "reply_to_message"}
    message = messenger.post(chat, chat.user, fields)
    messenger.updates.emit("message", message, user_id=chat.id)
    return message


def read(messenger: Messenger, chat: Chat, message_id: int | None) -> None:
    """The person has seen everything up to this message, or everything."""
    last = chat.last_message
    newest = message_id if message_id is not None else (last["message_id"] if last else 0)
    if newest > chat.read_message_id:
        chat.read_message_id = newest
        messenger.world.events.publish("read", user_id=chat.id, message_id=newest)
        messenger.store.changed()


def set_blocked(messenger: Messenger, chat: Chat, *, blocked: bool) -> None:
    """The person blocks or unblocks the bot, which is told by `my_chat_member`."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    _act(chat)
    old, new = (MEMBER, KICKED) if blocked else (KICKED, MEMBER)
    change = {
        "chat": chat.as_chat,
        "from": chat.user,
        "date": int(messenger.world.clock.now()),
        "old_chat_member": _membership(messenger.bot, old),
        "new_chat_member": _membership(messenger.bot, new),
    }
    messenger.tell("blocked", chat, blocked=blocked)
    messenger.updates.emit("my_chat_member", change, user_id=chat.id)


def _membership(bot: User, status: str) -> Json:
    member: Json = {"user": bot, "status": status}
    return member | {"until_date": 0} if status == KICKED else member


def _check_not_blocked(chat: Chat) -> None:
    if chat.blocked:
        raise ApiError(409, "this person has blocked the bot; unblock it first")


def _act(chat: Chat) -> None:
    chat.started = True
    chat.acted_at = time.monotonic()
