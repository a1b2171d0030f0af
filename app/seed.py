"""Planting a demo: its venue, what can be booked there, packs and first bookings; once, in one transaction."""

import asyncio
import logging
from datetime import datetime

from app.demos import DEMOS, Demo
from app.demos.guests import visit
from app.demos.racks import DEMO as RACKS
from app.installation import Installation
from app.wiring import wired
from domain import packs, people, resources
from domain.kernel import Tx

logger = logging.getLogger(__name__)

STAFF_ID = 1003
"""Meera, one of the people the sandbox makes at its first start (docs/sandbox.md)."""
PACKS_LOOKED_AT = 1


def prepare(installation: Installation) -> None:
    """Make the database's indexes; in the demo also plant the racks, and who has booked them, once."""
    asyncio.run(_prepare(installation))


def seed(installation: Installation, *, demo: str) -> bool:
    """Plant the demo of this name; False when its venue is there already."""
    return asyncio.run(_seed(installation, DEMOS[demo]))


async def _prepare(installation: Installation) -> None:
    async with wired(installation, role="prepare") as parts:
        if installation.is_demo:
            await parts.transact(plant, demo=RACKS, now=parts.clock(), with_people=True)


async def _seed(installation: Installation, demo: Demo) -> bool:
    async with wired(installation, role="seed") as parts:
        return await parts.transact(plant, demo=demo, now=parts.clock(), with_people=installation.is_demo)


async def plant(tx: Tx, *, demo: Demo, now: datetime, with_people: bool) -> bool:
    """Add everything, unless the venue exists; all of it or nothing. Packs come with the first demo only."""
    if any(venue.code == demo.venue["code"] for venue in await resources.venues(limit=100)):
        return False
    system = people.SYSTEM
    venue = await resources.add_venue(tx, actor=system, now=now, **demo.venue)
    found = {
        fields["code"]: await resources.add_resource(tx, venue_id=venue.id, actor=system, now=now, **fields)
        for fields in demo.resources
    }
    for_sale = demo.packs or RACKS.packs
    if not (await packs.on_sale(limit=PACKS_LOOKED_AT)):
        for pack in for_sale:
            await packs.add(tx, actor=system, now=now, **pack)
    if with_people:
        staff = people.Role.STAFF
        await people.meet(tx, telegram_id=STAFF_ID, name="Meera", username="meera", first_role=staff, now=now)
        await visit(tx, demo, venue=venue, found=found, now=now)
    logger.info("planted %s with %d resources", demo.venue["code"], len(found))
    return True
