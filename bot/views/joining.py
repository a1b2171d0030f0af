"""Getting in line: for a taken time, or for a part of a full day; then the wish as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import choices, wording
from bot.views.buttons import DayOf, Racks, Summary
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, disabled, grid, keyboard, lines, recommended, title, way_out
from bot.views.vehicle_buttons import AddVehicle
from bot.views.waiter import Waiter, any_of, standing, wanted, when, window
from bot.views.waitlist_buttons import Join, Target, WaitForDay, WaitForStart, Waiting, WaitLength, Wish
from bot.views.waitlist_buttons import Place as PlaceInLine
from domain.bookings import DayView
from domain.resources import Options, Place

STARTS_MAX = 84
LENGTHS_MAX = 40
NONCES = 36**3
"""A button made later is another one: the seconds, cut to three characters."""


@dataclass(frozen=True, kw_only=True)
class DayPart:
    """A part of the day within opening hours, or all of them."""

    name: str
    starts_at: datetime
    ends_at: datetime
    is_open: bool
    """Whether something could still begin in it."""


# Ways in, from the screens of booking


def ways(reader: Reader, view: DayView, *, choice: str) -> list[Row]:
    """Under a day's starts: waiting for the day when nothing is free, and for a time that others have."""
    states = {slot.state for slot in view.slots}
    if "taken" not in states:
        return []
    day = WaitForDay(rack=view.resource.id, on=view.on, choice=choice)
    start = WaitForStart(rack=view.resource.id, on=view.on, choice=choice)
    whole = [] if "free" in states else [recommended(reader.label("Join the waitlist for this day"), day)]
    return [whole, [button(reader.label("A time is taken? Wait for it"), start)]]


def with_way(reader: Reader, screen: Screen, action: WaitLength | Wish) -> Screen:
    """The screen with the way to wait for a time that somebody has just taken, before everything else."""
    assert screen.keyboard is not None
    first = [recommended(reader.label("Wait for this time"), action)]
    return replace(screen, keyboard=keyboard(first, *screen.keyboard.inline_keyboard))


def anywhere(reader: Reader, *, kind: str, version: str | None, action: WaitForDay) -> Row:
    """Under a list in which nothing is free."""
    what = any_of(reader, kind, aci_version=version, venue_name=None)
    return [recommended(reader.label("Wait for {wanted}", wanted=what), action)]


# Steps


def parts_of_day(reader: Reader, place: Place, parts: Sequence[DayPart], *, asked: WaitForDay) -> Screen:
    """Within which hours."""
    text = lines(
        title(reader.say("Wait for a time – {rack}, {day}", day=wording.day(reader, asked.on),
                         rack=target_words(reader, place, asked.target, asked.choice))),
        reader.say("Within which hours?"),
    )  # fmt: skip
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(
            *grid((_part(reader, place, part, asked) for part in parts), columns=1),
            way_out(reader, _from_day(asked.target, WaitForStart(rack=asked.rack, on=asked.on, choice=asked.choice))),
        ),
    )


def _from_day(target: Target, day: WaitForStart) -> DayOf | Racks:
    return Racks() if target in ("w", "y") else DayOf(rack=day.rack, on=day.on, choice=day.choice)


def _part(reader: Reader, place: Place, part: DayPart, asked: WaitForDay) -> InlineKeyboardButton:
    names = {
        "morning": reader.label("Morning"), "afternoon": reader.label("Afternoon"),
        "evening": reader.label("Evening"), "day": reader.label("Any time"),
    }  # fmt: skip
    zone = place.venue.timezone
    hours = f"{wording.clock(reader, part.starts_at, zone)}–{wording.clock(reader, part.ends_at, zone)}"
    text = f"{names[part.name]} · {hours}"
    within = (part.ends_at - part.starts_at) // wording.MINUTE
    action = WaitLength(
        rack=asked.rack, at=part.starts_at, within=within, target=asked.target, choice=asked.choice
    )  # fmt: skip
    return button(text, action) if part.is_open else disabled(text)


