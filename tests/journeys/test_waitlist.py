"""Waiting for a time, as people live it: everything runs, and time passes by the clock."""

import pytest

from domain import packs, resources, wallets
from tests.bot.office import member_of
from tests.bot.waiting import entries_of, joins, wants_the_hour
from tests.journeys.conftest import balance_of, bookings_of, chooses_tomorrow_at_ten, known, link_shown, pays
from tests.people import Person, text_of
from tests.stage import Stage

pytestmark = pytest.mark.twice


async def granted(stage: Stage, person: Person, tokens: int) -> None:
    """A gift of the house."""
    member = await member_of(person)
    await stage.transact(
        wallets.credit, member_id=member.id, tokens=tokens, source=wallets.Source.BONUS, key=f"gift:{person.id}",
        now=stage.clock(),
    )  # fmt: skip


async def rich(stage: Stage, name: str, *, tokens: int = 10) -> Person:
    """Somebody with tokens."""
    person = await known(stage, first_name=name)
    await granted(stage, person, tokens)
    return person


async def the_owner(stage: Stage) -> Person:
    """Somebody who has the hour tomorrow at ten."""
    omar = await rich(stage, "Omar")
    await chooses_tomorrow_at_ten(omar)
    await omar.taps("Confirm – 2 tokens")
    await omar.sees("Booked: RACK-01")
    return omar


async def gives_it_up(owner: Person) -> None:
    """Cancel in chat."""
    await owner.taps("Details")
    await owner.taps("Cancel the booking")
    await owner.taps("Cancel, 2 tokens back")
    await owner.sees("2 tokens are back in your wallet")


async def offers_to(person: Person) -> int:
    """How many messages offer them a place."""
    return sum(text_of(each).startswith("A place is free") for each in await person.screens())


async def test_the_first_passes_and_the_next_takes_it(stage: Stage, rack: resources.Resource) -> None:
    omar, asha, ravi = await the_owner(stage), await rich(stage, "Asha"), await rich(stage, "Ravi")
    await joins(asha)
    await asha.sees("You are next in line: RACK-01")
    await joins(ravi)
    await ravi.sees("You are number 2 in line: RACK-01")

    await gives_it_up(omar)
    await asha.sees("A place is free: RACK-01", "2 tokens · balance 10", "[Book now]", "[Pass]")
    assert await offers_to(ravi) == 0
    await asha.taps("Pass")
    await asha.sees("Passed. The next in line is asked now.")

    await ravi.sees("A place is free: RACK-01", "[Book now]")
    await ravi.taps("Book now")
    await ravi.sees("Booked: RACK-01", "2 tokens · balance 8")
    assert [each.status for each in await bookings_of(ravi, stage)] == ["confirmed"]
    assert (await entries_of(asha), await entries_of(ravi)) == ([], [])
    assert (await balance_of(asha), await balance_of(ravi)) == (10, 8)


async def test_an_offer_without_an_answer_goes_to_the_next(stage: Stage, rack: resources.Resource) -> None:
    omar, asha, ravi = await the_owner(stage), await rich(stage, "Asha"), await rich(stage, "Ravi")
    await joins(asha)
    await joins(ravi)
    await gives_it_up(omar)
    await asha.sees("A place is free: RACK-01")

    await stage.advance(minutes=10, seconds=1)

    await asha.sees("The offer is over: RACK-01")
    await ravi.sees("A place is free: RACK-01")
    await ravi.taps("Book now")
    await ravi.sees("Booked: RACK-01")
    await asha.taps("Book now")
    await asha.sees("This offer is over. The next in line was asked.")
    assert await bookings_of(asha, stage) == []


async def test_who_asked_for_it_is_booked_at_once(stage: Stage, rack: resources.Resource) -> None:
    omar, asha = await the_owner(stage), await rich(stage, "Asha")
    await wants_the_hour(asha)
    await asha.taps("+ Book it for me at once: up to 2 tokens")
    await asha.taps("Join the waitlist")
    await asha.sees("You are next in line: RACK-01")

    await gives_it_up(omar)

    await asha.sees("Booked", "RACK-01", "balance 8")
    assert [each.status for each in await bookings_of(asha, stage)] == ["confirmed"]
    assert await offers_to(asha) == 0
    assert await entries_of(asha) == []


async def test_short_of_tokens_the_offer_is_kept_and_books_itself_when_the_payment_lands(
    stage: Stage, rack: resources.Resource, pack: packs.Package
) -> None:
    omar, asha = await the_owner(stage), await known(stage)
    await joins(asha)
    await gives_it_up(omar)
    await asha.sees("A place is free: RACK-01", "2 tokens · balance 0")

    await asha.taps("Book now")
    await asha.sees("This booking needs 2 tokens; you have 0.", "The time is kept for you until")
    await asha.taps("Buy 50 tokens – ₹999")
    await pays(stage, await link_shown(stage, asha))

    await asha.sees("50 tokens are yours", "Booked: RACK-01")
    assert [each.status for each in await bookings_of(asha, stage)] == ["confirmed"]
    assert await balance_of(asha) == 48

    async def is_served() -> bool:
        return await entries_of(asha) == []

    await stage.until(is_served)
