"""What is said unasked: one screen per kind of notice, from the facts listed in domain/notifications/facts.py."""

from collections.abc import Callable

from bot.views.notices import bookings, money, office, sessions, waiting
from bot.views.notices.office import role_word
from bot.views.notices.parts import Facts
from bot.views.reader import Reader
from bot.views.screen import Screen

__all__ = ["KINDS", "render", "role_word"]


def render(kind: str, facts: Facts, reader: Reader) -> Screen:
    """The notice in the reader's words. KeyError for a kind nobody wrote words for."""
    return KINDS[str(kind)](reader, facts)


KINDS: dict[str, Callable[[Reader, Facts], Screen]] = {
    "booking_confirmed": bookings.confirmed,
    "auto_booked": bookings.auto_booked,
    "booking_rescheduled": bookings.rescheduled,
    "booking_moved": bookings.moved_by_office,
    "booking_extended": bookings.extended,
    "booking_cancelled": bookings.cancelled,
    "hold_lapsed": bookings.hold_lapsed,
    "reminder_24h": bookings.reminder,
    "reminder_30m": bookings.reminder,
    "session_preparing": sessions.preparing,
    "session_ready": sessions.ready,
    "session_late": sessions.late,
    "access_withdrawn": sessions.access_withdrawn,
    "session_started": sessions.started,
    "session_ends_soon": sessions.ends_soon,
    "session_ended": sessions.ended,
    "session_overstayed": sessions.overstayed,
    "session_missed": sessions.missed,
    "overtime_charged": sessions.overtime_charged,
    "offer_made": waiting.offer_made,
    "offer_lapsed": waiting.offer_lapsed,
    "waitlist_unserved": waiting.unserved,
    "payment_received": money.payment_received,
    "payment_failed": money.payment_failed,
    "tokens_adjusted": money.tokens_adjusted,
    "tokens_low": money.tokens_low,
    "tokens_expiring": money.tokens_expiring,
    "debt_settled": money.debt_settled,
    "debt_forgiven": money.debt_forgiven,
    "role_changed": office.role_changed,
    "account_disabled": office.account_disabled,
    "account_enabled": office.account_enabled,
    "payment_quarantined": office.payment_quarantined,
    "invariant_violated": office.invariant_violated,
    "resource_off": office.resource_off,
    "preparation_failed": office.preparation_failed,
    "booking_unready": office.booking_unready,
}
