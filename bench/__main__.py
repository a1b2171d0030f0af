"""`python -m bench [abcdefgh…]`: every figure of docs/benchmarks.md, measured in one run on this machine.

Parts: a the floor, b `bookings.book` beside it, c a tap, d availability, e memory after the taps, f what is due by
time, g notices, h occupancy to many. Without arguments all of them. a and b are one measurement, and so are c and e.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from pymongo import AsyncMongoClient

from app.mongod import EmbeddedMongo
from bench import availability, book, due, follow, notices, taps
from bench.processes import free_port
from bench.report import Line, machine, table, verdict
from domain.kernel import Row

PARTS = "abcdefgh"
BOOK_TARGET = 0.7


async def bookings_beside_floor(client: AsyncMongoClient[Row], *, passes: int) -> list[Line]:
    """Parts (a) and (b)."""
    stage = book.Stage(client, client["bench_book"])
    await stage.prepare()
    rates = await book.measure(stage, passes=passes)
    lines = [
        Line(part="a", what="five raw writes in one majority transaction", at_once=at_once, rate=rate, remark="floor")
        for at_once, rate in rates.floor.items()
    ]
    for at_once, rate in rates.book.items():
        remark = verdict(rate / rates.floor[at_once], target=BOOK_TARGET)
        lines.append(Line(part="b", what="bookings.book through the domain", at_once=at_once, rate=rate, remark=remark))
    return lines


async def measure(parts: set[str]) -> tuple[str, list[Line]]:
    """The machine, and a line for every figure of these parts."""
    with tempfile.TemporaryDirectory(prefix="berth-bench-") as name:
        folder = Path(name)
        mongo = EmbeddedMongo(folder / "db", port=free_port())
        await asyncio.to_thread(mongo.start)
        try:
            async with AsyncMongoClient[Row](mongo.uri, tz_aware=True) as client:
                described = machine((await client.server_info())["version"])
                lines: list[Line] = []
                if parts & {"a", "b"}:
                    _say("a and b: the floor and bookings.book")
                    lines += await bookings_beside_floor(client, passes=book.PASSES)
                if parts & {"c", "e"}:
                    _say("c and e: taps, and memory after them")
                    lines += await taps.measure(mongo, folder, taps.Load())
                if "d" in parts:
                    _say("d: availability")
                    lines += await availability.measure(client, availability.Size())
                if "f" in parts:
                    _say("f: what is due by time")
                    lines += await due.measure(client, mongo.uri, due.Size())
                if "g" in parts:
                    _say("g: notices")
                    lines += await notices.measure(mongo, folder, notices.Size())
                if "h" in parts:
                    _say("h: occupancy to many")
                    lines += await follow.measure(mongo, folder, follow.Size())
            return described, [line for line in lines if line.part in parts]
        finally:
            await asyncio.to_thread(mongo.stop)


def _say(what: str) -> None:
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """Measure and print; anything but letters of `PARTS` is a mistake."""
    parts = set("".join(arguments)) or set(PARTS)
    if not parts <= set(PARTS):
        sys.exit(f"usage: python -m bench [{PARTS}]   letters of the parts to measure, all when absent")
    began = time.monotonic()
    described, lines = asyncio.run(measure(parts))
    lines.sort(key=lambda line: line.part)
    print(f"{described}\n\n{table(lines)}\n\nMeasured in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
