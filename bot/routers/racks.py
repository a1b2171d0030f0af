"""Choosing what to book: the kind, then by what tells it apart and when it is free, or from the picture of a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from beanie import PydanticObjectId

from bot import garage
from bot.appearance import appearance_of
from bot.conversation import Conversation
from bot.views import browsing, buttons, choices, filters, racks, timeline
from bot.views.browsing import ANY, AnyKind
from bot.views.filters import Wish
from bot.views.racks import RACKS_PER_PAGE, Listed
from bot.views.reader import Reader
from domain import bookings, resources
from domain.bookings import Count
from domain.kernel import LIMIT_MAX
from domain.people import Actor
from domain.resources import Place, Resource, VehicleType, Venue

router = Router(name="racks")

SOON_DAYS = 14
NOW_WITHIN = timedelta(minutes=60)
PICTURE_ROWS = 10
VENUES_MAX = 50

Offer = dict[str, set[PydanticObjectId]]


@router.message(Command("book"))
async def start_booking(_: Message, talk: Conversation, reader: Reader, actor: Actor) -> None:
    """All there is, or the choice between the kinds."""
    await _show(talk, reader, actor, buttons.Racks())


@router.callback_query(buttons.Racks.filter())
async def list_racks(
    _: CallbackQuery, callback_data: buttons.Racks, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """What fits the filters."""
    await _show(talk, reader, actor, callback_data)


async def _show(talk: Conversation, reader: Reader, actor: Actor, asked: buttons.Racks) -> None:
    offer = await resources.kinds()
    kind = _kind(asked, offer)
    if not kind:
        counts = await _free_now(offer, reader.now)
        await talk.show(filters.choose_kind(reader, counts, tag=await garage.usual_tag(actor, reader.now)))
        return
    if kind == "parking_slot" and not asked.kind and not asked.tag:
        asked = asked.model_copy(update={"tag": await garage.usual_tag(actor, reader.now)})
    asked = asked.model_copy(update={"kind": kind})
    await talk.show(racks.racks(reader, await _listed(asked, offer, reader.now), asked=asked))


def _kind(asked: buttons.Racks | browsing.PictureOfDay, offer: Offer) -> AnyKind:
    """The kind that is asked for, or the only one; none where it must be chosen. Old buttons were all of racks."""
    if asked.kind:
        return asked.kind
    if len(offer) <= 1:
        return cast(AnyKind, next(iter(offer), "rack"))
    is_old = isinstance(asked, browsing.PictureOfDay) or asked.tag or asked.when or asked.page > 1
    return "rack" if is_old else ANY


async def _free_now(offer: Offer, now: datetime) -> dict[AnyKind, Count]:
    """How many of each kind there are, and are free at this moment, at all venues together."""
    found = dict.fromkeys(offer, Count())
    for venue_id in sorted(set().union(*offer.values()))[:VENUES_MAX]:
        for kind, count in (await bookings.occupancy(venue_id=venue_id, now=now)).by_kind.items():
            before = found.get(kind, Count())
            found[kind] = Count(total=before.total + count.total, free=before.free + count.free)
    return cast(dict[AnyKind, Count], found)


async def _wish(kind: str, tag: str) -> Wish:
    """What a filter's tag stands for, if there still is such a thing."""
    if not tag:
        return Wish()
    if kind == "seat":
        return Wish(area=next((area for area in await resources.areas() if filters.area_tag(area) == tag), None))
    if kind == "parking_slot":
        types = cast(list[VehicleType], await resources.vehicle_types())
        return Wish(vehicle_type=next((each for each in types if choices.tag(each) == tag), None))
    return Wish(aci_version=choices.version_of(tag, await resources.aci_versions()))


def _wanted(asked: buttons.Racks | browsing.PictureOfDay, wish: Wish) -> dict[str, Any]:
    """The wishes, for the catalogue."""
    return {
        "kind": asked.kind, "venue_id": asked.venue, "aci_version": wish.aci_version, "area": wish.area,
        "vehicle_type": wish.vehicle_type,
    }  # fmt: skip


async def _venues(kind: str, offer: Offer) -> list[Venue]:
    """The venues that offer the kind, by code."""
    return [venue for venue in await resources.venues(limit=VENUES_MAX) if venue.id in offer.get(kind, ())]


