"""What can be booked, one page of it, and the picture of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import choices, filters, joining, kinds, wording
from bot.views.browsing import ChooseTag, ChooseVenue, ChooseWhen, PictureOfDay, narrowing
from bot.views.buttons import DayOf, Month, OccupancyOf, Racks
from bot.views.filters import Wish
from bot.views.pictures import Picture
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, disabled, grid, keyboard, lines, pager, title, way_out
from bot.views.waitlist_buttons import Target, WaitForDay
from domain.resources import Options, Place, Resource, ResourceStatus, Venue

RACKS_PER_PAGE = 8
VENUE_MAX = 24
VENUES_MAX = 8


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of what fits the filters, each with its first free time, and the venues that offer the kind."""

    found: Sequence[tuple[Place, datetime | None]]
    pages: int
    wish: Wish
    venues: Sequence[Venue]
    today: date
    has_other_kinds: bool
    example: Place | None = None
    """One of those that fit all filters but the day, when none of them is free then: one can wait for any."""


def racks(reader: Reader, listed: Listed, *, asked: Racks) -> Screen:
    """What fits, each with its next free time; `asked` names the kind."""
    assert asked.kind
    says_venue = len(listed.venues) > 1 and asked.venue is None
    on = filters.day_wanted(asked.when, listed.today)
    same = narrowing(asked)
    text = lines(
        title(kinds.book_one(reader, asked.kind)),
        *(_one(reader, place, free_at, says_venue=says_venue) for place, free_at in listed.found),
        None if listed.found else kinds.none_free(reader, asked.kind),
    )
    picture = PictureOfDay(on=on or listed.today, tag=asked.tag, kind=asked.kind, venue=asked.venue)
    now_at = asked.venue or (listed.venues[0].id if len(listed.venues) == 1 else None)
    return Screen(
        text=text,
        keyboard=keyboard(
            *grid((_button(reader, place, at, on, listed.wish) for place, at in listed.found), columns=2),
            pager(
                reader, number=asked.page, pages=listed.pages, earlier=Racks(**same, page=max(1, asked.page - 1)),
                later=Racks(**same, page=asked.page + 1),
            ),
            _wait(reader, listed, asked, on),
            *_filters(reader, listed, asked),
            [button(reader.label("Picture of the day"), picture),
             button(reader.label("Free now"), OccupancyOf(venue=now_at))],
            way_out(reader, Racks() if listed.has_other_kinds else None),
        ),
    )  # fmt: skip


def _wait(reader: Reader, listed: Listed, asked: Racks, on: date | None) -> Row:
    if listed.example is None or on is None:
        return []
    example, version = listed.example.resource, listed.wish.aci_version
    target: Target = ("v" if version else "a") if asked.venue else ("w" if version else "y")
    action = WaitForDay(rack=example.id, on=on, target=target, choice=_choice(example, listed.wish))
    return joining.anywhere(reader, kind=example.kind, version=version, action=action)


def _filters(reader: Reader, listed: Listed, asked: Racks) -> list[Row]:
    same = narrowing(asked)
    when = reader.label("Free: {when}", when=filters.when_word(reader, asked.when, listed.today))
    tag = kinds.narrowed(reader, asked.kind, listed.wish.word(reader))
    rows: list[Row] = [[button(tag, ChooseTag(**same)), button(when, ChooseWhen(**same))]]
    if len(listed.venues) > 1:
        chosen = next((venue.name for venue in listed.venues if venue.id == asked.venue), reader.label("any"))
        where = reader.label("Venue: {venue}", venue=wording.cut(chosen, characters_max=VENUE_MAX))
        rows.append([button(where, ChooseVenue(tag=asked.tag, when=asked.when, kind=asked.kind))])
    return rows


def _one(reader: Reader, place: Place, free_at: datetime | None, *, says_venue: bool) -> Html:
    head = Html(f"{title(place.resource.code)} · {_free(reader, place, free_at)}")
    told = kinds.facts(reader, place.resource)
    return Html(lines(head, escape(told) if told else None, escape(place.venue.name) if says_venue else None))


def _free(reader: Reader, place: Place, free_at: datetime | None) -> Html:
    if place.resource.status is not ResourceStatus.AVAILABLE:
        return reader.say("in maintenance")
    if free_at is None:
        return reader.say("nothing free soon")
    return reader.say("free {when}", when=wording.soon(reader, free_at, place.venue.timezone))


def _button(
    reader: Reader, place: Place, free_at: datetime | None, on: date | None, wish: Wish
) -> InlineKeyboardButton:
    resource = place.resource
    if resource.status is not ResourceStatus.AVAILABLE:
        return disabled(resource.code)
    choice = _choice(resource, wish)
    action = Month(rack=resource.id, choice=choice) if on is None else DayOf(rack=resource.id, on=on, choice=choice)
    if free_at is None:
        return button(resource.code, action)
    return button(f"{resource.code} · {_free_short(reader, free_at, place.venue.timezone)}", action)


def _choice(resource: Resource, wish: Wish) -> str:
    return choices.encode(resource, Options(aci_version=wish.aci_version)) if wish.aci_version else choices.NONE


def _free_short(reader: Reader, free_at: datetime, zone: str) -> str:
    """The hour today, else the day: half a row of a phone has no place for both."""
    on = wording.local(free_at, zone).date()
    is_today = on == wording.local(reader.now, zone).date()
    return wording.clock(reader, free_at, zone) if is_today else wording.day(reader, on)


def all_on(
    reader: Reader, shown: Sequence[Resource], *, asked: PictureOfDay, pages: int, picture: Picture, wish: Wish,
    venues: Sequence[Venue],
) -> Screen:  # fmt: skip
    """The picture of a kind at one venue on a day, and a way to each; `asked` names the kind and the venue."""
    available = [each for each in shown if each.status is ResourceStatus.AVAILABLE]
    before, after = asked.on - timedelta(days=1), asked.on + timedelta(days=1)
    here = next((venue for venue in venues if venue.id == asked.venue), None)
    where = here.name if here and len(venues) > 1 else None
    today = wording.local(reader.now, here.timezone if here else "UTC").date()
    earlier = f"‹ {wording.day(reader, before)}"
    text = lines(
        title(kinds.all_on(reader, asked.kind, wording.day(reader, asked.on))),
        escape(where) if where else None,
        reader.say("What is filled is taken, what is hatched is closed or over, what is empty is free."),
    )
    return Screen(
        text=text,
        picture=picture,
        keyboard=keyboard(
            *grid(
                (button(each.code, DayOf(rack=each.id, on=asked.on, choice=_choice(each, wish))) for each in available),
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
                button(earlier, asked.model_copy(update={"on": before})) if before >= today else disabled(earlier),
                button(f"{wording.day(reader, after)} ›", asked.model_copy(update={"on": after})),
            ],
            *_elsewhere(asked, venues),
            way_out(reader, Racks(**narrowing(asked, when=filters.when_on(asked.on)))),
        ),
    )


def _elsewhere(asked: PictureOfDay, venues: Sequence[Venue]) -> list[Row]:
    """The same day at the other venues."""
    others = (
        button(wording.cut(venue.name, characters_max=VENUE_MAX),
               asked.model_copy(update={"venue": venue.id, "page": 1}))
        for venue in venues[:VENUES_MAX]
        if venue.id != asked.venue
    )  # fmt: skip
    return grid(others, columns=2)
