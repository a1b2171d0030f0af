"""Whether we are alive, whether we can serve, and figures for Prometheus."""

from collections import Counter
from datetime import datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel
from pymongo.errors import PyMongoError

from api.dependencies import Now, ServicesDep
from api.envelope import Answer
from api.metrics import FiguresOfJobs, due_rows, observe_backlog
from domain.kernel import Sign, Unavailable, backlog, signs_of_life

router = APIRouter(tags=["operation"])

ROLES_EXPECTED = ("bot", "jobs")


LATE_SECONDS = 60.0


class Readiness(BaseModel):
    """Seconds since each kind of worker was last seen at work, how many of them are, and what they are late with.

    `late`: seconds, of each kind of work and each step of time that waits for longer than a minute. It does not make
    us unready: we can serve, and whoever watches should add workers or look for a fault.
    """

    database: bool
    workers: dict[str, float]
    instances: dict[str, int]
    late: dict[str, float]


@router.get("/health", summary="Is the process alive")
async def health() -> Answer[dict[str, str]]:
    """Answers as long as the process does."""
    return Answer(data={"status": "alive"})


def fresh(signs: list[Sign]) -> dict[str, float]:
    """Of every role that can be counted on, how long ago its last instance was seen, in seconds."""
    youngest_last = reversed([sign for sign in signs if sign.is_fresh])
    return {sign.role: round(sign.age_seconds, 1) for sign in youngest_last}


@router.get("/ready", summary="Can we serve", responses={503: {"description": "Something we need is away"}})
async def ready(given: ServicesDep, now: Now) -> Answer[Readiness]:
    """The database answers and every kind of worker was seen within a few seconds. Else 503."""
    try:
        signs = await signs_of_life()
        seen = fresh(signs)
        missing = sorted(role for role in ROLES_EXPECTED if role not in seen)
        if missing:
            raise Unavailable(workers=", ".join(missing))
        late = await _late(now)
    except PyMongoError as error:
        raise Unavailable(service="mongodb") from error
    instances = Counter(sign.role for sign in signs if sign.is_fresh)
    return Answer(data=Readiness(database=True, workers=seen, instances=dict(instances), late=late))


async def _late(now: datetime) -> dict[str, float]:
    waiting = {kind.kind: kind.oldest_age_seconds for kind in await backlog(now)}
    waiting |= {step: rows.late_seconds for step, rows in (await due_rows(now)).items()}
    return {what: round(seconds, 1) for what, seconds in waiting.items() if seconds > LATE_SECONDS}


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(now: Now) -> Response:
    """Requests, backlog and lag, and what the jobs processes have counted, in Prometheus' text format."""
    of_jobs = CollectorRegistry()
    of_jobs.register(FiguresOfJobs(await observe_backlog(now)))
    return Response(generate_latest() + generate_latest(of_jobs), media_type=CONTENT_TYPE_LATEST)
