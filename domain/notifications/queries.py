"""Looking at notices."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import DESCENDING

from domain import resources
from domain.kernel import LIMIT_MAX, Page
from domain.notifications import policy
from domain.notifications.models import Notice, Preference


async def of_member(member_id: PydanticObjectId, *, page: int, limit: int) -> Page[Notice]:
    """What one person was told, or is about to be, the newest first."""
    assert 1 <= limit <= LIMIT_MAX
    collection = Notice.get_pymongo_collection()
    wanted = {"member_id": member_id}
    newest_first = [("created_at", DESCENDING), ("_id", DESCENDING)]
    rows = collection.find(wanted).sort(newest_first).skip((page - 1) * limit).limit(limit)
    items = [Notice.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))


async def to_replace(notice: Notice) -> Notice | None:
    """The earlier notice whose message this one takes the place of, if there is one."""
    if notice.replaces is None:
        return None
    row = await Notice.get_pymongo_collection().find_one({"dedupe_key": notice.replaces})
    return Notice.read(row) if row else None


async def quiet_until(
    notice: Notice, preference: Preference, *, timezone: str | None, now: datetime
) -> datetime | None:
    """Until when the notice waits for the end of the member's quiet hours; None when it may go out.

    `timezone` is the member's own; where it is unknown the clock is the venue's that the notice tells of, else the
    first venue's.
    """
    if preference.quiet_from is None:
        return None
    zone = timezone or (notice.facts.get("booking") or notice.facts).get("timezone")
    if zone is None:
        venues = await resources.venues(limit=1)
        zone = venues[0].timezone if venues else "Etc/UTC"
    return policy.quiet_until(notice.kind, notice.facts, preference, timezone=zone, now=now)
