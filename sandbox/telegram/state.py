"""What the stand-in remembers: people, their chats with the bot, what the bot calls itself."""

import random
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MESSAGES_MAX = 500
CALLBACK_ANSWERS_MAX = 100
EPOCH = 1_735_689_600  # 2025: ids of a fresh sandbox start above those of the ones before it

Message = dict[str, Any]
User = dict[str, Any]


@dataclass(kw_only=True)
class Chat:
    """A person and their private chat with the bot.

    Messages are Bot API objects and are replaced, never changed, so that logs and events may keep them.
    """

    user: User
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    pinned_message_id: int | None = None
    menu_button: dict[str, Any] | None = None
    read_message_id: int = 0
    callback_answers: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=CALLBACK_ANSWERS_MAX))
    chat_action: str | None = None
    chat_action_until: float = 0.0
    acted_at: float = 0.0  # when the person last did something, monotonic

    @property
    def id(self) -> int:
        """The chat's id, which is the person's."""
        user_id: int = self.user["id"]
        return user_id

    @property
    def as_chat(self) -> dict[str, Any]:
        """The Bot API `Chat`."""
        names: dict[str, Any] = {
            name: self.user[name] for name in ("first_name", "last_name", "username") if name in self.user
        }
        return {"id": self.id, "type": "private", **names}

    @property
    def unread(self) -> int:
        """Number of the bot's messages the person has not read."""
        count = 0
        for message in reversed(self.messages.values()):
            if message["message_id"] <= self.read_message_id:
                break
            count += message["from"]["is_bot"]
        return count

    @property
    def last_message(self) -> Message | None:
        """The newest message, if any."""
        return next(reversed(self.messages.values()), None)

    def shown_action(self) -> str | None:
        """The chat action that is still shown."""
        return self.chat_action if time.monotonic() < self.chat_action_until else None

    def keep(self, message: Message) -> None:
        """Store a new message or the new state of an old one."""
        self.messages[message["message_id"]] = message
        while len(self.messages) > MESSAGES_MAX:
            del self.messages[next(iter(self.messages))]

    def dump(self) -> dict[str, Any]:
        """The chat as JSON."""
        return {
            "user": self.user,
            "started": self.started,
            "blocked": self.blocked,
            "messages": list(self.messages.values()),
            "keyboard": self.keyboard,
            "pinned_message_id": self.pinned_message_id,
            "menu_button": self.menu_button,
            "read_message_id": self.read_message_id,
        }

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "Chat":
        """The chat that `dump` wrote."""
        messages = {message["message_id"]: message for message in stored["messages"]}
        return cls(**{**stored, "messages": messages})


@dataclass(kw_only=True)
class State:
    """Everything that is stored, but for the updates and the webhook."""

    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # by file_id: Bot API File + kind and more
    files_made: int = 0
    commands: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by "scope/language"
    words: dict[str, dict[str, str]] = field(default_factory=dict)  # name, description… by language
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "commands"})
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)  # Stars, by telegram_payment_charge_id
    invoices: dict[str, str] = field(default_factory=dict)  # payload by "chat/message"
    next_message_id: int = field(default_factory=lambda: int(time.time()) - EPOCH)

    def new_message_id(self) -> int:
        """The next id; ids are unique over all chats of the bot, as in private chats of the real service."""
        self.next_message_id += 1
        return self.next_message_id

    def new_user_id(self) -> int:
        """An id that nobody has."""
        while True:
            user_id = random.randrange(5_000_000_000, 7_000_000_000)
            if user_id not in self.chats:
                return user_id

    def users(self) -> Iterator[User]:
        """The Bot API users in the order in which they were made."""
        return (chat.user for chat in self.chats.values())

    def dump(self) -> dict[str, Any]:
        """The state as JSON."""
        return {
            "chats": [chat.dump() for chat in self.chats.values()],
            "files": self.files,
            "files_made": self.files_made,
            "commands": self.commands,
            "words": self.words,
            "menu_button": self.menu_button,
            "payments": self.payments,
            "invoices": self.invoices,
            "next_message_id": self.next_message_id,
        }

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "State":
        """The state that `dump` wrote."""
        chats = {chat["user"]["id"]: Chat.load(chat) for chat in stored["chats"]}
        return cls(**{**stored, "chats": chats})
