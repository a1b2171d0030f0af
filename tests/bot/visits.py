"""People who come: parking slots with check-in, bookings around this moment, and those who work there."""

import io
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from PIL import Image

from domain import bookings, people, resources, vehicles, wallets
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.people import Actor, Role
from domain.resources import Options, Resource, Venue
from tests.bot.office import member_of, with_role
from tests.bot.stage import BotStage
from tests.building import LONG_AGO
from tests.people import Json, Person, buttons_of, text_of
from tests.vault import VAULT

QUARTER, HOUR, MINUTE = timedelta(minutes=15), timedelta(hours=1), timedelta(minutes=1)
_numbers = count(1)


def quarter(stage: BotStage, quarters: int = 1) -> datetime:
    """A quarter of an hour from this one, never one that begins while the story is told."""
    now = stage.now() + MINUTE
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return begun + quarters * QUARTER


async def a_slot(transact: Transactor, venue: Venue, **fields: Any) -> Resource:
    """A parking slot for cars: a token a quarter, half more beyond the end, and two tokens for each hour of that."""
    given: dict[str, Any] = {
        "code": f"P-{next(_numbers):03}", "name": "Slot", "kind": "parking_slot", "check_in": "required",
        "slot_minutes": 15,
        "parking_slot": {"vehicle_type": "car", "overtime_multiplier_percent": 150, "penalty_tokens_per_hour": 2},
        **fields,
    }  # fmt: skip
    return await transact(resources.add_resource, venue_id=venue.id, actor=people.SYSTEM, now=LONG_AGO, **given)


async def actor(person: Person) -> Actor:
    """Whom the bot takes the person for."""
    return people.actor_of(await member_of(person), "chat")


async def parks(
    stage: BotStage, person: Person, slot: Resource, starts_at: datetime, *, tokens: int = 4, lasts: timedelta = HOUR
) -> Booking:
    """The person brings a car, has so many tokens and books."""
    transact, parking, number = stage.transact, await actor(person), next(_numbers)
    assert parking.member_id is not None
    car = await transact(
        vehicles.add, plate=f"WB02AB{number:04}", make="Tata", model="Nexon", colour="blue", type="car", actor=parking,
        now=LONG_AGO,
    )  # fmt: skip
    early = min(starts_at - MINUTE, stage.now())
    await transact(
        wallets.credit, member_id=parking.member_id, tokens=tokens, source="bonus", key=f"visit:{number}", now=early
    )
    return await transact(
        bookings.book, resource_id=slot.id, starts_at=starts_at, ends_at=starts_at + lasts, actor=parking, now=early,
        options=Options(vehicle_id=car.id), expected_cost_tokens=None, key=f"visit:{number}",
    )  # fmt: skip


async def works(stage: BotStage, venue: Venue | None = None, *, first_name: str = "Meera") -> Person:
    """Somebody of the staff, at that venue or everywhere."""
    person = await with_role(stage, Role.STAFF, first_name=first_name)
    if venue is not None:
        member = await member_of(person)
        await stage.transact(
            people.set_staff_venue, member_id=member.id, venue_id=venue.id, actor=people.SYSTEM, now=stage.now()
        )
    return person


async def came(stage: BotStage, booking: Booking) -> Booking:
    """The member was checked in at the start, and is there."""
    await stage.transact(bookings.check_in, booking_id=booking.id, actor=people.SYSTEM, now=booking.starts_at)
    return await now_of(booking)


async def now_of(booking: Booking) -> Booking:
    """The booking as it is by now."""
    return await bookings.get(booking_id=booking.id, actor=people.SYSTEM)


def scan(booking: Booking) -> str:
    """What a client sends that has read the code."""
    return f"/start {bookings.ticket(booking, VAULT)}"


def shown(message: Json) -> tuple[str, list[Json]]:
    """All that a person sees of a message."""
    return text_of(message), buttons_of(message)


async def answer_to(person: Person, said: str) -> tuple[str, list[Json]]:
    """What the bot shows them for these words."""
    await person.says(said)
    return shown(await person.screen())


async def picture_of(stage: BotStage, message: Json) -> Image.Image:
    """The picture as Telegram has it."""
    file = (await stage.sandbox.get(f"/sim/v1/files/{message['photo'][-1]['file_id']}")).content
    return Image.open(io.BytesIO(file)).convert("L")
