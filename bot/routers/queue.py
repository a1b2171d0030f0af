"""The queue, for staff. To everybody else it does not exist."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.routers.admin.access import Desk, May
from bot.routers.waitlist import waiters
from bot.views import queue as views
from bot.views.screen import Screen
from bot.views.waitlist_buttons import Queue, QueueChoice
from domain import people, resources, waitlists

router = Router(name="queue")
MAY_READ = May("bookings:read")
ENTRIES_PER_PAGE = 8
RESOURCES_PER_PAGE = 24


@router.message(Command("queue"), MAY_READ)
async def send_queue(_: Message, desk: Desk) -> None:
    """Everybody who waits, below the chat."""
    await desk.talk.say(await _screen(desk, Queue()))


@router.callback_query(Queue.filter(), MAY_READ)
async def look(_: CallbackQuery, callback_data: Queue, desk: Desk) -> None:
    """A page of those who wait."""
    await desk.talk.show(await _screen(desk, callback_data))


async def _screen(desk: Desk, asked: Queue) -> Screen:
    resource = await resources.get(asked.resource) if asked.resource else None
    page = await waitlists.queue(
        resource_id=asked.resource, actor=desk.actor, page=max(1, asked.page), limit=ENTRIES_PER_PAGE
    )
    told = await waiters(desk.reader, page.items)
    members = {entry.member_id: await people.get(entry.member_id) for entry in page.items}
    return views.queue(desk.reader, page, told, members, asked=asked, resource=resource)


@router.callback_query(QueueChoice.filter(), MAY_READ)
async def choose(_: CallbackQuery, callback_data: QueueChoice, desk: Desk) -> None:
    """Whose queue to look at."""
    page = await resources.catalogue(kind=callback_data.kind, page=max(1, callback_data.page), limit=RESOURCES_PER_PAGE)
    await desk.talk.show(views.choose(desk.reader, page, asked=callback_data))
