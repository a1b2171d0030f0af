"""What the tests of delivery share: notices that are told, and what has become of them."""

from typing import Any

from domain import notifications
from domain.kernel import Row
from domain.notifications import Kind, Notice
from domain.people import Actor
from jobs import Services
from tests.building import a_member
from tests.sandbox.telegram_stage import ASHA, TelegramStage


async def told(services: Services, member: Actor, reason: str, *, key: str | None = None) -> None:
    """The member is to be told that their account is open, with `reason` as the dedupe key."""
    assert member.member_id is not None
    await services.transact(
        notifications.tell, member_id=member.member_id, kind=Kind.TOKENS_ADJUSTED, now=services.clock(),
        facts={"tokens": 1, "reason": reason, "balance_tokens": 0}, dedupe_key=key or reason,
    )  # fmt: skip


async def notices() -> list[Row]:
    """All of them, in order."""
    return [row async for row in Notice.get_pymongo_collection().find().sort("_id", 1)]


async def has(**fields: Any) -> bool:
    """Whether there is such a notice."""
    return await Notice.get_pymongo_collection().find_one(fields) is not None


async def all_are(status: str) -> bool:
    """Whether nothing is left to be done."""
    return all(row["status"] == status for row in await notices())


async def texts(sandbox: TelegramStage, person: int = ASHA) -> list[str]:
    """What the bot has said to the person."""
    messages = (await sandbox.chat(person=person))["messages"]
    return [message["text"] for message in messages if message["from"]["is_bot"]]


async def asha(services: Services, sandbox: TelegramStage) -> Actor:
    """Somebody who has spoken to the bot."""
    await sandbox.write("/start")
    return await a_member(services.transact, telegram_id=ASHA, now=services.clock())  # type: ignore[arg-type]


async def sends(sandbox: TelegramStage) -> int:
    """How often Telegram was asked to send."""
    return len((await sandbox.sim("GET", "calls?method=sendMessage")).json())


async def fault(sandbox: TelegramStage, **fields: Any) -> None:
    """Telegram goes wrong once."""
    answer = await sandbox.sim("POST", "faults", {"service": "telegram", "route": "sendMessage", "times": 1, **fields})
    assert answer.is_success, answer.text
