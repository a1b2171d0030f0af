"""Weekdays and hours as an operator types them: `Mon-Fri 09:00-21:00`, one line per pattern."""

import re
from collections.abc import Iterable

from babel.dates import get_day_names

from bot.views.reader import Reader
from domain.resources import OpeningInterval, PriceRule

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHOWN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""What is typed is the same in every language, so that a shown line can be copied back."""
ROUND_THE_CLOCK = "24/7"
LINE = re.compile(r"^(?P<days>\D+?)\s+(?P<rest>\d.*)$")
TIMES = re.compile(r"^(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)$")


def days_of(text: str) -> list[int]:
    """Monday is 0: `Mon-Wed, Sat` is 0, 1, 2 and 5. Raises ValueError."""
    days: list[int] = []
    for part in re.split(r"[,\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip())):
        first, _, last = part.partition("-")
        begin, end = _day(first), _day(last or first)
        days += range(begin, end + 1) if begin <= end else [*range(begin, 7), *range(end + 1)]
    return sorted(set(days))


def _day(text: str) -> int:
    return DAYS.index(text.strip().lower()[:3])


def _times(text: str) -> tuple[str, str]:
    found = TIMES.match(text.strip())
    if found is None:
        raise ValueError(text)
    return found[1].zfill(5), found[2].zfill(5)


def read_hours(text: str) -> list[list[dict[str, str]]]:
    """Opening hours of seven days; none for `24/7`. Raises ValueError."""
    if text.strip() == ROUND_THE_CLOCK:
        return []
    week: list[list[dict[str, str]]] = [[] for _ in DAYS]
    for line in text.strip().splitlines():
        found = LINE.match(line.strip())
        if found is None:
            raise ValueError(line)
        intervals = [_times(part) for part in found["rest"].split(",")]
        for day in days_of(found["days"]):
            week[day] += [
                OpeningInterval(opens=opens, closes=closes).model_dump() for opens, closes in sorted(intervals)
            ]
    return week


def read_rules(text: str) -> list[dict[str, object]]:
    """Price rules, a line each: days, hours, percent of the price. Raises ValueError."""
    rules = []
    for line in text.strip().splitlines():
        found = LINE.match(line.strip())
        if found is None:
            raise ValueError(line)
        times, _, percent = found["rest"].rstrip("% ").rpartition(" ")
        begin, end = _times(times)
        rule = PriceRule(weekdays=days_of(found["days"]), from_time=begin, until_time=end, percent=int(percent))
        rules.append(rule.model_dump())
    return rules


def _spans(days: Iterable[int], names: tuple[str, ...]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(names[run[0]] if len(run) == 1 else f"{names[run[0]]}-{names[run[-1]]}" for run in runs)


def typed_hours(week: list[list[OpeningInterval]]) -> str:
    """The hours as they would be typed."""
    return _hours(week, SHOWN)


def spoken_hours(reader: Reader, week: list[list[OpeningInterval]]) -> str:
    """The hours as the reader says them."""
    return _hours(week, day_names(reader))


def _hours(week: list[list[OpeningInterval]], names: tuple[str, ...]) -> str:
    if not week:
        return ROUND_THE_CLOCK
    alike: dict[str, list[int]] = {}
    for day, intervals in enumerate(week):
        hours = ", ".join(f"{interval.opens}-{interval.closes}" for interval in intervals)
        if hours:
            alike.setdefault(hours, []).append(day)
    return "\n".join(f"{_spans(days, names)} {hours}" for hours, days in alike.items())


def typed_rules(rules: Iterable[PriceRule]) -> str:
    """The price rules as they would be typed."""
    return _rules(rules, SHOWN)


def spoken_rules(reader: Reader, rules: Iterable[PriceRule]) -> str:
    """The price rules as the reader says them."""
    return _rules(rules, day_names(reader))


def _rules(rules: Iterable[PriceRule], names: tuple[str, ...]) -> str:
    return "\n".join(
        f"{_spans(rule.weekdays, names)} {rule.from_time}-{rule.until_time} {rule.percent}%" for rule in rules
    )


def day_names(reader: Reader) -> tuple[str, ...]:
    """`Mon` to `Sun` in the reader's language."""
    names = get_day_names("abbreviated", locale=reader.locale)
    return tuple(str(names[day]) for day in range(7))
