"""The timeline picture: a row per rack (or per day of one rack), hours along the top. A pure function to PNG bytes.

1080 pixels wide, no label under 28 pixels, so that it reads at 360. What is taken is solid, what is yours has the
accent and a word, what is closed or over is hatched, what is free is empty: never by colour alone. Words in the picture
are Latin, since Pillow's built-in font is; the caption says everything in the reader's language.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

WIDTH = 1080
MARGIN = 36
LABEL_WIDTH = 176
TITLE_SIZE = 46
SUBTITLE_SIZE = 32
LABEL_SIZE = 32
HOUR_SIZE = 28
HEAD_HEIGHT = 142
AXIS_HEIGHT = 48
ROWS_MAX = 12
HOUR_WIDTH_MIN = 58
HATCH_STEP = 14

Kind = Literal["taken", "mine", "closed"]
Appearance = Literal["light", "dark"]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Palette:
    """The colours of one appearance; taken and mine differ in lightness too."""

    paper: str
    ink: str
    faint: str
    free: str
    grid: str
    taken: str
    on_taken: str
    mine: str
    on_mine: str
    hatch: str
    now: str


PALETTES: dict[Appearance, Palette] = {
    "light": Palette(
        paper="#ffffff", ink="#17212b", faint="#5b6876", free="#eaf3fa", grid="#c3d3df", taken="#3d4f63",
        on_taken="#ffffff", mine="#f0a30a", on_mine="#17212b", hatch="#b3bdc7", now="#d0021b",
    ),
    "dark": Palette(
        paper="#17212b", ink="#f2f5f8", faint="#a9b8c6", free="#233342", grid="#3b4f61", taken="#8fa3b8",
        on_taken="#17212b", mine="#ffb733", on_mine="#17212b", hatch="#4d6072", now="#ff6b6b",
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of a row, in minutes of the venue's clock since that day's midnight."""

    from_minute: int
    until_minute: int
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: a rack, or a day."""

    label: str
    blocks: tuple[Block, ...]
    now_minute: int | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A timeline between two full hours, `from_hour` to `until_hour` (up to 24)."""

    title: str
    subtitle: str
    lines: tuple[Line, ...]
    from_hour: int
    until_hour: int
    appearance: Appearance = "light"

    @property
    def key(self) -> str:
        """Equal for equal pictures."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def png(self) -> bytes:
        """Draw it; tens of milliseconds of processor time, so not on the event loop."""
        return draw(self)


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font at this size in pixels."""
    loaded = ImageFont.load_default(size)
    assert isinstance(loaded, ImageFont.FreeTypeFont), "Pillow without FreeType"
    return loaded