def starts(reader: Reader, view: DayView, *, asked: WaitForStart) -> Screen:
    """Which of the times that others have."""
    zone = view.venue.timezone
    buttons = [
        button(wording.clock(reader, slot.starts_at, zone),
               WaitLength(rack=asked.rack, at=slot.starts_at, choice=asked.choice))
        for slot in view.slots
        if slot.state == "taken"
    ][:STARTS_MAX]  # fmt: skip
    text = lines(
        title(reader.say("Wait for a time – {rack}, {day}", rack=view.resource.code, day=wording.day(reader, view.on))),
        reader.say("From when? These are taken now.") if buttons else reader.say("Nothing is taken any more."),
    )
    back = DayOf(rack=asked.rack, on=asked.on, choice=asked.choice)
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(*grid(buttons, columns=4 if len(buttons) <= 28 else 6), way_out(reader, back)),
    )


def lengths(reader: Reader, place: Place, minutes: Sequence[int], *, asked: WaitLength, on: date) -> Screen:
    """How long it should be."""
    zone = place.venue.timezone
    ends_at = asked.at + asked.within * wording.MINUTE
    about = wording.span(reader, asked.at, ends_at, zone) if asked.within else wording.moment(reader, asked.at, zone)
    buttons = (
        button(wording.length(reader, timedelta(minutes=each)), _wish(asked, each)) for each in minutes[:LENGTHS_MAX]
    )
    rack = target_words(reader, place, asked.target, asked.choice)
    text = lines(
        title(reader.say("How long – {rack}, {start}", rack=rack, start=about)),
        None if minutes else reader.say("Nothing can begin then any more."),
    )
    back = (
        WaitForDay(rack=asked.rack, on=on, target=asked.target, choice=asked.choice)
        if asked.within
        else WaitForStart(rack=asked.rack, on=on, choice=asked.choice)
    )
    return Screen(text=text, keeps_picture=True, keyboard=keyboard(*grid(buttons, columns=4), way_out(reader, back)))


def _wish(asked: WaitLength, minutes: int) -> Wish:
    whole = {"within": asked.within, "minutes": minutes} if asked.within else {"within": minutes, "minutes": 0}
    return Wish(rack=asked.rack, at=asked.at, target=asked.target, choice=asked.choice, **whole)


def target_words(reader: Reader, place: Place, target: Target, choice: str) -> str:
    """`RACK-03`, or any of its kind."""
    if target == "r":
        return place.resource.code
    options = choices.decode(place.resource, choice) or choices.default(place.resource)
    version = options.aci_version if target in ("v", "w") else None
    venue = place.venue if target in ("v", "a") else None
    return any_of(reader, place.resource.kind, aci_version=version, venue_name=venue.name if venue else None)


# The wish as a whole


def wish(
    reader: Reader, place: Place, options: Options, *, asked: Wish, cost_tokens: int, balance_tokens: int
) -> Screen:
    """What is waited for and what happens then, before joining; what and how can be switched right here."""
    zone = place.venue.timezone
    ends_at = asked.at + asked.within * wording.MINUTE
    cost = wording.tokens(reader, cost_tokens)
    extras = choices.words(place.resource, options) if asked.target == "r" else []
    text = lines(
        title(reader.say("Wait for {wanted}", wanted=" · ".join(
            [target_words(reader, place, asked.target, asked.choice), *extras]))),
        escape(window(reader, asked.at, ends_at, zone, asked.minutes or None)),
        wording.own_time(reader, asked.at, ends_at, zone),
        "",
        *_what_happens(reader, asked, cost, is_short=balance_tokens < cost_tokens),
        reader.say("Waiting costs nothing."),
    )  # fmt: skip
    join = Join(
        rack=asked.rack, at=asked.at, within=asked.within, minutes=asked.minutes, target=asked.target,
        is_auto=asked.is_auto, cost=cost_tokens, asked=int(reader.now.timestamp()) % NONCES, choice=asked.choice,
    )  # fmt: skip
    auto = reader.label("Book it for me at once: up to {tokens}", tokens=cost)
    back = WaitLength(
        rack=asked.rack, at=asked.at, within=asked.within if asked.minutes else 0, target=asked.target,
        choice=asked.choice,
    )  # fmt: skip
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(
            [recommended(reader.label("Join the waitlist"), join)],
            [_switch(auto, asked.model_copy(update={"is_auto": not asked.is_auto}), is_on=asked.is_auto)],
            *_targets(reader, place, options, asked),
            way_out(reader, back),
        ),
    )


