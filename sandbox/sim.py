"""`/sim/v1` for what all stand-ins share: the clock, faults and events."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.world import FAULTS, Fault, World

SERVICES = ("telegram", "razorpay", "cashfree", "stripe")
WAIT_SECONDS = 25
WAIT_MAX_SECONDS = 60
KEEP_ALIVE_SECONDS = 15
ADVANCE_MAX_SECONDS = 400 * 86_400


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object; empty counts as `{}`; raises the 400 of anything else."""
    body = await request.body()
    if not body:
        return {}
    try:
        decoded = json.loads(body)
    except ValueError:
        raise HTTPException(400, "the body must be JSON") from None
    if not isinstance(decoded, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return decoded


def number(request: Request, name: str, default: float) -> float:
    """A number of the query; raises the 400 of a word."""
    given = request.query_params.get(name, "")
    try:
        return float(given) if given else default
    except ValueError:
        raise HTTPException(400, f"{name} must be a number") from None


def routes(world: World) -> list[BaseRoute]:
    """The shared routes below `/sim/v1`."""
    sim = Sim(world)
    return [
        Route("/sim/v1/clock", sim.clock, methods=["GET"]),
        Route("/sim/v1/clock", sim.advance, methods=["POST"]),
        Route("/sim/v1/faults", sim.faults, methods=["GET"]),
        Route("/sim/v1/faults", sim.schedule, methods=["POST"]),
        Route("/sim/v1/faults", sim.forgive, methods=["DELETE"]),
        Route("/sim/v1/events", sim.events, methods=["GET"]),
    ]


class Sim:
    """The endpoints over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def clock(self, request: Request) -> Response:
        """Tell the time, at once or when it has been moved."""
        if "after_version" in request.query_params:
            await self._world.clock.follow(
                request.query_params.get("follower", "unnamed"),
                after_version=int(number(request, "after_version", 0)),
                wait_seconds=min(number(request, "wait_seconds", WAIT_SECONDS), WAIT_MAX_SECONDS),
            )
        return self._time()

    async def advance(self, request: Request) -> Response:
        """Move the time forward."""
        seconds = (await json_body(request)).get("advance_seconds")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= ADVANCE_MAX_SECONDS:
            raise HTTPException(400, f"advance_seconds must be a whole number from 1 to {ADVANCE_MAX_SECONDS}")
        await self._world.clock.advance(seconds)
        self._world.events.publish("clock", offset_seconds=self._world.clock.offset_seconds)
        return self._time()

    def _time(self) -> Response:
        clock = self._world.clock
        unix = clock.now()
        now = datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds")
        return JSONResponse(
            {"now": now, "unix": unix, "offset_seconds": clock.offset_seconds, "version": clock.version}
        )

    async def faults(self, _: Request) -> Response:
        """List what is still scheduled."""
        return JSONResponse([vars(fault) for fault in self._world.faults.scheduled])

    async def schedule(self, request: Request) -> Response:
        """Schedule one fault."""
        fault = _fault(await json_body(request))
        self._world.faults.scheduled.append(fault)
        return JSONResponse(vars(fault))

    async def forgive(self, _: Request) -> Response:
        """Remove all faults."""
        self._world.faults.scheduled.clear()
        return JSONResponse({"ok": True})

    async def events(self, request: Request) -> Response:
        """Say what happened, as a stream or after at most `wait_seconds`."""
        events = self._world.events
        last_seen = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(last_seen) if last_seen.isdigit() else events.last_id
        if "text/event-stream" in request.headers.get("accept", ""):
            headers = {"cache-control": "no-store"}
            return StreamingResponse(self._stream(after), media_type="text/event-stream", headers=headers)
        wait_seconds = min(number(request, "wait_seconds", WAIT_SECONDS), WAIT_MAX_SECONDS)
        found = await events.wait(after=after, wait_seconds=wait_seconds)
        return JSONResponse({"events": found, "last_event_id": events.last_id})

    async def _stream(self, after: int) -> AsyncIterator[str]:
        yield ": welcome\n\n"
        while not self._world.events.is_closed:
            found = await self._world.events.wait(after=after, wait_seconds=KEEP_ALIVE_SECONDS)
            if not found:
                yield ": still here\n\n"
            for event in found:
                after = event["id"]
                yield f"id: {after}\ndata: {json.dumps(event)}\n\n"


def _fault(body: dict[str, Any]) -> Fault:
    if body.get("service") not in SERVICES:
        raise HTTPException(400, f"service must be one of {', '.join(SERVICES)}")
    if str(body.get("fault")) not in FAULTS:
        raise HTTPException(400, f"fault must be one of {', '.join(FAULTS)}")
    numbers = {
        "times": body.get("times", 1),
        "retry_after": body.get("retry_after", 1),
        "delay_ms": body.get("delay_ms", 0),
    }
    for name, value in numbers.items():
        if not isinstance(value, int) or value < 0:
            raise HTTPException(400, f"{name} must be a whole number that is not negative")
    return Fault(service=body["service"], route=str(body.get("route", "")), fault=str(body["fault"]), **numbers)
