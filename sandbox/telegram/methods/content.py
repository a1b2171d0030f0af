"""What messages are made of: text, captions, keyboards, replies."""

from typing import Any

from sandbox.telegram import keyboards, utf16
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting import CAPTION_MAX, TEXT_MAX, format_text
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Chat

Json = dict[str, Any]


def text_fields(messenger: Messenger, parameters: Parameters) -> Json:
    """`text`, `entities` and `link_preview_options` of a call."""
    text, entities = format_text(
        parameters.text("text"),
        parse_mode=parameters.text("parse_mode"),
        entities=parameters.nested("entities"),
        find_person=messenger.find_person,
    )
    if not text:
        raise bad_request("message text is empty")
    if utf16.length(text) > TEXT_MAX:
        raise bad_request("message is too long")
    fields: Json = {"text": text}
    if entities:
        fields["entities"] = entities
    if preview := _link_preview(parameters):
        fields["link_preview_options"] = preview
    return fields


def caption_fields(messenger: Messenger, parameters: Parameters) -> Json:
    """`caption` and `caption_entities` of a call; empty without a caption."""
    caption, entities = format_text(
        parameters.text("caption"),
        parse_mode=parameters.text("parse_mode"),
        entities=parameters.nested("caption_entities"),
        find_person=messenger.find_person,
    )
    if utf16.length(caption) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    fields: Json = {}
    if caption:
        fields["caption"] = caption
    if entities:
        fields["caption_entities"] = entities
    if caption and parameters.boolean("show_caption_above_media"):
        fields["show_caption_above_media"] = True
    return fields


def keyboard_fields(messenger: Messenger, chat: Chat, parameters: Parameters) -> Json:
    """`reply_markup` of a new message; a reply keyboard goes to the chat instead, as in the real service."""
    markup = keyboards.read_markup(parameters.nested("reply_markup"))
    if markup is None:
        return {}
    if "inline_keyboard" in markup:
        return {"reply_markup": markup}
    chat.keyboard = None if "remove_keyboard" in markup else markup
    messenger.tell("keyboard", chat, reply_keyboard=chat.keyboard)
    return {}


def reply_fields(chat: Chat, parameters: Parameters) -> Json:
    """`reply_to_message` and the like."""
    reply = parameters.nested("reply_parameters") or {"message_id": parameters.integer("reply_to_message_id")}
    message_id = reply.get("message_id")
    if not message_id:
        return {}
    original = chat.messages.get(int(message_id))
    if original is None:
        if reply.get("allow_sending_without_reply") or parameters.boolean("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {name: value for name, value in original.items() if name != "reply_to_message"}}


def option_fields(parameters: Parameters) -> Json:
    """Options that a message shows."""
    fields: Json = {}
    if parameters.boolean("protect_content"):
        fields["has_protected_content"] = True
    if effect := parameters.text("message_effect_id"):
        fields["effect_id"] = effect
    return fields


def _link_preview(parameters: Parameters) -> Json | None:
    options = parameters.nested("link_preview_options")
    if options is None and parameters.boolean("disable_web_page_preview"):
        options = {"is_disabled": True}
    if options is not None and not isinstance(options, dict):
        raise bad_request("can't parse link preview options JSON object")
    return options or None
