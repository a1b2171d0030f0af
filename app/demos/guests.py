"""People who have booked already, so that the demo's calendars and its office are not empty."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.demos.demo import Demo, Fields, Visit
from domain import bookings, people, resources, vehicles, wallets
from domain.kernel import Tx
from domain.people import Actor, actor_of
from domain.resources import Options, Resource, Venue

GRANT_TOKENS = 400
LAST_HOUR = 16
"""Whoever comes today and has missed their hour comes at the next one, up to this."""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody whom nobody plays in the sandbox: they only book."""

    telegram_id: int
    name: str
    username: str
    vehicle: Fields | None = None


CAR = {"plate": "WB 02 AK 4711", "type": "car", "make": "Tata", "model": "Nexon", "colour": "blue"}
MOTORCYCLE = {
    "plate": "WB 06 C 2310", "type": "motorcycle", "make": "Royal Enfield", "model": "Classic", "colour": "black"
}  # fmt: skip
GUESTS = {
    "kavya": Guest(telegram_id=1021, name="Kavya Rao", username="kavya_rao"),
    "arjun": Guest(telegram_id=1022, name="Arjun Sen", username="arjun_sen"),
    "leela": Guest(telegram_id=1023, name="Leela Bose", username="leela_bose"),
    "nikhil": Guest(telegram_id=1024, name="Nikhil Das", username="nikhil_das"),
    "farah": Guest(telegram_id=1025, name="Farah Khan", username="farah_khan", vehicle=CAR),
    "dev": Guest(telegram_id=1026, name="Dev Mitra", username="dev_mitra", vehicle=MOTORCYCLE),
}
"""Two for each demo."""


async def visit(tx: Tx, demo: Demo, *, venue: Venue, found: dict[str, Resource], now: datetime) -> None:
    """Let the guests book what the demo says, with granted tokens and by the rooms' own verbs."""
    for name, guest in GUESTS.items():
        visits = [visit for visit in demo.visits if visit.guest == name]
        if not visits:
            continue
        actor = await _known(tx, guest, now=now)
        for one in visits:
            await _book(tx, actor, guest, one, found[one.code], venue, now=now)


async def _known(tx: Tx, guest: Guest, *, now: datetime) -> Actor:
    member = await people.meet(
        tx, telegram_id=guest.telegram_id, name=guest.name, username=guest.username, first_role=people.Role.MEMBER,
        now=now,
    )  # fmt: skip
    await wallets.adjust(
        tx, member_id=member.id, tokens=GRANT_TOKENS, reason="Demo", key=f"demo:{guest.telegram_id}",
        actor=people.SYSTEM, now=now,
    )  # fmt: skip
    return actor_of(member, "chat")


def _starts_at(visit: Visit, venue: Venue, now: datetime) -> datetime | None:
    zone = ZoneInfo(venue.timezone)
    local = now.astimezone(zone)
    on: date = local.date() + timedelta(days=visit.days_ahead)
    hour = visit.from_hour if visit.days_ahead else max(visit.from_hour, local.hour + 1)
    if not visit.days_ahead and hour > LAST_HOUR:
        return None
    return datetime.combine(on, time(hour), zone)


async def _book(
    tx: Tx, actor: Actor, guest: Guest, visit: Visit, resource: Resource, venue: Venue, *, now: datetime
) -> None:
    """Book, unless the venue closes earlier that day."""
    starts_at = _starts_at(visit, venue, now)
    if starts_at is None:
        return
    ends_at = starts_at + timedelta(hours=visit.hours)
    if not resources.is_open(resource, venue, starts_at, ends_at):
        return
    options = Options()
    if resource.rack is not None:
        options = Options(aci_version=resource.rack.aci_versions[0])
    elif guest.vehicle is not None:
        options = Options(vehicle_id=(await vehicles.add(tx, actor=actor, now=now, **guest.vehicle)).id)
    await bookings.book(
        tx, resource_id=resource.id, starts_at=starts_at, ends_at=ends_at, options=options, expected_cost_tokens=None,
        key=f"demo:{resource.code}:{starts_at:%Y%m%d%H}", actor=actor, now=now,
    )  # fmt: skip
