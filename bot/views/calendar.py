"""When: the month, the day's starts, the length."""

from collections.abc import Sequence
from datetime import date, timedelta

from aiogram.types import InlineKeyboardButton
from babel.dates import get_day_names

from bot.views import joining, wording
from bot.views.buttons import DayOf, Length, Month, Racks, Summary, WeekOf
from bot.views.pictures import Picture
from bot.views.reader import Reader, escape
from bot.views.screen import Row, Screen, button, disabled, grid, keyboard, lines, title, way_out
from domain.bookings import DayLoad, DayView, DurationChoice
from domain.resources import Place

SLOTS_MAX = 84
"""Start buttons under one day; beyond it only free ones are shown, the first of them."""
LENGTHS_MAX = 24
"""Length buttons; of more, the short ones and some of the long, the longest among them."""
LENGTHS_EACH = 12
BLANK = "·"


def month_number(on: date) -> int:
    """Year and month as one number."""
    return on.year * 12 + on.month - 1


def first_of(month: int) -> date:
    """The first day of a numbered month."""
    return date(month // 12, month % 12 + 1, 1)


def month(reader: Reader, place: Place, loads: Sequence[DayLoad], *, asked: Month, today: date, latest: date) -> Screen:
    """Seven columns from Monday; past days cannot be chosen, almost full and full ones are marked: one can wait."""
    first = first_of(asked.month)
    blanks = [disabled(BLANK)] * first.weekday()
    days = [_day(load, asked) for load in loads]
    tail = [disabled(BLANK)] * (-(len(blanks) + len(days)) % 7)
    names = get_day_names("short", locale=reader.locale)
    text = lines(
        title(reader.say("Choose a day – {rack}", rack=place.resource.code)),
        reader.say("{venue}, times in {zone}", venue=place.venue.name,
                   zone=wording.zone_name(reader.now, place.venue.timezone)),
        escape(place.resource.description) if place.resource.description else None,
        reader.say("● almost full, × full: there one can wait for a place.")
        if any(load.state in ("busy", "full") for load in loads) else None,
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            _months(reader, asked, first, today, latest),
            [disabled(names[weekday]) for weekday in range(7)],
            *grid([*blanks, *days, *tail], columns=7),
            way_out(reader, Racks(kind=place.resource.kind)),
        ),
    )


def _months(reader: Reader, asked: Month, first: date, today: date, latest: date) -> Row:
    earlier = asked.model_copy(update={"month": asked.month - 1})
    later = asked.model_copy(update={"month": asked.month + 1})
    return [
        button("‹", earlier) if asked.month > month_number(today) else disabled("‹"),
        disabled(wording.month(reader, first)),
        button("›", later) if asked.month < month_number(latest) else disabled("›"),
    ]


def _day(load: DayLoad, asked: Month) -> InlineKeyboardButton:
    action = DayOf(rack=asked.rack, on=load.on, choice=asked.choice)
    if load.state == "free":
        return button(str(load.on.day), action)
    mark = {"busy": "●", "full": "×"}.get(load.state)
    return button(f"{load.on.day} {mark}", action) if mark else disabled(str(load.on.day))


def day(reader: Reader, view: DayView, *, asked: DayOf, picture: Picture, today: date, latest: date) -> Screen:
    """The day's starts in the venue's time, under its picture."""
    zone = view.venue.timezone
    shown = list(view.slots)
    if len(shown) > SLOTS_MAX:
        shown = [slot for slot in shown if slot.state == "free"][:SLOTS_MAX]
    starts = [
        button(wording.clock(reader, slot.starts_at, zone),
               Length(rack=asked.rack, at=slot.starts_at, choice=asked.choice))
        if slot.state == "free"
        else disabled(_shut(wording.clock(reader, slot.starts_at, zone), slot.state))
        for slot in shown
    ]  # fmt: skip
    free = sum(slot.state == "free" for slot in view.slots)
    text = lines(
        title(reader.say("Choose a start – {rack}, {day}", rack=view.resource.code, day=wording.day(reader, view.on))),
        reader.say_count("{number} start is free. Times in {zone}.", "{number} starts are free. Times in {zone}.", free,
                         zone=wording.zone_name(view.slots[0].starts_at if view.slots else reader.now, zone))
        if free
        else reader.say("No start is free. Try another day."),
    )  # fmt: skip
    return Screen(
        text=text,
        picture=picture,
        keyboard=keyboard(
            *grid(starts, columns=4 if len(starts) <= 28 else 6),
            *joining.ways(reader, view, choice=asked.choice),
            _days(reader, asked, today, latest),
            [button(reader.label("Picture of the week"), WeekOf(rack=asked.rack, on=asked.on, choice=asked.choice))],
            way_out(reader, Month(rack=asked.rack, month=month_number(asked.on), choice=asked.choice)),
        ),
    )


