"""Times, numbers and money as the reader writes them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal

from bot.views.reader import Html, Reader

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clock of a zone."""
    return moment.astimezone(ZoneInfo(zone))


def zone_name(moment: datetime, zone: str) -> str:
    """The zone's short name at that moment, `IST` or `GMT+0545`."""
    name = local(moment, zone).tzname() or zone
    return f"GMT{name}" if name[0] in "+-" else name


def cut(text: str, *, characters_max: int) -> str:
    """The text, or its beginning and an ellipsis: what others wrote must not burst a message."""
    return text if len(text) <= characters_max else f"{text[: characters_max - 1].rstrip()}…"


def kinds(reader: Reader, kind: str) -> str:
    """What can be booked, in the plural, as a heading."""
    return {
        "rack": reader.label("Racks"), "seat": reader.label("Seats"), "parking_slot": reader.label("Parking slots"),
    }[kind]  # fmt: skip


def tokens(reader: Reader, number: int) -> str:
    """`12 tokens`."""
    return reader.label_count("{number} token", "{number} tokens", number)


def number(reader: Reader, value: int) -> str:
    """`1,20,000` as the locale groups it."""
    return str(format_decimal(value, locale=reader.locale))


def money(reader: Reader, minor: int, currency: str) -> str:
    """`₹999`: minor units, two decimals, left out when they are zero."""
    whole = minor % 100 == 0
    return str(
        format_currency(
            minor // 100 if whole else minor / 100, currency, locale=reader.locale,
            format="¤#,##,##0" if whole else "¤#,##,##0.00", currency_digits=False,
        )
    )  # fmt: skip


def day(reader: Reader, on: date) -> str:
    """`Tue 24 Nov`, with the year when it is not this one's."""
    pattern = "EEE d MMM" if on.year == reader.now.year else "EEE d MMM y"
    return str(format_date(on, pattern, locale=reader.locale))


def month(reader: Reader, on: date) -> str:
    """`Nov 2026`: it stands between two arrows on a phone."""
    return str(format_date(on, "LLL y", locale=reader.locale))


def clock(reader: Reader, moment: datetime, zone: str) -> str:
    """`09:30` at the place."""
    return str(format_datetime(local(moment, zone), "HH:mm", locale=reader.locale))


def moment(reader: Reader, at: datetime, zone: str) -> str:
    """`Tue 24 Nov 09:30`."""
    return f"{day(reader, local(at, zone).date())} {clock(reader, at, zone)}"


def day_word(reader: Reader, at: datetime, zone: str) -> str:
    """`today`, `tomorrow`, or the day."""
    on = local(at, zone).date()
    days = (on - local(reader.now, zone).date()).days
    if days == 0:
        return reader.label("today")
    return reader.label("tomorrow") if days == 1 else day(reader, on)


def soon(reader: Reader, at: datetime, zone: str) -> str:
    """`tomorrow 10:00`."""
    return f"{day_word(reader, at, zone)} {clock(reader, at, zone)}"


def span(reader: Reader, starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`Tue 24 Nov 10:00–14:00 IST`; the day is named again when it ends on another."""
    same_day = local(starts_at, zone).date() == local(ends_at - MINUTE, zone).date()
    end = clock(reader, ends_at, zone) if same_day else moment(reader, ends_at, zone)
    return f"{moment(reader, starts_at, zone)}–{end} {zone_name(starts_at, zone)}"


def length(reader: Reader, duration: timedelta) -> str:
    """`4 h`, `30 min`, `1 h 30 min`; rounded down to the minute."""
    hours, minutes = divmod(duration // MINUTE, 60)
    if not hours:
        return reader.label("{minutes} min", minutes=minutes)
    if not minutes:
        return reader.label("{hours} h", hours=hours)
    return reader.label("{hours} h {minutes} min", hours=hours, minutes=minutes)


def relative(reader: Reader, at: datetime) -> str:
    """`in 3 days`, `2 hours ago`; a larger unit only from two of it, so that 8 days are not a week."""
    return str(format_timedelta(at - reader.now, add_direction=True, threshold=2.0, locale=reader.locale))


def live(at: datetime, fallback: str, *, shape: str = "r") -> Html:
    """A moment the client itself keeps current (`r`: relative) or shows on its own clock; else the fallback."""
    return Html(f'<tg-time unix="{int(at.timestamp())}" format="{shape}">{fallback}</tg-time>')


def own_time(reader: Reader, starts_at: datetime, ends_at: datetime, zone: str) -> Html | None:
    """The same span on the reader's own clock, when that differs from the venue's."""
    if reader.timezone is None or local(starts_at, zone).utcoffset() == local(starts_at, reader.timezone).utcoffset():
        return None
    return reader.say("For you: {span}", span=span(reader, starts_at, ends_at, reader.timezone))
