"""Maintenance as the office sees it: what is reserved, and whom a period would meet."""

from collections.abc import Mapping, Sequence

from beanie import PydanticObjectId

from bot.views import wording
from bot.views.admin.buttons import Office
from bot.views.admin.members import name_of
from bot.views.admin.upkeep_buttons import (
    AskEndMaintenance,
    EndMaintenance,
    MaintainResource,
    MaintainVenue,
    Maintenances,
    PlanAt,
    PlanMaintenance,
)
from bot.views.admin.upkeep_buttons import Maintenance as MaintenanceButton
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, pager, recommended, title, way_out
from domain.bookings import Booking, Maintenance, Status
from domain.kernel import Page
from domain.people import Member
from domain.resources import Place, Resource, Venue

PER_PAGE = 10
RESOURCES_SHOWN = 3

Venues = Mapping[PydanticObjectId, Venue]
Codes = Mapping[PydanticObjectId, str]


def what(reader: Reader, one: Maintenance, codes: Codes) -> str:
    """`RACK-01`, or `RACK-01, RACK-02 and 3 more`."""
    named = [codes.get(each, "?") for each in one.resource_ids]
    more = len(named) - RESOURCES_SHOWN
    shown = ", ".join(named[:RESOURCES_SHOWN])
    return f"{shown} {reader.label_count('and {number} more', 'and {number} more', more)}" if more > 0 else shown


def maintenances(reader: Reader, page: Page[Maintenance], venues: Venues, codes: Codes) -> Screen:
    """What runs and what is to come, the first start first."""
    rows = [
        reader.say("{span} · {what} · {reason}", what=what(reader, one, codes), reason=wording.cut(one.reason,
                   characters_max=80), span=wording.span(reader, one.starts_at, one.ends_at,
                   venues[one.venue_id].timezone))
        for one in page.items
    ]  # fmt: skip
    buttons = (
        button(_label(reader, one, venues, codes), MaintenanceButton(series=one.series_id)) for one in page.items
    )
    return Screen(
        text=lines(title(reader.say("Maintenance")), *(rows or [reader.say("None is planned.")])),
        keyboard=keyboard(
            *grid(buttons, columns=1),
            pager(
                reader, number=page.number, pages=page.pages, earlier=Maintenances(page=max(1, page.number - 1)),
                later=Maintenances(page=page.number + 1),
            ),
            [recommended(reader.label("Plan maintenance"), PlanMaintenance())],
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _label(reader: Reader, one: Maintenance, venues: Venues, codes: Codes) -> str:
    return f"{wording.moment(reader, one.starts_at, venues[one.venue_id].timezone)} {what(reader, one, codes)}"


def choose_venue(reader: Reader, venues: Sequence[Venue]) -> Screen:
    """Where."""
    buttons = (button(venue.name, PlanAt(venue=venue.id)) for venue in venues)
    return Screen(
        text=title(reader.say("Maintenance at which venue?")),
        keyboard=keyboard(*grid(buttons, columns=2), way_out(reader, Maintenances())),
    )


def choose_what(reader: Reader, venue: Venue, page: Page[Resource]) -> Screen:
    """All of it, or one resource."""
    buttons = (button(each.code, MaintainResource(resource=each.id)) for each in page.items)
    return Screen(
        text=title(reader.say("Maintenance of what at {venue}?", venue=venue.name)),
        keyboard=keyboard(
            [button(reader.label("The whole venue"), MaintainVenue(venue=venue.id))],
            *grid(buttons, columns=3),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=PlanAt(venue=venue.id, page=max(1, page.number - 1)),
                later=PlanAt(venue=venue.id, page=page.number + 1),
            ),
            way_out(reader, PlanMaintenance()),
        ),
    )  # fmt: skip


def maintenance(reader: Reader, one: Maintenance, venue: Venue, codes: Codes) -> Screen:
    """One maintenance, and the button that ends it."""
    has_begun = one.starts_at <= reader.now
    text = lines(
        title(reader.say("Maintenance {code}", code=one.code)),
        escape(what(reader, one, codes)),
        escape(wording.span(reader, one.starts_at, one.ends_at, venue.timezone)),
        escape(venue.name),
        reader.say("Reason: {reason}", reason=one.reason),
    )
    label = reader.label("End it now") if has_begun else reader.label("Call it off")
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(label, AskEndMaintenance(series=one.series_id))], way_out(reader, Maintenances())
        ),
    )


def ask_end(reader: Reader, one: Maintenance, codes: Codes) -> Screen:
    """What ending would mean."""
    has_begun = one.starts_at <= reader.now
    heading = (
        reader.say("End the maintenance of {what} now?", what=what(reader, one, codes))
        if has_begun
        else reader.say("Call off the maintenance of {what}?", what=what(reader, one, codes))
    )
    text = lines(
        title(heading),
        reader.say("The time can be booked again at once. Bookings that were cancelled for it stay cancelled."),
    )
    label = reader.label("End it now") if has_begun else reader.label("Call it off")
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(label, EndMaintenance(series=one.series_id))],
            way_out(reader, MaintenanceButton(series=one.series_id)),
        ),
    )


def met(
    reader: Reader,
    affected: Sequence[Booking],
    places: Mapping[PydanticObjectId, Place],
    members: Mapping[PydanticObjectId, Member],
    *,
    page: int,
) -> list[Html]:
    """A page of the bookings that something would meet, a line each, under how many they are."""
    if not affected:
        return [reader.say("No booking lies there.")]
    count = len(affected)
    head = reader.say_count("{number} booking lies there:", "{number} bookings lie there:", count)
    return [head, *(_met(reader, each, places[each.resource_id], members) for each in page_of(affected, page))]


def page_of(affected: Sequence[Booking], page: int) -> Sequence[Booking]:
    """The bookings on that page."""
    return affected[(page - 1) * PER_PAGE : page * PER_PAGE]


def pages_for(affected: Sequence[Booking]) -> int:
    """How many pages they fill."""
    return max(1, -(-len(affected) // PER_PAGE))


def _met(reader: Reader, booking: Booking, place: Place, members: Mapping[PydanticObjectId, Member]) -> Html:
    member = members.get(booking.member_id)
    line = reader.say(
        "{span} · {what} · {who}", who=name_of(member) if member else "?", what=place.resource.code,
        span=wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone),
    )  # fmt: skip
    if booking.status is Status.HELD:
        return reader.say("{line} · only kept, not paid", line=line)
    return reader.say("{line} · running", line=line) if booking.starts_at <= reader.now else line


def ask_reserve(
    reader: Reader, code: str, venue: Venue, span: tuple[str, str], *, reason: str, shown: Sequence[Html], count: int
) -> Html:
    """What reserving would mean, whom it meets first."""
    return Html(
        lines(
            title(reader.say("Reserve {code} for maintenance?", code=code)),
            reader.say("{begin} to {end}, {venue}", begin=span[0], end=span[1], venue=venue.name),
            reader.say("Reason: {reason}", reason=reason),
            "",
            *shown,
            "" if count else None,
            reader.say("They are cancelled, all their tokens come back, and each is told with the reason.")
            if count
            else None,
        )
    )


def reserved(reader: Reader, parts: Sequence[Booking], count: int) -> Html:
    """The fact after."""
    return title(
        reader.say_count(
            "Reserved for maintenance, {code}. {number} booking was cancelled.",
            "Reserved for maintenance, {code}. {number} bookings were cancelled.", count, code=parts[0].code,
        )
    )  # fmt: skip
