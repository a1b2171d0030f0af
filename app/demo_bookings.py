"""Two people who use the demo's racks already, so that its calendars and its office are not empty."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain import bookings, people, resources, wallets
from domain.kernel import Tx
from domain.people import Member, actor_of
from domain.resources import Options, Resource, Venue

GRANT_TOKENS = 400
KAVYA, ARJUN = (1021, "Kavya Rao", "kavya_rao"), (1022, "Arjun Sen", "arjun_sen")
"""Nobody plays them in the sandbox: they only book."""

VISITS: dict[tuple[int, str, str], tuple[tuple[int, str, int, int], ...]] = {
    KAVYA: ((1, "RACK-01", 10, 3), (1, "RACK-03", 14, 2), (2, "RACK-02", 11, 4), (2, "RACK-04", 9, 4),
            (3, "RACK-03", 8, 7), (3, "RACK-05", 10, 2), (6, "RACK-04", 15, 3)),
    ARJUN: ((1, "RACK-02", 12, 3), (2, "RACK-01", 15, 2), (2, "RACK-06", 13, 3), (3, "RACK-03", 16, 5),
            (4, "RACK-06", 10, 3), (5, "RACK-01", 13, 2)),
}  # fmt: skip
"""Days ahead, rack, from which hour, for how many hours; a day on which the venue closes earlier is passed over."""
TODAY = (KAVYA, "RACK-02", 2)
TODAY_FROM_HOUR, TODAY_LAST_HOUR = 11, 16


async def visit(tx: Tx, *, venue: Venue, racks: dict[str, Resource], now: datetime) -> int:
    """Let both book over the coming days with granted tokens, by the rooms' own verbs; answers how many bookings."""
    zone = ZoneInfo(venue.timezone)
    local = now.astimezone(zone)
    made = 0
    for person, wishes in VISITS.items():
        member = await _guest(tx, person, now=now)
        visits = [
            (local.date() + timedelta(days=ahead), code, from_hour, hours) for ahead, code, from_hour, hours in wishes
        ]
        hour = max(TODAY_FROM_HOUR, local.hour + 1)
        if person is TODAY[0] and hour <= TODAY_LAST_HOUR:
            visits.append((local.date(), TODAY[1], hour, TODAY[2]))
        for on, code, from_hour, hours in visits:
            made += await _book(tx, member, racks[code], _at(on, from_hour, zone), hours, venue, now=now)
    return made


async def _guest(tx: Tx, person: tuple[int, str, str], *, now: datetime) -> Member:
    telegram_id, name, username = person
    role = people.Role.MEMBER
    member = await people.meet(tx, telegram_id=telegram_id, name=name, username=username, first_role=role, now=now)
    await wallets.adjust(
        tx, member_id=member.id, tokens=GRANT_TOKENS, reason="Demo", key=f"demo:{telegram_id}", actor=people.SYSTEM,
        now=now,
    )  # fmt: skip
    return member


def _at(on: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(hour), zone)


async def _book(
    tx: Tx, member: Member, rack: Resource, starts_at: datetime, hours: int, venue: Venue, *, now: datetime
) -> int:
    ends_at = starts_at + timedelta(hours=hours)
    assert rack.rack is not None
    if not resources.is_open(rack, venue, starts_at, ends_at):
        return 0
    await bookings.book(
        tx, resource_id=rack.id, starts_at=starts_at, ends_at=ends_at,
        options=Options(aci_version=rack.rack.aci_versions[0]), expected_cost_tokens=None,
        key=f"demo:{rack.code}:{starts_at:%Y%m%d%H}", actor=actor_of(member, "chat"), now=now,
    )  # fmt: skip
    return 1
