"""Sending, copying, deleting, pinning."""

import time
from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import CHAT_ACTION_SECONDS, Messenger
from sandbox.telegram.methods import content
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Chat, Message

DELETE_MAX_SECONDS = 48 * 3600
DELETE_MANY_MAX = 100
SERVICE_FIELDS = {"pinned_message", "successful_payment", "refunded_payment"}
NOT_COPIED = {"message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message"}
CHAT_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


@method("sendMessage")
async def send_message(messenger: Messenger, parameters: Parameters) -> Message:
    """Send a text."""
    chat = messenger.chat(parameters)
    fields = content.text_fields(messenger, parameters)
    return send(messenger, chat, parameters, fields)


def send(messenger: Messenger, chat: Chat, parameters: Parameters, fields: dict[str, Any]) -> Message:
    """Post a message of the bot with these contents and the options that every send method has."""
    fields = content.reply_fields(chat, parameters) | fields | content.option_fields(parameters)
    chat = messenger.open_chat(parameters)
    fields |= content.keyboard_fields(messenger, chat, parameters)
    return messenger.post(chat, messenger.bot, fields)


@method("copyMessage")
async def copy_message(messenger: Messenger, parameters: Parameters) -> dict[str, int]:
    """Send the contents of another message again."""
    source = find(messenger.chat(parameters, "from_chat_id"), parameters, "message to copy not found")
    if SERVICE_FIELDS & source.keys():
        raise bad_request("message can't be copied")
    fields = {name: value for name, value in source.items() if name not in NOT_COPIED}
    if "caption" in parameters.values and "text" not in fields:
        fields = {name: value for name, value in fields.items() if not name.startswith("caption")}
        fields |= content.caption_fields(messenger, parameters)
    message = send(messenger, messenger.chat(parameters), parameters, fields)
    return {"message_id": message["message_id"]}


@method("deleteMessage")
async def delete_message(messenger: Messenger, parameters: Parameters) -> bool:
    """Delete a message of either side that is less than 48 hours old."""
    chat = messenger.chat(parameters)
    message = find(chat, parameters, "message to delete not found")
    if messenger.world.clock.now() - message["date"] > DELETE_MAX_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    _delete(messenger, chat, message["message_id"])
    return True


@method("deleteMessages")
async def delete_messages(messenger: Messenger, parameters: Parameters) -> bool:
    """Delete many; those that cannot be found are passed over."""
    chat = messenger.chat(parameters)
    message_ids = parameters.nested("message_ids")
    if not isinstance(message_ids, list) or not message_ids:
        raise bad_request("message identifiers are not specified")
    if len(message_ids) > DELETE_MANY_MAX:
        raise bad_request("too many message identifiers specified")
    for message_id in message_ids:
        if int(message_id) in chat.messages:
            _delete(messenger, chat, int(message_id))
    return True


def _delete(messenger: Messenger, chat: Chat, message_id: int) -> None:
    del chat.messages[message_id]
    if chat.pinned_message_id == message_id:
        chat.pinned_message_id = None
    messenger.tell("deleted", chat, message_id=message_id)


def find(chat: Chat, parameters: Parameters, otherwise: str) -> Message:
    """The message that a call names, or the 400 with `otherwise`."""
    message_id = parameters.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request(otherwise)
    return message


@method("pinChatMessage")
async def pin_chat_message(messenger: Messenger, parameters: Parameters) -> bool:
    """Pin a message; the service message about it is shown in the chat."""
    chat = messenger.chat(parameters)
    message = find(chat, parameters, "message to pin not found")
    if chat.pinned_message_id != message["message_id"]:
        chat.pinned_message_id = message["message_id"]
        pinned = {name: value for name, value in message.items() if name != "reply_to_message"}
        messenger.post(chat, messenger.bot, {"pinned_message": pinned})
        messenger.tell("pinned", chat, message_id=message["message_id"])
    return True


@method("unpinChatMessage")
async def unpin_chat_message(messenger: Messenger, parameters: Parameters) -> bool:
    """Unpin the pinned message."""
    chat = messenger.chat(parameters)
    message_id = parameters.integer("message_id", chat.pinned_message_id)
    if chat.pinned_message_id is None or message_id != chat.pinned_message_id:
        raise bad_request("message to unpin not found")
    return _unpin(messenger, chat)


@method("unpinAllChatMessages")
async def unpin_all_chat_messages(messenger: Messenger, parameters: Parameters) -> bool:
    """Unpin whatever is pinned."""
    return _unpin(messenger, messenger.chat(parameters))


def _unpin(messenger: Messenger, chat: Chat) -> bool:
    chat.pinned_message_id = None
    messenger.tell("pinned", chat, message_id=None)
    return True


@method("setMessageReaction")
async def set_message_reaction(messenger: Messenger, parameters: Parameters) -> bool:
    """React to a message with at most one emoji; the chat page is told by an event."""
    chat = messenger.chat(parameters)
    message = find(chat, parameters, "message to react not found")
    reactions = parameters.nested("reaction") or []
    if len(reactions) > 1 or any(reaction.get("type") != "emoji" for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    emoji = reactions[0].get("emoji") if reactions else None
    messenger.tell("reaction", chat, message_id=message["message_id"], emoji=emoji)
    return True


@method("sendChatAction")
async def send_chat_action(messenger: Messenger, parameters: Parameters) -> bool:
    """Show what the bot is doing for five seconds or until its next message."""
    action = parameters.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = messenger.chat(parameters)
    messenger.check_open(chat)
    chat.chat_action, chat.chat_action_until = action, time.monotonic() + CHAT_ACTION_SECONDS
    messenger.tell("chat_action", chat, action=action)
    return True
