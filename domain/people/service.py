"""What changes people."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from beanie import PydanticObjectId
from pymongo import ReturnDocument

from domain.kernel import Row, Tx, emit, short_code
from domain.people import queries
from domain.people.actors import Actor, Role
from domain.people.errors import LastSuperAdministrator, MemberNotFound, UnknownLanguage, UnknownTimezone
from domain.people.events import MemberDisabledByOffice, MemberEnabled, MemberJoined, RoleChanged, StaffVenueChanged
from domain.people.models import LANGUAGES, NAME_MAX, Member

SEEN_EVERY = timedelta(minutes=5)
"""`last_seen_at` is this coarse, so that a tap is not a write."""


async def meet(tx: Tx, *, telegram_id: int, name: str, username: str | None, first_role: Role, now: datetime) -> Member:
    """Know the person who writes: make the member at first contact, else refresh name, username and last seen.

    `first_role` is what settings say of this Telegram id (`ADMIN_TELEGRAM_IDS`); it raises a member, never lowers one.
    """
    name = name.strip()[:NAME_MAX] or str(telegram_id)
    member = await queries.by_telegram_id(telegram_id)
    if member is None:
        member = Member(
            telegram_id=telegram_id, name=name, username=username, role=first_role, joined_at=now, last_seen_at=now,
            referral_code=short_code("R", length=8), created_at=now, updated_at=now,
        )  # fmt: skip
        await Member.get_pymongo_collection().insert_one(member.row())
        await emit(tx, MemberJoined(member_id=member.id, occurred_at=now))
        return member
    if not needs_meeting(member, name=name, username=username, first_role=first_role, now=now):
        return member
    role = first_role if first_role is Role.SUPER_ADMIN else member.role
    seen = {"name": name, "username": username, "last_seen_at": now, "is_blocked": False, "role": role.value}
    return await _set(member.id, seen, now=now)


def needs_meeting(member: Member, *, name: str, username: str | None, first_role: Role, now: datetime) -> bool:
    """Whether `meet` would change anything about this member."""
    changed = (member.name, member.username) != (name.strip()[:NAME_MAX] or str(member.telegram_id), username)
    raised = first_role is Role.SUPER_ADMIN and member.role is not Role.SUPER_ADMIN
    return changed or raised or member.is_blocked or now - member.last_seen_at >= SEEN_EVERY


async def _set(member_id: PydanticObjectId, fields: Row, *, now: datetime) -> Member:
    row = await Member.get_pymongo_collection().find_one_and_update(
        {"_id": member_id}, {"$set": {**fields, "updated_at": now}}, return_document=ReturnDocument.AFTER
    )
    if row is None:
        raise MemberNotFound
    return Member.read(row)


def _self(actor: Actor) -> PydanticObjectId:
    assert actor.member_id is not None, "the system has no profile"
    return actor.member_id


async def set_language(tx: Tx, *, actor: Actor, language: str, now: datetime) -> Member:
    """Speak this language (`en`, `hi`) with the person from now on. Raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language=language)
    return await _set(_self(actor), {"language": language}, now=now)


async def set_timezone(tx: Tx, *, actor: Actor, timezone: str, now: datetime) -> Member:
    """Remember where the person is, as an IANA name (`Asia/Kolkata`). Raises UnknownTimezone."""
    if timezone not in available_timezones():
        raise UnknownTimezone(timezone=timezone)
    return await _set(_self(actor), {"timezone": timezone}, now=now)


async def mark_blocked(tx: Tx, *, member_id: PydanticObjectId, is_blocked: bool, now: datetime) -> Member:
    """Remember that the person blocked or unblocked the bot."""
    return await _set(member_id, {"is_blocked": is_blocked}, now=now)


async def issue_api_token(tx: Tx, *, actor: Actor, now: datetime) -> str:
    """Make a new API token for the person and return it, the only time it can be seen; the old one ends."""
    actor.require("bookings:write")
    token = f"berth_{secrets.token_urlsafe(32)}"
    await _set(_self(actor), {"api_token_digest": queries.digest_of(token)}, now=now)
    return token


async def disable(tx: Tx, *, member_id: PydanticObjectId, actor: Actor, reason: str, now: datetime) -> Member:
    """Let the member only read from now on. Raises LastSuperAdministrator."""
    actor.require("people:write")
    before = await queries.get(member_id)
    _require_authority(actor, before)
    await _keep_a_super_administrator(before, now=now)
    member = await _set(member_id, {"is_active": False}, now=now)
    await emit(
        tx,
        MemberDisabledByOffice(
            actor_id=actor.member_id, origin=actor.origin, subject_id=member_id, occurred_at=now,
            before={"is_active": before.is_active}, after={"is_active": False, "reason": reason},
        ),
    )  # fmt: skip
    return member


async def enable(tx: Tx, *, member_id: PydanticObjectId, actor: Actor, reason: str, now: datetime) -> Member:
    """Let the member buy and book again."""
    actor.require("people:write")
    before = await queries.get(member_id)
    _require_authority(actor, before)
    member = await _set(member_id, {"is_active": True}, now=now)
    await emit(
        tx,
        MemberEnabled(
            actor_id=actor.member_id, origin=actor.origin, subject_id=member_id, occurred_at=now,
            before={"is_active": before.is_active}, after={"is_active": True, "reason": reason},
        ),
    )  # fmt: skip
    return member


async def promote(tx: Tx, *, member_id: PydanticObjectId, role: Role, actor: Actor, now: datetime) -> Member:
    """Give the member a role. Only super administrators make or unmake administrators."""
    actor.require("people:promote")
    before = await queries.get(member_id)
    _require_authority(actor, before)
    if role in (Role.ADMIN, Role.SUPER_ADMIN):
        actor.require("people:promote_admins")
    if role is not Role.SUPER_ADMIN:
        await _keep_a_super_administrator(before, now=now)
    member = await _set(member_id, {"role": role.value}, now=now)
    await emit(
        tx,
        RoleChanged(
            actor_id=actor.member_id, origin=actor.origin, subject_id=member_id, occurred_at=now,
            before={"role": before.role.value}, after={"role": role.value},
        ),
    )  # fmt: skip
    return member


async def set_staff_venue(
    tx: Tx, *, member_id: PydanticObjectId, venue_id: PydanticObjectId | None, actor: Actor, now: datetime
) -> Member:
    """Let the member work at this venue only, or everywhere where None; the caller knows that there is such a venue."""
    actor.require("people:write")
    before = await queries.get(member_id)
    _require_authority(actor, before)
    member = await _set(member_id, {"venue_id": venue_id}, now=now)
    await emit(
        tx,
        StaffVenueChanged(
            actor_id=actor.member_id, origin=actor.origin, subject_id=member_id, occurred_at=now,
            before={"venue_id": before.venue_id}, after={"venue_id": venue_id},
        ),
    )  # fmt: skip
    return member


def _require_authority(actor: Actor, subject: Member) -> None:
    if subject.role in (Role.ADMIN, Role.SUPER_ADMIN):
        actor.require("people:promote_admins")


async def _keep_a_super_administrator(leaving: Member, *, now: datetime) -> None:
    if leaving.role is not Role.SUPER_ADMIN:
        return
    others = {"role": Role.SUPER_ADMIN.value, "is_active": True, "_id": {"$ne": leaving.id}}
    # Written, not only read: two who demote each other at once would both find the other and both commit.
    if (await Member.get_pymongo_collection().update_one(others, {"$set": {"updated_at": now}})).matched_count == 0:
        raise LastSuperAdministrator
