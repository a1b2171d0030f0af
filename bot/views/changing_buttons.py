"""Buttons that change what is booked: another time, longer, every week. Lengths are in minutes, as they were shown."""

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Day, Id, Moment, Number


class MoveMonth(CallbackData, prefix="yM"):
    """Another day for a booking; `month` as in `Month`, 0 for that of its start. `rack` when it shall be another."""

    booking: Id
    month: Number = 0
    rack: Id | None = None


class MoveDay(CallbackData, prefix="yD"):
    """The starts of a day, for a booking."""

    booking: Id
    on: Day
    rack: Id | None = None


class MoveLength(CallbackData, prefix="yL"):
    """How long, from this start."""

    booking: Id
    at: Moment
    rack: Id | None = None


class MoveTo(CallbackData, prefix="yS"):
    """The times a booking would have, before it has them; without minutes, as long as it is now."""

    booking: Id
    at: Moment
    minutes: Number = 0
    rack: Id | None = None


class ConfirmMove(CallbackData, prefix="yC"):
    """Move it, having been told the price and what comes back. `moves` is how often it was moved before."""

    booking: Id
    at: Moment
    minutes: Number
    cost: Number
    refund: Number
    moves: Number
    rack: Id | None = None


class MoveRack(CallbackData, prefix="yR"):
    """The same time on another one of the same kind."""

    booking: Id


class AskExtend(CallbackData, prefix="yE"):
    """How much longer a running booking could last."""

    booking: Id


class AskWeeks(CallbackData, prefix="yW"):
    """For how many weeks."""

    rack: Id
    at: Moment
    minutes: Number
    choice: str = ""


class SeriesOf(CallbackData, prefix="yN"):
    """The whole series before it is booked."""

    rack: Id
    at: Moment
    minutes: Number
    weeks: Number
    choice: str = ""


class ConfirmSeries(CallbackData, prefix="yK"):
    """Book it, at the sum that was shown at this minute."""

    rack: Id
    at: Moment
    minutes: Number
    weeks: Number
    cost: Number
    asked: Moment
    choice: str = ""


class AskCancelSeries(CallbackData, prefix="yQ"):
    """What cancelling all that is to come of a series would return."""

    series: Id


class CancelSeries(CallbackData, prefix="yX"):
    """Cancel so many of a series, having been told that `refund` tokens come back in all."""

    series: Id
    coming: Number
    refund: Number
