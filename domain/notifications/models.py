"""The stored notice."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import WORK_INDEX, Record, Work


class Kind(StrEnum):
    """What a notice tells; the facts each kind carries are listed in `facts.py`."""

    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_CANCELLED = "booking_cancelled"
    HOLD_LAPSED = "hold_lapsed"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_QUARANTINED = "payment_quarantined"
    TOKENS_ADJUSTED = "tokens_adjusted"
    ROLE_CHANGED = "role_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    INVARIANT_VIOLATED = "invariant_violated"


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


RECORDS: list[type[Record]] = [Notice]
