"""Builders: name only what matters to the test."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from domain import people, resources
from domain.kernel import Transactor

_numbers = count(1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def a_member(
    transact: Transactor, *, role: people.Role = people.Role.MEMBER, now: datetime = LONG_AGO, **fields: Any
) -> people.Actor:
    """Somebody who has written to us."""
    number = next(_numbers)
    telegram_id = fields.get("telegram_id", 500_000 + number)
    name, username = fields.get("name", f"Person {number}"), fields.get("username")
    member = await transact(
        people.meet, telegram_id=telegram_id, name=name, username=username, first_role=role, now=now
    )
    return people.actor_of(member, fields.get("origin", "chat"))


async def a_venue(transact: Transactor, **fields: Any) -> resources.Venue:
    """A venue in Kolkata that never closes."""
    given = {"code": f"V{next(_numbers)}", "name": "Sector V Lab", "timezone": "Asia/Kolkata", **fields}
    return await transact(resources.add_venue, actor=people.SYSTEM, now=LONG_AGO, **given)


async def a_rack(transact: Transactor, *, venue: resources.Venue | None = None, **fields: Any) -> resources.Resource:
    """A rack with one ACI version and one option, at a token a half-hour."""
    venue = venue or await a_venue(transact)
    rack = resources.RackSpec(
        aci_versions=fields.pop("aci_versions", ["6.0(5h)"]),
        preconfig_options=[resources.PreconfigOption(key="multi-site", label="Multi-site", extra_tokens=2)],
    )
    given = {"code": f"RACK-{next(_numbers):02}", "name": "Two-spine fabric", "rack": rack.model_dump(), **fields}
    return await transact(resources.add_resource, venue_id=venue.id, actor=people.SYSTEM, now=LONG_AGO, **given)
