"""What comes from outside: once by the sender's key, in order by lane, lanes side by side."""

import asyncio
from datetime import UTC, datetime, timedelta

from domain.kernel import Database, InboxItem, claim_lanes, complete, put_back, receive

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def arrives(lane: str, sequence: int, *, source: str = "telegram") -> bool:
    return await receive(
        source=source, key=f"{sequence}", lane=lane, sequence=sequence, body=f"{lane}{sequence}", headers={}, now=NOW
    )


async def claimed(
    limit: int = 10, *, now: datetime = NOW, lease_seconds: float = 30, source: str = "telegram"
) -> list[InboxItem]:
    return await claim_lanes(source, now=now, limit=limit, lease_seconds=lease_seconds)


def bodies(items: list[InboxItem]) -> list[str]:
    return [item.body for item in items]


async def test_the_same_key_is_stored_once_per_source(database: Database) -> None:
    assert await arrives("a", 1)

    assert not await arrives("a", 1)
    assert await arrives("a", 1, source="razorpay")
    assert await database["inbox"].count_documents({}) == 2


async def test_a_lane_gives_one_item_at_a_time_in_order(database: Database) -> None:
    for sequence, lane in enumerate("aabba"):
        await arrives(lane, sequence)

    first = await claimed()
    assert bodies(first) == ["a0", "b2"]
    assert await claimed() == []

    await complete(first[0], now=NOW)
    assert bodies(await claimed()) == ["a1"]


async def test_an_item_that_waits_for_its_retry_keeps_its_lane_waiting(database: Database) -> None:
    await arrives("a", 1)
    await arrives("a", 2)
    (item,) = await claimed()
    await put_back(item, failure="not yet", now=NOW, retry_in_seconds=60)

    assert await claimed() == []
    assert bodies(await claimed(now=NOW + timedelta(seconds=61))) == ["a1"]


async def test_a_late_arrival_does_not_overtake_what_is_being_worked_on(database: Database) -> None:
    await arrives("a", 5)
    (item,) = await claimed()
    await arrives("a", 4)

    assert await claimed() == []

    await complete(item, now=NOW)
    assert bodies(await claimed()) == ["a4"]


async def test_lanes_that_cannot_move_do_not_use_up_the_limit(database: Database) -> None:
    for sequence, lane in enumerate(["a", "a", "b", "b", "c"]):
        await arrives(lane, sequence)
    assert bodies(await claimed(2)) == ["a0", "b2"]

    assert bodies(await claimed(2)) == ["c4"]


async def test_one_lane_with_a_long_queue_does_not_hide_the_others(database: Database) -> None:
    for sequence in range(300):
        await arrives("flood", sequence)
    await arrives("calm", 300)

    assert bodies(await claimed()) == ["flood0", "calm300"]


async def test_two_claimers_at_once_never_share_a_lane(database: Database) -> None:
    for sequence in range(40):
        await arrives(f"lane{sequence % 8}", sequence)
    order: dict[str, list[int]] = {}

    async def drain() -> None:
        while True:
            items = await claimed(3)
            if not items and await database["inbox"].count_documents({"work_status": "pending"}) == 0:
                return
            for item in items:
                order.setdefault(item.lane, []).append(item.sequence)
                await complete(item, now=NOW)
            await asyncio.sleep(0)

    await asyncio.gather(*(drain() for _ in range(4)))

    assert order == {f"lane{lane}": list(range(lane, 40, 8)) for lane in range(8)}


async def test_a_lease_that_ended_frees_its_lane(database: Database) -> None:
    await arrives("a", 1)
    await claimed(lease_seconds=0.05)

    await asyncio.sleep(0.1)
    assert bodies(await claimed()) == ["a1"]
