"""Notifications: one message to one person by one channel, told once, and only while it is true.

Nouns: `Notice` (leased work), `Kind` (what it tells; its facts are listed in `facts.py`), `NoticeStatus`.
Invariants: one notice per dedupe key and person; `status` and `work_status` agree; what is sent was looked at again
at the moment of sending (`current_facts`). Messages go out at least once: a worker that dies between Telegram's answer
and our note of it leaves the notice `sending`, and it is sent again when the lease ends.
What a member has just done in chat is answered there and not told again.
Errors: none of its own; verbs on a leased notice raise `LeaseLost`.
"""

from domain.notifications.facts import balance_tokens, booking_facts
from domain.notifications.models import RECORDS, Kind, Notice, NoticeStatus
from domain.notifications.queries import of_member
from domain.notifications.relevance import current_facts
from domain.notifications.service import postpone, sending, sent, skip, skip_blocked, tell, tell_administrators

__all__ = [
    "RECORDS", "Kind", "Notice", "NoticeStatus", "balance_tokens", "booking_facts", "current_facts", "of_member",
    "postpone", "sending", "sent", "skip", "skip_blocked", "tell", "tell_administrators",
]  # fmt: skip
