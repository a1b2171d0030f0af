"""Maintenance, closed days and hours from chat: whom it meets is told first."""

from datetime import datetime, timedelta

import pytest

from domain import bookings, people, resources, wallets
from domain.kernel import Transactor
from domain.resources import Options, ResourceStatus
from tests.bot.office import an_administrator, member_of, told_by
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.people import Person, text_of

pytestmark = pytest.mark.twice
HOUR = timedelta(hours=1)


async def a_booking(stage: BotStage, transact: Transactor, rack: resources.Resource, days: int = 2) -> bookings.Booking:
    """Asha has an hour at 10:30 in India, some days from now."""
    asha = await stage.person(first_name="Asha")
    member = await grant(transact, asha, 10, stage)
    starts_at = (stage.now() + timedelta(days=days)).replace(hour=5, minute=0, second=0, microsecond=0)
    return await transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + HOUR, options=Options(),
        expected_cost_tokens=None, key="k", actor=people.actor_of(member, "chat"), now=stage.now(),
    )  # fmt: skip


async def after(booking: bookings.Booking) -> bookings.Booking:
    return await bookings.get(booking_id=booking.id, actor=people.SYSTEM)


def typed(moment: datetime) -> str:
    """As an operator in India would write it."""
    return f"{moment + timedelta(hours=5, minutes=30):%Y-%m-%d %H:%M}"


async def at_maintenance(stage: BotStage) -> Person:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Maintenance")
    return meera


