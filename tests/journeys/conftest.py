"""A stage with every role running, a rack and a pack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain import bookings, packs, people, resources, wallets
from domain.invariants import violations
from domain.kernel import Database, Transactor
from tests.building import LONG_AGO, a_rack, a_venue
from tests.people import Person
from tests.stage import Stage, staged


@pytest.fixture
async def stage(database: Database, transact: Transactor) -> AsyncIterator[Stage]:
    """Everything runs; whatever the story did, the invariants hold at its end."""
    async with staged(database, transact, chat_messages_per_second=1000, chat_messages_burst=1000) as running:
        yield running
        assert await violations(limit=20) == []


@pytest.fixture
async def rack(stage: Stage, transact: Transactor) -> resources.Resource:
    """A rack at a token a half-hour."""
    venue = await a_venue(transact, code="SECTOR-V")
    return await a_rack(transact, venue=venue, code="RACK-01")


@pytest.fixture
async def pack(stage: Stage, transact: Transactor) -> packs.Package:
    """Fifty tokens for ₹999."""
    return await transact(
        packs.add, name="Lab", token=50, price={"INR": 99900}, duration=90, actor=people.SYSTEM, now=LONG_AGO
    )


async def known(stage: Stage, **user: Any) -> Person:
    """Somebody who has answered the questions of the first contact."""
    person = await Person.meets(stage.sandbox, **user)
    await person.says("/start")
    await person.taps("English")
    await person.taps("Kolkata")
    return person


async def buys_the_pack(stage: Stage, person: Person) -> str:
    """Go to the payer's page; the id of the link there."""
    await person.says("/packs")
    await person.taps("Lab – ₹999")
    return await link_shown(stage, person)


async def link_shown(stage: Stage, person: Person) -> str:
    """The id of the payment link on the newest screen."""
    shown = await person.taps("Pay ₹999")
    for link in (await stage.sim("GET", "/razorpay/payments"))["payments"]:
        if link.get("short_url") == shown["url"]:
            return str(link["id"])
    raise AssertionError("the button leads to no link of the gateway")


async def pays(stage: Stage, link_id: str, *, outcome: str = "success", webhooks: str = "normal") -> Any:
    """What the payer and the gateway do."""
    return await stage.sim("POST", f"/razorpay/payments/{link_id}/pay", outcome=outcome, webhooks=webhooks)


async def balance_of(person: Person) -> int:
    """Tokens in the wallet."""
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return (await wallets.of(member.id)).token


async def bookings_of(person: Person, stage: Stage) -> list[bookings.Booking]:
    """What lies ahead."""
    member = await people.by_telegram_id(person.id)
    assert member is not None
    return list((await bookings.upcoming(member_id=member.id, now=stage.clock(), page=1, limit=10)).items)


async def chooses_tomorrow_at_ten(person: Person) -> None:
    """Go from anywhere to the summary of an hour tomorrow."""
    await person.says("/book")
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps("RACK-01")
    await person.taps("10:00")
    await person.taps("1 h · ")
