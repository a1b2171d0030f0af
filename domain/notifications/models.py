"""The stored notice, what it may tell, and what people wish to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from beanie import PydanticObjectId
from pydantic import StringConstraints
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import WORK_INDEX, Record, Work

WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Kind(StrEnum):
    """What a notice tells; the facts each kind carries are listed in `facts.py`."""

    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_RESCHEDULED = "booking_rescheduled"
    BOOKING_MOVED = "booking_moved"
    """By the office: not a change of the member's own."""
    BOOKING_EXTENDED = "booking_extended"
    BOOKING_CANCELLED = "booking_cancelled"
    HOLD_LAPSED = "hold_lapsed"
    REMINDER_24H = "reminder_24h"
    REMINDER_30M = "reminder_30m"

    SESSION_PREPARING = "session_preparing"
    SESSION_READY = "session_ready"
    SESSION_LATE = "session_late"
    ACCESS_SHOWN = "access_shown"
    ACCESS_WITHDRAWN = "access_withdrawn"
    SESSION_STARTED = "session_started"
    SESSION_ENDS_SOON = "session_ends_soon"
    SESSION_ENDED = "session_ended"
    SESSION_OVERSTAYED = "session_overstayed"
    SESSION_MISSED = "session_missed"
    OVERTIME_CHARGED = "overtime_charged"

    OFFER_MADE = "offer_made"
    OFFER_LAPSED = "offer_lapsed"
    AUTO_BOOKED = "auto_booked"
    WAITLIST_UNSERVED = "waitlist_unserved"

    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    TOKENS_ADJUSTED = "tokens_adjusted"
    TOKENS_LOW = "tokens_low"
    TOKENS_EXPIRING = "tokens_expiring"
    DEBT_FORGIVEN = "debt_forgiven"
    DEBT_SETTLED = "debt_settled"

    ROLE_CHANGED = "role_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"

    PAYMENT_QUARANTINED = "payment_quarantined"
    INVARIANT_VIOLATED = "invariant_violated"
    RESOURCE_OFF = "resource_off"
    PREPARATION_FAILED = "preparation_failed"
    BOOKING_UNREADY = "booking_unready"


class Topic(StrEnum):
    """What a member may choose not to be told of. Kinds of no topic are always told: money, what is taken away."""

    REMINDER_24H = "reminder_24h"
    REMINDER_30M = "reminder_30m"
    BOOKINGS = "bookings"
    SESSION = "session"
    SESSION_END = "session_end"
    WAITLIST = "waitlist"
    TOKENS = "tokens"


class NoticeStatus(StrEnum):
    """How far a notice is, in the reader's words; it always agrees with `work_status`.

    `pending` and `sending` are pending work, `sent` and `skipped` are done, `failed` is dead. `sending` is set just
    before the call to Telegram: a notice found in it was perhaps sent by a worker that then died, and is sent again.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Notice(Work):
    """One message to one person by one channel."""

    member_id: PydanticObjectId
    channel: Literal["telegram"] = "telegram"
    kind: Kind
    facts: dict[str, Any]
    dedupe_key: str
    replaces: str | None = None
    """The dedupe key of an earlier notice: its message is edited to say this, if it is still there."""
    status: NoticeStatus = NoticeStatus.PENDING
    skip_reason: str | None = None
    message_id: int | None = None
    sent_at: datetime | None = None

    revived = {"status": NoticeStatus.PENDING.value}

    class Settings:
        name = "notices"
        indexes = [
            *WORK_INDEX,
            IndexModel([("dedupe_key", ASCENDING)], unique=True, name="one_per_dedupe_key"),
            IndexModel([("member_id", ASCENDING), ("created_at", DESCENDING)], name="of_member"),
        ]


class Preference(Record):
    """What one member wishes; its id is the member's, so that there is one. Without it everything is told at any time.

    Quiet hours are on the member's own clock (the venue's where theirs is unknown) and may run past midnight.
    """

    muted: list[Topic] = []
    quiet_from: WallTime | None = None
    quiet_until: WallTime | None = None
    """Both or neither."""

    class Settings:
        name = "preferences"


RECORDS: list[type[Record]] = [Notice, Preference]
