"""What a dialogue remembers between messages: which question waits for free text, and for which step.

One row per person in the current tenant's database, so that a restart in the middle loses nothing. Money and bookings
are never in it: their buttons say everything themselves.
"""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StateType, StorageKey
from pymongo.asynchronous.collection import AsyncCollection

from domain.kernel import Row, database

DIALOGUES = "dialogues"
_keys = DefaultKeyBuilder(with_bot_id=True, with_destiny=True)


class Dialogues(BaseStorage):
    """aiogram's storage over the tenant of the current context."""

    @property
    def _rows(self) -> AsyncCollection[Row]:
        return database()[DIALOGUES]

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Remember which question waits; None forgets it."""
        name = state.state if isinstance(state, State) else state
        await self._rows.update_one({"_id": _keys.build(key)}, {"$set": {"state": name}}, upsert=name is not None)

    async def get_state(self, key: StorageKey) -> str | None:
        """Which question waits."""
        row = await self._rows.find_one({"_id": _keys.build(key)}, {"state": 1})
        return row.get("state") if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Remember the facts of the dialogue; an empty mapping forgets them."""
        await self._rows.update_one({"_id": _keys.build(key)}, {"$set": {"data": dict(data)}}, upsert=bool(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The facts of the dialogue."""
        row = await self._rows.find_one({"_id": _keys.build(key)}, {"data": 1})
        return dict(row.get("data") or {}) if row else {}

    async def close(self) -> None:
        """Nothing to close: the database is not ours."""
