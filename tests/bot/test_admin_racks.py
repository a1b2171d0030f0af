"""Racks and venues from chat."""

from datetime import timedelta

import pytest

from domain import bookings, people, resources
from domain.kernel import Transactor
from domain.resources import Options, ResourceStatus
from tests.bot.office import an_administrator, member_of, told_by
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.building import a_rack
from tests.people import Person, text_of, words_of

pytestmark = pytest.mark.twice


async def at_the_racks(stage: BotStage) -> Person:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Racks")
    return meera


async def test_a_rack_is_added_question_by_question(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)

    await meera.taps("Add a rack")
    await meera.sees("A new rack", "Write its code", "[Cancel]")
    await meera.says("rack-07")
    await meera.says("Three-spine fabric")
    await meera.says("6.1(2f), 6.0(5h)")
    await meera.says("Multi-site = 2\nClean fabric")
    await meera.taps("60 min")
    await meera.says("3")
    await meera.sees("Add RACK-07, Three-spine fabric?", "3 tokens for 60 min", "Multi-site (+2)", "6.1(2f)")
    await meera.taps("Add RACK-07")

    await meera.sees("RACK-07 can be booked now.")
    added = await resources.by_code("RACK-07")
    assert added is not None
    assert added.rack is not None
    assert (added.slot_minutes, added.price_tokens_per_slot) == (60, 3)
    assert [option.key for option in added.rack.preconfig_options] == ["multi-site", "clean-fabric"]
    assert await told_by(meera) == ["resource.added"]


