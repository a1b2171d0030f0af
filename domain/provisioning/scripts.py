"""The port through which scripts are run; its adapter belongs to the composition root."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from domain.kernel import Row


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one try of a script ended. `exit_code` is None when it did not end by itself, or never began.

    `output` is the end of what it said, without access data; `access` what it said of how to get in, when it succeeded.
    """

    status: Literal["succeeded", "failed", "timed_out"]
    exit_code: int | None
    output: str
    access: dict[str, str] | None = field(default=None, repr=False)


class ScriptRunner(Protocol):
    """Runs a script by name."""

    async def run(self, name: str, facts: Row, *, timeout_seconds: float) -> Outcome:
        """Run it to its end, or to the end of its time. A caller who is cancelled takes the script along."""
        ...
