"""Which rack: by ACI version and by when it is free."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from aiogram.types import InlineKeyboardButton
from beanie import PydanticObjectId

from bot.views import choices, wording
from bot.views.buttons import ANY, AllRacksPicture, ChooseFilterDay, ChooseVersion, ChooseWhen, DayOf, Month, Racks
from bot.views.ids import base36
from bot.views.pictures import Picture
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, disabled, grid, keyboard, lines, pager, recommended, title, way_out
from domain.resources import Options, Resource, ResourceStatus, Venue

RACKS_PER_PAGE = 8
VERSIONS_MAX = 80
NOW, TODAY, TOMORROW, ON_DAY = "n", "t", "m", "d"
DAYS_SHOWN = 28


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


def racks(
    reader: Reader,
    found: Sequence[tuple[Resource, datetime | None]],
    *,
    venues: Mapping[PydanticObjectId, Venue],
    asked: Racks,
    version: str | None,
    pages: int,
    today: date,
) -> Screen:
    """The racks of one page, each with its next free time."""
    label = reader.label
    when = when_word(reader, asked.when, today)
    text = lines(
        title(reader.say("Book a rack")),
        *(_rack(reader, rack, free_at, venues[rack.venue_id]) for rack, free_at in found),
        None if found else reader.say("No rack is free then. Try another time or version."),
    )
    on = day_wanted(asked.when, today)
    same = {"version": asked.version, "when": asked.when}
    return Screen(
        text=text,
        keyboard=keyboard(
            *grid((_rack_button(reader, rack, free_at, venues, on, version) for rack, free_at in found), columns=2),
            pager(
                reader, number=asked.page, pages=pages, earlier=Racks(**same, page=max(1, asked.page - 1)),
                later=Racks(**same, page=asked.page + 1),
            ),
            [
                button(label("ACI: {version}", version=version or label("any")), ChooseVersion(**same)),
                button(label("Free: {when}", when=when), ChooseWhen(**same)),
            ],
            [button(label("Picture of the day"), AllRacksPicture(on=on or today, version=asked.version))],
            way_out(reader),
        ),
    )  # fmt: skip


def _rack(reader: Reader, rack: Resource, free_at: datetime | None, venue: Venue) -> Html:
    versions = rack.rack.aci_versions if rack.rack else []
    told = f"ACI {wording.cut(', '.join(versions), characters_max=VERSIONS_MAX)}" if versions else None
    head = Html(f"{title(rack.code)} · {_free(reader, rack, free_at, venue)}")
    return Html(lines(head, escape(told) if told else None))


def _free(reader: Reader, rack: Resource, free_at: datetime | None, venue: Venue) -> Html:
    if rack.status is not ResourceStatus.AVAILABLE:
        return reader.say("in maintenance")
    if free_at is None:
        return reader.say("nothing free soon")
    return reader.say("free {when}", when=wording.soon(reader, free_at, venue.timezone))


def _rack_button(
    reader: Reader,
    rack: Resource,
    free_at: datetime | None,
    venues: Mapping[PydanticObjectId, Venue],
    on: date | None,
    version: str | None,
) -> InlineKeyboardButton:
    if rack.status is not ResourceStatus.AVAILABLE:
        return disabled(rack.code)
    choice = choices.encode(rack, Options(aci_version=version)) if version else choices.NONE
    action = Month(rack=rack.id, choice=choice) if on is None else DayOf(rack=rack.id, on=on, choice=choice)
    if free_at is None:
        return button(rack.code, action)
    zone = venues[rack.venue_id].timezone
    return button(f"{rack.code} · {_free_short(reader, free_at, zone)}", action)


def _free_short(reader: Reader, free_at: datetime, zone: str) -> str:
    """The hour today, else the day: half a row of a phone has no place for both."""
    on = wording.local(free_at, zone).date()
    is_today = on == wording.local(reader.now, zone).date()
    return wording.clock(reader, free_at, zone) if is_today else wording.day(reader, on)


def choose_version(reader: Reader, versions: Sequence[str], asked: ChooseVersion) -> Screen:
    """Which ACI version."""
    every = [button(reader.label("any"), Racks(when=asked.when))]
    one = (button(version, Racks(version=choices.tag(version), when=asked.when)) for version in versions[:40])
    text = title(reader.say("Which ACI version?"))
    return Screen(text=text, keyboard=keyboard(every, *grid(one, columns=2), way_out(reader, _back(asked))))


def _back(asked: ChooseVersion | ChooseWhen) -> Racks:
    return Racks(version=asked.version, when=asked.when)


def choose_when(reader: Reader, asked: ChooseWhen) -> Screen:
    """When it must be free: now, today, tomorrow, or one of the next days."""
    label = reader.label
    words = [(NOW, label("now")), (TODAY, label("today")), (TOMORROW, label("tomorrow")), (ANY, label("any time"))]
    return Screen(
        text=title(reader.say("When shall it be free?")),
        keyboard=keyboard(
            *grid((button(word, Racks(version=asked.version, when=when)) for when, word in words), columns=2),
            [recommended(label("Pick a day"), ChooseFilterDay(version=asked.version))],
            way_out(reader, _back(asked)),
        ),
    )


def choose_day(reader: Reader, asked: ChooseFilterDay, *, today: date) -> Screen:
    """One of the next four weeks."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    buttons = (button(wording.day(reader, on), Racks(version=asked.version, when=when_on(on))) for on in days)
    return Screen(
        text=title(reader.say("On which day shall it be free?")),
        keyboard=keyboard(*grid(buttons, columns=4), way_out(reader, ChooseWhen(version=asked.version))),
    )


def all_on(
    reader: Reader,
    found: Sequence[Resource],
    *,
    asked: AllRacksPicture,
    pages: int,
    picture: Picture,
    version: str | None,
) -> Screen:
    """The picture of all racks on a day, and a way to each."""
    day = wording.day(reader, asked.on)
    available = [rack for rack in found if rack.status is ResourceStatus.AVAILABLE]
    choice = {rack.id: choices.encode(rack, Options(aci_version=version)) if version else "" for rack in available}
    before, after = asked.on - timedelta(days=1), asked.on + timedelta(days=1)
    text = lines(
        title(reader.say("All racks on {day}", day=day)),
        reader.say("What is filled is taken, what is hatched is closed or over, what is empty is free."),
    )
    return Screen(
        text=text,
        picture=picture,
        keyboard=keyboard(
            *grid(
                (button(rack.code, DayOf(rack=rack.id, on=asked.on, choice=choice[rack.id])) for rack in available),
                columns=3,
            ),
            pager(
                reader,
                number=asked.page,
                pages=pages,
                earlier=asked.model_copy(update={"page": max(1, asked.page - 1)}),
                later=asked.model_copy(update={"page": asked.page + 1}),
            ),
            [
                button(f"‹ {wording.day(reader, before)}", asked.model_copy(update={"on": before})),
                button(f"{wording.day(reader, after)} ›", asked.model_copy(update={"on": after})),
            ],
            way_out(reader, Racks(version=asked.version, when=when_on(asked.on))),
        ),
    )
