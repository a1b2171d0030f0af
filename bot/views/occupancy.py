"""What goes on at a venue now: numbers, and a small picture with a tile per resource."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.views import wording
from bot.views.buttons import OccupancyOf, Racks
from bot.views.pictures import (
    LABEL_SIZE,
    MARGIN,
    PALETTES,
    SUBTITLE_SIZE,
    TITLE_SIZE,
    WIDTH,
    Appearance,
    Box,
    Palette,
    fitting,
    font,
    hatch,
    latin,
)
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, keyboard, lines, recommended, title, way_out
from domain.bookings import Count, Occupancy
from domain.resources import Venue

COLUMNS = 4
TILE_HEIGHT = 120
GAP = 16
TILES_MAX = 40
TOP = 150
WORDS = {"in_use": "in use", "free": "free", "kept": "kept", "closed": "closed"}


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """A tile per resource, by code; never by colour alone: each says its state, and what is closed is hatched."""

    title: str
    subtitle: str
    states: tuple[tuple[str, str], ...]
    appearance: Appearance = "light"

    @property
    def key(self) -> str:
        """Equal for equal pictures."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def png(self) -> bytes:
        """Draw it."""
        palette = PALETTES[self.appearance]
        shown = self.states[:TILES_MAX]
        rows = -(-len(shown) // COLUMNS)
        image = Image.new("RGB", (WIDTH, TOP + rows * (TILE_HEIGHT + GAP) + MARGIN - GAP), palette.paper)
        pen = ImageDraw.Draw(image)
        pen.text((MARGIN, 26), fitting(self.title, TITLE_SIZE), palette.ink, font(TITLE_SIZE))
        pen.text((MARGIN, 84), fitting(self.subtitle, SUBTITLE_SIZE), palette.faint, font(SUBTITLE_SIZE))
        width = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) // COLUMNS
        for place, (code, state) in enumerate(shown):
            left = MARGIN + place % COLUMNS * (width + GAP)
            first = TOP + place // COLUMNS * (TILE_HEIGHT + GAP)
            _tile(image, code, state, (left, first, left + width, first + TILE_HEIGHT), palette)
        file = io.BytesIO()
        image.quantize(64).save(file, "PNG", optimize=False)
        return file.getvalue()


def _tile(image: Image.Image, code: str, state: str, box: Box, palette: Palette) -> None:
    pen = ImageDraw.Draw(image)
    fill, ink = {
        "in_use": (palette.taken, palette.on_taken), "kept": (palette.mine, palette.on_mine),
    }.get(state, (palette.free, palette.ink))  # fmt: skip
    if state == "closed":
        hatch(image, box, palette)
        middle = (box[0] + 12, box[1] + 16, box[2] - 12, box[3] - 16)
        pen.rounded_rectangle(middle, 10, fill=palette.paper)
    else:
        pen.rounded_rectangle(box, 14, fill=fill, outline=palette.grid, width=2)
    centre, room = (box[0] + box[2]) // 2, box[2] - box[0] - 24
    pen.text((centre, box[1] + 42), fitting(code, LABEL_SIZE, room), ink, font(LABEL_SIZE), anchor="mm")
    pen.text((centre, box[1] + 82), WORDS[state], ink, font(LABEL_SIZE - 2), anchor="mm")


def picture(found: Occupancy, appearance: Appearance) -> Tiles | None:
    """The tiles of a venue; none where nothing stands."""
    if not found.states:
        return None
    at = wording.local(found.at, found.venue.timezone)
    return Tiles(
        title=latin(found.venue.name, otherwise=found.venue.code), states=tuple(found.states.items()),
        subtitle=f"{at:%H:%M} {wording.zone_name(found.at, found.venue.timezone)}", appearance=appearance,
    )  # fmt: skip


def occupancy(reader: Reader, found: Occupancy, *, appearance: Appearance) -> Screen:
    """The numbers in all and by kind, over the picture."""
    text = lines(
        title(reader.say("{venue} now: {free} of {total} free", venue=found.venue.name, free=found.all.free,
                         total=found.all.total)),
        None if found.is_open else reader.say("Closed at this hour."),
        "",
        *(_counts(reader, None if len(found.by_kind) == 1 else kind, count) for kind, count in found.by_kind.items()),
        "",
        reader.say("As of {time}", time=wording.clock(reader, found.at, found.venue.timezone)),
    )  # fmt: skip
    again = button(reader.label("Refresh"), OccupancyOf(venue=found.venue.id))
    book = recommended(reader.label("Book"), Racks())
    return Screen(
        text=text, picture=picture(found, appearance), keyboard=keyboard([book, again], way_out(reader, OccupancyOf()))
    )


def _counts(reader: Reader, kind: str | None, count: Count) -> Html:
    said = [
        reader.say("In use: {number}", number=count.in_use),
        reader.say("Free: {number}", number=count.free),
        reader.say("Kept or being prepared: {number}", number=count.kept) if count.kept else None,
        reader.say("Closed: {number}", number=count.closed) if count.closed else None,
        reader.say("Arriving within the hour: {number}", number=count.arriving),
    ]
    head = None if kind is None else Html(f"<b>{wording.kinds(reader, kind)}</b>")
    return Html(lines(head, *said))


def choose_venue(reader: Reader, venues: Sequence[Venue]) -> Screen:
    """Where to look."""
    rows = [[button(wording.cut(venue.name, characters_max=40), OccupancyOf(venue=venue.id))] for venue in venues]
    return Screen(text=title(reader.say("Where do you want to look?")), keyboard=keyboard(*rows, way_out(reader)))
