"""Whether we are alive, whether we can serve, and figures for Prometheus."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from pymongo.errors import PyMongoError

from api.dependencies import Now, ServicesDep
from api.envelope import Answer
from api.metrics import observe_backlog
from domain.kernel import Sign, Unavailable, signs_of_life

router = APIRouter(tags=["operation"])

ROLES_EXPECTED = ("bot", "jobs")


class Readiness(BaseModel):
    """Seconds since each kind of worker was last seen at work."""

    database: bool
    workers: dict[str, float]


@router.get("/health", summary="Is the process alive")
async def health() -> Answer[dict[str, str]]:
    """Answers as long as the process does."""
    return Answer(data={"status": "alive"})


def fresh(signs: list[Sign]) -> dict[str, float]:
    """Of every role that can be counted on, how long ago its last instance was seen, in seconds."""
    youngest_last = reversed([sign for sign in signs if sign.is_fresh])
    return {sign.role: round(sign.age_seconds, 1) for sign in youngest_last}


@router.get("/ready", summary="Can we serve", responses={503: {"description": "Something we need is away"}})
async def ready(given: ServicesDep) -> Answer[Readiness]:
    """The database answers and every kind of worker was seen within a few seconds. Else 503."""
    try:
        seen = fresh(await signs_of_life())
    except PyMongoError as error:
        raise Unavailable(service="mongodb") from error
    late = sorted(role for role in ROLES_EXPECTED if role not in seen)
    if late:
        raise Unavailable(workers=", ".join(late))
    return Answer(data=Readiness(database=True, workers=seen))


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(now: Now) -> Response:
    """Requests, backlog and lag in Prometheus' text format."""
    await observe_backlog(now)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
