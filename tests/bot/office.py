"""Administrators on the stage, and what is stored of what they do."""

from typing import Any

from domain import people
from domain.kernel import OutboxEvent
from domain.people import Role
from tests.bot.stage import ADMIN, BotStage
from tests.people import Person


async def an_administrator(stage: BotStage, **user: Any) -> Person:
    """The one whom the settings name."""
    return await stage.person(**{"id": ADMIN, "first_name": "Meera", "username": "meera", **user})


async def with_role(stage: BotStage, role: Role, **user: Any) -> Person:
    """Somebody whom an administrator has promoted."""
    person = await stage.person(**user)
    member = await member_of(person)
    await stage.transact(people.promote, member_id=member.id, role=role, actor=people.SYSTEM, now=stage.now())
    return person


async def member_of(person: Person) -> people.Member:
    """The member this person is."""
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return member


async def told_by(person: Person) -> list[str]:
    """The names of the administrative events this person caused, in order."""
    member = await member_of(person)
    rows = OutboxEvent.get_pymongo_collection().find({"facts.actor_id": member.id, "facts.origin": "chat"})
    return [row["name"] async for row in rows.sort("_id", 1)]
