"""What Prometheus reads from us (the names are listed in docs/deployment.md)."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import bookings, waitlists, wallets
from domain.kernel import DueRows, Record, Sign, Timed, backlog, backlog_of_step, signs_of_life

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
REQUESTS = Counter("berth_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram("berth_http_request_seconds", "Time to answer", ["route"])
PENDING = Gauge("berth_work_pending", "Work that waits", ["kind"])
DEAD = Gauge("berth_work_dead", "Work that a person must look at", ["kind"])
LAG = Gauge("berth_work_lag_seconds", "Age of the oldest work that is due", ["kind"])
DUE = Gauge("berth_step_due", "Rows that wait for a step", ["step"])
LATE = Gauge("berth_step_late_seconds", "How late the latest row is that waits for a step", ["step"])
HEARTBEAT = Gauge("berth_worker_heartbeat_age_seconds", "Since this worker was seen", ["role", "instance"])

STEPS: dict[str, tuple[type[Record], Mapping[str, Timed]]] = {
    "bookings": (bookings.Booking, bookings.STEPS),
    "waitlists": (waitlists.WaitlistEntry, waitlists.STEPS),
    "wallets": (wallets.Wallet, wallets.STEPS),
}
"""Where time passes, as `jobs/steps.py` has it, and in which records."""


class FiguresOfJobs(Collector):
    """What the jobs processes have counted, as they said with their last heartbeat; `instance` tells them apart."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        self._signs = signs

    def collect(self) -> Iterator[Metric]:
        """Every sample under its own name."""
        found: dict[str, Metric] = {}
        for sign in self._signs:
            for name, labels, value in sign.facts.get("figures", []):
                metric = found.setdefault(name, Metric(name, "Counted by a jobs process.", "unknown"))
                metric.add_sample(name, {**labels, "instance": sign.instance}, value)
        yield from found.values()


async def due_rows(now: datetime) -> dict[str, DueRows]:
    """What is due for every step of every room, by `room.step`."""
    return {
        f"{room}.{name}": await backlog_of_step(kind, step, now=now)
        for room, (kind, steps) in STEPS.items()
        for name, step in steps.items()
    }


async def observe_backlog(now: datetime) -> list[Sign]:
    """Set the gauges that are read from the database, and answer the signs of life that they came from."""
    for kind in await backlog(now):
        PENDING.labels(kind.kind).set(kind.pending)
        DEAD.labels(kind.kind).set(kind.dead)
        LAG.labels(kind.kind).set(kind.oldest_age_seconds)
    for step, waiting in (await due_rows(now)).items():
        DUE.labels(step).set(waiting.pending)
        LATE.labels(step).set(waiting.late_seconds)
    signs = await signs_of_life()
    HEARTBEAT.clear()
    for sign in signs:
        HEARTBEAT.labels(sign.role, sign.instance).set(sign.age_seconds)
    return signs


class Measured:
    """ASGI middleware that counts and times every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and observe its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def observing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, observing)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if scope["method"] in METHODS else "other"  # anybody may make up methods
            REQUESTS.labels(method, route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)
