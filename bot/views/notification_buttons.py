"""The buttons of what one is told, and when not."""

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Number


class Notifications(CallbackData, prefix="sn"):
    """What one is told of, and when not."""


class SetTopic(CallbackData, prefix="st"):
    """Be told of a topic, or not."""

    topic: str
    is_on: bool


class AskQuietFrom(CallbackData, prefix="qf"):
    """Choose when the quiet hours begin."""


class AskQuietUntil(CallbackData, prefix="qu"):
    """Choose when they end; `begins` is in minutes after midnight."""

    begins: Number


class SetQuiet(CallbackData, prefix="qs"):
    """Be quiet between these minutes after midnight."""

    begins: Number
    ends: Number


class QuietOff(CallbackData, prefix="qo"):
    """No quiet hours."""
