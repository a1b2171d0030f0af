"""`berth work`: what was given up after many failures, and another try for it once the cause is mended."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from beanie import PydanticObjectId

from app.installation import Installation
from app.wiring import wired
from domain.kernel import DeadWork, dead_work, revive

LISTED_MAX = 100
FAILURE_LENGTH_MAX = 200


def show(installation: Installation, *, retry: bool, say: Callable[[str], None]) -> None:
    """Say one line per piece of dead work; with `retry` have what was listed tried again. Raises CannotStart."""
    asyncio.run(_show(installation, retry=retry, say=say))


async def _show(installation: Installation, *, retry: bool, say: Callable[[str], None]) -> None:
    async with wired(installation, role="work") as parts:
        now = parts.clock()
        found = await dead_work(limit=LISTED_MAX + 1)
        listed = found[:LISTED_MAX]
        for work in listed:
            say(_line(work, now=now))
        if len(found) > LISTED_MAX:
            say(f"There is more; these are {LISTED_MAX}.")
        if not listed:
            say("No work is dead.")
        elif retry:
            say(f"{await _retry(listed, now=now)} of {len(listed)} will be tried again.")
        else:
            say("`berth work --retry` has them tried again.")


async def _retry(listed: list[DeadWork], *, now: datetime) -> int:
    ids: dict[str, list[PydanticObjectId]] = defaultdict(list)
    for work in listed:
        ids[work.kind].append(work.id)
    return sum([await revive(kind, ids=chosen, now=now) for kind, chosen in ids.items()])


def _line(work: DeadWork, *, now: datetime) -> str:
    minutes = max(timedelta(), now - work.created_at) // timedelta(minutes=1)
    age = f"{minutes // 1440}d {minutes // 60 % 24:02}h {minutes % 60:02}m"
    # A failure may quote what a stranger sent: one line, and nothing that a terminal would obey.
    failure = "".join(sign if sign.isprintable() else " " for sign in work.failure or "")
    return f"{work.kind}  {work.id}  {age}  {' '.join(failure.split())[:FAILURE_LENGTH_MAX]}"
