"""What happened to the preparation of racks."""

from datetime import datetime
from typing import ClassVar

from beanie import PydanticObjectId

from domain.kernel import AdministrativeEvent, Event


class PreparationFailed(Event):
    """A script was tried as often as it may be and did not succeed; a person must look.

    `step` says whether the rack could not be prepared (the booking waits) or not be cleared (the session is over).
    `output` is the end of what it said.
    """

    name: ClassVar[str] = "provisioning.failed"
    run_id: PydanticObjectId
    booking_id: PydanticObjectId
    resource_id: PydanticObjectId
    code: str
    starts_at: datetime
    ends_at: datetime
    step: str
    script: str
    status: str
    failures: int
    exit_code: int | None
    output: str


class PreparationRetried(AdministrativeEvent):
    """An operator had a script that was given up tried again; the subject is the booking, `after` names the step."""

    name: ClassVar[str] = "provisioning.retried"