def latin(text: str, *, otherwise: str) -> str:
    """The text if the picture's font has its letters."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return otherwise
    return text


def draw(picture: Picture) -> bytes:
    """The picture as PNG."""
    assert picture.from_hour < picture.until_hour
    palette = PALETTES[picture.appearance]
    lines = picture.lines[:ROWS_MAX]
    row_height = 124 if len(lines) == 1 else 84
    top = HEAD_HEIGHT + AXIS_HEIGHT
    image = Image.new("RGB", (WIDTH, top + row_height * len(lines) + MARGIN), palette.paper)
    pen = ImageDraw.Draw(image)
    pen.text((MARGIN, 26), fitting(picture.title, TITLE_SIZE), palette.ink, font(TITLE_SIZE))
    pen.text((MARGIN, 84), fitting(picture.subtitle, SUBTITLE_SIZE), palette.faint, font(SUBTITLE_SIZE))
    scale = _Scale(picture.from_hour, picture.until_hour)
    _draw_hours(pen, scale, palette)
    for index, line in enumerate(lines):
        _draw_line(image, line, top + index * row_height, row_height, scale, palette)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=False)
    return file.getvalue()


def fitting(text: str, size: int, width: int = WIDTH - 2 * MARGIN) -> str:
    """The text, shortened until it fits into the width."""
    while font(size).getlength(text) > width and len(text) > 1:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text


class _Scale:
    """Minutes to pixels."""

    left = MARGIN + LABEL_WIDTH
    right = WIDTH - MARGIN

    def __init__(self, from_hour: int, until_hour: int) -> None:
        self.hours = range(from_hour, until_hour + 1)

    def x(self, minute: int) -> int:
        """The pixel column of a minute, held inside the picture."""
        first, last = self.hours[0] * 60, self.hours[-1] * 60
        part = (min(max(minute, first), last) - first) / (last - first)
        return round(self.left + part * (self.right - self.left))

    def labelled(self) -> Iterator[int]:
        """The hours that have room for their label."""
        width = (self.right - self.left) / (len(self.hours) - 1)
        step = next(step for step in (1, 2, 3, 4, 6) if width * step >= HOUR_WIDTH_MIN)
        return (hour for hour in self.hours if (hour - self.hours[0]) % step == 0)


def _draw_hours(pen: ImageDraw.ImageDraw, scale: _Scale, palette: Palette) -> None:
    for hour in scale.labelled():
        pen.text((scale.x(hour * 60), HEAD_HEIGHT + 18), f"{hour:02d}", palette.faint, font(HOUR_SIZE), anchor="mm")


def _draw_line(image: Image.Image, line: Line, top: int, height: int, scale: _Scale, palette: Palette) -> None:
    pen = ImageDraw.Draw(image)
    first, last = top + 8, top + height - 8
    label = fitting(line.label, LABEL_SIZE, LABEL_WIDTH - 16)
    pen.text((MARGIN, (first + last) // 2), label, palette.ink, font(LABEL_SIZE), anchor="lm")
    pen.rectangle((scale.left, first, scale.right, last), fill=palette.free)
    for hour in scale.hours[1:-1]:
        pen.line((scale.x(hour * 60), first, scale.x(hour * 60), last), palette.grid, 2)
    for block in line.blocks:
        box = (scale.x(block.from_minute), first, scale.x(block.until_minute), last)
        if box[0] < box[2]:
            _draw_block(image, block.kind, box, palette)
    pen.rectangle((scale.left, first, scale.right, last), outline=palette.grid, width=2)
    if line.now_minute is not None:
        x = scale.x(line.now_minute)
        pen.line((x, first - 6, x, last + 6), palette.now, 5)
        pen.ellipse((x - 9, first - 15, x + 9, first + 3), fill=palette.now)


def _draw_block(image: Image.Image, kind: Kind, box: Box, palette: Palette) -> None:
    if kind == "closed":
        hatch(image, box, palette)
        return
    pen = ImageDraw.Draw(image)
    fill, ink, word = (
        (palette.taken, palette.on_taken, "taken") if kind == "taken" else (palette.mine, palette.on_mine, "yours")
    )
    left, first, right, last = box
    pen.rectangle((left + 1, first, right - 1, last), fill=fill)
    if kind == "mine":
        pen.rectangle((left + 1, first, right - 1, last), outline=palette.ink, width=4)
    if font(HOUR_SIZE).getlength(word) + 16 <= right - left:
        pen.text(((left + right) // 2, (first + last) // 2), word, ink, font(HOUR_SIZE), anchor="mm")


def hatch(image: Image.Image, box: Box, palette: Palette) -> None:
    """Fill the box with slanted lines: closed, or over."""
    left, first, right, last = box
    tile = Image.new("RGB", (right - left, last - first), palette.paper)
    pen = ImageDraw.Draw(tile)
    for offset in range(-tile.height, tile.width, HATCH_STEP):
        pen.line((offset, tile.height, offset + tile.height, 0), palette.hatch, 3)
    image.paste(tile, (left, first))


def merged(blocks: list[Block]) -> tuple[Block, ...]:
    """Neighbours of one kind as one block, in order."""
    joined: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.from_minute, block.until_minute)):
        if joined and joined[-1].kind == block.kind and joined[-1].until_minute >= block.from_minute:
            until_minute = max(joined[-1].until_minute, block.until_minute)
            joined[-1] = Block(from_minute=joined[-1].from_minute, until_minute=until_minute, kind=block.kind)
        else:
            joined.append(block)
    assert all(one.from_minute <= other.from_minute for one, other in pairwise(joined))
    return tuple(joined)
