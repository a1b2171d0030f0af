"""The time grid: moments cut into quanta, and the cells (resource, quantum) that a booking occupies.

A quantum is counted in whole minutes since the epoch in UTC, so cells know nothing of time zones and clock changes.
"""

from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def quantum_of(moment: datetime, *, quantum_minutes: int) -> int:
    """The number of the quantum that begins at `moment`, which must lie on the grid."""
    number, rest = divmod(moment - EPOCH, quantum_minutes * MINUTE)
    assert not rest, f"{moment} is not on a {quantum_minutes}-minute grid"
    return number


def cells(resource_id: PydanticObjectId, starts_at: datetime, ends_at: datetime, *, quantum_minutes: int) -> list[str]:
    """The cells from `starts_at` until before `ends_at`, as `<resource>:<quantum>`, each once."""
    first = quantum_of(starts_at, quantum_minutes=quantum_minutes)
    last = quantum_of(ends_at, quantum_minutes=quantum_minutes)
    return [f"{resource_id}:{number}" for number in range(first, last)]
