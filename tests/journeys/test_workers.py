"""Two jobs processes over one installation: days pass at once, and nobody hears anything twice."""

import asyncio
from collections import Counter

from domain import resources
from domain.kernel import Transactor
from tests.building import a_rack
from tests.journeys.acting import DAY, Program, at, dawn, guests, settled, told
from tests.stage import Stage


async def test_across_days_at_once_two_workers_tell_of_each_of_ten_bookings_once(
    stage: Stage, rack: resources.Resource, transact: Transactor
) -> None:
    stage.start_jobs("more jobs")
    await dawn(stage)
    venue = await resources.venue(rack.venue_id)
    racks = [await a_rack(transact, venue=venue) for _ in range(10)]
    people = await guests(stage, "Asha", "Ravi", "Meera", "Omar", "Dev", tokens=6)
    programs = await Program.of_each(stage, *people)
    ten = at(stage, 10, days=2)
    for program, first, second in zip(programs, racks[::2], racks[1::2], strict=True):
        await asyncio.gather(program.books(first.id, ten), program.books(second.id, ten))
    await settled(stage)

    await stage.advance_to(ten - DAY)  # 28 hours
    await settled(stage)
    await stage.advance_to(ten + DAY)  # over the second reminder, the beginning and the end
    await settled(stage)

    kinds = Counter([(row["kind"], row["status"]) async for row in stage.database["notices"].find({})])
    sent = {kind: count for (kind, status), count in kinds.items() if status == "sent"}
    assert sent == {"booking_confirmed": 10, "tokens_low": 5, "reminder_24h": 10, "session_ended": 10}, kinds
    assert {kind for kind, status in kinds if status != "sent"} <= {"session_started"}  # untrue by the time it is told
    for person in people:
        for said in ("Booked:", "Reminder:", "Your time is over:"):
            assert len(await told(person, said)) == 2
