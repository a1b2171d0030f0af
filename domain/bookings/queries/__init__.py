"""What edges may look at."""

from domain.bookings.queries.availability import Busy, free_between, next_free, taken
from domain.bookings.queries.calendar import DayLoad, DayView, DurationChoice, SlotView, day, durations, month
from domain.bookings.queries.lists import by_code, current_hold, get, past, stored, today, upcoming
from domain.bookings.queries.quotes import Quote, quote

__all__ = [
    "Busy", "DayLoad", "DayView", "DurationChoice", "Quote", "SlotView", "by_code", "current_hold", "day", "durations",
    "free_between", "get", "month", "next_free", "past", "quote", "stored", "taken", "today", "upcoming",
]  # fmt: skip