async def test_a_rack_is_reserved_and_whoever_is_met_is_cancelled(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    booking = await a_booking(stage, transact, rack)
    meera = await at_maintenance(stage)

    await meera.sees("None is planned.")
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("RACK-01")
    await meera.sees("Maintenance of RACK-01", "From when?", "[From now on]")
    await meera.says(typed(booking.starts_at - HOUR))
    await meera.sees("Until when?", "[4 h]")
    await meera.taps("4 h")
    await meera.says("New power supply")
    await meera.sees("Reserve RACK-01 for maintenance?", "1 booking lies there:", "Asha", "New power supply")
    await meera.taps("Reserve, cancel 1 booking")

    await meera.sees("Reserved for maintenance", "1 booking was cancelled.", "RACK-01", "New power supply")
    cancelled = await after(booking)
    assert (cancelled.status, cancelled.refund_tokens) == ("cancelled", cancelled.cost_tokens)
    assert cancelled.cancelled_reason == "New power supply"
    page = await bookings.maintenances(venue_id=None, now=stage.now(), page=1, limit=5)
    assert [(one.starts_at, one.ends_at) for one in page.items] == [
        (booking.starts_at - HOUR, booking.starts_at + 3 * HOUR)
    ]
    assert "maintenance.reserved" in await told_by(meera)


async def test_a_new_booking_meanwhile_is_shown_before_anything_happens(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    meera = await at_maintenance(stage)
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("The whole venue")
    await meera.taps("From now on")
    await meera.taps("7 days")
    await meera.says("Moving house")
    await meera.sees("Reserve Sector V Lab for maintenance?", "No booking lies there.")
    booking = await a_booking(stage, transact, rack)

    await meera.taps("Reserve it")
    await meera.sees("Meanwhile 1 booking lies there. Look again.", "Asha")
    assert (await after(booking)).status == "confirmed"
    await meera.taps("Reserve, cancel 1 booking")

    await meera.sees("Reserved for maintenance")
    assert (await after(booking)).status == "cancelled"


async def test_an_impossible_period_is_asked_again(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_maintenance(stage)
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("RACK-01")

    await meera.says("next week")
    await meera.sees("Write a local time as 2026-12-24 18:00.", "From when?")
    await meera.taps("Tomorrow 08:00")
    await meera.says("40d")
    await meera.says("Too long")
    await meera.sees("A maintenance lasts 31 days at most.")
    await meera.taps("Back")
    await meera.taps("8 h")
    await meera.says("Fine")

    await meera.sees("Reserve RACK-01 for maintenance?")


async def test_a_maintenance_is_called_off(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_maintenance(stage)
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("RACK-01")
    await meera.taps("Tomorrow 08:00")
    await meera.taps("1 day")
    await meera.says("Inventory")
    await meera.taps("Reserve it")

    await meera.taps("RACK-01")
    await meera.sees("Maintenance M-", "Inventory", "[Call it off]")
    await meera.taps("Call it off")
    await meera.sees("Call off the maintenance of RACK-01?", "stay cancelled")
    await meera.taps("Call it off")

    await meera.sees("Ended. The time can be booked again.", "None is planned.")
    assert await told_by(meera) == ["maintenance.reserved", "maintenance.ended"]


async def test_closing_on_a_day_keeps_what_is_sold_or_returns_it(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    booking = await a_booking(stage, transact, rack)
    on = f"{booking.starts_at:%Y-%m-%d}"
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Venues")
    await meera.taps("Sector V Lab")
    await meera.taps("Closed days")
    await meera.sees("Closed days of Sector V Lab", "None is to come.")

    await meera.taps("Close on more days")
    await meera.says(on)
    await meera.sees("Bookings lie outside the new hours.", "1 booking lies there:", "[Keep them]")
    assert (await resources.venue(rack.venue_id)).closed_on == []
    await meera.taps("Keep them")
    await meera.sees("Changed.", "Closed on:")
    assert (await after(booking)).status == "confirmed"

    await meera.taps("Closed days")
    await meera.taps("Open on")
    await meera.sees("again.", "None is to come.")
    await meera.taps("Close on more days")
    await meera.says(on)
    await meera.taps("Cancel 1 booking, all comes back")

    await meera.sees("Changed. 1 booking was cancelled.")
    assert (await after(booking)).status == "cancelled"
    assert (await resources.venue(rack.venue_id)).closed_on == [on]


async def test_a_rack_goes_out_of_service_with_or_without_its_bookings(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    booking = await a_booking(stage, transact, rack)
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Racks")
    await meera.taps("RACK-01")

    await meera.taps("Start maintenance")
    await meera.sees("RACK-01 takes no new bookings then.", "Asha")
    await meera.taps("Keep them")
    await meera.sees("Those made before stay.", "in maintenance")
    assert (await after(booking)).status == "confirmed"
    await meera.taps("End maintenance")
    await meera.taps("Start maintenance")
    await meera.taps("Cancel 1 booking, all comes back")

    await meera.sees("1 booking was cancelled.", "in maintenance")
    assert (await after(booking)).status == "cancelled"
    assert (await resources.get(rack.id)).status is ResourceStatus.MAINTENANCE


async def test_many_affected_come_in_pages(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    for number in range(12):
        asha = await stage.person(first_name=f"Asha {number}")
        member = await grant(transact, asha, 10, stage)
        starts_at = (stage.now() + timedelta(days=2, hours=number)).replace(minute=0, second=0, microsecond=0)
        await transact(
            bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + HOUR, options=Options(),
            expected_cost_tokens=None, key="k", actor=people.actor_of(member, "chat"), now=stage.now(),
        )  # fmt: skip
    meera = await at_maintenance(stage)
    await meera.taps("Plan maintenance")
    await meera.taps("Sector V Lab")
    await meera.taps("The whole venue")
    await meera.taps("From now on")
    await meera.taps("7 days")
    await meera.says("Moving house")

    first = await meera.sees("12 bookings lie there:", "[1/2]", "Asha 0")
    assert "Asha 11" not in text_of(first)
    await meera.taps("›")
    await meera.sees("[2/2]", "Asha 11")
    await meera.taps("Reserve, cancel 12 bookings")

    await meera.sees("12 bookings were cancelled.")


async def test_a_debt_is_seen_and_forgiven_with_a_reason(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    booking = await a_booking(stage, transact, rack)
    await transact(
        wallets.charge, member_id=booking.member_id, tokens=30, purpose="penalty", key="overtime:1",
        booking_id=None, now=stage.now(),
    )  # fmt: skip
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Debts")
    await meera.sees("Asha", "22 tokens")
    await meera.taps("Asha")
    await meera.sees("owes 22 tokens", "Of 22 tokens", "they can book nothing")

    await meera.taps("Forgive it")
    await meera.says("The barrier was broken")
    await meera.sees("Forgive Asha", "The barrier was broken")
    await meera.taps("Forgive it")

    await meera.sees("Forgiven.", "Nobody owes anything.")
    assert (await wallets.open_receivables(page=1, limit=5)).total == 0
    assert "wallet.receivable_forgiven" in await told_by(meera)


async def test_staff_are_given_a_workplace(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    ravi = await stage.person(first_name="Ravi")
    member = await member_of(ravi)
    await transact(people.promote, member_id=member.id, role=people.Role.STAFF, actor=people.SYSTEM, now=stage.now())
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Find a member")
    await meera.says("Ravi")
    await meera.taps("Ravi")

    await meera.taps("Workplace")
    await meera.sees("Where does Ravi work?", "Now: everywhere")
    await meera.taps("Sector V Lab")

    await meera.sees("Ravi works here now: Sector V Lab.")
    assert (await member_of(ravi)).venue_id == rack.venue_id
    assert "member.venue_changed" in await told_by(meera)
