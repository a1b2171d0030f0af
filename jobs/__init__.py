"""The clock edge: what happens when time passes, and what follows from what has happened.

`run` keeps workers and the timetable going: webhooks from the inbox, events from the outbox, notices to people, scripts
that prepare racks. Each is woken by a change stream, so that a payment's receipt is in the chat within a second of its
webhook. Beside them every step that time takes has a worker of its own (`jobs/steps.py`), woken by the timetable.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any

from domain.kernel import Bell, Clock, InboxItem, OutboxEvent, ring_on_insert, stop_beating, tenant
from domain.notifications import Notice
from domain.provisioning import ProvisioningRun
from jobs import delivery, inbox, outbox, provisioning, steps
from jobs.outage import is_outage
from jobs.services import Services
from jobs.steps import StepWorker
from jobs.timetable import Timetable
from jobs.worker import Worker

__all__ = ["Services", "run"]

log = logging.getLogger(__name__)


LOOK_SECONDS = 0.1
JUMP_SECONDS = 1.0

NOT_FOR_THE_BOT = {"fullDocument.source": {"$ne": "telegram"}}
"""Updates in the inbox are the bot's; they would only wake us for nothing, once a tap."""


async def run(services: Services) -> None:
    """Run until cancelled; then finish what is held, say goodbye and return. Raises whatever kills a part."""
    with tenant(services.database):
        await _run(services)


async def _run(services: Services) -> None:
    given = (services.transact, services.clock)
    workers = {
        InboxItem.get_collection_name(): inbox.worker(*given, services.gateway),
        OutboxEvent.get_collection_name(): outbox.worker(*given),
        Notice.get_collection_name(): delivery.worker(services.bot, *given),
        ProvisioningRun.get_collection_name(): provisioning.worker(*given, services.vault, services.scripts),
    }
    bells = {name: worker.bell for name, worker in workers.items()}
    stepping = steps.workers(*given)
    timetable = Timetable(services=services, bells=[*bells.values(), *(worker.bell for worker in stepping)])
    scheduler = timetable.scheduler()
    scheduler.start()
    parts: list[Worker[Any] | StepWorker] = [*workers.values(), *stepping]
    working = [_part(part.name, part.run()) for part in parts]
    listening = _part("bell", ring_on_insert(services.database, bells, where=NOT_FOR_THE_BOT))
    watching = _part("clock", _ring_on_jump(services.clock, timetable.bells))
    log.info("jobs run as %s", timetable.instance)
    try:
        ended, _ = await asyncio.wait([*working, listening, watching], return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()  # none of them ends by itself: what killed it ends the process, which is started again
    except asyncio.CancelledError:
        log.info("jobs are asked to end, finishing what they hold")
    finally:
        scheduler.shutdown(wait=False)
        for part in parts:
            part.stop()
        listening.cancel()
        watching.cancel()
        await asyncio.wait([*working, listening, watching])
        await _say_goodbye(timetable)


async def _ring_on_jump(clock: Clock, bells: list[Bell]) -> None:
    """Wake everybody when the clock goes otherwise than time does: a machine that slept, or the demo's clock moved."""
    while True:
        before, began = clock(), time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
        passed_seconds = (clock() - before).total_seconds()
        if abs(passed_seconds - (time.monotonic() - began)) > JUMP_SECONDS:
            for bell in bells:
                bell.ring()


def _part(name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work, name=name)


async def _say_goodbye(timetable: Timetable) -> None:
    try:
        await timetable.finish()
        await stop_beating(role="jobs", instance=timetable.instance)
    except Exception as error:
        if not is_outage(error):
            raise
