"""The stored member."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from domain.kernel import Record
from domain.people.actors import Role

LANGUAGES = ("en", "hi")
NAME_MAX = 128


class Member(Record):
    """A person who books. `language` and `timezone` are None until the person was asked once."""

    telegram_id: int
    username: str | None = None
    name: str
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    role: Role = Role.MEMBER
    is_active: bool = True
    is_blocked: bool = False
    """The person blocked the bot: nothing is sent until they write again."""
    joined_at: datetime
    last_seen_at: datetime
    referral_code: str
    consent_at: datetime | None = None
    api_token_digest: str | None = None
    venue_id: PydanticObjectId | None = None
    """Where staff work; None is everywhere."""

    class Settings:
        name = "members"
        indexes = [
            IndexModel([("telegram_id", ASCENDING)], unique=True, name="one_per_telegram_id"),
            IndexModel([("referral_code", ASCENDING)], unique=True, name="one_per_referral_code"),
            IndexModel(
                [("api_token_digest", ASCENDING)], unique=True, name="one_per_api_token",
                partialFilterExpression={"api_token_digest": {"$gt": ""}},
            ),
            IndexModel([("role", ASCENDING)], name="by_role"),
            IndexModel([("username", ASCENDING)], name="by_username"),
        ]  # fmt: skip


RECORDS = [Member]
