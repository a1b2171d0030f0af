"""A taken hour on the stage, and those who wait for it in chat."""

from datetime import datetime, timedelta
from typing import Any

from domain import bookings, people, resources, waitlists, wallets
from domain.bookings import Booking
from domain.resources import Options
from domain.waitlists import WaitlistEntry
from tests.bot.office import member_of
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.domain.consequences import consequences
from tests.people import Person

HOUR = timedelta(hours=1)


async def tomorrow_at(rack: resources.Resource, hour: int, now: datetime) -> datetime:
    """The moment on the venue's clock."""
    venue = await resources.venue(rack.venue_id)
    return resources.moment_at(venue, resources.local_day(venue, now) + timedelta(days=1), hour * 60)


async def an_owner(
    stage: BotStage, rack: resources.Resource, *, hour: int = 10, hours: int = 1, **user: Any
) -> tuple[people.Actor, Booking]:
    """Somebody who has booked tomorrow from ten o'clock on."""
    person = await stage.person(**{"first_name": "Omar", **user})
    member = await grant(stage.transact, person, 100, stage)
    owner = people.actor_of(member, "chat")
    starts_at = await tomorrow_at(rack, hour, stage.now())
    booking = await stage.transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + hours * HOUR,
        options=Options(aci_version="6.0(5h)"), expected_cost_tokens=None, key=f"owner:{person.id}:{hour}",
        actor=owner, now=stage.now(),
    )  # fmt: skip
    return owner, booking


async def a_full_day(stage: BotStage, rack: resources.Resource) -> list[tuple[people.Actor, Booking]]:
    """Tomorrow is taken from midnight to midnight, eight hours each."""
    return [await an_owner(stage, rack, hour=hour, hours=8) for hour in (0, 8, 16)]


async def gives_up(stage: BotStage, owner: people.Actor, booking: Booking) -> None:
    """Cancel, and let follow what follows."""
    await stage.transact(bookings.cancel, booking_id=booking.id, actor=owner, now=stage.now())
    await consequences(stage.transact, now=stage.now())


async def wants_the_hour(person: Person) -> None:
    """Go to the wish for the taken hour tomorrow at ten."""
    await person.says("/book")
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps("RACK-01")
    await person.taps("A time is taken? Wait for it")
    await person.taps("10:00")
    await person.taps("1 h")


async def joins(person: Person) -> None:
    """Wait for the taken hour tomorrow at ten."""
    await wants_the_hour(person)
    await person.taps("Join the waitlist")


async def entries_of(person: Person) -> list[WaitlistEntry]:
    """The open ones."""
    member = await member_of(person)
    return list((await waitlists.mine(member_id=member.id, page=1, limit=20)).items)


async def offered(stage: BotStage, rack: resources.Resource, *waiting: Person) -> None:
    """An hour that everybody in line waits for becomes free."""
    owner, booking = await an_owner(stage, rack)
    for person in waiting:
        await joins(person)
    await gives_up(stage, owner, booking)


async def owes(stage: BotStage, person: Person, tokens: int) -> None:
    """Charge somebody who has nothing."""
    member = await member_of(person)
    await stage.transact(
        wallets.charge, member_id=member.id, tokens=tokens, purpose="fine", key=f"fine:{person.id}", booking_id=None,
        now=stage.now(),
    )  # fmt: skip
