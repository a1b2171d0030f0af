"""The bot's account and the chats it knows."""

from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters


@method("getMe")
async def get_me(messenger: Messenger, _: Parameters) -> dict[str, Any]:
    """The bot as a `User`."""
    return messenger.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("logOut")
async def log_out(messenger: Messenger, _: Parameters) -> bool:
    """Accepted, without consequences."""
    return True


@method("close")
async def close(messenger: Messenger, _: Parameters) -> bool:
    """Accepted, without consequences."""
    return True


@method("getChat")
async def get_chat(messenger: Messenger, parameters: Parameters) -> dict[str, Any]:
    """A person's chat as `ChatFullInfo`."""
    chat = messenger.chat(parameters)
    if not chat.started:
        raise bad_request("chat not found")
    full: dict[str, Any] = chat.as_chat | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if username := chat.user.get("username"):
        full["active_usernames"] = [username]
    pinned = chat.messages.get(chat.pinned_message_id or 0)
    if pinned is not None:
        full["pinned_message"] = pinned
    return full


@method("getChatMember")
async def get_chat_member(messenger: Messenger, parameters: Parameters) -> dict[str, Any]:
    """Either side of a private chat as a `ChatMember`."""
    chat = messenger.chat(parameters)
    user_id = parameters.integer("user_id")
    if user_id not in {chat.id, messenger.bot["id"]}:
        raise bad_request("member not found")
    user = chat.user if user_id == chat.id else messenger.bot
    return {"user": user, "status": "member"}
