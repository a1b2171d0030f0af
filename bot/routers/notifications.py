"""What one is told of, and the quiet hours: chosen with buttons, under the settings."""

from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.conversation import Conversation
from bot.views import notification_buttons as buttons
from bot.views import notifications as views
from bot.views.reader import Reader
from domain import notifications
from domain.kernel import Transact
from domain.people import Actor

router = Router(name="notifications")


@router.callback_query(buttons.Notifications.filter())
async def show(_: CallbackQuery, talk: Conversation, reader: Reader, actor: Actor, now: datetime) -> None:
    """What is chosen."""
    assert actor.member_id is not None
    preference = await notifications.preference_of(actor.member_id, now=now)
    await talk.show(views.notifications(reader, preference))


@router.callback_query(buttons.SetTopic.filter())
async def set_topic(
    _: CallbackQuery, callback_data: buttons.SetTopic, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Be told of it, or not."""
    preference = await transact(
        notifications.set_topic, actor=actor, topic=callback_data.topic, is_on=callback_data.is_on, now=now
    )
    await talk.show(views.notifications(reader, preference))


@router.callback_query(buttons.AskQuietFrom.filter())
async def ask_quiet_from(_: CallbackQuery, talk: Conversation, reader: Reader) -> None:
    """From when on."""
    await talk.show(views.ask_quiet_from(reader))


@router.callback_query(buttons.AskQuietUntil.filter())
async def ask_quiet_until(
    _: CallbackQuery, callback_data: buttons.AskQuietUntil, talk: Conversation, reader: Reader
) -> None:
    """Until when."""
    await talk.show(views.ask_quiet_until(reader, begins=callback_data.begins))


@router.callback_query(buttons.SetQuiet.filter())
async def set_quiet(
    _: CallbackQuery, callback_data: buttons.SetQuiet, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact, now: datetime,
) -> None:  # fmt: skip
    """Be left alone in these hours."""
    preference = await transact(
        notifications.set_quiet_hours, actor=actor, quiet_from=views.wall_time(callback_data.begins),
        quiet_until=views.wall_time(callback_data.ends), now=now,
    )  # fmt: skip
    await talk.show(views.notifications(reader, preference))


@router.callback_query(buttons.QuietOff.filter())
async def quiet_off(
    _: CallbackQuery, talk: Conversation, reader: Reader, actor: Actor, transact: Transact, now: datetime
) -> None:
    """Be told at any time."""
    preference = await transact(notifications.set_quiet_hours, actor=actor, quiet_from=None, quiet_until=None, now=now)
    await talk.show(views.notifications(reader, preference))
