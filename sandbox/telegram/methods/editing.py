"""Changing messages in place."""

from typing import Any

from sandbox.telegram import keyboards
from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import content
from sandbox.telegram.methods.media import media_fields
from sandbox.telegram.methods.messages import find
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Chat, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TEXT_FIELDS = {"text", "entities", "link_preview_options"}
CAPTION_FIELDS = {"caption", "caption_entities", "show_caption_above_media"}
MEDIA_FIELDS = {"photo", "document", "has_media_spoiler"}
MEDIA_KINDS = {"photo", "document"}


@method("editMessageText")
async def edit_message_text(messenger: Messenger, parameters: Parameters) -> Message:
    """Replace text and keyboard."""
    chat, message = _editable(messenger, parameters)
    fields = content.text_fields(messenger, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(messenger, chat, message, parameters, replaced=TEXT_FIELDS, fields=fields)


@method("editMessageCaption")
async def edit_message_caption(messenger: Messenger, parameters: Parameters) -> Message:
    """Replace caption and keyboard."""
    chat, message = _editable(messenger, parameters)
    fields = content.caption_fields(messenger, parameters)
    if not MEDIA_KINDS & message.keys():
        raise bad_request("there is no caption in the message to edit")
    return _edit(messenger, chat, message, parameters, replaced=CAPTION_FIELDS, fields=fields)


@method("editMessageMedia")
async def edit_message_media(messenger: Messenger, parameters: Parameters) -> Message:
    """Replace picture or document with its caption, or give a text message one."""
    chat, message = _editable(messenger, parameters)
    media = parameters.nested("media")
    if not isinstance(media, dict) or media.get("type") not in MEDIA_KINDS:
        raise bad_request("can't parse InputMedia: unsupported media type")
    if not (MEDIA_KINDS | {"text"}) & message.keys():
        raise bad_request("there is no media in the message to edit")
    inner = Parameters(media, parameters.uploads)
    fields = content.caption_fields(messenger, inner)
    fields |= media_fields(messenger.files, inner, inner.text("media"), kind=media["type"])
    if inner.boolean("has_spoiler") and media["type"] == "photo":
        fields["has_media_spoiler"] = True
    replaced = TEXT_FIELDS | CAPTION_FIELDS | MEDIA_FIELDS
    return _edit(messenger, chat, message, parameters, replaced=replaced, fields=fields)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(messenger: Messenger, parameters: Parameters) -> Message:
    """Replace the keyboard, or take it away."""
    chat, message = _editable(messenger, parameters)
    return _edit(messenger, chat, message, parameters, replaced=set(), fields={})


def _editable(messenger: Messenger, parameters: Parameters) -> tuple[Chat, Message]:
    if parameters.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = messenger.chat(parameters)
    message = find(chat, parameters, "message to edit not found")
    if message["from"]["id"] != messenger.bot["id"] or "pinned_message" in message:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    messenger: Messenger,
    chat: Chat,
    message: Message,
    parameters: Parameters,
    *,
    replaced: set[str],
    fields: dict[str, Any],
) -> Message:
    markup = keyboards.read_inline_markup(parameters.nested("reply_markup"))
    dropped = replaced | {"reply_markup"}
    edited = {name: value for name, value in message.items() if name not in dropped} | fields
    if markup is not None:
        edited["reply_markup"] = markup
    if edited == message:
        raise bad_request(NOT_MODIFIED)
    messenger.open_chat(parameters)
    edited["edit_date"] = int(messenger.world.clock.now())
    return messenger.replace(chat, edited)
