"""What the tests of the API share: resources of all kinds, and what happened before a program asks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from beanie import PydanticObjectId

from domain import bookings, people, resources, vehicles
from domain.bookings import Booking
from domain.kernel import Transactor
from domain.resources import Options, Resource, Venue
from tests.api.conftest import ApiMember
from tests.building import LONG_AGO, a_rack, a_venue
from tests.domain.consequences import consequences

MINUTE = timedelta(minutes=1)


def quarter(offset: int) -> datetime:
    """The quarter of an hour that has begun, and those around it."""
    now = datetime.now(UTC)
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + offset * 15 * MINUTE


async def a_resource(transact: Transactor, *, venue: Venue | None = None, **fields: Any) -> Resource:
    """Something that can be booked by quarters of an hour, round the clock; a rack unless a kind is named."""
    fields = {"slot_minutes": 15, **fields}
    if "kind" not in fields:
        return await a_rack(transact, venue=venue, **fields)
    venue = venue or await a_venue(transact)
    given = {"code": "ONE-01", "name": "Near the window", **fields}
    return await transact(resources.add_resource, venue_id=venue.id, actor=people.SYSTEM, now=LONG_AGO, **given)


async def a_booking(
    transact: Transactor, whose: ApiMember, resource: Resource, starts_at: datetime, minutes: int = 60, **chosen: Any
) -> Booking:
    """Booked in good time before its start, whenever that is."""
    return await transact(
        bookings.book, resource_id=resource.id, starts_at=starts_at, ends_at=starts_at + minutes * MINUTE,
        options=Options(**chosen), expected_cost_tokens=None, key=f"{resource.code}:{starts_at}", actor=whose.actor,
        now=starts_at - 2 * 60 * MINUTE,
    )  # fmt: skip


async def begins(transact: Transactor) -> None:
    """Let everything begin whose time has come."""
    await transact(bookings.start_due, now=datetime.now(UTC), limit=10)


async def a_running_booking(
    transact: Transactor, whose: ApiMember, resource: Resource, minutes: int = 60, **chosen: Any
) -> Booking:
    """It has begun, fifteen minutes ago at the most."""
    booking = await a_booking(transact, whose, resource, quarter(0), minutes, **chosen)
    await begins(transact)
    return booking


async def an_unready_booking(transact: Transactor, whose: ApiMember, resource: Resource) -> Booking:
    """Its time has come, and the scripts of its rack have not."""
    booking = await a_booking(transact, whose, resource, quarter(0))
    await transact(bookings.take_due, step="prepare", now=quarter(0) - MINUTE, limit=10)
    await consequences(transact, now=quarter(0) - MINUTE)
    return booking


async def a_car(transact: Transactor, whose: ApiMember, plate: str = "WB 02 AB 1234") -> vehicles.Vehicle:
    """A car of theirs."""
    return await transact(vehicles.add, plate=plate, type="car", actor=whose.actor, now=LONG_AGO)


async def a_debt(
    transact: Transactor, whose: ApiMember, slot: Resource, *, left: timedelta = timedelta(minutes=30)
) -> Booking:
    """They stayed too long in a parking slot, and their tokens did not suffice."""
    car = await a_car(transact, whose)
    booking = await a_booking(transact, whose, slot, quarter(-8), 15, vehicle_id=car.id)
    await transact(bookings.check_in, booking_id=booking.id, actor=people.SYSTEM, now=booking.starts_at)
    return await transact(
        bookings.check_out, booking_id=booking.id, actor=whose.actor, now=booking.ends_at + left
    )  # fmt: skip


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code."""
    return answer.status_code, answer.json()["error"]["code"]


async def balance(http: httpx.AsyncClient, whose: ApiMember) -> int:
    """The tokens that they have."""
    tokens: int = (await http.get("/api/v1/wallet", headers=whose.headers)).json()["data"]["tokens"]
    return tokens


NOWHERE = str(PydanticObjectId("665f1c2ab7e1a2c3d4e5f6ff"))
