"""What people see of the bot: commands, menu button, name and descriptions."""

import re
from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Chat

COMMANDS_MAX = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
COMMAND_DESCRIPTION_MAX = 256
LANGUAGE = re.compile(r"[a-z]{2}|")
PRIVATE_SCOPES = ("default", "all_private_chats", "chat")
OTHER_SCOPES = ("all_group_chats", "all_chat_administrators", "chat_administrators", "chat_member")

Json = dict[str, Any]


@method("setMyCommands")
async def set_my_commands(messenger: Messenger, parameters: Parameters) -> bool:
    """Set the commands of a scope and language."""
    commands = parameters.nested("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope_key(messenger, parameters)
    messenger.state.commands[key] = [_command(command) for command in commands]
    _changed(messenger)
    return True


@method("getMyCommands")
async def get_my_commands(messenger: Messenger, parameters: Parameters) -> list[Json]:
    """The commands set for exactly this scope and language."""
    return messenger.state.commands.get(_scope_key(messenger, parameters), [])


@method("deleteMyCommands")
async def delete_my_commands(messenger: Messenger, parameters: Parameters) -> bool:
    """Remove the commands of a scope and language."""
    messenger.state.commands.pop(_scope_key(messenger, parameters), None)
    _changed(messenger)
    return True


def commands_for(messenger: Messenger, chat: Chat) -> list[Json]:
    """The commands this person sees: the narrowest scope first, their language before none."""
    language = chat.user.get("language_code", "")[:2]
    for scope in (f"chat {chat.id}", "all_private_chats", "default"):
        for code in (language, ""):
            if found := messenger.state.commands.get(f"{scope}/{code}"):
                return found
    return []


def words_for(messenger: Messenger, chat: Chat) -> Json:
    """The bot's name and descriptions as this person reads them."""
    words = messenger.state.words
    mine = words.get("", {}) | words.get(chat.user.get("language_code", "")[:2], {})
    return {
        "id": messenger.bot["id"],
        "first_name": mine.get("name") or messenger.bot["first_name"],
        "username": messenger.bot["username"],
        "description": mine.get("description", ""),
        "short_description": mine.get("short_description", ""),
    }


def _scope_key(messenger: Messenger, parameters: Parameters) -> str:
    scope = parameters.nested("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in (*PRIVATE_SCOPES, *OTHER_SCOPES):
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if kind == "chat":
        kind = f"chat {messenger.chat(Parameters(scope)).id}"
    return f"{kind}/{_language(parameters)}"


def _language(parameters: Parameters) -> str:
    code = parameters.text("language_code")
    if not LANGUAGE.fullmatch(code):
        raise bad_request("LANG_CODE_INVALID")
    return code


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= COMMAND_DESCRIPTION_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("setChatMenuButton")
async def set_chat_menu_button(messenger: Messenger, parameters: Parameters) -> bool:
    """Set the menu button of one chat or of all."""
    button = parameters.nested("menu_button") or {"type": "default"}
    if button.get("type") not in {"commands", "web_app", "default"}:
        raise bad_request("can't parse menu button: unsupported type specified")
    if button["type"] == "web_app" and not (button.get("text") and button.get("web_app", {}).get("url")):
        raise bad_request("can't parse menu button: text and web_app are required")
    if parameters.text("chat_id"):
        chat = messenger.chat(parameters)
        chat.menu_button = None if button["type"] == "default" else button
    else:
        messenger.state.menu_button = {"type": "commands"} if button["type"] == "default" else button
    _changed(messenger)
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(messenger: Messenger, parameters: Parameters) -> Json:
    """The menu button of one chat or of all."""
    if not parameters.text("chat_id"):
        return messenger.state.menu_button
    return messenger.chat(parameters).menu_button or messenger.state.menu_button


def _register_words(suffix: str, field: str, length_max: int) -> None:
    @method(f"setMy{suffix}")
    async def set_words(messenger: Messenger, parameters: Parameters) -> bool:
        text = parameters.text(field)
        if len(text) > length_max:
            raise bad_request(f"{field.upper()}_TOO_LONG")
        messenger.state.words.setdefault(_language(parameters), {})[field] = text
        _changed(messenger)
        return True

    @method(f"getMy{suffix}")
    async def get_words(messenger: Messenger, parameters: Parameters) -> Json:
        words = messenger.state.words
        default = messenger.bot["first_name"] if field == "name" else ""
        mine = words.get(_language(parameters), {}).get(field) or words.get("", {}).get(field)
        return {field: mine or default}


_register_words("Name", "name", 64)
_register_words("Description", "description", 512)
_register_words("ShortDescription", "short_description", 120)


def _changed(messenger: Messenger) -> None:
    messenger.world.events.publish("profile")
    messenger.store.changed()
