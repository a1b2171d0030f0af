"""The code that is shown, the desk where it is read, and everybody else, who learns nothing by it."""

import io
from html import unescape

import pytest
import segno
from PIL import Image

from bot.views import tickets
from bot.views.pictures import Appearance
from bot.views.screen import CAPTION_MAX
from bot.views.sessions import needs_ticket
from domain import bookings, people
from domain.bookings import Status
from domain.kernel import Transactor, Vault
from domain.resources import Place, Venue
from tests.bot.reading import NOW, a_booking, a_place, a_reader
from tests.bot.stage import BotStage
from tests.bot.visits import (
    a_slot,
    actor,
    answer_to,
    came,
    now_of,
    parks,
    picture_of,
    quarter,
    scan,
    shown,
    works,
)
from tests.building import a_venue
from tests.people import text_of, words_of
from tests.vault import VAULT


@pytest.fixture
async def venue(transact: Transactor) -> Venue:
    return await a_venue(transact, name="Park Street")


def modules_of(picture: Image.Image, across: int) -> list[list[int]]:
    """The dark (1) and light (0) modules of a picture's code, found from its white frame inwards."""
    side = tickets.CODE_WIDTH // (across + 8)
    left, top = (picture.width - side * (across + 8)) // 2, tickets.TOP
    return [
        [int(picture.getpixel((left + (x + 4) * side + side // 2, top + (y + 4) * side + side // 2)) < 128)  # type: ignore[operator]
         for x in range(across)]
        for y in range(across)
    ]  # fmt: skip


async def username(stage: BotStage) -> str:
    answer = await stage.sandbox.get("/bot4242:bot-stage/getMe")
    return str(answer.json()["result"]["username"])


# the member's code


async def test_the_code_on_the_picture_is_the_ticket_of_the_booking(stage: BotStage, venue: Venue) -> None:
    asha, slot = await stage.person(), await a_slot(stage.transact, venue, code="P-700")
    booking = await parks(stage, asha, slot, quarter(stage))

    await asha.says(booking.code)
    await asha.sees("P-700", "Check-in is open until", "Starts in")
    await asha.taps("Show code")
    shown_code = await asha.sees("Show this code at check-in: P-700", "Park Street", booking.code, "Check-in is open")

    content = f"https://t.me/{await username(stage)}?start={bookings.ticket(booking, VAULT)}"
    expected = [list(row) for row in segno.make_qr(content, error="m", boost_error=False).matrix]
    assert modules_of(await picture_of(stage, shown_code), len(expected)) == expected
    other = segno.make_qr(content[:-1] + "x", error="m", boost_error=False).matrix
    assert [list(row) for row in other] != expected
    await asha.sees("[Show code]")  # the booking remains above it


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_the_code_is_dark_on_white_with_its_quiet_zone_in_either_appearance(appearance: Appearance) -> None:
    place = a_place()
    drawn = tickets.picture(a_booking(place), place, content="https://t.me/bot?start=ci-x", appearance=appearance)

    picture = Image.open(io.BytesIO(drawn.png())).convert("L")

    across = len(segno.make_qr(drawn.content, error="m", boost_error=False).matrix)
    side = tickets.CODE_WIDTH // (across + 8)
    left = (picture.width - side * (across + 8)) // 2
    zone = picture.crop((left, tickets.TOP, left + side * (across + 8), tickets.TOP + side * 4))
    assert picture.width == 1080
    assert zone.getextrema() == (255, 255)
    assert picture.getpixel((left + 4 * side + 2, tickets.TOP + 4 * side + 2)) == 0


async def test_a_code_is_shown_of_ones_own_booking_only_and_only_while_it_is_awaited(
    stage: BotStage, venue: Venue
) -> None:
    asha, slot = await stage.person(), await a_slot(stage.transact, venue)
    booking = await parks(stage, asha, slot, quarter(stage, 0))
    await asha.says(booking.code)
    await asha.sees("[Show code]")
    await came(stage, booking)

    await asha.taps("Show code")

    await asha.sees("running", "Checked in at", "[Check out]")
    assert not any(message.get("photo") for message in await asha.screens())


# the scanned code


async def test_staff_scan_the_code_and_see_who_comes_in_what(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(username="asha_r"), await works(stage, venue)
    slot = await a_slot(stage.transact, venue, code="P-701")
    booking = await parks(stage, asha, slot, quarter(stage))

    await meera.says(scan(booking))

    answer = await meera.sees("✅ Checked in. It begins at", "For: Asha (@asha_r)", "P-701", "Tata, Nexon, blue")
    assert "WB02AB" in text_of(answer)
    stored = await now_of(booking)
    assert stored.checked_in_by == (await actor(meera)).member_id
    assert stored.status is Status.CONFIRMED


@pytest.mark.twice
async def test_after_the_start_it_begins_with_the_check_in_and_a_code_works_once(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(), await works(stage)
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage, 0))

    await meera.says(scan(booking))
    first = text_of(await meera.sees("✅ Checked in\n"))
    begun = await now_of(booking)
    await meera.says(scan(booking))

    await meera.sees("⏳ Already checked in: today", "For: Asha")
    assert begun.status is Status.ACTIVE
    assert (await now_of(booking)).checked_in_at == begun.checked_in_at
    assert "WB02AB" in first


async def test_staff_hear_why_not(stage: BotStage, venue: Venue, transact: Transactor) -> None:
    asha, meera = await stage.person(), await works(stage, venue)
    slots = [await a_slot(transact, venue) for _ in range(3)]
    early = await parks(stage, asha, slots[0], quarter(stage, 8))
    late = await parks(stage, asha, slots[1], quarter(stage, -2))
    cancelled = await parks(stage, asha, slots[2], quarter(stage))
    await transact(bookings.cancel, booking_id=cancelled.id, actor=people.SYSTEM, now=stage.now())

    for booking, answer in ((early, "Too early: check-in opens"), (late, "Too late: check-in closed"),
                            (cancelled, "⛔ Cancelled")):  # fmt: skip
        await meera.says(scan(booking))
        await meera.sees(answer, booking.code, "For: Asha")
        assert (await now_of(booking)).checked_in_at is None


async def test_a_forged_code_and_one_of_another_key_are_not_valid(stage: BotStage, venue: Venue) -> None:
    asha, meera = await stage.person(), await works(stage)
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))
    good = bookings.ticket(booking, VAULT)
    turned = "A" if good[20] != "A" else "B"

    for forged in (f"{good[:20]}{turned}{good[21:]}", bookings.ticket(booking, Vault([Vault.generate_key()])), "ci-x"):
        await meera.says(f"/start {forged}")
        answer = await meera.sees("⛔ Not a valid code")
        assert booking.code not in words_of(answer)

    assert (await now_of(booking)).checked_in_at is None
    await meera.says(f"/start {good}")
    await meera.sees("✅ Checked in")


async def test_a_code_of_another_venue_says_only_where_to_go(stage: BotStage, venue: Venue) -> None:
    asha = await stage.person()
    elsewhere = await a_venue(stage.transact, name="City Library")
    meera = await works(stage, elsewhere)
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))

    await meera.says(scan(booking))
    answer = await meera.sees("⛔ Another venue: Park Street")
    await meera.says(booking.code)
    typed = await meera.sees("⛔ Another venue: Park Street")

    assert "Asha" not in text_of(answer)
    assert "Asha" not in text_of(typed)
    assert (await now_of(booking)).checked_in_at is None