def _shut(time: str, state: str) -> str:
    return f"✓ {time}" if state == "mine" else time


def _days(reader: Reader, asked: DayOf, today: date, latest: date) -> Row:
    before, after = asked.on - timedelta(days=1), asked.on + timedelta(days=1)
    earlier, later = f"‹ {wording.day(reader, before)}", f"{wording.day(reader, after)} ›"
    return [
        button(earlier, asked.model_copy(update={"on": before})) if before >= today else disabled(earlier),
        button(later, asked.model_copy(update={"on": after})) if after <= latest else disabled(later),
    ]


def week(reader: Reader, place: Place, *, asked: WeekOf, picture: Picture, today: date, latest: date) -> Screen:
    """Seven days of one rack as a picture, each with a button."""
    days = [asked.on + timedelta(days=ahead) for ahead in range(7)]
    buttons = [
        button(wording.day(reader, on), DayOf(rack=asked.rack, on=on, choice=asked.choice))
        if today <= on <= latest
        else disabled(wording.day(reader, on))
        for on in days
    ]
    text = lines(
        title(reader.say("{rack}, seven days from {day}", rack=place.resource.code, day=wording.day(reader, asked.on))),
        reader.say("What is filled is taken, what is hatched is closed or over, what is empty is free."),
    )
    return Screen(
        text=text,
        picture=picture,
        keyboard=keyboard(
            *grid(buttons, columns=4),
            _weeks(reader, asked, today, latest),
            way_out(reader, Month(rack=asked.rack, month=month_number(asked.on), choice=asked.choice)),
        ),
    )


def _weeks(reader: Reader, asked: WeekOf, today: date, latest: date) -> Row:
    before, after = asked.on - timedelta(days=7), asked.on + timedelta(days=7)
    earlier, later = reader.label("‹ Week before"), reader.label("Week after ›")
    return [
        button(earlier, asked.model_copy(update={"on": max(before, today)})) if asked.on > today else disabled(earlier),
        button(later, asked.model_copy(update={"on": after})) if after <= latest else disabled(later),
    ]


def lengths(reader: Reader, place: Place, offered: Sequence[DurationChoice], *, asked: Length) -> Screen:
    """How long from the chosen start; what runs into somebody else's time cannot be chosen."""
    zone = place.venue.timezone
    on = wording.local(asked.at, zone).date()
    buttons = [
        button(_length(reader, choice),
               Summary(rack=asked.rack, at=asked.at, slots=choice.slots, choice=asked.choice))
        if choice.is_free
        else disabled(_length(reader, choice))
        for choice in readable(offered)
    ]  # fmt: skip
    text = lines(
        title(reader.say("How long – {rack}, {start}", rack=place.resource.code,
                         start=wording.moment(reader, asked.at, zone))),
        reader.say("Prices are without options.") if place.resource.rack else None,
    )  # fmt: skip
    back = DayOf(rack=asked.rack, on=on, choice=asked.choice)
    return Screen(text=text, keeps_picture=True, keyboard=keyboard(*grid(buttons, columns=2), way_out(reader, back)))


def readable(offered: Sequence[DurationChoice]) -> list[DurationChoice]:
    """Not more than a person looks through."""
    if len(offered) <= LENGTHS_MAX:
        return list(offered)
    longer, room = offered[LENGTHS_EACH:], LENGTHS_MAX - LENGTHS_EACH
    return [*offered[:LENGTHS_EACH], *(longer[(place + 1) * len(longer) // room - 1] for place in range(room))]


def _length(reader: Reader, choice: DurationChoice) -> str:
    duration = wording.length(reader, timedelta(minutes=choice.minutes))
    return reader.label("{length} · {tokens}", length=duration, tokens=wording.tokens(reader, choice.base_tokens))
