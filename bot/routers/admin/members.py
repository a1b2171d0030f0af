"""Members: finding and seeing them, tokens, roles, closing and opening accounts."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from beanie import PydanticObjectId

from bot.routers.admin import forms, member_forms
from bot.routers.admin.access import Desk, May
from bot.routers.admin.looks import found_screen, member_screen
from bot.views.admin import buttons, upkeep_buttons
from bot.views.admin import members as views
from bot.views.screen import title
from domain import bookings, people, resources

router = Router(name="office_members")
BOOKINGS_PER_PAGE = 10
VENUES_MAX = 50


@router.callback_query(buttons.FindMember.filter(), May("people:read"))
async def find(_: CallbackQuery, desk: Desk, state: FSMContext) -> None:
    """Ask whom to look for."""
    await forms.begin(desk, state, member_forms.FIND)


@router.callback_query(buttons.Members.filter(), May("people:read"))
async def found(_: CallbackQuery, callback_data: buttons.Members, desk: Desk) -> None:
    """Show a page of those found."""
    await desk.talk.show(await found_screen(desk, callback_data))


@router.callback_query(buttons.Member.filter(), May("people:read"))
async def see(_: CallbackQuery, callback_data: buttons.Member, desk: Desk) -> None:
    """Show one member."""
    await desk.talk.show(await member_screen(desk, callback_data.member))


@router.callback_query(buttons.MemberBookings.filter(), May("bookings:read"))
async def booked(_: CallbackQuery, callback_data: buttons.MemberBookings, desk: Desk) -> None:
    """Show what a member has booked."""
    member = await people.get(callback_data.member)
    page = await bookings.upcoming(
        member_id=member.id, now=desk.now, page=max(1, callback_data.page), limit=BOOKINGS_PER_PAGE
    )
    places = await resources.places({each.resource_id for each in page.items})
    found_places = [places[each.resource_id] for each in page.items]
    await desk.talk.show(views.booked(desk.reader, member, page, found_places, asked=callback_data))


@router.callback_query(buttons.AdjustTokens.filter(), May("wallets:adjust"))
async def adjust(_: CallbackQuery, callback_data: buttons.AdjustTokens, desk: Desk, state: FSMContext) -> None:
    """Begin to grant or take tokens."""
    form = member_forms.TAKE if callback_data.is_taking else member_forms.GRANT
    await _begin(desk, state, form, callback_data.member)


@router.callback_query(buttons.DisableMember.filter(), May("people:write"))
async def disable(_: CallbackQuery, callback_data: buttons.DisableMember, desk: Desk, state: FSMContext) -> None:
    """Begin to disable a member."""
    await _begin(desk, state, member_forms.DISABLE, callback_data.member)


@router.callback_query(buttons.EnableMember.filter(), May("people:write"))
async def enable(_: CallbackQuery, callback_data: buttons.EnableMember, desk: Desk, state: FSMContext) -> None:
    """Begin to enable a member."""
    await _begin(desk, state, member_forms.ENABLE, callback_data.member)


async def _begin(desk: Desk, state: FSMContext, form: forms.Form, member_id: PydanticObjectId) -> None:
    member = await people.get(member_id)
    await forms.begin(desk, state, form, subject=member.id)


@router.callback_query(upkeep_buttons.ChooseStaffVenue.filter(), May("people:write"))
async def choose_venue(_: CallbackQuery, callback_data: upkeep_buttons.ChooseStaffVenue, desk: Desk) -> None:
    """Ask where a member of staff works."""
    member = await people.get(callback_data.member)
    await desk.talk.show(views.choose_venue(desk.reader, member, await resources.venues(limit=VENUES_MAX)))


@router.callback_query(upkeep_buttons.SetStaffVenue.filter(), May("people:write"))
async def set_venue(_: CallbackQuery, callback_data: upkeep_buttons.SetStaffVenue, desk: Desk) -> None:
    """Let them work there."""
    venue = await resources.venue(callback_data.venue) if callback_data.venue else None
    before = await people.get(callback_data.member)
    if before.venue_id != callback_data.venue:
        await desk.transact(
            people.set_staff_venue, member_id=before.id, venue_id=callback_data.venue, actor=desk.actor, now=desk.now
        )
    where = venue.name if venue else desk.reader.label("everywhere")
    done = title(desk.reader.say("{name} works here now: {venue}.", name=before.name, venue=where))
    await desk.talk.show((await member_screen(desk, before.id)).below(done))


@router.callback_query(buttons.ChooseRole.filter(), May("people:promote"))
async def choose_role(_: CallbackQuery, callback_data: buttons.ChooseRole, desk: Desk) -> None:
    """Show the roles a member can be given."""
    await desk.talk.show(views.choose_role(desk.reader, await people.get(callback_data.member), desk.actor))


@router.callback_query(buttons.AskRole.filter(), May("people:promote"))
async def ask_role(_: CallbackQuery, callback_data: buttons.AskRole, desk: Desk) -> None:
    """Say what the role means."""
    await desk.talk.show(views.ask_role(desk.reader, await people.get(callback_data.member), callback_data.role))


@router.callback_query(buttons.SetRole.filter(), May("people:promote"))
async def set_role(_: CallbackQuery, callback_data: buttons.SetRole, desk: Desk) -> None:
    """Give the role; tapping twice gives it once."""
    before = await people.get(callback_data.member)
    if before.role is not callback_data.role:
        await desk.transact(
            people.promote, member_id=before.id, role=callback_data.role, actor=desk.actor, now=desk.now
        )
    role = views.role_word(desk.reader, callback_data.role)
    done = title(desk.reader.say("{name} is now: {role}.", name=before.name, role=role))
    await desk.talk.show((await member_screen(desk, before.id)).below(done))
