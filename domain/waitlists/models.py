"""The stored place in line."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.bookings import NOBODY
from domain.kernel import Record
from domain.resources import Kind, Options, Part

ENTRIES_MAX = 10
"""How many open entries one member may have."""
SKIPS_KEPT = 10
ONE_PER_KEY = "one_per_key"
ONE_PER_PLACE = "one_per_place"
ONE_PER_WISH = "one_open_per_wish"

SkipReason = Literal["disabled", "blocked", "debt", "too_many_bookings", "vehicle", "too_soon", "unavailable"]
"""Why a time that was free for them was not offered: the member is disabled, has blocked the bot, owes tokens or has
no place left for a booking; the vehicle is not theirs any more; it was too near; or the operator took it back."""
EndReason = Literal["window_over", "offer_lapsed", "hold_lapsed", "passed", "left"]


class Status(StrEnum):
    """`waiting → offered → accepted | declined | lapsed`; an end without an offer is `lapsed`, left is `cancelled`.

    `waiting → accepted` is a booking made for a member who asked for it (`auto_book`); `offered → waiting` happens only
    when the operator takes the offered time back.
    """

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


OPEN = (Status.WAITING, Status.OFFERED)


class Skip(Part):
    """A time that was free for the member and went past them."""

    at: datetime
    resource_code: str
    starts_at: datetime
    reason: SkipReason


class WaitlistEntry(Record):
    """One member waiting for one resource, or for any that matches, within a window."""

    member_id: PydanticObjectId
    resource_id: PydanticObjectId | None
    """None is any of the `kind` that offers `aci_version` and stands at `venue_id`, where these are set."""
    kind: Kind
    aci_version: str | None = None
    venue_id: PydanticObjectId | None = None
    target: str
    """The three above in one word: a member waits once for the same target and window."""
    window_starts_at: datetime
    window_ends_at: datetime
    length_minutes: int | None
    """How long they want it; None is the whole window."""
    last_start_at: datetime
    """The last moment at which what they want could begin."""
    options: Options
    auto_book: bool
    cost_tokens_max: int
    """The price that the member saw: more is never paid without asking."""
    priority: Literal[0, 1] = 1
    """0 comes first: the operator's maintenance had taken their time."""
    status: Status = Status.WAITING
    place: int | None
    """Which of the member's `ENTRIES_MAX` places for open entries this one fills; None once it is over."""
    key: str
    """The command's key, unique per member."""
    origin: str
    offers: int = 0
    booking_id: PydanticObjectId | None = None
    """What is or was last offered, or was booked."""
    offer_expires_at: datetime | None = None
    """Until when the offer waits for an answer; None when there is none, or it has become the member's own hold."""
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    skips: list[Skip] = []
    """The last few times that went past them, with the reason."""
    looked_at: datetime
    """When it was last asked, for this entry, whether there is something."""
    lease_until: datetime | None = None
    lease_token: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether they still wait, or have an offer to answer."""
        return self.status in OPEN

    class Settings:
        name = "waitlist_entries"
        indexes = [
            IndexModel([("member_id", ASCENDING), ("key", ASCENDING)], unique=True, name=ONE_PER_KEY),
            IndexModel(
                [("member_id", ASCENDING), ("place", ASCENDING)], unique=True, name=ONE_PER_PLACE,
                partialFilterExpression={"place": {"$gte": 0}},
            ),
            IndexModel(
                [
                    ("member_id", ASCENDING), ("target", ASCENDING), ("window_starts_at", ASCENDING),
                    ("window_ends_at", ASCENDING),
                ],
                unique=True, name=ONE_PER_WISH, partialFilterExpression={"place": {"$gte": 0}},
            ),
            # Who is next: in a resource's own line and in that of its kind, each in the order of being asked.
            IndexModel(
                [
                    ("kind", ASCENDING), ("resource_id", ASCENDING), ("status", ASCENDING), ("priority", ASCENDING),
                    ("_id", ASCENDING), ("window_starts_at", ASCENDING), ("window_ends_at", ASCENDING),
                ],
                name="in_line", partialFilterExpression={"place": {"$gte": 0}},
            ),
            # What time does to entries (service/passing.py).
            IndexModel(
                [("offer_expires_at", ASCENDING)], name="lapsing",
                partialFilterExpression={"status": Status.OFFERED.value},
            ),
            IndexModel(
                [("last_start_at", ASCENDING)], name="expiring",
                partialFilterExpression={"status": Status.WAITING.value},
            ),
            IndexModel(
                [("looked_at", ASCENDING)], name="sweeping", partialFilterExpression={"status": Status.WAITING.value}
            ),
            IndexModel(
                [("booking_id", ASCENDING)], name="by_booking",
                partialFilterExpression={"booking_id": {"$gt": NOBODY}},  # by `$type` equality would not use it
            ),
            IndexModel([("member_id", ASCENDING), ("_id", DESCENDING)], name="by_member"),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [WaitlistEntry]
