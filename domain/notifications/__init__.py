"""Notifications: one message to one person by one channel, told once, and only while it is true and wanted.

Nouns: `Notice` (leased work), `Kind` (what it tells; its facts are listed in `facts.py`), `NoticeStatus`; `Preference`
(what one member chose), `Topic` (what may be muted; a kind without one is always told), *quiet hours* (on the member's
own clock, the venue's where theirs is unknown).
Rules: everything is looked at again at the moment of sending (`current_facts`). What is muted is skipped then. In quiet
hours a notice waits until they end, unless it is urgent (an offer, a rack that is not ready, a payment, an alert) or
tells of a new booking that begins before; whether it is still true is asked again after that. A notice that `replaces`
an earlier one is said by editing that message, which makes no sound, or anew where it is gone. Access data that the bot
has shown are `noted` and taken back by such a notice when the session is over; that one is only edited, never sent.
What a member has just done in chat is answered there and not told again.
Invariants: one notice per dedupe key and person; `status` and `work_status` agree. Messages go out at least once: a
worker that dies between Telegram's answer and our note of it leaves the notice `sending`, and it is sent again when
the lease ends.
Errors: UnknownTopic, InvalidQuietHours; verbs on a leased notice raise `LeaseLost`.
"""

from domain.notifications.errors import InvalidQuietHours, UnknownTopic
from domain.notifications.facts import balance_tokens, booking_facts, coming_bookings
from domain.notifications.models import RECORDS, Kind, Notice, NoticeStatus, Preference, Topic
from domain.notifications.policy import ONLY_EDITED, TOPICS, URGENT, is_muted, quiet_ends_at
from domain.notifications.preferences import preference_of, set_quiet_hours, set_topic
from domain.notifications.queries import of_member, quiet_until, to_replace
from domain.notifications.relevance import current_facts
from domain.notifications.service import (
    noted,
    postpone,
    sending,
    sent,
    skip,
    skip_blocked,
    tell,
    tell_administrators,
    wait,
    withdraw_access,
)

__all__ = [
    "ONLY_EDITED", "RECORDS", "TOPICS", "URGENT", "InvalidQuietHours", "Kind", "Notice", "NoticeStatus", "Preference",
    "Topic", "UnknownTopic", "balance_tokens", "booking_facts", "coming_bookings", "current_facts", "is_muted",
    "noted", "of_member", "postpone", "preference_of", "quiet_ends_at", "quiet_until", "sending", "sent",
    "set_quiet_hours", "set_topic", "skip", "skip_blocked", "tell", "tell_administrators", "to_replace", "wait",
    "withdraw_access",
]  # fmt: skip
