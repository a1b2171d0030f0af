"""What people and their programs do in stories about time, and what is asked about them."""

import asyncio
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from domain import bookings, people, wallets
from tests.people import Json, Person, text_of
from tests.stage import Stage

KOLKATA = ZoneInfo("Asia/Kolkata")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_keys = count(1)


def at(stage: Stage, hour: int, minute: int = 0, *, days: int = 1) -> datetime:
    """A time on the venue's clock, tomorrow or so many days ahead."""
    on = stage.clock().astimezone(KOLKATA).date() + timedelta(days=days)
    return datetime.combine(on, time(hour, minute), KOLKATA)


async def dawn(stage: Stage) -> None:
    """The story begins at six in the morning, whatever the time is where it is told."""
    await stage.advance_to(at(stage, 6))


async def member_of(person: Person) -> people.Member:
    """The member this person is."""
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return member


async def comes(stage: Stage, **user: Any) -> Person:
    """Somebody who has written once, and whose language and clock are known."""
    person = await Person.meets(stage.sandbox, **user)
    await person.says("/start")
    actor = people.actor_of(await member_of(person), "chat")
    await stage.transact(people.set_language, actor=actor, language="en", now=stage.clock())
    await stage.transact(people.set_timezone, actor=actor, timezone=KOLKATA.key, now=stage.clock())
    return person


async def guest(stage: Stage, *, tokens: int = 0, **user: Any) -> Person:
    """Somebody with so many tokens."""
    person = await comes(stage, **user)
    if tokens:
        member = await member_of(person)
        await stage.transact(
            wallets.credit, member_id=member.id, tokens=tokens, source="bonus", key=f"guest:{next(_keys)}",
            now=stage.clock(),
        )  # fmt: skip
    return person


async def guests(stage: Stage, *names: str, tokens: int = 10) -> list[Person]:
    """Several, at the same time."""
    return list(await asyncio.gather(*(guest(stage, tokens=tokens, first_name=name) for name in names)))


async def staff(stage: Stage, **user: Any) -> Person:
    """Somebody who works at every venue."""
    person = await comes(stage, **user)
    member = await member_of(person)
    await stage.transact(
        people.promote, member_id=member.id, role=people.Role.STAFF, actor=people.SYSTEM, now=stage.clock()
    )
    return person


class Program:
    """A program that acts for somebody, with the token they were shown in chat."""

    def __init__(self, stage: Stage, person: Person, token: str) -> None:
        self.stage, self.person, self.token = stage, person, token

    @classmethod
    async def of(cls, stage: Stage, person: Person) -> "Program":
        """The person asks for a token and gives it to a program."""
        await person.says("/token")
        shown = text_of(await person.sees("berth_"))
        return cls(stage, person, next(word for word in shown.split() if word.startswith("berth_")))

    @classmethod
    async def of_each(cls, stage: Stage, *people: Person) -> "list[Program]":
        """One for each of them."""
        return list(await asyncio.gather(*(cls.of(stage, person) for person in people)))

    async def asks(self, path: str, **params: Any) -> Any:
        """Read something."""
        return self._data(await self.tries("GET", path, params=params))

    async def does(self, path: str, **body: Any) -> Any:
        """Command something."""
        return self._data(await self.tries("POST", path, json=body))

    async def sets(self, path: str, **body: Any) -> Any:
        """Put something in place."""
        return self._data(await self.tries("PUT", path, json=body))

    async def tries(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer, be it a refusal."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"program-{next(_keys)}"}
        return await self.stage.api.request(method, f"/api/v1{path}", headers=headers, **request)

    async def books(self, resource_id: Any, starts_at: datetime, *, lasts: timedelta = HOUR, **options: Any) -> Any:
        """Book the resource from then on."""
        ends_at = starts_at + lasts
        return await self.does(
            "/bookings", resource_id=str(resource_id), starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(),
            **options,
        )  # fmt: skip

    @staticmethod
    def _data(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()["data"]


async def told(person: Person, part: str) -> list[Json]:
    """The bot's messages with this in their text."""
    return [message for message in await person.screens() if part in text_of(message)]


async def is_told(stage: Stage, person: Person, part: str, *, times: int) -> list[Json]:
    """Wait until so many messages say this; more are a failure."""

    async def enough() -> list[Json]:
        found = await told(person, part)
        return found if len(found) >= times else []

    found: list[Json] = await stage.until(enough)
    assert len(found) == times, [text_of(message) for message in found]
    return found


async def settled(stage: Stage) -> None:
    """Wait until nothing is due any more: no step of any booking, no event, no notice."""

    async def idle() -> bool:
        now = stage.clock()
        soon = {"$lte": now + MINUTE}  # put off for a moment, because a chat is written to slowly
        due = {"work_status": "pending", "$or": [{"not_before": None}, {"not_before": soon}]}
        wanted = [("bookings", step.due(now)) for step in bookings.STEPS.values()]
        wanted += [("outbox", due), ("notices", due)]  # in this order: each is what the one before leads to
        for name, rows in wanted:
            if await stage.database[name].find_one(rows):
                return False
        return True

    await stage.until(idle)
