"""The timeline picture."""

import io
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from bot.views import pictures, timeline
from bot.views.pictures import PALETTES, Appearance, Block, Line, Picture
from domain.bookings import Busy, DayView, SlotView, Status
from domain.resources import slots
from tests.bot.reading import NOW, a_place


def a_picture(**fields: object) -> Picture:
    block = Block(from_minute=600, until_minute=720, kind="taken")
    plain = {"title": "RACK-01", "subtitle": "Lab", "lines": (Line(label="RACK-01", blocks=(block,)),)}
    return Picture(**{**plain, "from_hour": 8, "until_hour": 20, **fields})  # type: ignore[arg-type]


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.png())).convert("RGB")


def test_it_is_1080_wide_and_the_same_for_the_same() -> None:
    assert opened(a_picture()).width == 1080
    assert a_picture().png() == a_picture().png()
    assert a_picture().key == a_picture().key != a_picture(title="RACK-02").key


def test_no_label_is_under_28_pixels() -> None:
    sizes = (pictures.TITLE_SIZE, pictures.SUBTITLE_SIZE, pictures.LABEL_SIZE, pictures.HOUR_SIZE)

    assert min(sizes) >= 28


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_taken_is_solid_and_free_is_not(appearance: Appearance) -> None:
    image, palette = opened(a_picture(appearance=appearance)), PALETTES[appearance]
    row = image.height - pictures.MARGIN - 30

    colours = {image.getpixel((x, row)) for x in range(pictures.MARGIN + pictures.LABEL_WIDTH, 1040)}

    assert rgb(palette.taken) in colours
    assert rgb(palette.free) in colours


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_what_is_told_by_colour_differs_in_lightness_too(appearance: Appearance) -> None:
    palette = PALETTES[appearance]
    shades = sorted(lightness(colour) for colour in (palette.taken, palette.mine, palette.free))

    assert shades[1] - shades[0] > 0.1
    assert shades[2] - shades[1] > 0.1


def lightness(colour: str) -> float:
    """Relative luminance, 0 to 1, without the gamma."""
    red, green, blue = rgb(colour)
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def test_a_day_shows_what_its_slots_say() -> None:
    place = a_place()
    on = date(2026, 11, 24)
    grid = slots(place.resource, place.venue, on)
    states = {20: "taken", 21: "taken", 30: "mine"}
    views = [
        SlotView(starts_at=slot.starts_at, ends_at=slot.ends_at, state=states.get(number, "free"))  # type: ignore[arg-type]
        for number, slot in enumerate(grid)
    ]
    view = DayView(resource=place.resource, venue=place.venue, on=on, slots=views)

    picture = timeline.day_of_rack(view, now=NOW, appearance="light")

    (line,) = picture.lines
    assert line.blocks == (
        Block(from_minute=600, until_minute=660, kind="taken"), Block(from_minute=900, until_minute=930, kind="mine"),
    )  # fmt: skip
    assert (picture.from_hour, picture.until_hour) == (0, 24)


def test_a_week_has_seven_rows_and_hatches_what_is_over() -> None:
    place = a_place()
    busy = Busy(
        starts_at=datetime(2026, 11, 21, 4, 30, tzinfo=UTC), ends_at=datetime(2026, 11, 21, 5, 30, tzinfo=UTC),
        member_id=place.resource.id, status=Status.CONFIRMED,
        occupied_until=datetime(2026, 11, 21, 5, 45, tzinfo=UTC),
    )  # fmt: skip

    picture = timeline.week_of_rack(
        place.resource, place.venue, date(2026, 11, 20), [busy], member_id=None, now=NOW, appearance="light"
    )

    assert len(picture.lines) == 7
    assert picture.lines[0].now_minute == 17 * 60 + 30
    assert picture.lines[0].blocks == (Block(from_minute=0, until_minute=1050, kind="closed"),)
    assert picture.lines[1].blocks == (Block(from_minute=600, until_minute=675, kind="taken"),)