async def _listed(asked: buttons.Racks, offer: Offer, now: datetime) -> Listed:
    venues = await _venues(asked.kind, offer)
    there = [venue for venue in venues if asked.venue in (None, venue.id)]
    today = _today(there or venues, now)
    wish = await _wish(asked.kind, asked.tag)
    on = filters.day_wanted(asked.when, today)
    if on is None:
        page = await resources.catalogue(**_wanted(asked, wish), page=max(1, asked.page), limit=RACKS_PER_PAGE)
        ids = [rack.id for rack in page.items]
        free = await bookings.next_free(resource_ids=ids, now=now, days=SOON_DAYS) if ids else {}
        fitting, pages = [(rack, free[rack.id]) for rack in page.items], page.pages
    else:
        every = (await resources.catalogue(**_wanted(asked, wish), page=1, limit=LIMIT_MAX)).items
        fitting = await _free_on(on, asked.when, every, venues, now)
        first = (max(1, asked.page) - 1) * RACKS_PER_PAGE
        pages = max(1, -(-len(fitting) // RACKS_PER_PAGE))
        fitting = fitting[first : first + RACKS_PER_PAGE]
    at = {venue.id: venue for venue in venues}
    first_one = next(iter(every), None) if on is not None and not fitting and wish.area is None else None
    return Listed(
        found=[(Place(resource=rack, venue=at[rack.venue_id]), free_at) for rack, free_at in fitting],
        pages=pages, wish=wish, venues=venues, today=today, has_other_kinds=len(offer) > 1,
        example=Place(resource=first_one, venue=at[first_one.venue_id]) if first_one else None,
    )  # fmt: skip


async def _free_on(
    on: date, when: str, every: Sequence[Resource], venues: list[Venue], now: datetime
) -> list[tuple[Resource, datetime | None]]:
    """Those with a free start on that day (or within the hour), each with its first one."""
    if not every:
        return []
    at = {venue.id: venue for venue in venues}
    midnights = [resources.day_bounds(venue, on)[0] for venue in venues]
    from_at = max(now, min(midnights))
    free = await bookings.next_free(resource_ids=[rack.id for rack in every], now=from_at, days=2)
    until = now + NOW_WITHIN if when == filters.NOW else None
    fitting: list[tuple[Resource, datetime | None]] = []
    for rack in every:
        first = free[rack.id]
        if first is None or (until is not None and first > until):
            continue
        if resources.local_day(at[rack.venue_id], first) == on:
            fitting.append((rack, first))
    return fitting


def _today(venues: list[Venue], now: datetime) -> date:
    return resources.local_day(venues[0], now) if venues else now.date()


@router.callback_query(browsing.ChooseTag.filter())
async def choose_tag(
    _: CallbackQuery, callback_data: browsing.ChooseTag, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Which ACI version, area or vehicle to filter by."""
    asked = callback_data
    if asked.kind == "seat":
        await talk.show(filters.choose_area(reader, await resources.areas(), asked))
    elif asked.kind == "parking_slot":
        types = cast(list[VehicleType], await resources.vehicle_types())
        await talk.show(filters.choose_vehicle(reader, types, await garage.own(actor), asked))
    else:
        await talk.show(filters.choose_version(reader, await resources.aci_versions(), asked))


@router.callback_query(browsing.ChooseWhen.filter())
async def choose_when(_: CallbackQuery, callback_data: browsing.ChooseWhen, talk: Conversation, reader: Reader) -> None:
    """Which free time to filter by."""
    await talk.show(filters.choose_when(reader, callback_data))


@router.callback_query(browsing.ChooseFilterDay.filter())
async def choose_day(
    _: CallbackQuery, callback_data: browsing.ChooseFilterDay, talk: Conversation, reader: Reader, now: datetime
) -> None:
    """Which day to filter by."""
    today = _today(await resources.venues(limit=1), now)
    await talk.show(filters.choose_day(reader, callback_data, today=today))


@router.callback_query(browsing.ChooseVenue.filter())
async def choose_venue(
    _: CallbackQuery, callback_data: browsing.ChooseVenue, talk: Conversation, reader: Reader
) -> None:
    """Which venue to filter by."""
    venues = await _venues(callback_data.kind or "rack", await resources.kinds())
    await talk.show(filters.choose_venue(reader, venues, callback_data))


@router.callback_query(browsing.PictureOfDay.filter())
async def picture_of_day(
    _: CallbackQuery, callback_data: browsing.PictureOfDay, talk: Conversation, reader: Reader, actor: Actor,
    state: FSMContext,
) -> None:  # fmt: skip
    """All of a kind at one venue on one day: at the first venue, until another is chosen."""
    offer = await resources.kinds()
    asked = callback_data.model_copy(update={"kind": _kind(callback_data, offer)})
    wish = await _wish(asked.kind, asked.tag)
    venues = await _venues(asked.kind, offer)
    venue = next((venue for venue in venues if asked.venue in (None, venue.id)), None)
    if venue is None:
        await _show(talk, reader, actor, buttons.Racks(kind=asked.kind, tag=asked.tag))
        return
    asked = asked.model_copy(update={"venue": venue.id})
    every = (await resources.catalogue(**_wanted(asked, wish), page=1, limit=LIMIT_MAX)).items
    pages = max(1, -(-len(every) // PICTURE_ROWS))
    asked = asked.model_copy(update={"page": min(max(asked.page, 1), pages)})
    shown = every[(asked.page - 1) * PICTURE_ROWS : asked.page * PICTURE_ROWS]
    from_at, until_at = resources.day_bounds(venue, asked.on)
    ids = [rack.id for rack in shown]
    taken = await bookings.taken(resource_ids=ids, from_at=from_at, until_at=until_at, now=reader.now)
    picture = timeline.day_of_racks(
        shown, venue, asked.on, taken, member_id=actor.member_id, now=reader.now,
        appearance=await appearance_of(state),
    )  # fmt: skip
    await talk.show(racks.all_on(reader, shown, asked=asked, pages=pages, picture=picture, wish=wish, venues=venues))
