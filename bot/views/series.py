"""Every week: how many, which weeks at which price or why not, the fact after, and calling the rest off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from beanie import PydanticObjectId

from bot.views import choices, wording
from bot.views.booking import heading, terms
from bot.views.buttons import Bookings, Details, Packs, Summary
from bot.views.changing_buttons import AskCancelSeries, AskWeeks, CancelSeries, ConfirmSeries, SeriesOf
from bot.views.packs import best_buy
from bot.views.reader import Html, Reader, escape
from bot.views.screen import (
    Row,
    Screen,
    button,
    destructive,
    disabled,
    grid,
    keyboard,
    lines,
    recommended,
    title,
    way_out,
)
from domain import bookings
from domain.bookings import AWAITED, SERIES_WEEKS_MAX, SERIES_WEEKS_MIN, Booking, Occurrence, SeriesQuote
from domain.packs import Package
from domain.resources import CancellationTerms, Place


def weeks(reader: Reader, place: Place, *, asked: AskWeeks) -> Screen:
    """For how many weeks, this one counted."""
    zone = place.venue.timezone
    span = wording.span(reader, asked.at, asked.at + asked.minutes * wording.MINUTE, zone)
    text = lines(
        title(reader.say("Every week – {rack}, {span}", rack=place.resource.code, span=span)),
        reader.say("The same day and time each week, all booked together. For how many weeks, the first counted?"),
    )
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(
            *grid((button(str(number), of_weeks(asked, number)) for number in _NUMBERS), columns=4),
            way_out(reader, one_of(asked, place.resource.slot_minutes)),
        ),
    )


_NUMBERS = range(SERIES_WEEKS_MIN, SERIES_WEEKS_MAX + 1)


def of_weeks(asked: AskWeeks | SeriesOf | ConfirmSeries, number: int) -> SeriesOf:
    """The summary of so many weeks from the same start."""
    return SeriesOf(rack=asked.rack, at=asked.at, minutes=asked.minutes, weeks=number, choice=asked.choice)


def one_of(asked: AskWeeks | SeriesOf | ConfirmSeries, slot_minutes: int) -> Summary:
    """The summary of the first week alone."""
    return Summary(rack=asked.rack, at=asked.at, slots=asked.minutes // slot_minutes, choice=asked.choice)


def summary(reader: Reader, quote: SeriesQuote, *, asked: SeriesOf, on_sale: Sequence[Package]) -> Screen:
    """Every week with its price, or why it cannot be had; the sum, and what is left."""
    zone = quote.venue.timezone
    first = quote.occurrences[0]
    total = wording.tokens(reader, quote.total_tokens)
    clashes = [one for one in quote.occurrences if one.problem]
    told = (
        [reader.say_count("{number} week cannot be had, so nothing is booked.",
                          "{number} weeks cannot be had, so nothing is booked.", len(clashes))]
        if clashes
        else [title(reader.say("Total: {tokens}", tokens=total)), _balance(reader, quote)]
    )  # fmt: skip
    text = lines(
        title(reader.say_count("Every week, {number} time: {what}", "Every week, {number} times: {what}",
                               len(quote.occurrences), what=heading(quote.resource, quote.options))),
        wording.own_time(reader, first.starts_at, first.ends_at, zone),
        "",
        *(_week(reader, number, one, zone) for number, one in enumerate(quote.occurrences, start=1)),
        "",
        *told,
        None if clashes else _terms(reader, quote.terms, first.starts_at, zone),
    )  # fmt: skip
    return Screen(text=text, keeps_picture=True, keyboard=keyboard(*_choices(reader, quote, asked, on_sale)))


def _week(reader: Reader, number: int, one: Occurrence, zone: str) -> Html:
    span = wording.span(reader, one.starts_at, one.ends_at, zone)
    told = problem(reader, one.problem) if one.problem else wording.number(reader, one.price.total_tokens)
    return Html(escape(f"{number}. {span} · {told}"))


def problem(reader: Reader, code: str) -> str:
    """Why a week cannot be had, in a word or two."""
    words = {
        "SLOT_TAKEN": reader.label("taken"), "TOO_MANY_BOOKINGS": reader.label("too many open bookings"),
        "OUTSIDE_OPENING_HOURS": reader.label("closed"), "TOO_FAR_AHEAD": reader.label("too far ahead"),
        "TOO_SOON": reader.label("too soon"),
    }  # fmt: skip
    return words.get(code) or reader.label("not possible")


def _balance(reader: Reader, quote: SeriesQuote) -> Html:
    if quote.missing_tokens:
        return reader.say(
            "You have {tokens}; {missing} are missing.", missing=wording.number(reader, quote.missing_tokens),
            tokens=wording.number(reader, quote.balance_tokens),
        )  # fmt: skip
    after = wording.tokens(reader, quote.balance_tokens - quote.total_tokens)
    return reader.say("Balance after: {tokens}", tokens=after)


def _terms(reader: Reader, sold: CancellationTerms, first_at: datetime, zone: str) -> Html:
    return reader.say("Each week can be cancelled by itself.\nFor the first: {terms}",
                      terms=terms(reader, sold, first_at - timedelta(hours=sold.full_refund_hours), zone))  # fmt: skip


def _choices(reader: Reader, quote: SeriesQuote, asked: SeriesOf, on_sale: Sequence[Package]) -> list[Row]:
    label = reader.label
    ask = AskWeeks(rack=asked.rack, at=asked.at, minutes=asked.minutes, choice=asked.choice)
    out = [[button(label("Other number of weeks"), ask)], way_out(reader, one_of(asked, quote.resource.slot_minutes))]
    total = wording.tokens(reader, quote.total_tokens)
    if not quote.is_bookable:
        return [[disabled(label("Confirm – {tokens}", tokens=total))], _fewer(reader, quote, asked), *out]
    if quote.missing_tokens:
        packs = [button(label("All packs"), Packs()), button(label("Look again"), asked)]
        return [best_buy(reader, on_sale, quote.missing_tokens), packs, *out]
    choice = choices.encode(quote.resource, quote.options)
    confirm = ConfirmSeries(
        rack=asked.rack, at=asked.at, minutes=asked.minutes, weeks=asked.weeks, cost=quote.total_tokens,
        asked=reader.now, choice=choice,
    )  # fmt: skip
    return [[recommended(label("Confirm – {tokens}", tokens=total), confirm)], *out]


def _fewer(reader: Reader, quote: SeriesQuote, asked: SeriesOf) -> Row:
    """The weeks before the first one that cannot be had, where they still make a series."""
    before = next(number for number, one in enumerate(quote.occurrences) if one.problem)
    if before < SERIES_WEEKS_MIN:
        return []
    text = reader.label_count("Only the first {number} week", "Only the first {number} weeks", before)
    return [recommended(text, of_weeks(asked, before))]


def booked(reader: Reader, series: Sequence[Booking], place: Place, *, balance_tokens: int) -> Screen:
    """Stays in the chat: every week with its code, what all cost, what is left."""
    zone = place.venue.timezone
    first = series[0]
    text = lines(
        title(reader.say_count("Booked: {rack}, every week, {number} time",
                               "Booked: {rack}, every week, {number} times", len(series), rack=place.resource.code)),
        wording.own_time(reader, first.starts_at, first.ends_at, zone),
        *(Html(f"{escape(wording.span(reader, one.starts_at, one.ends_at, zone))} · <code>{one.code}</code>")
          for one in series),
        reader.say("{tokens} in all · balance {balance}", balance=wording.number(reader, balance_tokens),
                   tokens=wording.tokens(reader, sum(one.cost_tokens for one in series))),
        _terms(reader, first.terms, first.starts_at, zone),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [
                button(reader.label("Details"), Details(booking=first.id, is_new=True)),
                button(reader.label("My bookings"), Bookings()),
            ]
        ),
    )


def place_in(reader: Reader, booking: Booking, series: Sequence[Booking]) -> Html | None:
    """`Week 2 of 4`, for a booking that is one of a series."""
    number = next((number for number, one in enumerate(series, start=1) if one.id == booking.id), None)
    return None if number is None else reader.say("Week {number} of {weeks}", number=number, weeks=len(series))


def coming(series: Sequence[Booking], now: datetime) -> list[Booking]:
    """What is still to come of a series."""
    return [one for one in series if one.status in AWAITED and one.starts_at > now]


def actions(reader: Reader, booking: Booking, series: Sequence[Booking]) -> list[Row]:
    """Calling off what is still to come, where there is more than this one."""
    if booking.series_id is None or not [one for one in coming(series, reader.now) if one.id != booking.id]:
        return []
    label = reader.label("Cancel the rest of the series")
    return [[destructive(label, AskCancelSeries(series=booking.series_id))]]


def refund_due(series: Sequence[Booking], now: datetime) -> int:
    """What cancelling all that is to come would return now."""
    return sum(bookings.cancellation(one, now).refund_tokens for one in coming(series, now))


def ask_cancel(
    reader: Reader, series: Sequence[Booking], places: Mapping[PydanticObjectId, Place], *, series_id: PydanticObjectId
) -> Screen:
    """What calling the rest off would return, week by week and in all, before it is done."""
    rest = coming(series, reader.now)
    refund, cost = refund_due(series, reader.now), sum(one.cost_tokens for one in rest)
    text = lines(
        title(reader.say_count("Cancelling the rest now returns {refund} of {number} token.",
                               "Cancelling the rest now returns {refund} of {number} tokens.", cost, refund=refund)),
        *(_returned(reader, one, places[one.resource_id]) for one in rest),
    )  # fmt: skip
    cancel = CancelSeries(series=series_id, coming=len(rest), refund=refund)
    label = reader.label_count("Cancel {number} booking, {tokens} back", "Cancel {number} bookings, {tokens} back",
                               len(rest), tokens=wording.tokens(reader, refund))  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(label, cancel)],
            [recommended(reader.label("Keep them"), Details(booking=rest[0].id))],
            way_out(reader),
        ),
    )


def _returned(reader: Reader, one: Booking, place: Place) -> Html:
    refund = bookings.cancellation(one, reader.now).refund_tokens
    return reader.say(
        "{rack}, {span}: {refund} of {cost}", rack=place.resource.code, refund=wording.number(reader, refund),
        span=wording.span(reader, one.starts_at, one.ends_at, place.venue.timezone),
        cost=wording.number(reader, one.cost_tokens),
    )  # fmt: skip


def cancelled_last(series: Sequence[Booking]) -> list[Booking]:
    """What was cancelled of it at once, the last time."""
    latest = max((one.cancelled_at for one in series if one.cancelled_at), default=None)
    return [one for one in series if latest is not None and one.cancelled_at == latest]


def refunded(gone: Sequence[Booking]) -> int:
    """What came back of them."""
    return sum(one.refund_tokens for one in gone)


def cancelled(reader: Reader, gone: Sequence[Booking], *, balance_tokens: int) -> Screen:
    """The fact after."""
    first = reader.say_count(
        "{number} booking cancelled. {tokens} back in your wallet (balance {balance}).",
        "{number} bookings cancelled. {tokens} back in your wallet (balance {balance}).",
        len(gone), tokens=wording.tokens(reader, refunded(gone)), balance=wording.number(reader, balance_tokens),
    )  # fmt: skip
    return Screen(
        text=title(first),
        keyboard=keyboard([button(reader.label("My bookings"), Bookings())], way_out(reader)),
    )


def nothing_to_come(reader: Reader) -> Html:
    """The first line when nothing of the series is still to come."""
    return title(reader.say("Nothing of this series is still to come."))


def rest_changed(reader: Reader) -> Html:
    """The first line when the rest is not what the question was about."""
    return title(reader.say("Things have changed since: this is what cancelling means now."))
