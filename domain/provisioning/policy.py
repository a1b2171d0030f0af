"""How often and when a script is tried again, and which comes when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.provisioning.models import CLEARING, PREPARATION, StepName
from domain.resources import Hooks

SCRIPT_SECONDS_MAX = 300.0
"""How long one try may last."""
PREPARATION_TRIES_MAX = 5
CLEARING_TRIES_MAX = 12
"""More patient: nobody waits for it, and the next booking must not find what this one left."""
BACKOFF_SECONDS = 5.0
BACKOFF_SECONDS_MAX = 600.0
OUTPUT_BYTES_MAX = 16 * 1024
OUTPUT_TOLD_MAX = 1000
"""Characters at the end of the output that an alert carries."""


def script_for(hooks: Hooks, step: StepName) -> str | None:
    """The script that the rack has for the step."""
    name: str | None = getattr(hooks, step.value)
    return name


def next_step(hooks: Hooks, after: StepName | None) -> StepName | None:
    """The next step of the preparation that the rack has; None when it is done."""
    rest: Sequence[StepName] = PREPARATION if after is None else PREPARATION[PREPARATION.index(after) + 1 :]
    return next((step for step in rest if script_for(hooks, step)), None)


def retry_at(step: StepName, *, failures: int, ends_at: datetime, now: datetime) -> datetime | None:
    """When it is tried again after so many failures; None: never.

    After 5, 10, 20… seconds, ten minutes at most. A preparation has no use from the booking's end on.
    """
    tries_max = CLEARING_TRIES_MAX if step in CLEARING else PREPARATION_TRIES_MAX
    if failures >= tries_max:
        return None
    again_at = now + timedelta(seconds=min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2.0 ** (failures - 1)))
    return None if step in PREPARATION and again_at >= ends_at else again_at
