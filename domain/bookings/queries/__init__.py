"""What edges may look at."""

from domain.bookings.queries.availability import Busy, free_between, next_free, taken
from domain.bookings.queries.calendar import DayLoad, DayView, DurationChoice, SlotView, day, durations, month
from domain.bookings.queries.changes import (
    ExtensionChoice,
    RescheduleQuote,
    alternatives,
    extension_choices,
    reschedule_quote,
)
from domain.bookings.queries.lists import arrivals, by_code, current_hold, get, past, present, stored, today, upcoming
from domain.bookings.queries.maintenance import AFFECTED_MAX, Maintenance, affected, coming, maintenances, outside_hours
from domain.bookings.queries.occupancy import Count, Occupancy, occupancy
from domain.bookings.queries.quotes import Quote, quote
from domain.bookings.queries.series import Occurrence, SeriesQuote, occurrences, of_series, series_quote
from domain.bookings.queries.vehicles import require_vehicle

__all__ = [
    "AFFECTED_MAX", "Busy", "Count", "DayLoad", "DayView", "DurationChoice", "ExtensionChoice", "Maintenance",
    "Occupancy", "Occurrence", "Quote", "RescheduleQuote", "SeriesQuote", "SlotView", "affected", "alternatives",
    "arrivals", "by_code", "coming", "current_hold", "day", "durations", "extension_choices", "free_between", "get",
    "maintenances", "month", "next_free", "occupancy", "occurrences", "of_series", "outside_hours", "past", "present",
    "quote", "require_vehicle", "reschedule_quote", "series_quote", "stored", "taken", "today", "upcoming",
]  # fmt: skip
