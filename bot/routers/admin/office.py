"""The way into the office, and what was changed there lately."""

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot.profile import list_office
from bot.routers.admin.access import STAFF, Desk, May
from bot.views.admin import buttons
from bot.views.admin import office as views
from domain import audit, bookings, packs, people, resources
from domain.audit import AuditEntry
from domain.kernel import NotFound

router = Router(name="office_entrance")
CHANGES_PER_PAGE = 10


@router.message(Command("admin"), STAFF)
@router.callback_query(buttons.Office.filter(), STAFF)
async def enter(_: Message | CallbackQuery, desk: Desk, bot: Bot) -> None:
    """Show what this person may do here, and list /admin among their commands from now on."""
    await desk.talk.show(views.menu(desk.reader, desk.actor))
    if desk.actor.telegram_id is not None:
        await list_office(bot, desk.actor.telegram_id, desk.reader.language)


@router.callback_query(buttons.Changes.filter(), May("people:write"))
async def changes(_: CallbackQuery, callback_data: buttons.Changes, desk: Desk) -> None:
    """Show who changed what."""
    page = await audit.recent(page=max(1, callback_data.page), limit=CHANGES_PER_PAGE)
    await desk.talk.show(views.changes(desk.reader, page, await _names(page.items)))


async def _names(entries: Sequence[AuditEntry]) -> dict[PydanticObjectId, str]:
    names: dict[PydanticObjectId, str] = {}
    for entry in entries:
        if entry.actor_id and entry.actor_id not in names:
            names[entry.actor_id] = await _member_name(entry.actor_id)
        if entry.subject_id and entry.subject_id not in names:
            names[entry.subject_id] = await _subject_name(entry)
    return names


async def _member_name(member_id: PydanticObjectId) -> str:
    return (await people.get(member_id)).name


async def _rack_code(resource_id: PydanticObjectId) -> str:
    return (await resources.get(resource_id)).code


async def _venue_name(venue_id: PydanticObjectId) -> str:
    return (await resources.venue(venue_id)).name


async def _pack_name(package_id: PydanticObjectId) -> str:
    return (await packs.get(package_id)).name


async def _booking_code(booking_id: PydanticObjectId) -> str:
    return (await bookings.get(booking_id=booking_id, actor=people.SYSTEM)).code


NAMED_BY = {
    "booking": _booking_code,
    "maintenance": _booking_code,
    "member": _member_name,
    "pack": _pack_name,
    "provisioning": _booking_code,
    "resource": _rack_code,
    "venue": _venue_name,
    "wallet": _member_name,
}


async def _subject_name(entry: AuditEntry) -> str:
    assert entry.subject_id is not None
    name_of = NAMED_BY.get(entry.action.partition(".")[0])
    try:
        return await name_of(entry.subject_id) if name_of else ""
    except NotFound:
        return ""
