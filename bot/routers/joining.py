"""Getting in line: the part of a day or the taken start, the length, the wish as a whole, joining.

Nothing is remembered on the way: every button says the whole wish, and the service checks it again.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from bot import errors, garage
from bot.conversation import Conversation
from bot.routers.waitlist import show_entry, waiter
from bot.views import choices
from bot.views import joining as views
from bot.views import waitlist_buttons as buttons
from bot.views.joining import DayPart
from bot.views.reader import Html, Reader
from bot.views.screen import title
from domain import bookings, resources, waitlists, wallets
from domain.bookings import VehicleRequired
from domain.kernel import Transact
from domain.people import Actor
from domain.resources import Options, Place
from domain.waitlists import AlreadyWaiting, InvalidWindow, NothingToWaitFor, TooManyEntries, WaitlistEntry

router = Router(name="joining")
MINUTE = timedelta(minutes=1)
HOUR = 60
PARTS = (("morning", 6 * HOUR, 12 * HOUR), ("afternoon", 12 * HOUR, 17 * HOUR), ("evening", 17 * HOUR, 24 * HOUR))
"""By the venue's clock, in minutes after midnight."""


@router.callback_query(buttons.WaitForDay.filter())
async def choose_part(_: CallbackQuery, callback_data: buttons.WaitForDay, talk: Conversation, reader: Reader) -> None:
    """Morning, afternoon, evening, or all the day."""
    await _show_parts(talk, reader, callback_data)


async def _show_parts(
    talk: Conversation, reader: Reader, asked: buttons.WaitForDay, *, notice: Html | None = None
) -> None:
    place = await resources.place(asked.rack)
    screen = views.parts_of_day(reader, place, _parts(place, asked, reader.now), asked=asked)
    await talk.show(screen.below(notice) if notice else screen)


def _parts(place: Place, asked: buttons.WaitForDay, now: datetime) -> list[DayPart]:
    """The parts within opening hours; in none of a closed day can anything begin."""
    resource, venue = place.resource, place.venue
    hours = resources.open_intervals(venue, asked.on)
    if not hours:
        return []
    opens_at, closes_at = hours[0].starts_at, hours[-1].ends_at
    shortest = resource.min_slots * resource.slot_minutes * MINUTE
    found: list[DayPart] = []
    for name, begins, ends in PARTS:
        starts_at = max(resources.moment_at(venue, asked.on, begins), opens_at)
        ends_at = min(resources.moment_at(venue, asked.on, ends), closes_at)
        if starts_at < ends_at:
            found.append(_part(name, starts_at, ends_at, shortest, now))
    return [*found, _part("day", opens_at, closes_at, shortest, now)]


def _part(name: str, starts_at: datetime, ends_at: datetime, shortest: timedelta, now: datetime) -> DayPart:
    is_open = ends_at - shortest > now and ends_at - starts_at >= shortest
    return DayPart(name=name, starts_at=starts_at, ends_at=ends_at, is_open=is_open)


