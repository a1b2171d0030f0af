"""`reply_markup`: read, held to Telegram's limits, and kept in the form in which messages carry it."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.errors import bad_request

CALLBACK_DATA_MAX_BYTES = 64
BUTTONS_MAX = 100
ROW_MAX = 8
COPY_TEXT_MAX = 256
STYLES = {"danger", "success", "primary"}
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
LOOKS = ("style", "icon_custom_emoji_id")
REQUESTS = ("request_users", "request_chat", "request_contact", "request_location", "request_poll", "web_app")
KEYBOARD_OPTIONS = ("is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective")

Keyboard = dict[str, Any]


def read_markup(markup: Any) -> Keyboard | None:
    """The markup in stored form, or None when there is none; raises the refusal of a broken one."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [
            [inline_button(button) for button in row] for row in _rows(markup["inline_keyboard"], "inline_keyboard")
        ]
        return {"inline_keyboard": _bounded(rows)} if any(rows) else None
    if "keyboard" in markup:
        rows = [[_reply_button(button) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
        if not any(rows):
            raise bad_request("reply keyboard is empty")
        return {"keyboard": _bounded(rows)} | {name: markup[name] for name in KEYBOARD_OPTIONS if markup.get(name)}
    if markup.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if markup.get("force_reply"):
        return {"force_reply": True} | {name: markup[name] for name in KEYBOARD_OPTIONS if markup.get(name)}
    return None


def read_inline_markup(markup: Any) -> Keyboard | None:
    """The same where only an inline keyboard is allowed: in edits."""
    kept = read_markup(markup)
    if kept is not None and "inline_keyboard" not in kept:
        raise bad_request("inline keyboard expected")
    return kept


def inline_button(button: Any) -> Keyboard:
    """One inline button, checked."""
    text = _text_of(button, "inline keyboard")
    actions = [name for name in ACTIONS if _is_given(button, name)]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action field must be used")
    action = actions[0]
    value = button[action]
    match action:
        case "callback_data":
            _check_callback_data(value)
        case "url":
            _check_url(value)
        case "copy_text":
            _check_copy_text(value)
    return {"text": text, action: value} | _look_of(button)


def _check_callback_data(value: Any) -> None:
    if not isinstance(value, str) or len(value.encode()) > CALLBACK_DATA_MAX_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(value: Any) -> None:
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    is_deep_link = parts.scheme == "tg" and bool(parts.netloc)
    if not is_deep_link and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _check_copy_text(value: Any) -> None:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= COPY_TEXT_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _is_given(button: Keyboard, name: str) -> bool:
    """An empty callback_data is no action; `disabled` and `callback_game` are empty objects by design."""
    if name in {"disabled", "callback_game", "switch_inline_query", "switch_inline_query_current_chat"}:
        return button.get(name) is not None and button[name] is not False
    return bool(button.get(name))


def _look_of(button: Keyboard) -> Keyboard:
    if button.get("style") and button["style"] not in STYLES:
        raise bad_request("BUTTON_STYLE_INVALID")
    return {name: button[name] for name in LOOKS if button.get(name)}


def _reply_button(button: Any) -> Keyboard:
    if isinstance(button, str):
        button = {"text": button}
    text = _text_of(button, "keyboard")
    return {"text": text} | {name: button[name] for name in REQUESTS if button.get(name)} | _look_of(button)


def _text_of(button: Any, kind: str) -> str:
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {kind} button: {_type_name(kind)} must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f'can\'t parse {kind} button: Field "text" must be of type String')
    if not text.strip():
        raise bad_request(f'can\'t parse {kind} button: Field "text" must be non-empty')
    return text


def _type_name(kind: str) -> str:
    return "InlineKeyboardButton" if kind == "inline keyboard" else "KeyboardButton"


def _rows(rows: Any, name: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" of the reply markup must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" of the reply markup must be an Array of Arrays')
    return rows


def _bounded(rows: list[list[Keyboard]]) -> list[list[Keyboard]]:
    rows = [row for row in rows if row]
    if sum(len(row) for row in rows) > BUTTONS_MAX or any(len(row) > ROW_MAX for row in rows):
        raise bad_request("reply markup is too long")
    return rows
