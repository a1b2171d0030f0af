"""Venues as the office sees them: names, opening hours, closed days."""

from collections.abc import Sequence
from datetime import date

from bot.views import wording
from bot.views.admin import week
from bot.views.admin.buttons import AddVenue, EditVenue, Office, Venues
from bot.views.admin.buttons import Venue as VenueButton
from bot.views.admin.upkeep_buttons import ClosedDays, MaintainVenue, OpenOn
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, grid, keyboard, lines, recommended, title, way_out
from domain.resources import Venue

DAYS_SHOWN = 20
CLOSED_SHOWN = 40


def venues(reader: Reader, found: Sequence[Venue]) -> Screen:
    """All venues."""
    text = lines(
        title(reader.say("Venues")),
        *(reader.say("{name} · {city} · {zone}", name=each.name, city=each.city, zone=each.timezone) for each in found),
        None if found else reader.say("There is no venue yet."),
    )
    buttons = (button(each.name, VenueButton(venue=each.id)) for each in found)
    add = button(reader.label("Add a venue"), AddVenue())
    return Screen(text=text, keyboard=keyboard(*grid(buttons, columns=2), [add], way_out(reader, Office())))


def venue(reader: Reader, venue: Venue) -> Screen:
    """One venue and what can be changed about it."""
    closed = [wording.day(reader, date.fromisoformat(on)) for on in venue.closed_on]
    more = len(closed) - DAYS_SHOWN
    text = lines(
        title(escape(venue.name)),
        reader.say("{address}, {city}", address=venue.address, city=venue.city) if venue.address else None,
        reader.say("Clock: {zone}", zone=venue.timezone),
        reader.say("Open:"),
        escape(week.spoken_hours(reader, venue.opening_hours)),
        reader.say(
            "Cancelling is free until {hours} h before, then {percent} % comes back",
            hours=venue.terms.full_refund_hours,
            percent=venue.terms.late_percent,
        ),
        reader.say("Closed on: {days}", days=", ".join(closed[:DAYS_SHOWN])) if closed else None,
        reader.say_count("and {number} more", "and {number} more", more) if more > 0 else None,
        "",
        reader.say("Bookings made before a change keep their times."),
    )
    what = [
        (reader.label("Name"), "name"), (reader.label("Address"), "address"),
        (reader.label("Opening hours"), "hours"), (reader.label("Cancellation"), "terms"),
    ]  # fmt: skip
    buttons = [button(words, EditVenue(venue=venue.id, what=form)) for words, form in what]
    buttons += [
        button(reader.label("Closed days"), ClosedDays(venue=venue.id)),
        button(reader.label("Maintenance"), MaintainVenue(venue=venue.id)),
    ]
    return Screen(text=text, keyboard=keyboard(*grid(buttons, columns=2), way_out(reader, Venues())))


def closed_days(reader: Reader, venue: Venue) -> Screen:
    """The days on which the venue is closed, and a button for each that is still to come."""
    days = [date.fromisoformat(on) for on in venue.closed_on]
    today = wording.local(reader.now, venue.timezone).date()
    coming = [on for on in days if on >= today]
    text = lines(
        title(reader.say("Closed days of {name}", name=venue.name)),
        *(escape(wording.day(reader, on)) for on in coming[:CLOSED_SHOWN]),
        None if coming else reader.say("None is to come."),
        reader.say_count("and {number} more", "and {number} more", len(coming) - CLOSED_SHOWN)
        if len(coming) > CLOSED_SHOWN
        else None,
    )
    reopen = (
        button(reader.label("Open on {day}", day=wording.day(reader, on)), OpenOn(venue=venue.id, on=on))
        for on in coming[:CLOSED_SHOWN]
    )
    add = recommended(reader.label("Close on more days"), EditVenue(venue=venue.id, what="closed"))
    return Screen(
        text=text,
        keyboard=keyboard(*grid(reopen, columns=2), [add], way_out(reader, VenueButton(venue=venue.id))),
    )


def summary(reader: Reader, venue: Venue) -> Html:
    """A venue that is about to be opened."""
    return Html(
        lines(
            title(reader.say("Open {name} ({code})?", name=venue.name, code=venue.code)),
            reader.say("Clock: {zone}", zone=venue.timezone),
            reader.say("Open:"),
            escape(week.spoken_hours(reader, venue.opening_hours)),
        )
    )
