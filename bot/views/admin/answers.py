"""What a person typed, read as a value; or the sentence that says what is wrong with it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from bot.views.admin import week
from bot.views.reader import Html, Reader
from domain.packs import CURRENCIES

NONE = "-"
"""Typed for "nothing": an empty message cannot be sent."""
VERSIONS_MAX = 20
OPTIONS_MAX = 12
CLOSED_DAYS_MAX = 100
LINES_MAX = 12
INTERVALS_MAX = 4
NAME_MAX = 64
HOURS_MAX = 24 * 30

NOW = "now"
LATER = re.compile(r"^\+(?P<days>\d{1,2})d(?: (?P<hour>[01]\d|2[0-3]))?$")
LENGTH = re.compile(r"^(?P<number>\d{1,4})\s*(?P<unit>[mhd])$")

Read: TypeAlias = Callable[[Reader, str], Any]


class Mistyped(Exception):
    """The answer cannot be read; `sentence` says what is wanted."""

    def __init__(self, sentence: Html) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def text(*, length_max: int, may_be_empty: bool = False) -> Read:
    """Words of at most that length; `-` clears them where that is allowed."""

    def read(reader: Reader, typed: str) -> str:
        value = typed.strip()
        if may_be_empty and value == NONE:
            return ""
        if not 0 < len(value) <= length_max:
            raise Mistyped(reader.say("That has {length} characters; at most {most} fit.", length=len(value),
                                      most=length_max))  # fmt: skip
        return value

    return read


def whole_number(*, least: int, most: int) -> Read:
    """A whole number between the two."""

    def read(reader: Reader, typed: str) -> int:
        digits = re.sub(r"[\s,_]", "", typed)
        if not digits.isdecimal() or len(digits) > 12 or not least <= int(digits) <= most:
            raise Mistyped(reader.say("Please write a whole number from {least} to {most}.", least=least, most=most))
        return int(digits)

    return read


def multiple(*, of: int, most: int, least: int | None = None) -> Read:
    """A whole number that is a multiple of `of`."""
    least = of if least is None else least
    number = whole_number(least=least, most=most)

    def read(reader: Reader, typed: str) -> int:
        value = int(number(reader, typed))
        if value % of:
            raise Mistyped(reader.say("Please write a multiple of {step}, such as {example}.", step=of, example=of * 2))
        return value

    return read


def whole_number_or_none(*, least: int, most: int) -> Read:
    """The same, or `-` for none."""
    number = whole_number(least=least, most=most)

    def read(reader: Reader, typed: str) -> int | None:
        return None if typed.strip() == NONE else int(number(reader, typed))

    return read


def code(reader: Reader, typed: str) -> str:
    """A rack's code, in capitals."""
    value = typed.strip().upper()
    if re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,23}", value) is None:
        raise Mistyped(reader.say("A code has letters A–Z, digits and hyphens, at most 24, such as RACK-07."))
    return value


def versions(reader: Reader, typed: str) -> list[str]:
    """ACI versions between commas, each once; `-` for none."""
    if typed.strip() == NONE:
        return []
    found = list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", typed) if part.strip()))
    if not found or len(found) > VERSIONS_MAX or any(len(each) > NAME_MAX for each in found):
        raise Mistyped(reader.say("Write the versions with commas between them, such as 6.0(5h), 5.2(8f)."))
    return found


def options(reader: Reader, typed: str) -> list[dict[str, Any]]:
    """Options, a line each: `Multi-site = 2`; the number is extra tokens, 0 when left out. `-` for none."""
    if typed.strip() == NONE:
        return []
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        label, _, tokens = (part.strip() for part in line.partition("="))
        if not 0 < len(label) <= NAME_MAX or not (tokens or "0").isdecimal() or len(tokens) > 6:
            raise Mistyped(reader.say("I cannot read this line: “{line}”. Write it as Multi-site = 2.", line=line[:80]))
        key = _key(label, taken=found)
        found[key] = {"key": key, "label": label, "extra_tokens": int(tokens or 0)}
    if len(found) > OPTIONS_MAX:
        raise Mistyped(reader.say("At most {most} options fit on one screen.", most=OPTIONS_MAX))
    return list(found.values())


def _key(label: str, *, taken: dict[str, Any]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:28] or "option"
    key, number = plain, 1
    while key in taken:
        number += 1
        key = f"{plain}-{number}"
    return key


def price_rules(reader: Reader, typed: str) -> list[dict[str, object]]:
    """Price rules, a line each; `-` for none."""
    if typed.strip() == NONE:
        return []
    try:
        rules = week.read_rules(typed)
    except ValueError as error:
        wanted = reader.say("I cannot read that. A line is days, hours and percent: Mon-Fri 10:00-14:00 150.")
        raise Mistyped(wanted) from error
    if len(rules) > LINES_MAX:
        raise Mistyped(reader.say("At most {most} lines fit on one screen.", most=LINES_MAX))
    return rules


