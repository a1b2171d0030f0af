"""Looking at notices."""

from beanie import PydanticObjectId
from pymongo import DESCENDING

from domain.kernel import LIMIT_MAX, Page
from domain.notifications.models import Notice


async def of_member(member_id: PydanticObjectId, *, page: int, limit: int) -> Page[Notice]:
    """What one person was told, or is about to be, the newest first."""
    assert 1 <= limit <= LIMIT_MAX
    collection = Notice.get_pymongo_collection()
    wanted = {"member_id": member_id}
    newest_first = [("created_at", DESCENDING), ("_id", DESCENDING)]
    rows = collection.find(wanted).sort(newest_first).skip((page - 1) * limit).limit(limit)
    items = [Notice.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))
