"""Seats and parking slots, from the menu to a booking, each in its own words."""

from datetime import timedelta

import pytest

from bot.views import browsing, buttons, calendar, choices
from domain import bookings, people, resources, vehicles, wallets
from domain.bookings import DurationChoice
from domain.kernel import Transactor
from tests.bot.parking import a_seat, a_slot, a_vehicle
from tests.bot.reading import NOW, a_place, a_reader
from tests.bot.stage import BotStage
from tests.bot.test_booking import grant
from tests.bot.test_never_silent import post_old_button
from tests.building import a_rack, a_venue
from tests.people import Person, buttons_of, text_of, words_of


async def choose_tomorrow_at_ten(person: Person, code: str, *, tokens: int) -> None:
    """From the list to the summary of two hours tomorrow."""
    await person.taps("Free: any time")
    await person.taps("tomorrow")
    await person.taps(code)
    await person.taps("10:00")
    await person.taps(f"2 h · {tokens} tokens")


async def the_booking_of(person: Person, stage: BotStage) -> bookings.Booking:
    member = await people.by_telegram_id(person.id)
    assert member is not None
    page = await bookings.upcoming(member_id=member.id, now=stage.now(), page=1, limit=10)
    return page.items[0]


async def test_a_library_speaks_of_seats(stage: BotStage, transact: Transactor) -> None:
    await a_seat(transact)
    asha = await stage.person()

    menu = await asha.sees("You book study seats here and pay with tokens.", "[Book a seat]")
    await asha.taps("Book a seat")

    listed = await asha.sees("Book a seat", "SEAT-01", "Silent · 1st floor · Lamp, Socket", "[Area: any]")
    assert "rack" not in (words_of(menu) + words_of(listed)).lower()
    assert "ACI" not in words_of(listed)


async def test_a_seat_is_booked_without_options_and_says_when_to_come(stage: BotStage, transact: Transactor) -> None:
    await a_seat(transact)
    asha = await stage.person()
    await grant(transact, asha, 10, stage)

    await asha.says("/book")
    await choose_tomorrow_at_ten(asha, "SEAT-01", tokens=2)
    summary = await asha.sees("SEAT-01", "2 × 1 h at 1 token: 2", "from 30 min before the start until 15 min after it")
    assert not any(button["text"].startswith(("+", "✓")) for button in buttons_of(summary))
    await asha.taps("Confirm – 2 tokens")

    await asha.sees(
        "Booked: SEAT-01",
        "Silent · 1st floor",
        "Show your code when you arrive: from 09:30 until 10:15",
        "[Show code]",
        "balance 8",
    )


async def test_seats_are_told_apart_by_area(stage: BotStage, transact: Transactor) -> None:
    seat = await a_seat(transact)
    venue = await resources.venue(seat.venue_id)
    await a_seat(transact, venue=venue, code="SEAT-11", seat={"zone": "Group", "floor": "Ground floor"})
    asha = await stage.person()
    await asha.says("/book")
    await asha.sees("SEAT-01", "SEAT-11")

    await asha.taps("Area: any")
    await asha.sees("Which area?", "[Silent, 1st floor]")
    await asha.taps("Group, Ground floor")

    listed = words_of(await asha.sees("[Area: Group, Ground floor]", "SEAT-11"))
    assert "SEAT-01" not in listed


async def test_where_there_are_several_kinds_one_is_chosen_first(stage: BotStage, transact: Transactor) -> None:
    venue = await a_venue(transact)
    await a_rack(transact, venue=venue, code="RACK-01")
    await a_seat(transact, venue=venue)
    await a_slot(transact, venue=venue)
    asha = await stage.person()

    await asha.sees("You book here for the hours you need", "[Book]")
    await asha.taps("Book")
    await asha.sees("What do you want to book?", "Racks: 1 of 1 free now", "Seats: 1 of 1 free now", "[Parking slots]")
    await asha.taps("Seats")
    await asha.sees("Book a seat", "SEAT-01")
    await asha.taps("Back")
    await asha.taps("Parking slots")

    slots = words_of(await asha.sees("Book a parking slot", "P1-01", "Level 1 · Zone A · for cars"))
    assert "SEAT-01" not in slots
    await asha.taps("Free now")
    await asha.sees("Sector V Lab now: 3 of 3 free")


