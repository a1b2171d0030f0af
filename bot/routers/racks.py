"""Choosing a rack: by ACI version, by when it is free, or from the picture of a day."""

from datetime import date, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.views import buttons, choices, racks, timeline
from bot.views.racks import RACKS_PER_PAGE
from bot.views.reader import Reader
from domain import bookings, resources
from domain.kernel import LIMIT_MAX
from domain.people import Actor
from domain.resources import Resource, Venue

router = Router(name="racks")

SOON_DAYS = 14
NOW_WITHIN = timedelta(minutes=60)
PICTURE_ROWS = 10
VENUES_MAX = 50


@router.message(Command("book"))
async def start_booking(_: Message, talk: Conversation, reader: Reader, now: datetime) -> None:
    """All racks."""
    await _show(talk, reader, buttons.Racks(), now)


@router.callback_query(buttons.Racks.filter())
async def list_racks(
    _: CallbackQuery, callback_data: buttons.Racks, talk: Conversation, reader: Reader, now: datetime
) -> None:
    """The racks that fit the filters."""
    await _show(talk, reader, callback_data, now)


async def _show(talk: Conversation, reader: Reader, asked: buttons.Racks, now: datetime) -> None:
    venues = {venue.id: venue for venue in await resources.venues(limit=VENUES_MAX)}
    today = _today(list(venues.values()), now)
    version = choices.version_of(asked.version, await resources.aci_versions()) if asked.version else None
    on = racks.day_wanted(asked.when, today)
    if on is None:
        page = await resources.catalogue(aci_version=version, page=max(1, asked.page), limit=RACKS_PER_PAGE)
        free = await bookings.next_free(resource_ids=[rack.id for rack in page.items], now=now, days=SOON_DAYS)
        found, pages = [(rack, free[rack.id]) for rack in page.items], page.pages
    else:
        fitting = await _free_on(on, asked.when, version, venues, now)
        first = (max(1, asked.page) - 1) * RACKS_PER_PAGE
        found, pages = fitting[first : first + RACKS_PER_PAGE], max(1, -(-len(fitting) // RACKS_PER_PAGE))
    await talk.show(racks.racks(reader, found, venues=venues, asked=asked, version=version, pages=pages, today=today))


async def _free_on(
    on: date, when: str, version: str | None, venues: dict[PydanticObjectId, Venue], now: datetime
) -> list[tuple[Resource, datetime | None]]:
    """Racks with a free start on that day (or within the hour), each with its first one."""
    every = (await resources.catalogue(aci_version=version, page=1, limit=LIMIT_MAX)).items
    if not every:
        return []
    midnights = {venue.id: resources.day_bounds(venue, on)[0] for venue in venues.values()}
    from_at = max(now, min(midnights.values()))
    free = await bookings.next_free(resource_ids=[rack.id for rack in every], now=from_at, days=2)
    until = now + NOW_WITHIN if when == racks.NOW else None
    fitting: list[tuple[Resource, datetime | None]] = []
    for rack in every:
        at = free[rack.id]
        if at is None or (until is not None and at > until):
            continue
        if resources.local_day(venues[rack.venue_id], at) == on:
            fitting.append((rack, at))
    return fitting


def _today(venues: list[Venue], now: datetime) -> date:
    return resources.local_day(venues[0], now) if venues else now.date()


@router.callback_query(buttons.ChooseVersion.filter())
async def choose_version(
    _: CallbackQuery, callback_data: buttons.ChooseVersion, talk: Conversation, reader: Reader
) -> None:
    """Which ACI version to filter by."""
    await talk.show(racks.choose_version(reader, await resources.aci_versions(), callback_data))


@router.callback_query(buttons.ChooseWhen.filter())
async def choose_when(_: CallbackQuery, callback_data: buttons.ChooseWhen, talk: Conversation, reader: Reader) -> None:
    """Which free time to filter by."""
    await talk.show(racks.choose_when(reader, callback_data))


@router.callback_query(buttons.ChooseFilterDay.filter())
async def choose_day(
    _: CallbackQuery, callback_data: buttons.ChooseFilterDay, talk: Conversation, reader: Reader, now: datetime
) -> None:
    """Which day to filter by."""
    today = _today(await resources.venues(limit=1), now)
    await talk.show(racks.choose_day(reader, callback_data, today=today))


@router.callback_query(buttons.AllRacksPicture.filter())
async def picture_of_day(
    _: CallbackQuery, callback_data: buttons.AllRacksPicture, talk: Conversation, reader: Reader, actor: Actor,
    now: datetime, state: FSMContext,
) -> None:  # fmt: skip
    """All racks of the first venue on one day."""
    version = choices.version_of(callback_data.version, await resources.aci_versions())
    every = (await resources.catalogue(aci_version=version, page=1, limit=LIMIT_MAX)).items
    venues = await resources.venues(limit=VENUES_MAX)
    venue = next((venue for venue in venues if any(rack.venue_id == venue.id for rack in every)), None)
    if venue is None:
        await _show(talk, reader, buttons.Racks(version=callback_data.version), now)
        return
    there = [rack for rack in every if rack.venue_id == venue.id]
    pages = max(1, -(-len(there) // PICTURE_ROWS))
    asked = callback_data.model_copy(update={"page": min(max(callback_data.page, 1), pages)})
    shown = there[(asked.page - 1) * PICTURE_ROWS : asked.page * PICTURE_ROWS]
    from_at, until_at = resources.day_bounds(venue, callback_data.on)
    ids = [rack.id for rack in shown]
    taken = await bookings.taken(resource_ids=ids, from_at=from_at, until_at=until_at, now=now)
    picture = timeline.day_of_racks(
        shown, venue, callback_data.on, taken, member_id=actor.member_id, now=now,
        appearance=await appearance_of(state),
    )  # fmt: skip
    await talk.show(racks.all_on(reader, shown, asked=asked, pages=pages, picture=picture, version=version))
