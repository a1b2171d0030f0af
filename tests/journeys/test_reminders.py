"""Reminders and notices around a session: each at its moment, once, and only while it is true."""

from domain import resources
from tests.journeys.acting import DAY, HOUR, MINUTE, Program, at, dawn, guest, guests, is_told, settled, told
from tests.journeys.conftest import balance_of, bookings_of, chooses_tomorrow_at_ten
from tests.people import words_of
from tests.stage import Stage


async def test_a_session_is_announced_a_day_and_half_an_hour_before_and_begins(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    asha = await guest(stage, tokens=10)
    await chooses_tomorrow_at_ten(asha)
    await asha.taps("Confirm – 2 tokens")
    (booking,) = await bookings_of(asha, stage)

    await stage.advance_to(booking.starts_at - DAY)
    await asha.sees("Reminder: RACK-01", "10:00–11:00", "[Details]")
    await stage.advance_to(booking.starts_at - 30 * MINUTE)
    await is_told(stage, asha, "Reminder: RACK-01", times=2)
    await stage.advance_to(booking.starts_at)

    await asha.sees("Your time has begun: RACK-01")
    assert len(await told(asha, "Reminder")) == 2


async def test_before_the_end_it_can_be_extended_unless_the_next_cells_are_taken(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    asha, ravi = await guests(stage, "Asha", "Ravi")
    hers, his = await Program.of_each(stage, asha, ravi)
    ten = at(stage, 10)
    await hers.books(rack.id, ten)
    await his.books(rack.id, ten + 1.5 * HOUR)

    await stage.advance_to(ten + 50 * MINUTE)
    await asha.sees("RACK-01 ends in 10 min, at 11:00.", "The time after it is free", "[Extend by 30 min – 1 token]")
    await asha.taps("Extend by 30 min – 1 token")
    await asha.sees("RACK-01 is yours until 11:30", "balance 7")
    assert await balance_of(asha) == 7
    await stage.advance_to(ten + 80 * MINUTE)
    last = await asha.sees("RACK-01 ends in 10 min, at 11:30.", "It cannot be extended: the time after it is taken")
    assert "[Extend" not in words_of(last)
    await stage.advance_to(ten + 90 * MINUTE)

    await asha.sees("Your time is over: RACK-01", "10:00–11:30")
    assert len(await told(asha, "Your time is over")) == 1


async def test_in_quiet_hours_a_reminder_waits_and_who_cancels_meanwhile_never_hears_it(
    stage: Stage, rack: resources.Resource
) -> None:
    await dawn(stage)
    asha, ravi, meera = await guests(stage, "Asha", "Ravi", "Meera")
    programs = await Program.of_each(stage, asha, ravi, meera)
    booked = [
        await program.books(rack.id, at(stage, 10) + number * HOUR / 2, lasts=HOUR / 2)
        for number, program in enumerate(programs)
    ]
    for program in programs[:2]:  # on their own clock
        await program.sets("/me/notifications", quiet_hours={"from": "09:00", "until": "12:30"})

    await stage.advance_to(at(stage, 11) + MINUTE - DAY)
    await meera.sees("Reminder: RACK-01", "11:00–11:30")
    await settled(stage)
    assert await told(asha, "Reminder") == await told(ravi, "Reminder") == []
    await programs[1].does(f"/bookings/{booked[1]['id']}/cancel")
    await stage.advance_to(at(stage, 12, 30) - DAY)

    await asha.sees("Reminder: RACK-01", "10:00–10:30")
    await settled(stage)
    assert await told(ravi, "Reminder") == []
