"""Seats and parking slots from chat, and what racks run to prepare themselves."""

import pytest

from domain import resources
from domain.resources import Hooks, ParkingSpec, SeatSpec
from tests.bot.office import an_administrator
from tests.bot.stage import BotStage
from tests.people import Person

pytestmark = pytest.mark.twice


async def at(stage: BotStage, *labels: str) -> Person:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    for label in labels:
        await meera.taps(label)
    return meera


async def test_a_seat_is_added_and_changed(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at(stage, "Seats")
    await meera.sees("There is no seat yet.")

    await meera.taps("Add a seat")
    await meera.sees("A new seat", "Write its code")
    await meera.says("SEAT-1")
    await meera.says("By the window")
    await meera.says("2")
    await meera.says("Quiet")
    await meera.says("Socket, Lamp")
    await meera.taps("60 min")
    await meera.says("1")
    await meera.taps("Required")
    await meera.sees("Add SEAT-1, By the window?", "Floor: 2", "Has: Socket, Lamp", "One has to check in.")
    await meera.taps("Add SEAT-1")
    await meera.sees("SEAT-1 can be booked now.")
    await meera.taps("Amenities")
    await meera.sees("Now: Socket, Lamp")
    await meera.says("Socket")
    await meera.taps("Check-in")
    await meera.taps("Not needed")

    await meera.sees("Changed.", "Has: Socket", "Zone: Quiet")
    seat = await resources.by_code("SEAT-1")
    assert seat is not None
    assert (seat.kind, seat.check_in, seat.rack) == ("seat", "none", None)
    assert seat.seat == SeatSpec(floor="2", zone="Quiet", amenities=["Socket"])


async def test_a_parking_slot_is_added_and_changed(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at(stage, "Parking slots", "Add a parking slot")

    await meera.says("P-01")
    await meera.says("Near the lift")
    await meera.says("B1")
    await meera.taps("None")
    await meera.says("rocket")
    await meera.sees("Please choose by button.")
    await meera.taps("motorcycle")
    await meera.taps("60 min")
    await meera.says("2")
    await meera.says("200")
    await meera.says("5")
    await meera.sees("Add P-01, Near the lift?", "Level: B1", "motorcycle", "Overtime costs 200 %", "5 tokens")
    await meera.sees("One has to check in.")
    await meera.taps("Add P-01")
    await meera.taps("Overtime")
    await meera.says("300")
    await meera.says("0")

    await meera.sees("Changed.", "Overtime costs 300 %")
    slot = await resources.by_code("P-01")
    assert slot is not None
    assert slot.parking_slot == ParkingSpec(
        level="B1", vehicle_type="motorcycle", overtime_multiplier_percent=300, penalty_tokens_per_hour=0
    )


async def test_a_rack_is_told_its_scripts_and_keeps_the_rest(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at(stage, "Racks", "RACK-01", "Preparation")

    await meera.says("../evil.sh")
    await meera.sees("Write the name of a script without its folder")
    await meera.taps("None")
    await meera.says("power_on.sh")
    await meera.says("15")
    await meera.says("power_off.sh")
    await meera.says("wipe.py")

    await meera.sees("Changed.", "Prepares itself 15 min before: power_on.sh", "power_off.sh → wipe.py", "6.0(5h)")
    spec = (await resources.get(rack.id)).rack
    assert spec is not None
    assert spec.hooks == Hooks(power_on="power_on.sh", power_off="power_off.sh", deprovision="wipe.py", lead_minutes=15)
    assert len(spec.preconfig_options) == 1


async def test_window_and_terms_of_its_own(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at(stage, "Racks", "RACK-01", "How far ahead")

    await meera.says("14")
    await meera.says("30")
    await meera.taps("Cancellation")
    await meera.says("soon")
    await meera.sees("Write hours and percent")
    await meera.says("24 0")
    await meera.sees("Bookable 14 days ahead, 30 min before", "free until 24 h before, then 0 %")
    await meera.taps("Cancellation")
    await meera.taps("As at the venue")

    after = await resources.get(rack.id)
    assert (after.advance_days_max, after.lead_minutes_min, after.terms) == (14, 30, None)


async def test_terms_of_a_venue(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at(stage, "Venues", "Sector V Lab", "Cancellation")

    await meera.says("6 25")

    await meera.sees("Bookings made before keep their terms.", "free until 6 h before, then 25 %")
    terms = (await resources.venue(rack.venue_id)).terms
    assert (terms.full_refund_hours, terms.late_percent) == (6, 25)
