"""Looking people up."""

import hashlib
import re
from collections.abc import Collection

from beanie import PydanticObjectId
from pymongo import DESCENDING

from domain.kernel import LIMIT_MAX, Page, Row
from domain.people.actors import Role
from domain.people.errors import MemberNotFound
from domain.people.models import Member

SEVERAL_MAX = 100


def digest_of(api_token: str) -> str:
    """The stored form of an API token."""
    return hashlib.sha256(api_token.encode()).hexdigest()


async def _one(filter_: Row) -> Member | None:
    row = await Member.get_pymongo_collection().find_one(filter_)
    return Member.read(row) if row else None


async def get(member_id: PydanticObjectId) -> Member:
    """The member; raises MemberNotFound."""
    member = await _one({"_id": member_id})
    if member is None:
        raise MemberNotFound
    return member


async def several(member_ids: Collection[PydanticObjectId]) -> dict[PydanticObjectId, Member]:
    """The members by id, in one read, at most `SEVERAL_MAX`; unknown ids are left out."""
    assert len(member_ids) <= SEVERAL_MAX
    rows = Member.get_pymongo_collection().find({"_id": {"$in": list(member_ids)}})
    return {row["_id"]: Member.read(row) async for row in rows}


async def by_telegram_id(telegram_id: int) -> Member | None:
    """The member with this Telegram id, if they ever wrote to us."""
    return await _one({"telegram_id": telegram_id})


async def by_api_token(api_token: str) -> Member | None:
    """The member this token was issued to, if it is still the current one."""
    return await _one({"api_token_digest": digest_of(api_token)})


async def find(text: str, *, page: int, limit: int) -> Page[Member]:
    """Members whose name or username contains `text`, or whose Telegram id it is; the last seen first."""
    assert 1 <= limit <= LIMIT_MAX
    pattern = {"$regex": re.escape(text.lstrip("@")), "$options": "i"}
    conditions: list[Row] = [{"name": pattern}, {"username": pattern}]
    if text.isdecimal() and len(text) < 19:
        conditions.append({"telegram_id": int(text)})
    wanted: Row = {"$or": conditions} if text else {}
    collection = Member.get_pymongo_collection()
    rows = collection.find(wanted).sort("last_seen_at", DESCENDING).skip((page - 1) * limit).limit(limit)
    items = [Member.read(row) async for row in rows]
    return Page(items=items, number=page, limit=limit, total=await collection.count_documents(wanted))


async def administrators(*, limit: int) -> list[Member]:
    """Those who are told when something needs a person."""
    wanted = {"role": {"$in": [Role.ADMIN.value, Role.SUPER_ADMIN.value]}, "is_active": True}
    return [Member.read(row) async for row in Member.get_pymongo_collection().find(wanted).limit(limit)]
