"""What was found, as one table; and the machine it was found on."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HEADINGS = ("", "what", "at once", "per second", "p50 ms", "p95 ms", "remark")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table. `part` is the letter of the part; figures that make no sense for it are None."""

    part: str
    what: str
    at_once: int | None = None
    rate: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    remark: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as texts under `HEADINGS`."""
        at_once = "" if self.at_once is None else str(self.at_once)
        return (
            self.part, self.what, at_once, _number(self.rate), _number(self.p50_ms), _number(self.p95_ms), self.remark,
        )  # fmt: skip


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def percentile(sorted_values: Sequence[float], percent: int) -> float:
    """The value that `percent` of all do not exceed (nearest rank)."""
    return sorted_values[max(0, -(-len(sorted_values) * percent // 100) - 1)]


def verdict(ratio: float, *, target: float) -> str:
    """A ratio beside its target, said plainly."""
    return f"ratio {ratio:.2f}, target {target:.2f}: {'met' if ratio >= target else 'MISSED'}"


def table(lines: Iterable[Line]) -> str:
    """All lines as one Markdown table with even columns."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    numeric = range(2, 6)
    shown = [
        "| "
        + " | ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (w + 1) + (":" if c in numeric else "-") for c, w in enumerate(widths)) + "|"
    return "\n".join([shown[0], rule, *shown[1:]])


def machine(mongod_version: str) -> str:
    """The machine in one line, with how busy it was with other things."""
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory_kb = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{os.cpu_count()} × {processor}, {memory_kb / 2**20:.1f} GiB; Linux {platform.release()}; "
        f"Python {platform.python_version()}; MongoDB {mongod_version}, a replica set of one; load before: {busy}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
