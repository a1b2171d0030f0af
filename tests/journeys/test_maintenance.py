"""Maintenance: whom it meets is seen first, has everything back, and is the first to be asked when it ends early."""

import pytest

from domain import resources
from tests.journeys.acting import HOUR, MINUTE, Program, at, comes, dawn, guests, settled, told
from tests.journeys.conftest import balance_of, bookings_of
from tests.stage import ADMIN, Stage

pytestmark = pytest.mark.twice


async def test_who_is_cancelled_for_maintenance_is_asked_first_when_it_ends_early(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    meera = await comes(stage, id=ADMIN, first_name="Meera")
    asha, ravi = await guests(stage, "Asha", "Ravi")
    hers, his = await Program.of_each(stage, asha, ravi)
    ten = at(stage, 10)
    await hers.books(rack.id, ten)
    waiting = {"window_starts_at": ten.isoformat(), "window_ends_at": (ten + HOUR).isoformat()}
    await his.does("/waitlist", resource_id=str(rack.id), **waiting)

    await meera.says("/admin")
    await meera.taps("Maintenance")
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("RACK-01")
    await meera.says(f"{ten - HOUR:%Y-%m-%d %H:%M}")
    await meera.taps("4 h")
    await meera.says("New power supply")
    await meera.sees("Reserve RACK-01 for maintenance?", "1 booking lies there:", "Asha", "New power supply")
    assert len(await bookings_of(asha, stage)) == 1
    await meera.taps("Reserve, cancel 1 booking")
    await meera.sees("Reserved for maintenance", "1 booking was cancelled.")

    await asha.sees(
        "Your booking was cancelled: RACK-01", "We are sorry: there is maintenance at that time.",
        "Everything came back to your wallet: 2 tokens.", "You are first on the waitlist",
    )  # fmt: skip
    assert await balance_of(asha) == 10

    await stage.advance_to(ten - HOUR + 10 * MINUTE)
    await settled(stage)
    assert await told(asha, "A place is free") == await told(ravi, "A place is free") == []
    await meera.says("/admin")
    await meera.taps("Maintenance")
    await meera.taps("RACK-01")
    await meera.taps("End it now")
    await meera.taps("End it now")
    await meera.sees("Ended. The time can be booked again.")

    await asha.sees("A place is free: RACK-01", "10:00–11:00", "2 tokens · balance 10")
    assert await told(ravi, "A place is free") == []  # who was in line before her
    await asha.taps("Book now")
    await asha.sees("Booked: RACK-01", "balance 8")
