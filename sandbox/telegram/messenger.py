"""The stand-in itself: one bot, its people, and the primitives out of which the methods are made."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.files import Files
from sandbox.telegram.flood import Flood
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.queries import Queries
from sandbox.telegram.state import Chat, Message, State, User
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook
from sandbox.world import World

CALLS_MAX = 5000
CHAT_ACTION_SECONDS = 5
SETTLE_MAX_SECONDS = 10
FIRST_PEOPLE: tuple[User, ...] = (
    {
        "id": 1001,
        "is_bot": False,
        "first_name": "Asha",
        "last_name": "Nair",
        "username": "asha_n",
        "language_code": "en",
    },
    {"id": 1002, "is_bot": False, "first_name": "Ravi", "last_name": "Kumar", "language_code": "hi"},
    {"id": 1003, "is_bot": False, "first_name": "Meera", "username": "meera_staff", "language_code": "en"},
    {"id": 1009, "is_bot": False, "first_name": "Dev", "username": "dev_admin", "language_code": "en"},
)

Json = dict[str, Any]
Methods = Mapping[str, Callable[["Messenger", Parameters], Awaitable[Any]]]  # by name in lower case


class Messenger:
    """One bot account with everybody who talks to it."""

    def __init__(self, world: World, methods: Methods) -> None:
        config = world.config
        self._methods = methods
        self.world = world
        self.token = config.bot_token
        self.bot: User = {
            "id": int(config.bot_token.split(":", 1)[0]),
            "is_bot": True,
            "first_name": config.bot_name,
            "username": config.bot_username,
        }
        self.updates = Updates()
        self.store = world.store("telegram", self._dump)
        self.webhook = Webhook(self.updates, self.execute)
        self.state = self._load()
        self.files = Files(self.state, config.data_dir / "files" if config.data_dir else None)
        self.flood = Flood(config)
        self.calls: deque[Json] = deque(maxlen=CALLS_MAX)
        self.queries = Queries()
        self._last_call_id = 0
        self._activity: dict[int, float] = {}
        self._acted: dict[int, asyncio.Event] = {}
        self.updates.on_taken = self._taken
        world.starting.append(self._start)
        world.interrupting.append(self.updates.close)
        world.closing.append(self.webhook.stop)

    # -- what the methods use ---------------------------------------------------------------------------------

    def chat(self, parameters: Parameters, name: str = "chat_id") -> Chat:
        """The chat that a call names, whoever may write to it."""
        given = parameters.text(name)
        if not given:
            raise bad_request(f"{name} is empty")
        chat = self.state.chats.get(int(given)) if given.isdecimal() else None  # groups and channels do not exist here
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def open_chat(self, parameters: Parameters) -> Chat:
        """The chat of a call that writes: started by the person and not blocked, within the flood limits."""
        chat = self.chat(parameters)
        self.check_open(chat)
        self.flood.count(chat)
        return chat

    def check_open(self, chat: Chat) -> None:
        """Refuse to write to somebody who blocked the bot or never spoke to it."""
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")

    def post(self, chat: Chat, sender: User, fields: Json) -> Message:
        """Add a message to the chat."""
        message = {
            "message_id": self.state.new_message_id(),
            "from": sender,
            "chat": chat.as_chat,
            "date": int(self.world.clock.now()),
            **fields,
        }
        chat.keep(message)
        if sender["is_bot"]:
            chat.chat_action = None
        self.tell("message", chat, message=message)
        return message

    def replace(self, chat: Chat, message: Message) -> Message:
        """Store the new state of a message."""
        chat.keep(message)
        self.tell("edited", chat, message=message)
        return message

    def tell(self, kind: str, chat: Chat, **facts: Any) -> None:
        """Publish an event about this chat and store the change."""
        self.world.events.publish(kind, user_id=chat.id, **facts)
        self.touch(chat.id)
        self.store.changed()

    def find_person(self, user_id: int) -> User | None:
        """The Bot API `User` with this id."""
        chat = self.state.chats.get(user_id)
        return chat.user if chat else None

    async def execute(self, method: str, parameters: Parameters) -> Any:
        """Carry out a Bot API method; answers its result or raises `ApiError`."""
        known = self._methods.get(method.lower())
        if known is None:
            raise ApiError(404, "Not Found: method not found")
        return await known(self, parameters)

    # -- what watchers use ------------------------------------------------------------------------------------

    def log(self, method: str, parameters: Parameters, status: int, answer: Json | None) -> None:
        """Remember a call and its answer; None when a fault took its place."""
        self._last_call_id += 1
        self.calls.append(
            {
                "id": self._last_call_id,
                "at": time.time(),
                "method": method,
                "parameters": parameters.loggable(),
                "status": status,
                "answer": answer,
            }
        )

    def touch(self, user_id: int) -> None:
        """Note that something just happened in this person's chat."""
        self._activity[user_id] = time.monotonic()
        if (acted := self._acted.pop(user_id, None)) is not None:
            acted.set()

    async def settle(self, chat: Chat, *, quiet_seconds: float) -> None:
        """Wait until nothing has happened in the chat for so long and nothing is on its way to the bot."""
        deadline = time.monotonic() + SETTLE_MAX_SECONDS
        while (now := time.monotonic()) < deadline:
            quiet_at = self._activity.get(chat.id, 0.0) + quiet_seconds
            if self.updates.is_awaited(chat.id):
                await self._next_act(chat.id, min(deadline, now + quiet_seconds + 0.05) - now)
            elif quiet_at > now:
                await asyncio.sleep(min(quiet_at, deadline) - now)
            else:
                return

    async def _next_act(self, user_id: int, seconds: float) -> None:
        acted = self._acted.setdefault(user_id, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                await acted.wait()
        except TimeoutError:
            return

    def _taken(self, user_id: int) -> None:
        self.touch(user_id)
        self.store.changed()

    # -- storage ----------------------------------------------------------------------------------------------

    def _dump(self) -> Json:
        return {"state": self.state.dump(), "updates": self.updates.dump(), "webhook": self.webhook.dump()}

    def _load(self) -> State:
        stored = self.store.load()
        if stored is None:
            return State(chats={user["id"]: Chat(user=dict(user)) for user in FIRST_PEOPLE})
        self.updates.load(stored["updates"])
        self.webhook.load(stored["webhook"])
        return State.load(stored["state"])

    async def _start(self) -> None:
        self.webhook.start()
