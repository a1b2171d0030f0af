"""Buttons of those who wait: getting in line, the own line, and the queue for staff."""

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Day, Id, Moment, Number

Target = Literal["r", "v", "a", "w", "y"]
"""What is waited for, seen from a rack: it alone; at its venue any with the chosen version, or any at all; anywhere any
with the version, or any at all."""


class WaitForDay(CallbackData, prefix="wd"):
    """Choose the part of a day within which one waits; the clock is that of the rack's venue."""

    rack: Id
    on: Day
    target: Target = "r"
    choice: str = ""


class WaitForStart(CallbackData, prefix="ws"):
    """Choose among the starts that others have."""

    rack: Id
    on: Day
    choice: str = ""


class WaitLength(CallbackData, prefix="wl"):
    """How long: from `at`, or somewhere within so many minutes (`within`) from then on."""

    rack: Id
    at: Moment
    within: Number = 0
    target: Target = "r"
    choice: str = ""


class Wish(CallbackData, prefix="wi"):
    """What one would wait for, before joining: `minutes` (0 is all of it) within so many minutes from `at` on."""

    rack: Id
    at: Moment
    within: Number
    minutes: Number = 0
    target: Target = "r"
    is_auto: bool = False
    choice: str = ""


class Join(CallbackData, prefix="wj"):
    """Get in line, having been shown that it costs `cost` at most. `asked` tells this screen from one made later."""

    rack: Id
    at: Moment
    within: Number
    minutes: Number
    target: Target
    is_auto: bool
    cost: Number
    asked: Number
    choice: str = ""


class Waiting(CallbackData, prefix="wk"):
    """My waitlist: what I wait for, or what is over."""

    is_past: bool = False
    page: int = 1


class Place(CallbackData, prefix="we"):
    """One of my places in line."""

    entry: Id


class AskLeave(CallbackData, prefix="wa"):
    """What leaving the line would mean."""

    entry: Id


class Leave(CallbackData, prefix="wx"):
    """Wait no longer."""

    entry: Id


class Queue(CallbackData, prefix="wq"):
    """For staff: everybody in line, or those who wait for what this resource could be."""

    resource: Id | None = None
    page: int = 1


class QueueChoice(CallbackData, prefix="wr"):
    """For staff: whose queue to look at."""

    kind: Literal["rack", "seat", "parking_slot"] = "rack"
    page: int = 1
