"""Buttons around a session: leaving, another rack, what is owed, and the desk where staff check people in."""

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Id, Number


class CheckOutNow(CallbackData, prefix="yo"):
    """Check out, having been told that it costs so much more now."""

    booking: Id
    cost: Number = 0


class TakeOther(CallbackData, prefix="yt"):
    """Another rack instead of the one that is not ready."""

    booking: Id
    rack: Id


class TakeRefund(CallbackData, prefix="yr"):
    """Everything back for the rack that is not ready, having been told."""

    booking: Id


class SettleOwed(CallbackData, prefix="ys"):
    """Pay what is owed from the wallet."""


class OpenDesk(CallbackData, prefix="yd"):
    """Who is about to come, or who is there."""

    part: Literal["arrivals", "present"] = "arrivals"
    page: Number = 1


class CheckInAtDesk(CallbackData, prefix="yi"):
    """The member is here."""

    booking: Id


class AskCheckOutAtDesk(CallbackData, prefix="yq"):
    """What it would cost the member to be checked out now."""

    booking: Id


class CheckOutAtDesk(CallbackData, prefix="yx"):
    """The member has left, and staff were told that it costs so much."""

    booking: Id
    cost: Number = 0
