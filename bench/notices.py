"""Part (g): from an event in the outbox to its notice in a chat: one at a time, and a burst.

The jobs process is the one that `berth` starts, Telegram is the sandbox. The time runs from the event's commit until
the notice is marked as sent, after Telegram's answer. A burst queues at the pace that keeps us below Telegram's limit.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from beanie import PydanticObjectId
from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from bench.crowd import Sandbox
from bench.processes import LOOPBACK, Fleet, free_port
from bench.report import Line, percentile
from domain import people
from domain.kernel import Database, OutboxEvent, Row, Transactor, Vault, prepare, signs_of_life, tenant
from domain.records import RECORDS
from domain.wallets import TokensAdjusted

DATABASE = "bench_notices"
BOT_ID = 4242
FIRST_ID = 700_000
POLL_SECONDS = 0.003
SENT_SECONDS_MAX = 60.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many notices one after the other, and how many at once; each to a person of its own."""

    singles: int = 60
    burst: int = 200


async def measure(mongo: EmbeddedMongo, folder: Path, size: Size) -> list[Line]:
    """Both ways, after a warm-up of three."""
    async with AsyncMongoClient[Row](mongo.uri, tz_aware=True) as client:
        database = client[DATABASE]
        await prepare(database, RECORDS)
        with tenant(database):
            async with _jobs(mongo, folder) as sandbox:
                members = await _members(Transactor(client), sandbox, 3 + size.singles + size.burst)
                for member_id in members[:3]:
                    await _tell(database, [member_id])
                singles = [
                    seconds
                    for member_id in members[3 : 3 + size.singles]
                    for seconds in (await _tell(database, [member_id]))[0]
                ]
                burst, noticed = await _tell(database, members[3 + size.singles :])
    paced = f"all noted after {noticed:.1f} s, sent after {burst[-1]:.1f} s, by our pace of 25 a second"
    return [
        _line("an event becomes a message, one at a time", 1, sorted(singles), ""),
        _line("an event becomes a message, in a burst", size.burst, burst, paced),
    ]


def _line(what: str, at_once: int, seconds: Sequence[float], remark: str) -> Line:
    return Line(
        part="g", what=what, at_once=at_once, p50_ms=percentile(seconds, 50) * 1000,
        p95_ms=percentile(seconds, 95) * 1000, remark=remark,
    )  # fmt: skip


async def _tell(database: Database, member_ids: Sequence[PydanticObjectId]) -> tuple[list[float], float]:
    """Announce something to each and wait until all have been told: the seconds of each, and of the last notice."""
    occurred_at = datetime.now(UTC)
    await OutboxEvent.store([
        TokensAdjusted(
            actor_id=None, origin="api", subject_id=member_id, after={"tokens": 1, "reason": "bench"},
            occurred_at=occurred_at,
        )
        for member_id in member_ids
    ])  # fmt: skip
    told: Row = {"member_id": {"$in": list(member_ids)}, "status": "sent"}
    async with asyncio.timeout(SENT_SECONDS_MAX):
        while await database["notices"].count_documents(told) < len(member_ids):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS if len(member_ids) == 1 else 10 * POLL_SECONDS)
    rows = await database["notices"].find(told).to_list(None)
    seconds = sorted((row["sent_at"] - occurred_at).total_seconds() for row in rows)
    return seconds, max((row["created_at"] - occurred_at).total_seconds() for row in rows)


async def _members(transact: Transactor, sandbox: Sandbox, count: int) -> list[PydanticObjectId]:
    """People who have written to the bot once, and whom we know."""
    made = []
    for user_id in range(FIRST_ID, FIRST_ID + count):
        await sandbox.post("/sim/v1/people", {"id": user_id, "first_name": "Asha", "language_code": "en"})
        await sandbox.post(f"/sim/v1/people/{user_id}/messages", {"text": "/start"})
        member = await transact(
            people.meet, telegram_id=user_id, name="Asha", username=None, first_role=people.Role.MEMBER,
            now=datetime.now(UTC),
        )  # fmt: skip
        made.append(member.id)
    return made


@asynccontextmanager
async def _jobs(mongo: EmbeddedMongo, folder: Path) -> AsyncIterator[Sandbox]:
    """The sandbox and one jobs process that is at work."""
    token, port, fleet = f"{BOT_ID}:{secrets.token_hex(18)}", free_port(), Fleet(folder)
    url = f"http://{LOOPBACK}:{port}"
    environment = {
        "TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": url, "TELEGRAM_WEBHOOK_SECRET": secrets.token_hex(16),
        "RAZORPAY_KEY_ID": "rzp_test_bench", "RAZORPAY_KEY_SECRET": "bench", "RAZORPAY_WEBHOOK_SECRET": "bench",
        "RAZORPAY_API_URL": f"{url}/razorpay", "MONGODB_URI": mongo.uri, "MONGODB_DATABASE": DATABASE,
        "LOG_LEVEL": "WARNING", "SANDBOX_BOT_TOKEN": token, "BERTH_SECRET_KEYS": Vault.generate_key(),
    }  # fmt: skip
    unlimited = ("--messages-per-second", "1e9", "--chat-messages-per-second", "1e9", "--chat-messages-burst", "1000")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        try:
            fleet.start("sandbox", "-m", "sandbox", "--port", str(port), *unlimited, environment=environment)
            fleet.start("jobs", "-m", "bench.roles", "jobs", environment=environment)
            await asyncio.to_thread(fleet.wait_for, "sandbox", f"{url}/sim/v1/clock")
            await _are_at_work(fleet)
            yield Sandbox(http, url, token)
        finally:
            await asyncio.to_thread(fleet.stop)


async def _are_at_work(fleet: Fleet) -> None:
    deadline = time.monotonic() + 30.0
    while not any(sign.role == "jobs" for sign in await signs_of_life()):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the jobs give no sign of life: {fleet.log('jobs')[-2000:]}")
        await asyncio.sleep(0.05)
