"""What Prometheus reads from us."""

import time
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.kernel import backlog, signs_of_life

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
REQUESTS = Counter("berth_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram("berth_http_request_seconds", "Time to answer", ["route"])
PENDING = Gauge("berth_work_pending", "Work that waits", ["kind"])
DEAD = Gauge("berth_work_dead", "Work that a person must look at", ["kind"])
LAG = Gauge("berth_work_lag_seconds", "Age of the oldest work that is due", ["kind"])
HEARTBEAT = Gauge("berth_worker_heartbeat_age_seconds", "Since this worker was seen", ["role", "instance"])


async def observe_backlog(now: datetime) -> None:
    """Set the gauges that are read from the database."""
    for kind in await backlog(now):
        PENDING.labels(kind.kind).set(kind.pending)
        DEAD.labels(kind.kind).set(kind.dead)
        LAG.labels(kind.kind).set(kind.oldest_age_seconds)
    HEARTBEAT.clear()
    for sign in await signs_of_life():
        HEARTBEAT.labels(sign.role, sign.instance).set(sign.age_seconds)


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