def opening_hours(reader: Reader, typed: str) -> list[list[dict[str, str]]]:
    """Opening hours, a line per pattern, or `24/7`."""
    try:
        hours = week.read_hours(typed)
    except ValueError as error:
        wanted = reader.say("I cannot read that. A line is days and hours, in quarters: Mon-Fri 09:00-21:00.")
        raise Mistyped(wanted) from error
    if any(len(day) > INTERVALS_MAX for day in hours):
        raise Mistyped(reader.say("A day has at most {most} opening times.", most=INTERVALS_MAX))
    return hours


def closed_days(reader: Reader, typed: str) -> list[str]:
    """Days between commas, as `2026-12-25`; `-` for none."""
    if typed.strip() == NONE:
        return []
    try:
        days = sorted({date.fromisoformat(part).isoformat() for part in re.split(r"[,;\s]+", typed.strip())})
    except ValueError as error:
        raise Mistyped(reader.say("Write days as 2026-12-25, with commas between them.")) from error
    if len(days) > CLOSED_DAYS_MAX:
        raise Mistyped(reader.say("At most {most} days can be kept.", most=CLOSED_DAYS_MAX))
    return days


def price(reader: Reader, typed: str) -> dict[str, int]:
    """Prices between commas, in minor units by currency: `999` or `999 INR, 12.50 USD`."""
    prices: dict[str, int] = {}
    for part in typed.replace("₹", "").split(","):
        amount, _, currency = part.strip().partition(" ")
        currency = currency.strip().upper() or CURRENCIES[0]
        prices[currency] = _minor(amount) if currency in CURRENCIES else 0
    if not all(100 <= minor <= 100_000_000 for minor in prices.values()):
        raise Mistyped(
            reader.say("Write a price from 1 to 10,00,000, such as 999 or 999 INR, 12.50 USD. Known: {currencies}.",
                       currencies=", ".join(CURRENCIES))
        )  # fmt: skip
    return prices


def _minor(amount: str) -> int:
    """Minor units of `12.50`; 0 for what is no amount, or has more than two decimals."""
    try:
        minor = Decimal(amount) * 100
    except InvalidOperation:
        return 0
    return int(minor) if minor.is_finite() and minor == minor.to_integral_value() else 0


def timezone(reader: Reader, typed: str) -> str:
    """An IANA time zone, capitals or not."""
    wanted = typed.strip().replace(" ", "_").lower()
    found = next((zone for zone in sorted(available_timezones()) if zone.lower() == wanted), None)
    if found is None:
        raise Mistyped(reader.say("Write a time zone such as Asia/Kolkata."))
    return found


def reason(reader: Reader, typed: str) -> str:
    """Why; the member and the audit log read it."""
    return str(text(length_max=300)(reader, typed))


def wall_moment(reader: Reader, typed: str) -> str:
    """A local time as `2026-12-24 18:00` (or a day, from its midnight), `now`, or `+1d 08` for tomorrow at eight."""
    value = typed.strip().lower().replace("t", " ")
    if value == NOW or LATER.match(value):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    except ValueError as error:
        raise Mistyped(reader.say("Write a local time as 2026-12-24 18:00.")) from error


def wall_moment_or_length(reader: Reader, typed: str) -> str:
    """The same, or how long it lasts: `90m`, `3h`, `2d`."""
    value = typed.strip().lower()
    if LENGTH.match(value):
        return value
    if value == NOW:
        raise Mistyped(reader.say("Write a local time as 2026-12-24 18:00."))
    return wall_moment(reader, value)


def moment_of(typed: str, *, zone: ZoneInfo, origin: datetime) -> datetime:
    """The moment that was typed, on the clock of `zone`; `origin` is what lengths and days ahead are counted from.

    Days are calendar days: two days after ten o'clock it is ten o'clock, also when the clock changes in between.
    """
    if typed == NOW:
        return origin
    here = origin.astimezone(zone)
    if length := LENGTH.match(typed):
        number = int(length["number"])
        if length["unit"] == "d":
            return (here.replace(tzinfo=None) + timedelta(days=number)).replace(tzinfo=zone).astimezone(UTC)
        return origin + timedelta(**{"m": {"minutes": number}, "h": {"hours": number}}[length["unit"]])
    if later := LATER.match(typed):
        on = here.date() + timedelta(days=int(later["days"]))
        return datetime.fromisoformat(f"{on} {later['hour'] or '00'}:00").replace(tzinfo=zone).astimezone(UTC)
    return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)


def terms(reader: Reader, typed: str) -> dict[str, int]:
    """Cancellation terms as two numbers: hours before the start, and percent that come back later."""
    parts = re.split(r"[\s,;/]+", typed.replace("%", " ").strip())
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) <= 4]
    if len(parts) != 2 or len(numbers) != 2 or numbers[0] > HOURS_MAX or numbers[1] > 100:
        raise Mistyped(reader.say("Write hours and percent, such as 4 50."))
    return {"full_refund_hours": numbers[0], "late_percent": numbers[1]}
