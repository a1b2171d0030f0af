"""Commands with a key made by the caller: asking again with the key returns the first outcome.

The outcome is stored in the transaction that has the effect. A refusal is not stored: nothing was done, and the same
key may be tried again when things stand otherwise.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from domain.kernel.errors import KeyReused
from domain.kernel.storage import Record, Row
from domain.kernel.transactions import Transact, Tx

KEPT_SECONDS = 7 * 24 * 3600


class Command(Record):
    """One command that was carried out, under the caller's key."""

    key: str
    fingerprint: str
    outcome: dict[str, Any]

    class Settings:
        name = "commands"
        indexes = [
            IndexModel([("key", ASCENDING)], unique=True, name="one_per_key"),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS, name="garbage"),
        ]


def fingerprint(asked: Row) -> str:
    """The digest of what was asked, by which a reused key is told from a repeated command."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


async def once(
    transact: Transact, verb: Callable[[Tx], Awaitable[Row]], *, key: str, asked: Row, now: datetime
) -> tuple[Row, bool]:
    """Run `verb` (which answers a JSON-ready row) once under `key`; return its outcome and whether it is a replay.

    Raises KeyReused when the key came before with another `asked`.
    """
    digest = fingerprint(asked)

    async def run(tx: Tx) -> tuple[Row, bool]:
        row = await Command.get_pymongo_collection().find_one({"key": key})
        if row is not None:
            if row["fingerprint"] != digest:
                raise KeyReused(key=key)
            return row["outcome"], True
        outcome = await verb(tx)
        command = Command(key=key, fingerprint=digest, outcome=outcome, created_at=now, updated_at=now)
        await Command.get_pymongo_collection().insert_one(command.row())
        return outcome, False

    try:
        return await transact(run)
    except DuplicateKeyError:  # the same command, a moment ago, on another connection
        return await transact(run)