@router.callback_query(buttons.WaitForStart.filter())
async def choose_start(
    _: CallbackQuery, callback_data: buttons.WaitForStart, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """Which of the taken starts."""
    view = await bookings.day(resource_id=callback_data.rack, on=callback_data.on, actor=actor, now=reader.now)
    await talk.show(views.starts(reader, view, asked=callback_data))


@router.callback_query(buttons.WaitLength.filter())
async def choose_length(
    _: CallbackQuery, callback_data: buttons.WaitLength, talk: Conversation, reader: Reader
) -> None:
    """How long: what fits between the start and closing time, or into the part of the day."""
    asked = callback_data
    place = await resources.place(asked.rack)
    on = resources.local_day(place.venue, asked.at)
    await talk.show(views.lengths(reader, place, _lengths(place, asked, reader.now), asked=asked, on=on))


def _lengths(place: Place, asked: buttons.WaitLength, now: datetime) -> list[int]:
    resource = place.resource
    every = [count * resource.slot_minutes for count in range(resource.min_slots, resource.max_slots + 1)]
    if asked.within:
        ends_at = asked.at + asked.within * MINUTE
        return [each for each in every if each <= asked.within and ends_at - each * MINUTE > now]
    longest = asked.at + every[-1] * MINUTE
    until = resources.open_until(place.venue, asked.at, at_most=longest)
    return [each for each in every if asked.at > now and asked.at + each * MINUTE <= until]


@router.callback_query(buttons.Wish.filter())
async def show_wish(
    _: CallbackQuery, callback_data: buttons.Wish, talk: Conversation, reader: Reader, actor: Actor
) -> None:
    """The wish as a whole, with what it costs at most."""
    await _show(talk, reader, actor, callback_data)


async def _show(
    talk: Conversation, reader: Reader, actor: Actor, asked: buttons.Wish, *, notice: Html | None = None
) -> None:
    place = await resources.place(asked.rack)
    options = await _options(place, asked, actor, reader.now)
    if options is None:
        asked = asked.model_copy(update={"choice": choices.NONE})
        options, notice = await _options(place, asked, actor, reader.now), views.offer_changed(reader)
    assert options is not None, "what nobody chose is never outdated"
    try:
        cost_tokens = await waitlists.cost_limit(**_wanted(place, asked, options), now=reader.now)
    except InvalidWindow as refusal:
        await _back(talk, reader, place, asked, title(errors.sentence(refusal, reader)))
        return
    assert actor.member_id is not None
    balance_tokens = (await wallets.of(actor.member_id)).spendable_tokens(reader.now)
    screen = views.wish(
        reader, place, options, asked=asked, cost_tokens=cost_tokens, balance_tokens=balance_tokens
    )  # fmt: skip
    await talk.show(screen.below(notice) if notice else screen)


async def _options(place: Place, asked: buttons.Wish | buttons.Join, actor: Actor, now: datetime) -> Options | None:
    """What was chosen, or the default; None when that has been overtaken."""
    return choices.decode(place.resource, asked.choice, await garage.fitting(place.resource, actor, now))


def _wanted(place: Place, asked: buttons.Wish | buttons.Join, options: Options) -> dict[str, Any]:
    """The wish in the waitlist's words: of any of a kind only the version counts, and the vehicle."""
    is_named = asked.target == "r"
    version = options.aci_version if asked.target in ("v", "w") else None
    if not is_named:
        options = Options(aci_version=version, vehicle_id=options.vehicle_id)
    return {
        "resource_id": place.resource.id if is_named else None, "kind": place.resource.kind,
        "aci_version": version, "venue_id": place.venue.id if asked.target in ("v", "a") else None,
        "window_starts_at": asked.at, "window_ends_at": asked.at + asked.within * MINUTE,
        "length_minutes": asked.minutes or None, "options": options,
    }  # fmt: skip


async def _back(
    talk: Conversation, reader: Reader, place: Place, asked: buttons.Wish | buttons.Join, notice: Html
) -> None:
    """What cannot be waited for leads back to the day."""
    on = resources.local_day(place.venue, asked.at)
    day = buttons.WaitForDay(rack=asked.rack, on=on, target=asked.target, choice=asked.choice)
    await _show_parts(talk, reader, day, notice=notice)


def _key(query: CallbackQuery, asked: buttons.Join) -> str:
    """The same button of the same message is the same command, however often it is tapped."""
    place = query.message.message_id if query.message else query.id
    meant = f"{query.from_user.id}:{place}:{asked.pack()}"
    return f"chat:{hashlib.sha256(meant.encode()).hexdigest()[:32]}"


@router.callback_query(buttons.Join.filter())
async def join(
    query: CallbackQuery, callback_data: buttons.Join, talk: Conversation, reader: Reader, actor: Actor,
    transact: Transact,
) -> None:  # fmt: skip
    """Get in line; at another price than was shown, ask again. What is free right now can be booked right now."""
    asked = callback_data
    again = buttons.Wish(**asked.model_dump(exclude={"cost", "asked"}))
    place = await resources.place(asked.rack)
    options = await _options(place, asked, actor, reader.now)
    if options is None:
        await _show(talk, reader, actor, again)
        return
    wanted = _wanted(place, asked, options)
    try:
        cost_tokens = await waitlists.cost_limit(**wanted, now=reader.now)
        if cost_tokens != asked.cost:
            await _show(talk, reader, actor, again, notice=views.cost_changed(reader, cost_tokens))
            return
        entry = await transact(
            waitlists.join, **wanted, auto_book=asked.is_auto, cost_tokens_max=cost_tokens, key=_key(query, asked),
            actor=actor, now=reader.now,
        )  # fmt: skip
    except NothingToWaitFor as free:
        await _show_free(talk, reader, free.facts, place, asked)
    except InvalidWindow as refusal:
        await _back(talk, reader, place, asked, title(errors.sentence(refusal, reader)))
    except (AlreadyWaiting, TooManyEntries, VehicleRequired) as refusal:
        await _refuse(talk, reader, actor, refusal)
    else:
        await _show_joined(talk, reader, entry)


async def _show_joined(talk: Conversation, reader: Reader, entry: WaitlistEntry) -> None:
    if entry.is_open:
        await talk.show(views.joined(reader, await waiter(reader, entry)))
    else:  # an old button: what came of it is over
        await show_entry(talk, reader, entry)


async def _refuse(
    talk: Conversation, reader: Reader, actor: Actor, refusal: AlreadyWaiting | TooManyEntries | VehicleRequired
) -> None:
    """Say no, with what leads on: the entry there is, the entries there are, the vehicle there must be."""
    said = title(errors.sentence(refusal, reader))
    if isinstance(refusal, AlreadyWaiting):
        entry = await waitlists.get(entry_id=refusal.facts["entry_id"], actor=actor)
        await show_entry(talk, reader, entry, notice=said)
    elif isinstance(refusal, TooManyEntries):
        await talk.show(views.too_many(reader, said))
    else:
        await talk.show(views.no_vehicle(reader))


async def _show_free(
    talk: Conversation, reader: Reader, facts: dict[str, Any], place: Place, asked: buttons.Join
) -> None:
    """The time that is free, with the way to book it: on the rack asked for with everything that was chosen."""
    found = await resources.place(facts["resource_id"])
    choice = asked.choice
    if found.resource.id != place.resource.id:
        options = choices.decode(place.resource, asked.choice)
        version = options.aci_version if options and asked.target in ("v", "w") else None
        choice = choices.encode(found.resource, Options(aci_version=version)) if version else choices.NONE
    await talk.show(views.free_now(reader, found, facts["starts_at"], facts["ends_at"], choice=choice))
