"""Provisioning: the scripts that prepare a rack for a booking and put it away afterwards.

Nouns: `ProvisioningRun` (one script for one booking, leased work), its *step* (`provision`, `power_on` before the
session; `power_off`, `deprovision` after it: the rack's `Hooks` name the script of each), *access data* (what a script
says of how to get in), `ScriptRunner` (the port through which a script is run), `Outcome` (how one try ended).
Rules: a preparation begins with `BookingPreparing`; after the last step the booking is ready. A try that fails is
repeated after 5, 10, 20… seconds, a preparation five times and not beyond the booking's end, a clearing twelve times;
then it is given up and `PreparationFailed` tells the administrators once. Who may change racks can have it tried again
or declare the rack ready by hand. When a booking ends in any way, or moves, what was begun for it is ended, its access
data wiped, and the rack is switched off and wiped. A clearing that is given up does not stop the next booking.
Invariants: one script at a time per resource, in the order of `number`, by the index `one_running_per_resource`, and
by the lease of a run that was revoked, which bars the resource until its worker has ended the script; so the next
booking's preparation never overtakes the clearing of the one before. What follows from a try happens with the end of
its lease, or not at all.
What is not promised: a script runs at least once, not exactly once. A worker that dies or stands still is replaced
when its lease ends (30 seconds), and the step is begun again from its start; the script of one that stands still may
even run at the same time as its replacement. Scripts must therefore be such that doing them twice, or breaking them
off and doing them again, is doing them once. Access data are known only by their form (one line of JSON); a script
that prints a password otherwise puts it into the log that administrators read.
Errors: RunNotFound, NotRetryable; NotPreparing and BookingNotFound from bookings; verbs on a leased run raise
`LeaseLost`.
"""

from domain.provisioning.errors import NotRetryable, RunNotFound
from domain.provisioning.events import PreparationFailed, PreparationRetried
from domain.provisioning.models import CLEARING, PREPARATION, RECORDS, ProvisioningRun, RunStatus, StepName
from domain.provisioning.policy import OUTPUT_BYTES_MAX, SCRIPT_SECONDS_MAX
from domain.provisioning.queries import RunView, access, of_booking, recent
from domain.provisioning.scripts import Outcome, ScriptRunner
from domain.provisioning.service import (
    begin,
    claim,
    clear,
    declare_ready,
    facts_of,
    finish,
    give_back,
    let_go,
    retry,
    stand_down,
    stand_down_moved,
)

__all__ = [
    "CLEARING", "OUTPUT_BYTES_MAX", "PREPARATION", "RECORDS", "SCRIPT_SECONDS_MAX", "NotRetryable", "Outcome",
    "PreparationFailed", "PreparationRetried", "ProvisioningRun", "RunNotFound", "RunStatus", "RunView",
    "ScriptRunner", "StepName", "access", "begin", "claim", "clear", "declare_ready", "facts_of", "finish",
    "give_back", "let_go", "of_booking", "recent", "retry", "stand_down", "stand_down_moved",
]  # fmt: skip