def _what_happens(reader: Reader, asked: Wish, cost: str, *, is_short: bool) -> list[Html | None]:
    if not asked.is_auto:
        return [
            reader.say("When it becomes free, it is kept for you for 10 minutes and we write to you."),
            reader.say("It costs up to {tokens}, if you book it then.", tokens=cost),
        ]
    return [
        reader.say("When it becomes free, it is booked for you at once, for up to {tokens}.", tokens=cost),
        reader.say("If you have too few tokens then, it is kept for you for 10 minutes.") if is_short else None,
    ]


def _targets(reader: Reader, place: Place, options: Options, asked: Wish) -> list[Row]:
    """Only it, any with the version, any: what came from a list stays as it was asked for there."""
    if asked.target in ("w", "y"):
        return []
    targets: list[Target] = ["r", "v", "a"] if options.aci_version else ["r", "a"]
    return [
        [_switch(_target(reader, place, target, options), asked.model_copy(update={"target": target}),
                 is_on=target == asked.target)]
        for target in targets
    ]  # fmt: skip


def _target(reader: Reader, place: Place, target: Target, options: Options) -> str:
    if target == "r":
        return reader.label("Only {rack}", rack=place.resource.code)
    version = options.aci_version if target == "v" else None
    return any_of(reader, place.resource.kind, aci_version=version, venue_name=None)


def _switch(text: str, action: Wish, *, is_on: bool) -> InlineKeyboardButton:
    return button(f"{'✓' if is_on else '+'} {text}", action)


def joined(reader: Reader, one: Waiter) -> Screen:
    """The fact after."""
    text = lines(
        title(reader.say("{standing}: {wanted}", standing=standing(reader, one.position), wanted=wanted(reader, one))),
        escape(when(reader, one)),
        reader.say("We write to you as soon as it is your turn."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [button(reader.label("Your place in line"), PlaceInLine(entry=one.entry.id)),
             button(reader.label("My waitlist"), Waiting())],
            way_out(reader),
        ),
    )  # fmt: skip


def free_now(reader: Reader, place: Place, starts_at: datetime, ends_at: datetime, *, choice: str) -> Screen:
    """There is nothing to wait for: it can be booked."""
    span = wording.span(reader, starts_at, ends_at, place.venue.timezone)
    slots = (ends_at - starts_at) // (place.resource.slot_minutes * wording.MINUTE)
    book = Summary(rack=place.resource.id, at=starts_at, slots=slots, choice=choice)
    return Screen(
        text=lines(
            title(reader.say("It is free right now: {booking}", booking=f"{place.resource.code}, {span}")),
            reader.say("There is no need to wait."),
        ),
        keyboard=keyboard([recommended(reader.label("Book this time"), book)], way_out(reader)),
    )


def offer_changed(reader: Reader) -> Html:
    """The first line when the button meant another offer of the rack."""
    return title(reader.say("The options of this rack have changed since. Please choose again."))


def cost_changed(reader: Reader, cost_tokens: int) -> Html:
    """The first line when it would cost another amount by now."""
    tokens = wording.tokens(reader, cost_tokens)
    return title(reader.say("The price has changed: it is up to {tokens} now.", tokens=tokens))


def too_many(reader: Reader, said: Html) -> Screen:
    """There is no place left for another wish."""
    mine = recommended(reader.label("My waitlist"), Waiting())
    return Screen(text=said, keyboard=keyboard([mine], way_out(reader)))


def no_vehicle(reader: Reader) -> Screen:
    """For a parking slot one needs a vehicle."""
    text = lines(
        title(reader.say("Which vehicle will you park?")),
        reader.say("You have none that fits. Add it once, then it is offered whenever you book."),
    )
    add = recommended(reader.label("Add a vehicle"), AddVehicle())
    return Screen(text=text, keyboard=keyboard([add], way_out(reader)))
