"""Getting in line, in chat: from a taken time, a full day, a lost race, a list without free ones."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.filters.callback_data import CallbackData
from beanie import PydanticObjectId

from bot import errors
from bot.views import waiter as views
from bot.views import waitlist_buttons
from domain import bookings, people, resources, waitlists
from domain.kernel import Transactor
from domain.waitlists import InvalidWindow
from tests.bot.office import member_of
from tests.bot.reading import a_reader
from tests.bot.stage import BotStage
from tests.bot.test_booking import choose_tomorrow_at_ten, grant
from tests.bot.test_views import BUTTONS as OTHER_BUTTONS
from tests.bot.waiting import HOUR, a_full_day, an_owner, entries_of, joins, wants_the_hour
from tests.building import a_rack
from tests.people import enabled, words_of

WORST = {
    "rack": PydanticObjectId(), "resource": PydanticObjectId(), "entry": PydanticObjectId(), "choice": "AAAz.zzzzzz",
    "on": datetime(2084, 1, 1, tzinfo=UTC).date(), "at": datetime(2084, 1, 1, tzinfo=UTC), "within": 31 * 1440,
    "minutes": 7 * 1440, "target": "v", "is_auto": True, "is_past": True, "cost": 10**9, "asked": 36**3 - 1,
    "page": 9999, "kind": "parking_slot",
}  # fmt: skip
BUTTONS = [
    kind
    for kind in vars(waitlist_buttons).values()
    if isinstance(kind, type) and kind.__module__ == waitlist_buttons.__name__ and issubclass(kind, CallbackData)
]


@pytest.mark.parametrize("kind", BUTTONS)
def test_the_longest_button_fits_and_means_the_same_again(kind: type[CallbackData]) -> None:
    action = kind(**{name: WORST[name] for name in kind.model_fields})

    assert len(action.pack().encode()) <= 64
    assert kind.unpack(action.pack()) == action


def test_no_prefix_is_used_twice() -> None:
    mine = [kind.__prefix__ for kind in BUTTONS]
    others = [kind.__prefix__ for kind in OTHER_BUTTONS if kind not in BUTTONS]

    assert len(set(mine)) == len(mine)
    assert set(mine) & set(others) == set()


# Joining


async def test_a_taken_time_is_waited_for_from_the_day_screen(stage: BotStage, rack: resources.Resource) -> None:
    _owner, booking = await an_owner(stage, rack)
    asha = await stage.person()

    await wants_the_hour(asha)
    await asha.sees("Wait for RACK-01 · ACI 6.0(5h)", "10:00–11:00 IST", "It costs up to 2 tokens", "Waiting costs")
    await asha.taps("Join the waitlist")

    await asha.sees("You are next in line: RACK-01", "10:00–11:00 IST")
    (entry,) = await entries_of(asha)
    assert (entry.resource_id, entry.length_minutes, entry.auto_book) == (rack.id, None, False)
    assert (entry.window_starts_at, entry.window_ends_at) == (booking.starts_at, booking.ends_at)


async def test_a_day_without_taken_times_offers_no_waiting(stage: BotStage, rack: resources.Resource) -> None:
    asha = await stage.person()

    await asha.says("/book")
    await asha.taps("Free: any time")
    await asha.taps("tomorrow")
    await asha.taps("RACK-01")

    assert "Wait for it" not in words_of(await asha.sees("Choose a start – RACK-01"))


async def test_a_full_day_opens_and_is_waited_for_by_a_part_of_it(stage: BotStage, rack: resources.Resource) -> None:
    await a_full_day(stage, rack)
    venue = await resources.venue(rack.venue_id)
    tomorrow = resources.local_day(venue, stage.now()) + timedelta(days=1)
    asha = await stage.person()

    await asha.says("/start book_RACK-01")
    if tomorrow.day == 1:
        await asha.taps("›")
    month = await asha.sees(f"[{tomorrow.day} ×]", "× full")
    assert f"{tomorrow.day} ×" in enabled(month)
    await asha.taps(f"{tomorrow.day} ×")
    await asha.taps("Join the waitlist for this day")
    await asha.sees("Wait for a time – RACK-01", "[Morning · 06:00–12:00]", "[Any time · 00:00–00:00]")
    await asha.taps("Afternoon · 12:00–17:00")
    await asha.taps("2 h")
    await asha.sees("2 h within", "12:00–17:00 IST")
    await asha.taps("+ Book it for me at once: up to 4 tokens")
    await asha.sees("it is booked for you at once, for up to 4 tokens", "If you have too few tokens then")
    await asha.taps("Join the waitlist")

    await asha.sees("You are next in line: RACK-01")
    (entry,) = await entries_of(asha)
    assert (entry.length_minutes, entry.auto_book, entry.cost_tokens_max) == (120, True, 4)
    assert entry.window_ends_at - entry.window_starts_at == 5 * HOUR


async def test_the_loser_of_a_race_can_wait_for_the_time(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await choose_tomorrow_at_ten(asha)
    await an_owner(stage, rack)

    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Somebody has just taken this time.", "[Wait for this time]")
    await asha.taps("Wait for this time")
    await asha.taps("Join the waitlist")

    await asha.sees("You are next in line: RACK-01")


async def test_any_rack_is_waited_for_from_a_list_without_free_ones(stage: BotStage, rack: resources.Resource) -> None:
    await a_full_day(stage, rack)
    asha = await stage.person()
    await asha.says("/book")
    await asha.taps("ACI: any")
    await asha.taps("5.2(8e)")
    await asha.taps("Free: any time")
    await asha.taps("tomorrow")

    await asha.taps("Wait for any rack · ACI 5.2(8e)")
    await asha.taps("Evening")
    await asha.taps("30 min")
    await asha.sees("Wait for any rack · ACI 5.2(8e)", "30 min within")
    await asha.taps("Join the waitlist")

    await asha.sees("You are next in line: any rack · ACI 5.2(8e)")
    (entry,) = await entries_of(asha)
    assert (entry.resource_id, entry.aci_version, entry.venue_id) == (None, "5.2(8e)", None)


async def test_another_rack_that_is_free_is_offered_instead_of_waiting(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    await an_owner(stage, rack)
    other = await a_rack(transact, venue=await resources.venue(rack.venue_id), code="RACK-02")
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await wants_the_hour(asha)

    await asha.taps("+ any rack · ACI 6.0(5h)")
    await asha.sees("Wait for any rack · ACI 6.0(5h) · Sector V Lab")
    await asha.taps("Join the waitlist")
    await asha.sees("It is free right now: RACK-02", "10:00–11:00")
    await asha.taps("Book this time")
    await asha.taps("Confirm – 2 tokens")

    await asha.sees("Booked: RACK-02")
    assert await entries_of(asha) == []
    page = await bookings.upcoming(member_id=(await member_of(asha)).id, now=stage.now(), page=1, limit=5)
    assert [each.resource_id for each in page.items] == [other.id]


async def test_joining_twice_is_waiting_once(stage: BotStage, rack: resources.Resource) -> None:
    await an_owner(stage, rack)
    asha = await stage.person()
    await wants_the_hour(asha)
    wish = await asha.sees("[Join the waitlist]")

    await asyncio.gather(*(asha.tap(wish["message_id"], text="Join the waitlist") for _ in range(2)))
    await asha.sees("You are next in line: RACK-01")
    await joins(asha)

    await asha.sees("You wait for this already.", "[Leave the line]")
    assert len(await entries_of(asha)) == 1


async def test_a_price_that_changed_since_it_was_shown_is_shown_again(
    stage: BotStage, rack: resources.Resource, transact: Transactor
) -> None:
    await an_owner(stage, rack)
    asha = await stage.person()
    await wants_the_hour(asha)
    await transact(
        resources.edit_resource, resource_id=rack.id, changes={"price_tokens_per_slot": 3}, actor=people.SYSTEM,
        now=stage.now(),
    )  # fmt: skip

    await asha.taps("Join the waitlist")

    await asha.sees("The price has changed: it is up to 6 tokens now.", "[Join the waitlist]")
    assert await entries_of(asha) == []


async def test_more_than_ten_wishes_are_too_many(stage: BotStage, rack: resources.Resource) -> None:
    _owner, booking = await an_owner(stage, rack)
    asha = await stage.person()
    member = await member_of(asha)
    for number in range(waitlists.ENTRIES_MAX):
        await stage.transact(
            waitlists.join, resource_id=None, kind="rack", aci_version=None, venue_id=None,
            window_starts_at=booking.starts_at - number * timedelta(minutes=1), window_ends_at=booking.ends_at,
            length_minutes=60, options=resources.Options(), auto_book=False, cost_tokens_max=2, key=f"many:{number}",
            actor=people.actor_of(member, "chat"), now=stage.now(),
        )  # fmt: skip

    await joins(asha)

    await asha.sees("You wait for 10 times already, the most there can be.", "[My waitlist]")


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(
    "problem", ["no_match", "order", "past", "too_wide", "closed", "outside_opening_hours", "too_far_ahead"]
)
def test_what_cannot_be_waited_for_is_said_in_words(problem: str, language: str) -> None:
    said = errors.sentence(InvalidWindow(problem=problem), a_reader(language=language))

    assert said.endswith((".", "।"))
    assert problem not in said


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_reason_has_words(language: str) -> None:
    reasons = [
        "taken", "offered", "accepted", "disabled", "blocked", "debt", "too_many_bookings", "vehicle", "too_soon",
        "unavailable", "closed", "passed", "left", "offer_lapsed", "hold_lapsed", "window_over",
    ]  # fmt: skip

    words = {views.reason_word(a_reader(language=language), reason) for reason in reasons}

    assert len(words) == len(reasons)
