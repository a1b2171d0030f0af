"""What narrows the list: the kind, the venue, when it must be free, and what each kind is told apart by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import choices, kinds, wording
from bot.views.browsing import ANY, AnyKind, ChooseFilterDay, ChooseTag, ChooseVenue, ChooseWhen, narrowing
from bot.views.buttons import OccupancyOf, Racks
from bot.views.ids import base36
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, grid, keyboard, lines, recommended, title, way_out
from domain.bookings import Count
from domain.resources import Area, VehicleType, Venue
from domain.vehicles import Vehicle

NOW, TODAY, TOMORROW, ON_DAY = "n", "t", "m", "d"
DAYS_SHOWN = 28
TAGS_MAX = 40
VENUES_SHOWN = 40
LABEL_MAX = 40
AREA_MAX = 24


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What only one kind can be narrowed by, as the catalogue asks for it; at most one is set."""

    aci_version: str | None = None
    area: Area | None = None
    vehicle_type: VehicleType | None = None

    def word(self, reader: Reader) -> str | None:
        """What it is set to; None for nothing."""
        if self.area is not None:
            return wording.cut(kinds.area(self.area), characters_max=AREA_MAX)
        return kinds.vehicle_type(reader, self.vehicle_type) if self.vehicle_type else self.aci_version


def day_wanted(when: str, today: date) -> date | None:
    """The day that a filter asks for; None for any."""
    if when in (NOW, TODAY):
        return today
    if when == TOMORROW:
        return today + timedelta(days=1)
    return date.fromordinal(int(when[1:], 36)) if when.startswith(ON_DAY) else None


def when_on(on: date) -> str:
    """The filter for one day."""
    return ON_DAY + base36(on.toordinal())


def when_word(reader: Reader, when: str, today: date) -> str:
    """`any time`, `now`, `today`, `Tue 24 Nov`."""
    words = {
        NOW: reader.label("now"),
        TODAY: reader.label("today"),
        TOMORROW: reader.label("tomorrow"),
    }
    on = day_wanted(when, today)
    return words.get(when) or (wording.day(reader, on) if on else reader.label("any time"))


def choose_kind(reader: Reader, counts: Mapping[AnyKind, Count], *, tag: str) -> Screen:
    """Racks, seats or parking slots, with how many are free now. `tag` is of the vehicle that is asked for first."""
    rows = [
        [button(wording.kinds(reader, kind), Racks(kind=kind, tag=tag if kind == "parking_slot" else ANY))]
        for kind in counts
    ]
    free = (_free_now(reader, wording.kinds(reader, kind), count) for kind, count in counts.items())
    return Screen(
        text=lines(title(reader.say("What do you want to book?")), *free),
        keyboard=keyboard(*rows, [button(reader.label("What is free now"), OccupancyOf())], way_out(reader)),
    )


def _free_now(reader: Reader, kind: str, count: Count) -> Html:
    return reader.say("{kind}: {free} of {total} free now", kind=kind, free=count.free, total=count.total)


def choose_version(reader: Reader, versions: Sequence[str], asked: ChooseTag) -> Screen:
    """Which ACI version."""
    return _choose_tag(reader, "rack", asked, [(version, choices.tag(version)) for version in versions], columns=2)


def choose_area(reader: Reader, areas: Sequence[Area], asked: ChooseTag) -> Screen:
    """Which floor and zone."""
    named = [(wording.cut(kinds.area(each), characters_max=LABEL_MAX), area_tag(each)) for each in areas]
    return _choose_tag(reader, "seat", asked, named, columns=1)


def choose_vehicle(reader: Reader, types: Sequence[VehicleType], own: Sequence[Vehicle], asked: ChooseTag) -> Screen:
    """For which of one's vehicles, or for which type."""
    mine = [
        (wording.cut(f"{each.plate} · {kinds.vehicle_type(reader, each.type)}", characters_max=LABEL_MAX),
         choices.tag(each.type))
        for each in own
        if each.type in types
    ]  # fmt: skip
    others = [(kinds.vehicle_type(reader, each), choices.tag(each)) for each in types]
    return _choose_tag(reader, "parking_slot", asked, [*mine, *others], columns=2)


def area_tag(where: Area) -> str:
    """A short stand-in for a floor and a zone."""
    return choices.tag("\n".join(where))


def _choose_tag(
    reader: Reader, kind: str, asked: ChooseTag, offered: Sequence[tuple[str, str]], *, columns: int
) -> Screen:
    every = [button(reader.label("any"), Racks(**narrowing(asked, tag=ANY)))]
    one = (button(word, Racks(**narrowing(asked, tag=tag))) for word, tag in offered[:TAGS_MAX])
    return Screen(
        text=title(kinds.which(reader, kind)),
        keyboard=keyboard(every, *grid(one, columns=columns), way_out(reader, Racks(**narrowing(asked)))),
    )


def choose_when(reader: Reader, asked: ChooseWhen) -> Screen:
    """When it must be free: now, today, tomorrow, or one of the next days."""
    label = reader.label
    words = [(NOW, label("now")), (TODAY, label("today")), (TOMORROW, label("tomorrow")), (ANY, label("any time"))]
    day = ChooseFilterDay(tag=asked.tag, kind=asked.kind, venue=asked.venue)
    return Screen(
        text=title(reader.say("When shall it be free?")),
        keyboard=keyboard(
            *grid((button(word, Racks(**narrowing(asked, when=when))) for when, word in words), columns=2),
            [recommended(label("Pick a day"), day)],
            way_out(reader, Racks(**narrowing(asked))),
        ),
    )


def choose_day(reader: Reader, asked: ChooseFilterDay, *, today: date) -> Screen:
    """One of the next four weeks."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    buttons = (button(wording.day(reader, on), Racks(**narrowing(asked, when=when_on(on)))) for on in days)
    return Screen(
        text=title(reader.say("On which day shall it be free?")),
        keyboard=keyboard(*grid(buttons, columns=4), way_out(reader, ChooseWhen(**narrowing(asked)))),
    )


def choose_venue(reader: Reader, venues: Sequence[Venue], asked: ChooseVenue) -> Screen:
    """At which venue."""

    def one(word: str, venue: Venue | None) -> list[InlineKeyboardButton]:
        return [button(word, Racks(**narrowing(asked, venue=venue.id if venue else None)))]

    rows = [one(wording.cut(venue.name, characters_max=LABEL_MAX), venue) for venue in venues[:VENUES_SHOWN]]
    every, back = one(reader.label("any"), None), way_out(reader, Racks(**narrowing(asked)))
    return Screen(text=title(reader.say("At which venue?")), keyboard=keyboard(every, *rows, back))