# everybody else


@pytest.mark.twice
async def test_anyone_else_gets_what_an_unknown_link_gets(stage: BotStage, venue: Venue) -> None:
    asha, ravi = await stage.person(), await stage.person(first_name="Ravi")
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))

    for person in (ravi, asha):  # the booking's own member is nobody who checks in
        unknown = await answer_to(person, "/start nowhere")
        assert await answer_to(person, scan(booking)) == unknown
        assert await answer_to(person, "/start ci-forged") == unknown

    assert (await now_of(booking)).checked_in_at is None
    meera = await works(stage)  # the control: this very link does lead somewhere
    await meera.says(scan(booking))
    await meera.sees("✅ Checked in")


async def test_who_is_not_known_yet_gets_the_first_contact_of_an_unknown_link(stage: BotStage, venue: Venue) -> None:
    asha = await stage.person()
    booking = await parks(stage, asha, await a_slot(stage.transact, venue), quarter(stage))
    ravi = await stage.person(is_known=False, first_name="Ravi")
    unknown = await stage.person(is_known=False, first_name="Ravi")

    await ravi.says(scan(booking))
    await unknown.says(f"/start {'x' * len(scan(booking).removeprefix('/start '))}")
    assert shown(await ravi.screen()) == shown(await unknown.screen())
    for label in ("English", "Kolkata"):
        await ravi.taps(label)
        await unknown.taps(label)
        assert shown(await ravi.screen()) == shown(await unknown.screen())

    assert (await now_of(booking)).checked_in_at is None


def test_only_what_requires_check_in_has_a_code() -> None:
    place = a_place()

    assert not needs_ticket(a_booking(place, check_in="none"))
    assert needs_ticket(a_booking(place, check_in="required"))
    assert not needs_ticket(a_booking(place, check_in="required", checked_in_at=NOW))


def test_the_longest_venue_still_fits_under_the_picture() -> None:
    place = a_place(timezone="Europe/Berlin")
    wordy = place.venue.model_copy(update={"name": "ढ" * 200, "address": "&" * 500, "city": "x" * 200})
    long = Place(resource=place.resource, venue=wordy)
    reader = a_reader(language="hi")

    screen = tickets.ticket(reader, a_booking(place), long, content="https://t.me/bot?start=ci-x", appearance="light")

    assert len(unescape(screen.text)) <= CAPTION_MAX
    assert screen.photo is not None
