"""Whose turn it is: work that one process at a time should do, where another takes over when that one is gone.

A turn is a lease by the database's clock under the holder's token. It saves work and no more: whoever was stopped
beyond it may go on for a moment beside the next one, so what is done in a turn must be right when done twice.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.kernel.due import RELEASED
from domain.kernel.storage import Record


class Turn(Record):
    """One thing that is done in turn, and who has it until when."""

    name: str
    lease_until: datetime | None = None
    lease_token: str | None = None

    class Settings:
        name = "turns"
        indexes = [
            IndexModel([("name", ASCENDING)], unique=True, name="one_per_name"),
            IndexModel([("lease_token", ASCENDING)], name="by_holder"),
        ]


async def take_turn(name: str, *, token: str, lease_seconds: float) -> bool:
    """Take the turn, or keep it for longer, and say whether the token has it now. One command, outside transactions."""
    until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(lease_seconds * 1000)}}
    # Nobody's is null or missing, and both are before any moment.
    is_to_have = {"$or": [{"$eq": ["$lease_token", token]}, {"$lt": ["$lease_until", "$$NOW"]}]}

    def if_so(field: str, value: Any) -> Any:
        return {"$cond": [is_to_have, value, f"${field}"]}

    fields = {
        "lease_token": if_so("lease_token", token),
        "lease_until": if_so("lease_until", until),
        "updated_at": if_so("updated_at", "$$NOW"),
        "created_at": {"$ifNull": ["$created_at", "$$NOW"]},
    }
    try:
        row = await Turn.get_pymongo_collection().find_one_and_update(
            {"name": name}, [{"$set": fields}], upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:  # two made it in the same moment, and the other's stands
        return False
    assert row is not None, "it was made if there was none"
    return bool(row["lease_token"] == token)


async def give_turns_back(*, token: str) -> None:
    """Let others have at once whatever turns the token has."""
    await Turn.get_pymongo_collection().update_many({"lease_token": token}, {"$set": RELEASED})
