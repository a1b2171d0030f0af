"""A stage, with something to book and something to buy on it."""

from collections.abc import AsyncIterator

import pytest

from domain import packs, people, resources
from domain.kernel import Database, Transactor
from tests.bot.stage import BotStage, staged
from tests.building import LONG_AGO, a_rack, a_venue


@pytest.fixture
async def stage(database: Database, transact: Transactor) -> AsyncIterator[BotStage]:
    """The bot and the sandbox."""
    async with staged(database, transact) as running:
        yield running


@pytest.fixture
async def rack(transact: Transactor) -> resources.Resource:
    """A rack at a token a half-hour, in a venue that never closes."""
    venue = await a_venue(transact, code="SECTOR-V")
    return await a_rack(transact, venue=venue, code="RACK-01", aci_versions=["6.0(5h)", "5.2(8e)"])


@pytest.fixture
async def pack(transact: Transactor) -> packs.Package:
    """Fifty tokens for ₹999."""
    return await transact(
        packs.add, name="Starter", token=50, price={"INR": 99900}, duration=90, actor=people.SYSTEM, now=LONG_AGO
    )
