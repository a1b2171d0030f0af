"""The verbs of bookings; the only writers."""

from domain.bookings.service.booking import book, hold, spending_key
from domain.bookings.service.cancelling import cancel
from domain.bookings.service.holds import confirm, confirm_paid, lapse_holds, release
from domain.bookings.service.passing import complete_due, start_due

__all__ = [
    "book", "cancel", "complete_due", "confirm", "confirm_paid", "hold", "lapse_holds", "release", "spending_key",
    "start_due",
]  # fmt: skip
