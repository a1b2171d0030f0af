"""What every stand-in shares: the simulated clock, the scheduled faults, the stored state and the configuration."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.events import Events

STORE_DELAY_SECONDS = 0.3
FAULTS = ("429", "500", "502_html", "delay", "drop_request", "drop_response", "truncate")


@dataclass(frozen=True, kw_only=True)
class Config:
    """How one sandbox is set up. `data_dir` None keeps everything in memory."""

    host: str = "127.0.0.1"
    port: int = 8081
    data_dir: Path | None = None
    bot_token: str
    bot_username: str = "berth_demo_bot"
    bot_name: str = "Berth"
    razorpay_key_id: str = ""
    razorpay_key_secret: str = ""
    razorpay_webhook_secret: str = ""
    razorpay_webhook_url: str = ""
    messages_per_second: float = 30  # unasked messages of the bot over all chats, as Telegram's broadcast limit
    chat_messages_per_second: float = 2  # sends and edits in one chat, after the burst
    chat_messages_burst: int = 60

    @property
    def public_url(self) -> str:
        """The address under which people and programs reach this sandbox, without a trailing slash."""
        return f"http://{self.host}:{self.port}"


class Clock:
    """The simulated time: the machine's clock plus an offset that only grows."""

    def __init__(self) -> None:
        self.on_advance: Callable[[], None] = lambda: None
        self.offset_seconds = 0
        self.version = 0
        self._changed = asyncio.Event()
        self._heard = asyncio.Event()
        self._followers: dict[str, int] = {}  # follower -> the version it has applied
        self._waiting: set[str] = set()

    def now(self) -> float:
        """Unix seconds of the simulated moment."""
        return time.time() + self.offset_seconds

    async def advance(self, seconds: int, *, followers_wait_seconds: float = 2.0) -> None:
        """Move the time forward and wait until everyone who follows it has heard."""
        followers = set(self._waiting)
        self.offset_seconds += seconds
        self.version += 1
        self.on_advance()
        self._changed.set()
        self._changed = asyncio.Event()
        try:
            async with asyncio.timeout(followers_wait_seconds):
                while self._late(followers):
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            self._waiting -= self._late(followers)  # they are gone; do not wait for them again

    def _late(self, followers: set[str]) -> set[str]:
        return {name for name in followers if self._followers.get(name, 0) < self.version}

    def interrupt(self) -> None:
        """Answer those who follow as if their wait were over."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self, follower: str, *, after_version: int, wait_seconds: float) -> None:
        """Return when the clock has another version than `after_version`, or when the wait is over."""
        self._followers[follower] = after_version
        self._heard.set()
        if self.version != after_version:
            return
        self._waiting.add(follower)
        try:
            async with asyncio.timeout(wait_seconds):
                await self._changed.wait()
        except TimeoutError:
            self._waiting.discard(follower)
        except asyncio.CancelledError:
            self._waiting.discard(follower)
            raise


@dataclass(kw_only=True)
class Fault:
    """One scheduled misbehaviour: the next `times` calls of `service` whose route contains `route`."""

    service: str
    route: str
    fault: str
    times: int = 1
    retry_after: int = 1
    delay_ms: int = 0


class Faults:
    """The list of scheduled faults, taken one call at a time."""

    def __init__(self) -> None:
        self.scheduled: list[Fault] = []

    def take(self, service: str, route: str) -> Fault | None:
        """Use up one occurrence of the first fault that fits this call ("" and "*" fit every route)."""
        for fault in self.scheduled:
            if fault.service == service and (fault.route in ("", "*") or fault.route.lower() in route.lower()):
                fault.times -= 1
                if fault.times <= 0:
                    self.scheduled.remove(fault)
                return fault
        return None


class Store:
    """One JSON file per stand-in, written whole and atomically a moment after the last change."""

    def __init__(self, path: Path | None, dump: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._dump = dump
        self._timer: asyncio.TimerHandle | None = None

    def load(self) -> dict[str, Any] | None:
        """What was stored last, or None at the first start."""
        if self._path is None or not self._path.exists():
            return None
        loaded: dict[str, Any] = json.loads(self._path.read_text())
        return loaded

    def changed(self) -> None:
        """Say that there is something new to store."""
        if self._path is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(STORE_DELAY_SECONDS, self.save)

    def save(self) -> None:
        """Write the state now; called by the timer and at the end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".tmp")
        draft.write_text(json.dumps(self._dump(), separators=(",", ":")))
        os.replace(draft, self._path)  # noqa: PTH105 - atomic on the same file system


@dataclass(kw_only=True)
class World:
    """Handed to every stand-in."""

    config: Config
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    events: Events = field(default_factory=Events)
    starting: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    interrupting: list[Callable[[], None]] = field(default_factory=list)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _stores: list[Store] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.store("clock", self._dump_clock)
        self.clock.on_advance = store.changed
        if (stored := store.load()) is not None:
            self.clock.offset_seconds, self.clock.version = stored["offset_seconds"], stored["version"]

    def _dump_clock(self) -> dict[str, Any]:
        return {"offset_seconds": self.clock.offset_seconds, "version": self.clock.version}

    def store(self, name: str, dump: Callable[[], dict[str, Any]]) -> Store:
        """The store of the stand-in `name`; it is written a last time at the end."""
        data_dir = self.config.data_dir
        store = Store(data_dir / f"{name}.json" if data_dir else None, dump)
        self._stores.append(store)
        return store

    async def start(self) -> None:
        """Run what the stand-ins asked for at the start, inside the server's loop."""
        for step in self.starting:
            await step()

    def interrupt(self) -> None:
        """Answer everybody who waits, since a server that stops waits for its open calls."""
        self.events.close()
        self.clock.interrupt()
        for step in self.interrupting:
            step()

    async def close(self) -> None:
        """Run what the stand-ins asked for at the end, then write every store."""
        for step in self.closing:
            await step()
        for store in self._stores:
            store.save()
