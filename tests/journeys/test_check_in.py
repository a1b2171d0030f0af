"""Coming, not coming and staying too long: seats and parking slots where a code is shown."""

import pytest

from domain import packs
from domain.kernel import Transactor
from tests.bot.parking import a_seat, a_slot
from tests.journeys.acting import HOUR, MINUTE, Program, at, dawn, guest, guests, staff, told
from tests.journeys.conftest import balance_of, buys_the_pack, pays
from tests.people import Json, Person
from tests.stage import Stage

pytestmark = pytest.mark.twice


async def scan(program: Program, booking: Json) -> str:
    """What the client of somebody sends who reads the code with the camera."""
    ticket = await program.asks(f"/bookings/{booking['id']}/ticket")
    return f"/start {ticket['code']}"


async def test_the_code_checks_in_once_and_the_session_begins_at_its_start(stage: Stage, transact: Transactor) -> None:
    await dawn(stage)
    seat = await a_seat(transact)
    asha, meera = await guest(stage, tokens=5), await staff(stage, first_name="Meera")
    program = await Program.of(stage, asha)
    ten = at(stage, 10)
    booking = await program.books(seat.id, ten)
    scanned = await scan(program, booking)

    await meera.says(scanned)
    await meera.sees("Too early: check-in opens", booking["code"])
    await stage.advance_to(ten - 30 * MINUTE)
    await asha.sees("Reminder: SEAT-01", "Bring the code to show at check-in, open from 09:30.", "[Show code]")
    await asha.taps("Show code")
    assert (await asha.sees("Show this code at check-in: SEAT-01", booking["code"]))["photo"]
    await meera.says(scanned)
    await meera.sees("Checked in. It begins at 10:00", "For: Asha", "SEAT-01")
    await meera.says(scanned)
    await meera.sees("Already checked in: today", "For: Asha")
    assert await told(asha, "Your time has begun") == []
    await stage.advance_to(ten)

    await asha.sees("Your time has begun: SEAT-01")
    assert (await program.asks(f"/bookings/{booking['id']}"))["status"] == "active"


async def test_who_does_not_come_loses_the_time_to_the_next_in_line(stage: Stage, transact: Transactor) -> None:
    await dawn(stage)
    seat = await a_seat(transact)
    asha, ravi = await guests(stage, "Asha", "Ravi", tokens=5)
    program, waiting = await Program.of_each(stage, asha, ravi)
    ten = at(stage, 10)
    booking = await program.books(seat.id, ten, lasts=2 * HOUR)
    window = {"window_starts_at": ten.isoformat(), "window_ends_at": (ten + 2 * HOUR).isoformat()}
    await waiting.does("/waitlist", resource_id=str(seat.id), length_minutes=60, **window)

    await stage.advance_to(ten + 10 * MINUTE)
    assert (await program.asks(f"/bookings/{booking['id']}"))["status"] == "confirmed"
    assert await told(ravi, "A place is free") == []
    await stage.advance_to(ten + 15 * MINUTE)

    await asha.sees("You did not check in: SEAT-01", "By the terms nothing comes back.")
    await ravi.sees("A place is free: SEAT-01", "11:00–12:00")
    await ravi.taps("Book now")
    await ravi.sees("Booked: SEAT-01", "11:00–12:00", "balance 4")
    assert await balance_of(asha) == 3


async def tries_to_book(person: Person) -> None:
    """An hour tomorrow at ten, for the car."""
    await person.says("/book")
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps("P1-01")
    await person.taps("10:00")
    await person.taps("1 h · 2 tokens")
    await person.taps("Confirm – 2 tokens")


async def test_staying_too_long_costs_and_bars_booking_until_a_pack_pays_it(
    stage: Stage, transact: Transactor, pack: packs.Package
) -> None:
    await dawn(stage)
    slot = await a_slot(transact)
    asha, meera = await guest(stage, tokens=5), await staff(stage, first_name="Meera")
    program = await Program.of(stage, asha)
    car = await program.does("/vehicles", plate="WB 02 AB 1234", type="car", make="Tata", model="Nexon", colour="blue")
    ten = at(stage, 10)
    booking = await program.books(slot.id, ten, vehicle_id=car["id"])
    scanned = await scan(program, booking)
    await stage.advance_to(ten - MINUTE)
    await meera.says(scanned)
    await meera.sees("Checked in", "WB02AB1234")
    await stage.advance_to(ten)
    await asha.sees("Your time has begun: P1-01")
    await stage.advance_to(ten + HOUR + 69.5 * MINUTE)

    await asha.sees(
        "Your time at P1-01 is over since 11:00.", "Until you check out every minute costs, 3 tokens an hour."
    )
    await asha.taps("Check out")
    await asha.sees(
        "Overtime: 1 h 10 min at 150 % of the price: 3", "Penalty: 4", "Your wallet pays 3; 4 tokens is owed"
    )
    await asha.taps("Check out – 7 tokens")
    await asha.sees("Checked out: P1-01", "Paid from your wallet: 3", "Still owed: 4 tokens.", "Balance: 0 tokens")
    await tries_to_book(asha)
    await asha.sees("You owe 4 tokens. You can book again when it is paid.")

    await pays(stage, await buys_the_pack(stage, asha))
    await asha.sees("4 tokens went to what you owed.", "Nothing is owed any more: you can book again.")
    assert await balance_of(asha) == 46
    await program.books(slot.id, at(stage, 10), vehicle_id=car["id"])
    await asha.sees("Booked: P1-01", "balance 44")
