"""The stored audit log."""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import Record


class AuditEntry(Record):
    """One change somebody made by their office. `actor_id` None: the system itself."""

    actor_id: PydanticObjectId | None
    action: str
    subject_id: PydanticObjectId | None
    before: dict[str, Any]
    after: dict[str, Any]
    origin: str
    occurred_at: datetime

    class Settings:
        name = "audit"
        indexes = [
            IndexModel([("occurred_at", DESCENDING), ("_id", DESCENDING)], name="newest_first"),
            IndexModel([("subject_id", ASCENDING), ("occurred_at", DESCENDING)], name="of_subject"),
        ]


RECORDS: list[type[Record]] = [AuditEntry]
