"""What people choose about what they are told."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain.kernel import Row, Tx
from domain.notifications.errors import InvalidQuietHours, UnknownTopic
from domain.notifications.models import Preference, Topic
from domain.notifications.policy import is_wall_time
from domain.people import Actor


async def set_topic(tx: Tx, *, actor: Actor, topic: str, is_on: bool, now: datetime) -> Preference:
    """Be told of a topic from now on, or not. Raises UnknownTopic: what has no topic is always told."""
    if topic not in set(Topic):
        raise UnknownTopic(topic=topic)
    change: Row = {"$pull": {"muted": topic}} if is_on else {"$addToSet": {"muted": topic}}
    return await _change(actor, change, now=now)


async def set_quiet_hours(
    tx: Tx, *, actor: Actor, quiet_from: str | None, quiet_until: str | None, now: datetime
) -> Preference:
    """Be left alone between these times of day (`HH:MM`, on the person's own clock), or never (both None).

    What is urgent comes all the same. Raises InvalidQuietHours.
    """
    none_at_all = quiet_from is None and quiet_until is None
    if not none_at_all and not _is_span(quiet_from, quiet_until):
        raise InvalidQuietHours(quiet_from=quiet_from, quiet_until=quiet_until)
    return await _change(actor, {"$set": {"quiet_from": quiet_from, "quiet_until": quiet_until}}, now=now)


def _is_span(begins: str | None, ends: str | None) -> bool:
    if begins is None or ends is None:
        return False
    return is_wall_time(begins) and is_wall_time(ends) and begins != ends


async def _change(actor: Actor, change: Row, *, now: datetime) -> Preference:
    assert actor.member_id is not None, "the system wishes nothing"
    blank = Preference(id=actor.member_id, created_at=now, updated_at=now).row()
    changed = {field for fields in change.values() for field in fields}
    # $pull leaves a new row without the field, which then has its default
    first: Row = {field: value for field, value in blank.items() if field not in {"_id", "updated_at", *changed}}
    fields: Row = {**change, "$set": {**change.get("$set", {}), "updated_at": now}, "$setOnInsert": first}
    row = await Preference.get_pymongo_collection().find_one_and_update(
        {"_id": actor.member_id}, fields, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert row is not None, "an upsert"
    return Preference.read(row)


async def preference_of(member_id: PydanticObjectId, *, now: datetime) -> Preference:
    """What the member chose; everything at any time if they never did."""
    row = await Preference.get_pymongo_collection().find_one({"_id": member_id})
    return Preference.read(row) if row else Preference(id=member_id, created_at=now, updated_at=now)
