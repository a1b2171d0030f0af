"""One who waits: what for, when, at which place in line, and how it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views import wording
from bot.views.reader import Html, Reader
from domain.resources import Resource, Venue
from domain.waitlists import Skip, WaitlistEntry


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """A place in line with what is said about it; without a resource it is any of a kind, perhaps at one venue."""

    entry: WaitlistEntry
    resource: Resource | None
    venue: Venue | None
    """The resource's, or where any of the kind must stand."""
    zone: str
    position: int | None
    reason: str


def any_of(reader: Reader, kind: str, *, aci_version: str | None, venue_name: str | None) -> str:
    """`any rack · ACI 6.0(5h) · Sector V Lab`."""
    kinds = {
        "rack": reader.label("any rack"), "seat": reader.label("any seat"),
        "parking_slot": reader.label("any parking slot"),
    }  # fmt: skip
    version = [f"ACI {aci_version}"] if aci_version else []
    return " · ".join([kinds[kind], *version, *([venue_name] if venue_name else [])])


def wanted(reader: Reader, one: Waiter) -> str:
    """`RACK-03`, or any of its kind."""
    entry = one.entry
    if one.resource is not None:
        return one.resource.code
    venue_name = one.venue.name if one.venue else None
    return any_of(reader, entry.kind, aci_version=entry.aci_version, venue_name=venue_name)


def window(reader: Reader, starts_at: datetime, ends_at: datetime, zone: str, minutes: int | None) -> str:
    """`Tue 24 Nov 10:00–14:00 IST`; `2 h within Tue 24 Nov 12:00–17:00 IST` where one waits for a part of it."""
    span = wording.span(reader, starts_at, ends_at, zone)
    if minutes is None:
        return span
    return reader.label("{length} within {span}", length=wording.length(reader, timedelta(minutes=minutes)), span=span)


def when(reader: Reader, one: Waiter) -> str:
    """The times that are waited for."""
    entry = one.entry
    return window(reader, entry.window_starts_at, entry.window_ends_at, one.zone, entry.length_minutes)


def reason_word(reader: Reader, reason: str) -> str:
    """How it stands, or why a time went past: a phrase that fits after a colon, for members and for staff."""
    label = reader.label
    words = {
        "taken": label("others have the time"), "closed": label("it takes no bookings at the moment"),
        "offered": label("it is kept until there is an answer"),
        "disabled": label("the account is closed for booking"), "blocked": label("messages from here were blocked"),
        "debt": label("tokens are owed"), "too_many_bookings": label("no place was left for another booking"),
        "vehicle": label("no vehicle fits"), "too_soon": label("it was free only shortly before the start"),
        "unavailable": label("the operator took it back"), "accepted": label("booked"),
        "passed": label("passed on"), "left": label("left the line"),
        "offer_lapsed": label("not answered in time"), "hold_lapsed": label("not paid in time"),
        "window_over": label("nothing became free"),
    }  # fmt: skip
    return words.get(reason, label("others have the time"))


def skip_line(reader: Reader, skip: Skip, zone: str) -> Html:
    """`Fri 20 Nov 18:02: RACK-03, Tue 24 Nov 10:00, was free. Passed over: tokens are owed.`"""
    return reader.say(
        "{at}: {rack} {start} went past: {why}", at=wording.moment(reader, skip.at, zone), rack=skip.resource_code,
        start=wording.moment(reader, skip.starts_at, zone), why=reason_word(reader, skip.reason),
    )  # fmt: skip


def standing(reader: Reader, position: int | None) -> Html:
    """`You are number 3 in line`."""
    if position == 1:
        return reader.say("You are next in line")
    return reader.say("You are number {number} in line", number=position or 0)
