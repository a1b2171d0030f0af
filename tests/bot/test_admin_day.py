"""The day, and packs, from chat."""

from datetime import timedelta

import pytest

from domain import bookings, packs, people, resources, wallets
from domain.kernel import Transactor
from domain.people import Role
from domain.resources import Options
from tests.bot.office import an_administrator, member_of, told_by, with_role
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.people import Person, words_of

pytestmark = pytest.mark.twice


async def a_booking_soon(stage: BotStage, rack: resources.Resource, person: Person) -> bookings.Booking:
    """The very next half-hour, for somebody with ten tokens."""
    member = await grant(stage.transact, person, 10, stage)
    now = stage.now()
    starts_at = now.replace(minute=30 * (now.minute // 30), second=0, microsecond=0) + timedelta(minutes=30)
    return await stage.transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30),
        options=Options(aci_version="6.0(5h)"), expected_cost_tokens=None, key="soon",
        actor=people.actor_of(member, "chat"), now=now,
    )  # fmt: skip


async def at_the_booking(stage: BotStage, administrator: Person, booking: bookings.Booking, name: str) -> None:
    """Open a booking by way of its member: the day may end before it starts."""
    await administrator.says("/admin")
    await administrator.taps("Find a member")
    await administrator.says(name)
    await administrator.taps(name)
    await administrator.taps("Bookings")
    await administrator.taps(booking.code)


async def test_today_shows_who_comes_when_for_what(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person(first_name="Asha", username="asha_k")
    booking = await a_booking_soon(stage, rack, asha)
    meera = await an_administrator(stage)
    venue = await resources.venue(rack.venue_id)

    await meera.says("/admin")
    await meera.taps("Today's bookings")
    await meera.sees("Today at all venues")
    await meera.taps("By venue")
    await meera.taps("Sector V Lab")

    shown = words_of(await meera.sees("Sector V Lab, "))
    is_today = resources.local_day(venue, booking.starts_at) == resources.local_day(venue, stage.now())
    assert ("RACK-01 · Asha (@asha_k) · booked" in shown) == is_today


async def test_an_operator_cancels_with_everything_back(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person(first_name="Asha")
    booking = await a_booking_soon(stage, rack, asha)
    meera = await an_administrator(stage)
    await at_the_booking(stage, meera, booking, "Asha")

    await meera.sees(f"{booking.code} · booked", "For: Asha", "With: ACI 6.0(5h)", "Cost: 1 token")
    await meera.taps("Cancel this booking")
    await meera.says("Power cut")
    await meera.sees(f"Cancel {booking.code} of Asha?", "All 1 token come back", "Reason: Power cut")
    await meera.taps("Cancel this booking")

    await meera.sees(f"Cancelled {booking.code}.", "Came back: 1 token", "Reason: Power cut")
    after = await bookings.get(booking_id=booking.id, actor=people.SYSTEM)
    assert (after.status, after.refund_tokens) == (bookings.Status.CANCELLED, after.cost_tokens)
    assert (await wallets.of((await member_of(asha)).id)).token == 10


async def test_staff_see_a_booking_and_cannot_cancel_it(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person(first_name="Asha")
    booking = await a_booking_soon(stage, rack, asha)
    ravi = await with_role(stage, Role.STAFF, first_name="Ravi")

    await at_the_booking(stage, ravi, booking, "Asha")

    assert "[Cancel this booking]" not in words_of(await ravi.sees(f"{booking.code} · booked"))


async def test_a_booking_that_is_over_meanwhile_is_not_cancelled(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person(first_name="Asha")
    booking = await a_booking_soon(stage, rack, asha)
    meera = await an_administrator(stage)
    await at_the_booking(stage, meera, booking, "Asha")
    await meera.taps("Cancel this booking")
    await meera.says("Power cut")
    later = booking.ends_at + timedelta(minutes=1)
    await transact(bookings.start_due, now=later, limit=10)
    await transact(bookings.complete_due, now=later, limit=10)

    await meera.taps("Cancel this booking")

    await meera.sees("can no longer be changed")
    assert (await bookings.get(booking_id=booking.id, actor=people.SYSTEM)).status is bookings.Status.COMPLETED


async def at_the_packs(stage: BotStage) -> Person:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Packs")
    return meera


async def test_a_pack_is_put_on_sale(stage: BotStage) -> None:
    meera = await at_the_packs(stage)

    await meera.taps("Add a pack")
    await meera.says("Weekend")
    await meera.says("20")
    await meera.says("free")
    await meera.sees("Write a price from 1")
    await meera.says("499, 5.50 USD")
    await meera.taps("30 days")
    await meera.taps("None")
    await meera.sees("Put Weekend on sale?", "Tokens: 20", "₹499", "for 30 days")
    await meera.taps("Put on sale")

    await meera.sees("Weekend is on sale.")
    (pack,) = await packs.on_sale(limit=5)
    assert (pack.token, pack.price, pack.duration) == (20, {"INR": 49900, "USD": 550}, 30)
    assert await told_by(meera) == ["pack.added"]


async def test_a_pack_is_changed_rests_and_is_retired(stage: BotStage, pack: packs.Package) -> None:
    meera = await at_the_packs(stage)
    await meera.taps("Starter")

    await meera.taps("Price")
    await meera.sees("Now: 999.00 INR")
    await meera.says("899")
    await meera.sees("Changed.", "Price: ₹899", "Before: ₹999")
    await meera.taps("Take off sale")
    await meera.sees("Starter · not on sale")
    assert await packs.on_sale(limit=5) == []
    await meera.taps("Put on sale")
    await meera.taps("Retire")
    await meera.sees("Retire Starter?", "cannot be brought back")
    await meera.taps("Retire it for good")

    await meera.sees("Starter is retired.", "Starter · retired")
    assert await packs.all_packs(limit=5) == []
    assert await told_by(meera) == ["pack.changed", "pack.changed", "pack.changed", "pack.retired"]
