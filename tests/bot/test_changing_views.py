"""What is said when bookings change: reasons in words, every screen in Hindi, buttons that fit."""

import re
from datetime import datetime, timedelta

from beanie import PydanticObjectId

from bot.views import changing, changing_buttons, extending, series
from bot.views.buttons import ExtendTo
from bot.views.screen import Screen
from domain import bookings
from domain.bookings import DurationChoice, ExtensionChoice, Occurrence, Quote, RescheduleQuote, SeriesQuote, Status
from domain.resources import CancellationTerms, Options, Place, Price, PriceLine
from tests.bot.reading import NOW, a_booking, a_place, a_reader

WEEK = timedelta(weeks=1)


def said(screen: Screen) -> str:
    """Its text without markup."""
    return re.sub(r"<[^>]+>", "", screen.text)


def labels(screen: Screen) -> list[str]:
    """What is on its buttons."""
    assert screen.keyboard is not None
    return [each.text for row in screen.keyboard.inline_keyboard for each in row]


def a_series_quote(place: Place, *problems: str | None) -> SeriesQuote:
    price = Price(lines=[PriceLine(kind="base", label="", quantity=4, tokens=4)], total_tokens=4)
    start = NOW + timedelta(days=4)
    found = [
        Occurrence(starts_at=start + number * WEEK, ends_at=start + number * WEEK + timedelta(hours=2), price=price,
                   problem=problem)
        for number, problem in enumerate(problems)
    ]  # fmt: skip
    return SeriesQuote(
        resource=place.resource, venue=place.venue, options=Options(), occurrences=found,
        total_tokens=4 * len(problems), terms=CancellationTerms(), balance_tokens=100, missing_tokens=0,
    )  # fmt: skip


def test_every_reason_against_a_week_has_words() -> None:
    reader, place = a_reader(), a_place()
    codes = ["SLOT_TAKEN", "TOO_MANY_BOOKINGS", "OUTSIDE_OPENING_HOURS", "TOO_FAR_AHEAD", "TOO_SOON", "OFF_GRID"]
    asked = changing_buttons.SeriesOf(rack=place.resource.id, at=NOW, minutes=120, weeks=8)

    screen = series.summary(reader, a_series_quote(place, None, None, *codes), asked=asked, on_sale=[])

    for words in ("taken", "too many open bookings", "closed", "too far ahead", "too soon", "not possible"):
        assert f"· {words}" in said(screen)
    assert "6 weeks cannot be had" in said(screen)
    assert "Only the first 2 weeks" in labels(screen)


def screens_of_all(language: str) -> list[Screen]:
    reader, place = a_reader(language=language, timezone="Asia/Dubai"), a_place()
    mine = a_booking(place, series_id=PydanticObjectId(), moves=1, purpose=bookings.Purpose.SESSION)
    running = a_booking(place, status=Status.ACTIVE, starts_at=NOW, ends_at=NOW + timedelta(hours=1), overtime=None)
    quote = a_series_quote(place, None, None)
    ids = {"booking": mine.id}
    price = quote.occurrences[0].price
    single = Quote(
        resource=place.resource, venue=place.venue, starts_at=NOW + WEEK, ends_at=NOW + WEEK + timedelta(hours=2),
        options=Options(), price=price, terms=CancellationTerms(), free_until=NOW, balance_tokens=9, missing_tokens=0,
        is_free=True,
    )  # fmt: skip
    moving = RescheduleQuote(booking=mine, quote=single, returned_tokens=2, kept_tokens=2, difference_tokens=2)
    length = DurationChoice(slots=4, ends_at=NOW, minutes=120, base_tokens=4, is_free=True)
    longer = ExtensionChoice(ends_at=NOW + timedelta(hours=2), minutes=60, cost_tokens=2, is_free=True)
    to = changing_buttons.MoveTo(**ids, at=NOW + WEEK)
    confirm = changing_buttons.ConfirmMove(**ids, at=NOW, minutes=120, cost=4, refund=2, moves=0)
    asked = changing_buttons.SeriesOf(rack=place.resource.id, at=NOW, minutes=120, weeks=2)
    weeks = changing_buttons.AskWeeks(rack=place.resource.id, at=NOW, minutes=120)
    return [
        changing.summary(reader, moving, place, asked=to, on_sale=[]),
        changing.moved(reader, mine, place, asked=confirm, balance_tokens=3),
        changing.lengths(reader, mine, place, [length], asked=changing_buttons.MoveLength(**ids, at=NOW)),
        changing.racks(reader, mine, place, [(place, 4, True)], minutes=120),
        extending.choices(reader, running, place, [longer], balance_tokens=3),
        extending.extended(reader, running, place, paid_tokens=2, balance_tokens=3),
        extending.short(reader, running, place, needed_tokens=4, balance_tokens=1, on_sale=[]),
        series.weeks(reader, place, asked=weeks),
        series.summary(reader, quote, asked=asked, on_sale=[]),
        series.booked(reader, [mine, mine], place, balance_tokens=1),
        series.cancelled(reader, [mine], balance_tokens=1),
        series.ask_cancel(reader, [mine], {place.resource.id: place}, series_id=mine.id),
    ]  # fmt: skip


def test_every_screen_speaks_hindi() -> None:
    english, hindi = screens_of_all("en"), screens_of_all("hi")

    for one, other in zip(english, hindi, strict=True):
        assert said(one).splitlines()[0] != said(other).splitlines()[0]
        assert all(len(label) <= 64 for label in (*labels(one), *labels(other)))
        assert "For you:" not in said(other)


def test_the_fullest_buttons_fit() -> None:
    each, at = PydanticObjectId(), datetime(2080, 1, 1, tzinfo=NOW.tzinfo)
    fullest = [
        changing_buttons.ConfirmMove(
            booking=each, at=at, minutes=14 * 1440, cost=99_999, refund=99_999, moves=999, rack=each
        ),
        changing_buttons.ConfirmSeries(
            rack=each, at=at, minutes=14 * 1440, weeks=8, cost=999_999, asked=at, choice="abc1z.1ekf"
        ),
        changing_buttons.CancelSeries(series=each, coming=8, refund=999_999),
        ExtendTo(booking=each, slots=99, cost=99_999, at=at),
    ]

    assert all(len(action.pack().encode()) <= 64 for action in fullest)
    assert all(type(action).unpack(action.pack()) == action for action in fullest)
