"""Facts that have happened, stored in the transaction that made them true.

A room announces with `emit(tx, BookingCancelled(…))`; the rows are written once, at the end of the transaction, into
the outbox; `jobs/outbox.py` hands each to `domain/reactions` exactly once.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict

from domain.kernel.leases import BLANK_WORK, WORK_INDEX, Work
from domain.kernel.storage import insert_rows

if TYPE_CHECKING:
    from domain.kernel.transactions import Tx


class Event(BaseModel):
    """A frozen fact in the past tense. `name` is permanent: it is what is stored."""

    model_config = ConfigDict(frozen=True)
    registry: ClassVar[dict[str, type["Event"]]] = {}

    name: ClassVar[str]
    audited: ClassVar[bool] = False
    """An administrative change: it carries `actor_id`, `origin`, `before` and `after`, and lands in the audit log."""
    rests: ClassVar[timedelta] = timedelta()
    """So long after it happened its reactions have their turn, not before."""

    occurred_at: datetime

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Register the event under its name, so that a stored row finds its class again."""
        if "name" in cls.__dict__:
            assert Event.registry.setdefault(cls.name, cls) is cls, f"two events are named {cls.name}"


class AdministrativeEvent(Event):
    """A change somebody made by their office: who, from where, the values before and after."""

    audited: ClassVar[bool] = True

    actor_id: PydanticObjectId | None
    origin: str
    subject_id: PydanticObjectId | None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}


class OutboxEvent(Work):
    """An event waiting for its reactions."""

    name: str
    facts: dict[str, Any]
    occurred_at: datetime

    class Settings:
        name = "outbox"
        indexes = WORK_INDEX

    @classmethod
    async def store(cls, events: list[Event]) -> None:
        """Insert the events of one transaction in one command."""
        # Written as stored: every booking comes by here, and a record made and encoded again costs ten times as much.
        rows = [
            {
                **BLANK_WORK,
                "_id": PydanticObjectId(),
                "not_before": event.occurred_at + event.rests if event.rests else None,
                "name": event.name,
                "facts": event.model_dump(exclude={"occurred_at"}),
                "occurred_at": event.occurred_at,
                "created_at": event.occurred_at + event.rests,  # from then on it waits
                "updated_at": event.occurred_at,
            }
            for event in events
        ]
        await insert_rows(cls, rows)

    def event(self) -> Event:
        """The fact again, as its own class."""
        return Event.registry[self.name].model_validate({**self.facts, "occurred_at": self.occurred_at})


async def emit(tx: "Tx", event: Event) -> None:
    """Announce a fact; it is stored when this transaction commits, and not at all when it does not."""
    tx.events.append(event)
