"""The hash chain of one wallet: each entry's hash covers all its facts and the hash of the entry before it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from domain.kernel import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OUTSIDE = {"_id", "hash", "updated_at"}
"""Not under the hash: what names the row, what seals it, and what says the same as `created_at`."""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):  # as MongoDB keeps it: whole milliseconds, rounded down
        since = value - EPOCH
        return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    return str(value)


def digest(facts: Row) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, moments as milliseconds, ids as text."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def seal(row: Row) -> str:
    """The hash that a stored entry must carry."""
    return digest({name: value for name, value in row.items() if name not in OUTSIDE})
