"""A booking as an iCalendar file, for the member's own calendar."""

from datetime import datetime, timedelta

import icalendar

from bot.views import wording
from bot.views.booking import heading
from bot.views.reader import Reader
from bot.views.screen import Document
from domain.bookings import Booking, Status
from domain.resources import Place

REMINDER = timedelta(minutes=-30)


def calendar_file(reader: Reader, booking: Booking, place: Place) -> Document:
    """`B-7F3K9T.ics`: one event in the venue's zone, with a reminder; the same booking is the same event."""
    zone = place.venue.timezone
    event = icalendar.Event()
    event.add("uid", f"{booking.id}@berth")
    event.add("dtstamp", reader.now)
    event.add("sequence", booking.moves + (booking.status is Status.CANCELLED))
    event.add("dtstart", _at(booking.starts_at, zone))
    event.add("dtend", _at(booking.ends_at, zone))
    event.add("summary", heading(place.resource, booking.options))
    address = ", ".join(part for part in (place.venue.name, place.venue.address, place.venue.city) if part)
    event.add("location", address)
    event.add("description", reader.label("Booking {code}", code=booking.code))
    event.add("status", "CANCELLED" if booking.status is Status.CANCELLED else "CONFIRMED")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", REMINDER)
    alarm.add("description", place.resource.code)
    event.add_component(alarm)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Berth//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return Document(name=f"{booking.code}.ics", body=calendar.to_ical())


def _at(moment: datetime, zone: str) -> datetime:
    return wording.local(moment, zone)
