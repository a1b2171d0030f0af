"""The stored run of a script, and the indexes by which a resource has one script at a time."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.kernel import WORK_INDEX, Record, Row, Work

ONE_AT_A_TIME = "one_running_per_resource"
ONE_PER_NUMBER = "one_per_number"
ONE_OPEN_PER_STEP = "one_open_per_step"


class StepName(StrEnum):
    """What a script is for; the names are those of the rack's hooks."""

    PROVISION = "provision"
    POWER_ON = "power_on"
    POWER_OFF = "power_off"
    DEPROVISION = "deprovision"


PREPARATION = (StepName.PROVISION, StepName.POWER_ON)
"""Before the session, each after the success of the one before it."""
CLEARING = (StepName.POWER_OFF, StepName.DEPROVISION)
"""After it, each when the one before it has ended in any way."""


class RunStatus(StrEnum):
    """`pending → running → succeeded`, back to `pending` for another try, `failed` or `timed_out` after the last one.

    `cancelled`: what it prepared for is over, or a person said that it is not needed.
    """

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"


class ProvisioningRun(Work):
    """One script for one booking. `attempts` counts how often it was begun, `failures` how often it went wrong."""

    booking_id: PydanticObjectId
    resource_id: PydanticObjectId
    starts_at: datetime
    ends_at: datetime
    """The booking's times as they were: a booking that was moved has runs of its earlier times too."""
    number: int
    """Its place in the order of its resource."""
    step: StepName
    script: str
    status: RunStatus = RunStatus.PENDING
    exit_code: int | None = None
    """Of the last try; None when it did not end by itself."""
    output: str = ""
    """The end of what the last try said, without access data."""
    access: str | None = None
    """Encrypted JSON; only while the booking has a use for it."""
    started_at: datetime | None = None
    """Of the last try."""
    finished_at: datetime | None = None

    claim_order: ClassVar[list[tuple[str, int]]] = [("number", ASCENDING)]
    revived: ClassVar[Row] = {"status": RunStatus.PENDING.value, "finished_at": None}

    class Settings:
        name = "provisioning_runs"
        indexes = [
            *WORK_INDEX,
            IndexModel(
                [("resource_id", ASCENDING)], unique=True, name=ONE_AT_A_TIME,
                partialFilterExpression={"status": RunStatus.RUNNING.value},
            ),
            IndexModel([("resource_id", ASCENDING), ("number", ASCENDING)], unique=True, name=ONE_PER_NUMBER),
            IndexModel(
                [("booking_id", ASCENDING), ("resource_id", ASCENDING), ("step", ASCENDING)], unique=True,
                name=ONE_OPEN_PER_STEP, partialFilterExpression={"work_status": "pending"},
            ),
            IndexModel([("booking_id", ASCENDING), ("_id", ASCENDING)], name="by_booking"),
            IndexModel(
                [("lease_until", ASCENDING)], name="leased", partialFilterExpression={"lease_until": {"$type": "date"}}
            ),
            IndexModel([("status", ASCENDING), ("_id", DESCENDING)], name="by_status"),
        ]  # fmt: skip


RECORDS: list[type[Record]] = [ProvisioningRun]
