"""The demo's venue, racks, packs and first bookings: planted once, in one transaction, by the rooms' own verbs."""

import asyncio
import logging
from datetime import datetime
from typing import Any

from app.demo_bookings import visit
from app.installation import Installation
from app.wiring import wired
from domain import packs, people, resources
from domain.kernel import Tx

logger = logging.getLogger(__name__)

VENUE_CODE = "SECTOR-V"
WEEKDAY = [{"opens": "08:00", "closes": "22:00"}]
SUNDAY = [{"opens": "10:00", "closes": "18:00"}]
EVENING_PEAK = {"weekdays": [0, 1, 2, 3, 4], "from_time": "18:00", "until_time": "22:00", "percent": 150}
STAFF_ID = 1003
"""Meera, one of the people the sandbox makes at its first start (docs/sandbox.md)."""

MULTI_SITE = {"key": "multi-site", "label": "Multi-site (second pod)", "extra_tokens": 4}
CLEAN_FABRIC = {"key": "clean-fabric", "label": "Clean fabric", "extra_tokens": 0}
L4_L7 = {"key": "l4-l7", "label": "L4–L7 services", "extra_tokens": 2}
VMM = {"key": "vmm", "label": "VMM domain ready", "extra_tokens": 1}

RACKS: tuple[dict[str, Any], ...] = (
    {
        "code": "RACK-01", "name": "Starter fabric", "price_tokens_per_slot": 2,
        "description": "2 spines, 2 leaves, 1 APIC. Made for a first look.",
        "rack": {"aci_versions": ["5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC]},
    },
    {
        "code": "RACK-02", "name": "Standard fabric", "price_tokens_per_slot": 3,
        "description": "2 spines, 4 leaves, 3 APICs.",
        "rack": {"aci_versions": ["6.0(5h)", "6.1(2g)"], "preconfig_options": [CLEAN_FABRIC, VMM]},
    },
    {
        "code": "RACK-03", "name": "Standard fabric", "price_tokens_per_slot": 3,
        "description": "2 spines, 4 leaves, 3 APICs.",
        "rack": {"aci_versions": ["5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC, L4_L7]},
    },
    {
        "code": "RACK-04", "name": "Multi-site", "price_tokens_per_slot": 5, "turnaround_minutes": 30,
        "description": "Two pods with Nexus Dashboard and an inter-site network.",
        "rack": {"aci_versions": ["6.0(5h)", "6.1(2g)"], "preconfig_options": [MULTI_SITE, L4_L7]},
    },
    {
        "code": "RACK-05", "name": "Upgrade lab", "price_tokens_per_slot": 4, "turnaround_minutes": 30,
        "description": "Starts at the version you choose; break it, restore it, upgrade it.",
        "rack": {"aci_versions": ["4.2(7f)", "5.2(8e)", "6.0(5h)"], "preconfig_options": [CLEAN_FABRIC]},
    },
    {
        "code": "RACK-06", "name": "Exam fabric", "price_tokens_per_slot": 4, "min_slots": 2,
        "description": "As in the exam: 2 spines, 4 leaves, 3 APICs, an external router and a firewall.",
        "rack": {"aci_versions": ["5.2(8e)", "6.1(2g)"], "preconfig_options": [CLEAN_FABRIC, L4_L7, VMM]},
    },
)  # fmt: skip

PACKS: tuple[dict[str, Any], ...] = (
    {
        "name": "Starter", "token": 10, "duration": 30, "price": {"INR": 24_900},
        "description": "A first evening in the lab.",
        "content": "<b>10 tokens</b>, valid for 30 days. Two and a half hours on RACK-01.",
    },
    {
        "name": "Lab", "token": 50, "duration": 90, "price": {"INR": 99_900},
        "description": "A week of practice.",
        "content": "<b>50 tokens</b>, valid for 90 days. Save a fifth.",
    },
    {
        "name": "Pro", "token": 120, "duration": 180, "price": {"INR": 199_900},
        "description": "For the exam, or for a team.",
        "content": "<b>120 tokens</b>, valid for 180 days. Our best price per hour.",
    },
)  # fmt: skip


def prepare(installation: Installation) -> None:
    """Make the database's indexes; in the demo also plant what can be booked and bought, and who has booked, once."""
    asyncio.run(_prepare(installation))


def seed(installation: Installation) -> bool:
    """Plant the demo's venue, racks and packs; False when they are there already."""
    return asyncio.run(_seed(installation))


async def _prepare(installation: Installation) -> None:
    async with wired(installation, role="prepare") as parts:
        if installation.is_demo:
            await parts.transact(plant, now=parts.clock(), with_people=True)


async def _seed(installation: Installation) -> bool:
    async with wired(installation, role="seed") as parts:
        return await parts.transact(plant, now=parts.clock(), with_people=False)


async def plant(tx: Tx, *, now: datetime, with_people: bool) -> bool:
    """Add everything, unless the venue exists; all of it or nothing."""
    if any(venue.code == VENUE_CODE for venue in await resources.venues(limit=100)):
        return False
    system = people.SYSTEM
    venue = await resources.add_venue(
        tx, code=VENUE_CODE, name="Sector V Lab", address="Salt Lake Electronics Complex, Sector V", city="Kolkata",
        timezone="Asia/Kolkata", opening_hours=[*[WEEKDAY] * 6, SUNDAY], amenities=["Wi-Fi", "Tea", "Console access"],
        currency="INR", actor=system, now=now,
    )  # fmt: skip
    racks = [
        await resources.add_resource(tx, venue_id=venue.id, price_rules=[EVENING_PEAK], actor=system, now=now, **rack)
        for rack in RACKS
    ]
    for pack in PACKS:
        await packs.add(tx, actor=system, now=now, **pack)
    if with_people:
        staff = people.Role.STAFF
        await people.meet(tx, telegram_id=STAFF_ID, name="Meera", username="meera", first_role=staff, now=now)
        await visit(tx, venue=venue, racks={rack.code: rack for rack in racks}, now=now)
    logger.info("planted %s with %d racks and %d packs", VENUE_CODE, len(RACKS), len(PACKS))
    return True
