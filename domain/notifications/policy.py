"""Who wants to be told what, and when they want to be left alone: arithmetic on the person's own clock."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.notifications.models import Kind, Preference, Topic

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WALL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

TOPICS: dict[Kind, Topic] = {
    Kind.REMINDER_24H: Topic.REMINDER_24H,
    Kind.REMINDER_30M: Topic.REMINDER_30M,
    Kind.BOOKING_CONFIRMED: Topic.BOOKINGS,
    Kind.BOOKING_RESCHEDULED: Topic.BOOKINGS,
    Kind.BOOKING_EXTENDED: Topic.BOOKINGS,
    Kind.SESSION_PREPARING: Topic.SESSION,
    Kind.SESSION_READY: Topic.SESSION,
    Kind.SESSION_STARTED: Topic.SESSION,
    Kind.SESSION_ENDED: Topic.SESSION,
    Kind.SESSION_ENDS_SOON: Topic.SESSION_END,
    Kind.OFFER_LAPSED: Topic.WAITLIST,
    Kind.WAITLIST_UNSERVED: Topic.WAITLIST,
    Kind.TOKENS_LOW: Topic.TOKENS,
    Kind.TOKENS_EXPIRING: Topic.TOKENS,
}
"""Kinds that are not here cannot be muted. An offer is not: whoever does not want it leaves the waitlist."""

URGENT = frozenset({
    Kind.OFFER_MADE, Kind.BOOKING_CANCELLED, Kind.BOOKING_MOVED, Kind.SESSION_LATE, Kind.SESSION_ENDS_SOON,
    Kind.SESSION_OVERSTAYED, Kind.PAYMENT_RECEIVED, Kind.PAYMENT_FAILED,
    Kind.PAYMENT_QUARANTINED, Kind.INVARIANT_VIOLATED, Kind.RESOURCE_OFF, Kind.PREPARATION_FAILED, Kind.BOOKING_UNREADY,
    Kind.ACCESS_WITHDRAWN,
})  # fmt: skip
"""What is of no use when it comes hours later, and what administrators must know: told in quiet hours too."""
ONLY_EDITED = frozenset({Kind.ACCESS_WITHDRAWN})
"""What only takes the place of an earlier message: where that is gone, there is nothing to say."""
PRESSING = frozenset({Kind.AUTO_BOOKED, Kind.BOOKING_CONFIRMED, Kind.BOOKING_RESCHEDULED})
"""Told in quiet hours if the booking begins before they end: the person would learn of it too late."""


def is_muted(kind: Kind, preference: Preference) -> bool:
    """Whether the person chose not to be told of this."""
    topic = TOPICS.get(kind)
    return topic is not None and topic in preference.muted


def quiet_until(
    kind: Kind, facts: Mapping[str, Any], preference: Preference, *, timezone: str, now: datetime
) -> datetime | None:
    """Until when a notice of this kind waits, because the person wants quiet now; None when it may go out."""
    if kind in URGENT or preference.quiet_from is None or preference.quiet_until is None:
        return None
    until = quiet_ends_at(preference.quiet_from, preference.quiet_until, timezone=timezone, now=now)
    if until is not None and kind in PRESSING and facts["booking"]["starts_at"] <= until:
        return None
    return until


def quiet_ends_at(quiet_from: str, quiet_until: str, *, timezone: str, now: datetime) -> datetime | None:
    """The next moment at which the wall clock is outside the quiet hours; None when it is so now.

    The wall clock alone decides: an end that it skips is the end of the gap, and a time that it shows twice is quiet,
    or not, twice.
    """
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    if not _is_within(local.time(), time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)):
        return None
    ends = time.fromisoformat(quiet_until)
    on = local.date() if local.time().replace(tzinfo=None) < ends else local.date() + DAY
    return next(moment for moment in _moments(zone, on, ends) if moment > now)


def _is_within(at: time, begins: time, ends: time) -> bool:
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def _moments(zone: ZoneInfo, on: date, at: time) -> list[datetime]:
    """When the clock shows this time on this day, once or twice; where it skips it, when it does so."""
    walls = [datetime.combine(on, at, zone).replace(fold=fold) for fold in (0, 1)]
    moments = [wall.astimezone(UTC) for wall in walls]
    shown = [moment for moment in moments if moment.astimezone(zone).time() == at]
    if shown:
        return shown
    moment = min(moments)  # before the gap, by as much as the time lies in it
    offset = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == offset:
        moment += MINUTE
    return [moment]


def is_wall_time(text: str) -> bool:
    """Whether the text is a time of day as `HH:MM`."""
    return WALL_TIME.fullmatch(text) is not None