async def test_each_answer_is_checked_and_asked_again(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("Add a rack")

    await meera.says("rack 07 <b>")
    await meera.sees("A code has letters A–Z", "Write its code")
    await meera.says("RACK-01")
    await meera.sees("The code RACK-01 is taken.", "Write its code")
    await meera.says("RACK-07")
    await meera.says("x" * 65)
    await meera.sees("That has 65 characters; at most 64 fit.")
    await meera.says("<b>Fabric</b> & co")
    await meera.taps("None")
    await meera.says("Multi-site = two")
    await meera.sees("I cannot read this line: “Multi-site = two”.")
    await meera.taps("None")
    await meera.says("50")
    await meera.sees("Please write a multiple of 15")
    await meera.says("30")
    await meera.says("-1")
    await meera.sees("Please write a whole number from 0 to 1000000.")
    await meera.says("1")

    await meera.sees("Add RACK-07, <b>Fabric</b> & co?")


async def test_back_asks_the_earlier_question_again(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("Add a rack")
    await meera.says("RACK-07")

    await meera.taps("Back")
    await meera.says("RACK-08")
    await meera.says("Fabric")
    await meera.taps("None")
    await meera.taps("None")
    await meera.taps("30 min")
    await meera.says("1")

    await meera.sees("Add RACK-08, Fabric?")


async def test_a_form_can_be_left_at_any_time(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("Add a rack")
    await meera.says("RACK-07")

    await meera.taps("Cancel")
    await meera.sees("Left. Nothing was changed.")
    await meera.says("Three-spine fabric")

    assert "Write" not in text_of(await meera.screen())
    assert await resources.by_code("RACK-07") is None


async def test_a_command_leaves_the_form(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")
    await meera.taps("Name")

    await meera.says("/admin")
    await meera.says("hello there")

    assert (await resources.get(rack.id)).name == rack.name


async def test_a_members_command_leaves_the_form_too(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")
    await meera.taps("Name")

    await meera.says("/balance")
    await meera.says("hello there")

    assert (await resources.get(rack.id)).name == rack.name


async def test_a_form_survives_a_restart_of_the_bot(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")
    await meera.taps("Name")

    await stage.stop()
    stage.start()
    await meera.says("Renamed fabric")

    await meera.sees("Changed.", "RACK-01 · Renamed fabric")
    assert (await resources.get(rack.id)).name == "Renamed fabric"


async def test_a_form_left_open_expires_politely(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")
    await meera.taps("Name")

    await stage.stop()
    now = stage.now
    stage.now = lambda: now() + timedelta(hours=1)
    stage.start()
    await meera.says("Good morning everybody")

    await meera.sees("That question was open for too long.", "Nothing was changed.")
    assert (await resources.get(rack.id)).name == rack.name


async def test_a_button_of_a_finished_form_says_so(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")
    await meera.taps("Name")
    question = await meera.screen()
    await meera.says("Renamed")

    await meera.taps("Cancel", on=question["message_id"])

    await meera.sees("This form is no longer open.")


async def test_prices_peaks_and_lengths_are_changed_and_audited(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")

    await meera.taps("Price")
    await meera.sees("Now: 1")
    await meera.says("4")
    await meera.taps("Peak prices")
    await meera.says("Mon-Fri 10:00-14:00 150\nSat,Sun 00:00-24:00 80%")
    await meera.taps("Slot and length")
    await meera.taps("60 min")
    await meera.says("2")
    await meera.says("1")
    await meera.sees("cannot be so", "How many slots has the longest booking?")
    await meera.says("8")

    await meera.sees("Changed.", "4 tokens for 60 min", "Mon-Fri 10:00-14:00 150%", "2 to 8 times 60 min")
    after = await resources.get(rack.id)
    assert [rule.percent for rule in after.price_rules] == [150, 80]
    assert (after.price_tokens_per_slot, after.min_slots, after.max_slots) == (4, 2, 8)
    assert await told_by(meera) == ["resource.changed"] * 3


async def test_renamed_options_keep_the_keys_of_those_that_stay(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")

    await meera.taps("Options")
    await meera.sees("Now: Multi-site = 2")
    await meera.says("Clean fabric = 1\nMulti-site = 3")

    await meera.sees("Clean fabric (+1), Multi-site (+3)")
    spec = (await resources.get(rack.id)).rack
    assert spec is not None
    assert [(each.key, each.extra_tokens) for each in spec.preconfig_options] == [
        ("clean-fabric", 1),
        ("multi-site", 3),
    ]


async def test_maintenance_is_switched_on_and_off(stage: BotStage, rack: resources.Resource) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("RACK-01")

    await meera.taps("Start maintenance")
    await meera.sees("RACK-01 takes no new bookings now.", "in maintenance", "[End maintenance]")
    assert (await resources.get(rack.id)).status is ResourceStatus.MAINTENANCE
    await meera.taps("End maintenance")

    await meera.sees("available", "[Start maintenance]")


async def test_retiring_says_which_bookings_stay_and_can_be_undone(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    meera = await at_the_racks(stage)
    member = await grant(transact, meera, 10, stage)
    starts_at = (stage.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    await transact(
        bookings.book, resource_id=rack.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        options=Options(), expected_cost_tokens=None, key="k", actor=people.actor_of(member, "chat"), now=stage.now(),
    )  # fmt: skip

    await meera.taps("RACK-01")
    await meera.taps("Retire")
    await meera.sees("Retire RACK-01?", "1 booking stays and will take place:")
    await meera.taps("Retire RACK-01")
    await meera.sees("RACK-01 is retired and takes no new bookings.")
    assert (await resources.get(rack.id)).status is ResourceStatus.RETIRED
    await meera.taps("Offer it again")

    await meera.sees("RACK-01 can be booked again.")
    assert (await resources.get(rack.id)).status is ResourceStatus.AVAILABLE
    assert await told_by(meera) == ["resource.retired", "resource.restored"]


async def test_many_racks_come_in_pages(stage: BotStage, rack: resources.Resource, transact: Transactor) -> None:
    venue = await resources.venue(rack.venue_id)
    for number in range(20, 32):
        await a_rack(transact, venue=venue, code=f"RACK-{number}")

    meera = await at_the_racks(stage)
    await meera.sees("[1/2]", "[RACK-01]")
    await meera.taps("›")

    shown = words_of(await meera.sees("[2/2]", "[RACK-31]"))
    assert "[RACK-01]" not in shown


async def test_a_venue_gets_other_hours_and_closed_days(stage: BotStage, rack: resources.Resource) -> None:
    meera = await an_administrator(stage)
    await meera.says("/admin")
    await meera.taps("Venues")
    await meera.taps("Sector V Lab")

    await meera.taps("Opening hours")
    await meera.says("Mon-Fri 9-17")
    await meera.sees("I cannot read that.")
    await meera.says("Mon-Fri 09:00-21:00\nSat 10:00-14:00")
    await meera.taps("Closed days")
    await meera.taps("Close on more days")
    await meera.says("2030-12-25")

    await meera.sees("Changed.", "Mon-Fri 09:00-21:00", "Sat 10:00-14:00", "Wed 25 Dec 2030")
    venue = await resources.venue(rack.venue_id)
    assert [len(day) for day in venue.opening_hours] == [1, 1, 1, 1, 1, 1, 0]
    assert await told_by(meera) == ["venue.changed", "venue.changed"]


async def test_the_first_venue_can_be_opened_from_chat(stage: BotStage) -> None:
    meera = await at_the_racks(stage)
    await meera.taps("Add a rack")
    await meera.sees("There is no venue yet.")

    await meera.says("/admin")
    await meera.taps("Venues")
    await meera.taps("Add a venue")
    await meera.says("BLR-1")
    await meera.says("Koramangala Lab")
    await meera.says("Bengaluru")
    await meera.says("asia/kolkata")
    await meera.taps("Round the clock")
    await meera.sees("Open Koramangala Lab (BLR-1)?", "24/7")
    await meera.taps("Open the venue")

    await meera.sees("Koramangala Lab is open.")
    assert [venue.code for venue in await resources.venues(limit=5)] == ["BLR-1"]
    assert (await member_of(meera)).name == "Meera"
