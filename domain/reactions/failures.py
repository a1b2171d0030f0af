"""What administrators are told when a rack does not prepare or clear itself."""

from datetime import datetime

from domain import notifications
from domain.kernel import Tx
from domain.notifications import Kind, booking_facts
from domain.provisioning import PREPARATION, PreparationFailed

OUTPUT_MAX = 1500


async def tell_preparation_failed(tx: Tx, event: PreparationFailed, now: datetime) -> None:
    """Which script, how it ended, and the last that it said."""
    facts = {
        "booking": await booking_facts(event.booking_id), "step": event.step, "script": event.script,
        "status": event.status, "failures": event.failures, "exit_code": event.exit_code,
        "output": event.output[-OUTPUT_MAX:], "is_preparation": event.step in PREPARATION,
    }  # fmt: skip
    moment = event.occurred_at.isoformat(timespec="milliseconds")  # it may be tried again and fail again
    await notifications.tell_administrators(
        tx, kind=Kind.PREPARATION_FAILED, facts=facts, now=now, dedupe_key=f"{event.name}:{event.run_id}:{moment}"
    )
