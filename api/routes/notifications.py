"""What the caller wants to be told, and when not."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.dependencies import Caller, Changer, Now, ServicesDep
from api.envelope import Answer
from api.forms import REFUSALS, body
from domain import notifications, people
from domain.kernel import Tx
from domain.notifications import Preference, Topic

router = APIRouter(prefix="/api/v1/me/notifications", tags=["notifications"], responses=REFUSALS)

HOURS: JsonDict = {"from": "22:00", "until": "07:00"}
EXAMPLE = {"topics": {"session_end": False, "waitlist": True}, "quiet_hours": HOURS}
WallTime = Annotated[str, Field(max_length=5, examples=["22:00"])]


class QuietHours(BaseModel):
    """Between these times of day, as HH:MM on the person's own clock, only what is urgent comes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": HOURS})

    begins: WallTime = Field(alias="from")
    until: WallTime


class Preferences(BaseModel):
    """Topics that may be muted (what is left out is told), and quiet hours, or null for none."""

    model_config = body(**EXAMPLE)

    topics: dict[Annotated[str, Field(max_length=32)], bool] = Field(default={}, max_length=50)
    quiet_hours: QuietHours | None = None


def view(preference: Preference) -> Preferences:
    """The preferences as programs see them: every topic is named."""
    topics = {topic.value: topic not in preference.muted for topic in Topic}
    if preference.quiet_from is None or preference.quiet_until is None:
        return Preferences(topics=topics)
    return Preferences(topics=topics, quiet_hours=_hours(preference.quiet_from, preference.quiet_until))


def _hours(begins: str, until: str) -> QuietHours:
    return QuietHours.model_validate({"from": begins, "until": until})


@router.get("", summary="See what you are told")
async def see(actor: Caller, now: Now) -> Answer[Preferences]:
    """Every topic, and the caller's quiet hours."""
    assert actor.member_id is not None
    return Answer(data=view(await notifications.preference_of(actor.member_id, now=now)))


@router.put("", summary="Choose what you are told")
async def choose(wanted: Preferences, given: ServicesDep, actor: Changer, now: Now) -> Answer[Preferences]:
    """Replace the caller's choice as a whole. What takes something away, and money, is always told."""

    async def verb(tx: Tx, *, actor: people.Actor) -> Preference:
        told = {topic.value: True for topic in Topic} | wanted.topics
        for topic, is_on in told.items():
            await notifications.set_topic(tx, actor=actor, topic=topic, is_on=is_on, now=now)
        hours = wanted.quiet_hours
        return await notifications.set_quiet_hours(
            tx, actor=actor, quiet_from=hours.begins if hours else None, quiet_until=hours.until if hours else None,
            now=now,
        )  # fmt: skip

    return Answer(data=view(await given.transact(verb, actor=actor)), message="Chosen.")