async def test_venues_that_offer_the_same_are_told_apart(stage: BotStage, transact: Transactor) -> None:
    await a_seat(transact, venue=await a_venue(transact, code="A-LIB", name="North Library"))
    await a_seat(transact, venue=await a_venue(transact, code="B-LIB", name="South Library"), code="SEAT-21")
    asha = await stage.person()
    await asha.says("/book")
    await asha.sees("North Library", "South Library", "[Venue: any]")

    await asha.taps("Picture of the day")
    picture = await asha.sees("All seats on", "North Library", "[SEAT-01]")
    assert "photo" in picture
    await asha.taps("South Library")
    await asha.sees("All seats on", "[SEAT-21]")
    await asha.taps("Back")

    listed = text_of(await asha.sees("[Venue: South Library]", "SEAT-21"))
    assert "SEAT-01" not in listed
    await asha.taps("Venue: South Library")
    await asha.taps("North Library")
    assert "SEAT-21" not in text_of(await asha.sees("[Venue: North Library]", "SEAT-01"))


async def test_a_slot_is_booked_for_the_only_vehicle_that_fits(stage: BotStage, transact: Transactor) -> None:
    slot = await a_slot(transact)
    venue = await resources.venue(slot.venue_id)
    await a_slot(transact, venue=venue, code="P1-M1", parking_slot={"vehicle_type": "motorcycle"})
    asha = await stage.person()
    member = await grant(transact, asha, 20, stage)
    car = await a_vehicle(transact, member)

    await asha.says("/book")
    listed = await asha.sees("Book a parking slot", "P1-01", "[For: car]")
    assert "P1-M1" not in words_of(listed)
    await choose_tomorrow_at_ten(asha, "P1-01", tokens=4)
    await asha.sees(
        "P1-01 · WB02AB1234", "Level 1 · Zone A · for cars",
        "Each minute beyond the end costs 1.5 × the price, each started hour 2 tokens more.",
    )  # fmt: skip
    await asha.taps("Confirm – 4 tokens")

    await asha.sees("Booked: P1-01", "WB02AB1234 · Tata Nexon, blue", "Each minute beyond the end costs", "[Show code]")
    assert (await the_booking_of(asha, stage)).options.vehicle_id == car.id


async def test_one_of_several_vehicles_is_chosen_and_is_the_first_next_time(
    stage: BotStage, transact: Transactor
) -> None:
    await a_slot(transact)
    asha = await stage.person()
    member = await grant(transact, asha, 20, stage)
    await a_vehicle(transact, member)
    second = await a_vehicle(transact, member, plate="WB 20 Z 9", make="Maruti", model="", colour="")
    await asha.says("/book")
    await choose_tomorrow_at_ten(asha, "P1-01", tokens=4)
    await asha.sees("[✓ WB02AB1234 · Tata Nexon, blue]", "[+ WB20Z9 · Maruti]")

    await asha.taps("+ WB20Z9 · Maruti")
    await asha.sees("P1-01 · WB20Z9", "[✓ WB20Z9 · Maruti]")
    await asha.taps("Confirm – 4 tokens")
    await asha.sees("Booked: P1-01", "WB20Z9")
    assert (await the_booking_of(asha, stage)).options.vehicle_id == second.id

    await asha.says("/book")
    await asha.taps("P1-01")
    await asha.taps("›")
    await asha.taps("15")
    await asha.taps("10:00")
    await asha.taps("1 h · 2 tokens")
    await asha.sees("[✓ WB20Z9 · Maruti]")


async def test_booking_again_keeps_the_vehicle_while_it_is_there(stage: BotStage, transact: Transactor) -> None:
    await a_slot(transact)
    asha = await stage.person()
    member = await grant(transact, asha, 20, stage)
    await a_vehicle(transact, member)
    second = await a_vehicle(transact, member, plate="WB 20 Z 9")
    await asha.says("/book")
    await choose_tomorrow_at_ten(asha, "P1-01", tokens=4)
    await asha.taps("+ WB20Z9")
    await asha.taps("Confirm – 4 tokens")
    await asha.sees("Booked: P1-01")
    booking = await the_booking_of(asha, stage)
    again = buttons.Again(booking=booking.id).pack()

    await post_old_button(stage, asha, (await asha.screen())["message_id"], again)
    await asha.sees("[✓ WB20Z9 · Tata Nexon, blue]", "[Confirm – 4 tokens]")
    await transact(vehicles.remove, vehicle_id=second.id, actor=people.actor_of(member, "chat"), now=stage.now())
    await asha.taps("Confirm – 4 tokens")

    await asha.sees("That vehicle is no longer among yours.", "P1-01 · WB02AB1234", "[Confirm – 4 tokens]")


