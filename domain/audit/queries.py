"""Reading the audit log."""

from beanie import PydanticObjectId
from pymongo import DESCENDING

from domain.audit.models import AuditEntry
from domain.kernel import LIMIT_MAX, Page, Row


async def recent(*, page: int, limit: int) -> Page[AuditEntry]:
    """What was changed, the newest first."""
    return await _page({}, page=page, limit=limit)


async def of_subject(subject_id: PydanticObjectId, *, page: int, limit: int) -> Page[AuditEntry]:
    """What was changed about one member, rack or pack, the newest first."""
    return await _page({"subject_id": subject_id}, page=page, limit=limit)


async def _page(wanted: Row, *, page: int, limit: int) -> Page[AuditEntry]:
    assert 1 <= limit <= LIMIT_MAX
    collection = AuditEntry.get_pymongo_collection()
    newest_first = [("occurred_at", DESCENDING), ("_id", DESCENDING)]
    rows = collection.find(wanted).sort(newest_first).skip((page - 1) * limit).limit(limit)
    items = [AuditEntry.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))