async def test_booking_a_seat_again_is_three_taps(stage: BotStage, transact: Transactor) -> None:
    await a_seat(transact)
    asha = await stage.person()
    await grant(transact, asha, 10, stage)
    await asha.says("/book")
    await choose_tomorrow_at_ten(asha, "SEAT-01", tokens=2)
    await asha.taps("Confirm – 2 tokens")
    await asha.sees("Booked: SEAT-01")
    await asha.says("/bookings")

    await asha.taps("SEAT-01")
    await asha.taps("Book again")
    await asha.taps("Confirm – 2 tokens")

    await asha.sees("Booked: SEAT-01", "balance 6")


async def test_short_of_tokens_a_slot_is_kept_and_confirmed_for_its_vehicle(
    stage: BotStage, pack: object, transact: Transactor
) -> None:
    await a_slot(transact)
    asha = await stage.person()
    member = await grant(transact, asha, 1, stage)
    car = await a_vehicle(transact, member)
    await asha.says("/start book_P1-01")
    await asha.taps("›")
    await asha.taps("15")
    await asha.taps("10:00")
    await asha.taps("2 h · 4 tokens")
    await asha.taps("Confirm – 4 tokens")
    await asha.sees("This booking needs 4 tokens; you have 1.")

    await transact(
        wallets.credit, member_id=member.id, tokens=9, source=wallets.Source.BONUS, key="more", now=stage.now()
    )
    await asha.taps("Menu")
    await asha.taps("Finish the held booking")
    await asha.taps("Confirm – 4 tokens")

    await asha.sees("Booked: P1-01", "WB02AB1234 · Tata Nexon, blue", "balance 6")
    assert (await the_booking_of(asha, stage)).options.vehicle_id == car.id


@pytest.mark.parametrize(
    ("old", "seen"),
    [
        ("r:::1", "Book a rack"), ("r::m:1", "Free: tomorrow"), ("rw::", "When shall it be free?"),
        ("rd:", "On which day shall it be free?"), ("rv::n", "Which ACI version?"),
    ],
)  # fmt: skip
async def test_buttons_from_before_there_were_kinds_still_lead_to_racks(
    stage: BotStage, rack: resources.Resource, old: str, seen: str
) -> None:
    asha = await stage.person()
    message = (await asha.screen())["message_id"]

    await post_old_button(stage, asha, message, old)

    await asha.sees(seen)


def test_what_an_old_button_did_not_say_is_its_default() -> None:
    assert buttons.Racks.unpack("r:AAAA:t:2") == buttons.Racks(tag="AAAA", when="t", page=2)
    assert browsing.ChooseFilterDay.unpack("rd:AAAA") == browsing.ChooseFilterDay(tag="AAAA")
    with pytest.raises(TypeError):
        buttons.Racks.unpack("r:AAAA:t:2:seat::more")


@pytest.mark.parametrize(("longest", "shown"), [(3, 3), (24, 24), (96, 24)])
def test_many_lengths_are_thinned_and_the_longest_stays(longest: int, shown: int) -> None:
    place = a_place(slot_minutes=15)
    offered = [
        DurationChoice(slots=n, ends_at=NOW + timedelta(minutes=15 * n), minutes=15 * n, base_tokens=n, is_free=True)
        for n in range(1, longest + 1)
    ]

    screen = calendar.lengths(a_reader(), place, offered, asked=buttons.Length(rack=place.resource.id, at=NOW))

    assert screen.keyboard is not None
    labels = [button.text for row in screen.keyboard.inline_keyboard for button in row if "·" in button.text]
    assert len(labels) == shown
    assert labels[0].startswith("15 min · ")
    assert labels[-1].endswith(f"· {longest} tokens")


def test_a_choice_from_a_seat_is_nothing_and_never_stale() -> None:
    seat = a_place(kind="seat", rack=None).resource

    assert choices.encode(seat, resources.Options()) == choices.NONE
    assert choices.decode(seat, "AAA0.0") == resources.Options()
