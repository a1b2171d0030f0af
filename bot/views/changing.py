"""Another time or another rack for a booking: the way there, what it means, and the fact after."""

from collections.abc import Sequence
from datetime import date, timedelta

from aiogram.types import InlineKeyboardButton
from babel.dates import get_day_names

from bot.views import choices, kinds, wording
from bot.views.booking import price_lines, terms
from bot.views.buttons import CalendarFile, Details, Packs
from bot.views.calendar import BLANK, SLOTS_MAX, first_of, month_number, readable
from bot.views.changing_buttons import AskExtend, ConfirmMove, MoveDay, MoveLength, MoveMonth, MoveRack, MoveTo
from bot.views.packs import best_buy
from bot.views.pictures import Picture
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, disabled, grid, keyboard, lines, recommended, title, way_out
from domain import bookings
from domain.bookings import Booking, DayLoad, DayView, DurationChoice, RescheduleQuote, SlotView
from domain.packs import Package
from domain.resources import Place

RACKS_MAX = 24


def actions(reader: Reader, booking: Booking, kind: str) -> list[Row]:
    """What can be changed about a booking, below its details."""
    if bookings.is_movable(booking, reader.now):
        return [[
            button(reader.label("Change the time"), MoveMonth(booking=booking.id)),
            button(kinds.other_one(reader, kind), MoveRack(booking=booking.id)),
        ]]  # fmt: skip
    if bookings.is_extendable(booking, reader.now):
        return [[button(reader.label("Stay longer"), AskExtend(booking=booking.id))]]
    return []


def month(
    reader: Reader, booking: Booking, place: Place, loads: Sequence[DayLoad], *, asked: MoveMonth, today: date,
    latest: date,
) -> Screen:  # fmt: skip
    """The days a booking can be moved to; its own is marked."""
    zone = place.venue.timezone
    first, own_day = first_of(asked.month), wording.local(booking.starts_at, zone).date()
    blanks = [disabled(BLANK)] * first.weekday()
    days = [_day(load, asked, own_day) for load in loads]
    tail = [disabled(BLANK)] * (-(len(blanks) + len(days)) % 7)
    names = get_day_names("short", locale=reader.locale)
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    text = lines(
        title(reader.say("Another time – {rack}: choose a day", rack=place.resource.code)),
        reader.say("It has {span} now, and keeps it until you confirm another time.", span=span),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            _months(reader, asked, first, today, latest),
            [disabled(names[weekday]) for weekday in range(7)],
            *grid([*blanks, *days, *tail], columns=7),
            way_out(reader, Details(booking=booking.id)),
        ),
    )


def _months(reader: Reader, asked: MoveMonth, first: date, today: date, latest: date) -> Row:
    earlier = asked.model_copy(update={"month": asked.month - 1})
    later = asked.model_copy(update={"month": asked.month + 1})
    return [
        button("‹", earlier) if asked.month > month_number(today) else disabled("‹"),
        disabled(wording.month(reader, first)),
        button("›", later) if asked.month < month_number(latest) else disabled("›"),
    ]


def _day(load: DayLoad, asked: MoveMonth, own_day: date) -> InlineKeyboardButton:
    label = f"✓ {load.on.day}" if load.on == own_day else str(load.on.day)
    if load.state == "free":
        return button(label, MoveDay(booking=asked.booking, on=load.on, rack=asked.rack))
    if load.state == "busy":
        return button(f"{label} ●", MoveDay(booking=asked.booking, on=load.on, rack=asked.rack))
    return disabled(label)


def day(
    reader: Reader, booking: Booking, view: DayView, *, asked: MoveDay, picture: Picture, today: date, latest: date
) -> Screen:
    """The starts of a day; what the booking has itself can be chosen too."""
    shown = list(view.slots)
    if len(shown) > SLOTS_MAX:
        shown = [slot for slot in shown if slot.state == "free"][:SLOTS_MAX]
    starts = [_start(reader, booking, view, slot, asked) for slot in shown]
    own = wording.span(reader, booking.starts_at, booking.ends_at, view.venue.timezone)
    is_free = any(slot.state == "free" for slot in view.slots)
    text = lines(
        title(reader.say("Another time – {rack}, {day}: choose a start", rack=view.resource.code,
                         day=wording.day(reader, view.on))),
        reader.say("The booking has {span} now.", span=own),
        None if is_free else reader.say("Try another day."),
    )  # fmt: skip
    return Screen(
        text=text,
        picture=picture,
        keyboard=keyboard(
            *grid(starts, columns=4 if len(starts) <= 28 else 6),
            _days(reader, asked, today, latest),
            way_out(reader, MoveMonth(booking=asked.booking, month=month_number(asked.on), rack=asked.rack)),
        ),
    )


def _start(reader: Reader, booking: Booking, view: DayView, slot: SlotView, asked: MoveDay) -> InlineKeyboardButton:
    time = wording.clock(reader, slot.starts_at, view.venue.timezone)
    is_own = (view.resource.id, slot.starts_at) == (booking.resource_id, booking.starts_at)
    label = f"✓ {time}" if is_own or slot.state == "mine" else time
    if slot.state != "free":
        return disabled(label)
    return button(label, MoveTo(booking=asked.booking, at=slot.starts_at, rack=asked.rack))


def _days(reader: Reader, asked: MoveDay, today: date, latest: date) -> Row:
    before, after = asked.on - timedelta(days=1), asked.on + timedelta(days=1)
    earlier, later = f"‹ {wording.day(reader, before)}", f"{wording.day(reader, after)} ›"
    return [
        button(earlier, asked.model_copy(update={"on": before})) if before >= today else disabled(earlier),
        button(later, asked.model_copy(update={"on": after})) if after <= latest else disabled(later),
    ]


def lengths(
    reader: Reader, booking: Booking, place: Place, offered: Sequence[DurationChoice], *, asked: MoveLength
) -> Screen:
    """How long from the chosen start; the length it has now is marked."""
    zone = place.venue.timezone
    now_minutes = minutes_of(booking)

    def choice(each: DurationChoice) -> InlineKeyboardButton:
        duration = wording.length(reader, timedelta(minutes=each.minutes))
        label = reader.label("{length} · {tokens}", length=duration, tokens=wording.tokens(reader, each.base_tokens))
        action = MoveTo(booking=asked.booking, at=asked.at, minutes=each.minutes, rack=asked.rack)
        if each.minutes == now_minutes:
            label = f"✓ {label}"
        if not each.is_free:
            return disabled(label)
        return recommended(label, action) if each.minutes == now_minutes else button(label, action)

    text = lines(
        title(reader.say("How long – {rack}, {start}", rack=place.resource.code,
                         start=wording.moment(reader, asked.at, zone))),
        reader.say("Prices are without options.") if place.resource.rack else None,
    )  # fmt: skip
    back = MoveDay(booking=asked.booking, on=wording.local(asked.at, zone).date(), rack=asked.rack)
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(*grid(map(choice, readable(offered)), columns=2), way_out(reader, back)),
    )


def minutes_of(booking: Booking) -> int:
    """How long it lasts."""
    return (booking.ends_at - booking.starts_at) // wording.MINUTE


def racks(
    reader: Reader, booking: Booking, place: Place, found: Sequence[tuple[Place, int, bool]], *, minutes: int
) -> Screen:
    """Others of the same kind for the same time, each with its price and whether it is free."""
    zone = place.venue.timezone
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)

    def choice(there: Place, cost_tokens: int, *, is_free: bool) -> InlineKeyboardButton:
        label = reader.label("{rack} · {tokens}", rack=there.resource.code, tokens=wording.tokens(reader, cost_tokens))
        action = MoveTo(booking=booking.id, at=booking.starts_at, minutes=minutes, rack=there.resource.id)
        return button(label, action) if is_free else disabled(label)

    free = sum(is_free for _place, _cost, is_free in found)
    text = lines(
        title(reader.say("Instead of {rack}, {span}", rack=place.resource.code, span=span)),
        reader.say("What is taken at that time cannot be chosen.")
        if free
        else reader.say("Nothing else that fits is free at that time."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            *grid((choice(there, cost, is_free=is_free) for there, cost, is_free in found[:RACKS_MAX]), columns=2),
            way_out(reader, Details(booking=booking.id)),
        ),
    )


def summary(
    reader: Reader, moving: RescheduleQuote, place: Place, *, asked: MoveTo, on_sale: Sequence[Package]
) -> Screen:
    """Old and new, and the money between them, before it is done. `place` is where the booking is now."""
    booking, quote = moving.booking, moving.quote
    zone = quote.venue.timezone
    span = wording.span(reader, quote.starts_at, quote.ends_at, zone)
    total = quote.price.total_tokens
    words = choices.words(quote.resource, quote.options)
    text = lines(
        title(reader.say("Move to {rack}, {span}?", rack=quote.resource.code, span=span)),
        reader.say("Until now: {rack}, {span}", rack=place.resource.code,
                   span=wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)),
        wording.own_time(reader, quote.starts_at, quote.ends_at, zone),
        escape(" · ".join(words)) if words else None,
        "",
        *price_lines(reader, quote.price.lines, quote.resource),
        title(reader.say("New price: {tokens}", tokens=wording.tokens(reader, total))),
        *_money(reader, moving),
        terms(reader, quote.terms, quote.free_until, zone),
    )  # fmt: skip
    return Screen(text=text, keeps_picture=True, keyboard=keyboard(*_choices(reader, moving, asked, on_sale)))


def _money(reader: Reader, moving: RescheduleQuote) -> list[Html | None]:
    number, quote = wording.number, moving.quote
    after = quote.balance_tokens - moving.difference_tokens
    return [
        reader.say("Comes back of the {paid} paid: {returned}", paid=wording.tokens(reader, moving.booking.cost_tokens),
                   returned=number(reader, moving.returned_tokens)),
        reader.say("Kept by the terms, since it is late: {tokens}", tokens=number(reader, moving.kept_tokens))
        if moving.kept_tokens
        else None,
        difference(reader, moving.difference_tokens),
        reader.say("Balance after: {tokens}", tokens=wording.tokens(reader, after))
        if after >= 0
        else reader.say("You have {tokens}; {missing} are missing.", missing=number(reader, -after),
                        tokens=number(reader, quote.balance_tokens)),
        None if after >= 0 else reader.say("Until then the booking stays as it is; the new time is not kept for you."),
    ]  # fmt: skip


def difference(reader: Reader, tokens: int) -> Html:
    """What is to be paid, or to be had."""
    if tokens == 0:
        return reader.say("Nothing to pay.")
    words = wording.tokens(reader, abs(tokens))
    return reader.say("To pay: {tokens}", tokens=words) if tokens > 0 else reader.say("You get {tokens}.", tokens=words)


def _choices(reader: Reader, moving: RescheduleQuote, asked: MoveTo, on_sale: Sequence[Package]) -> list[Row]:
    booking, quote = moving.booking, moving.quote
    label = reader.label
    length = button(label("Other length"), MoveLength(booking=booking.id, at=asked.at, rack=asked.rack))
    on = wording.local(asked.at, quote.venue.timezone).date()
    back = way_out(reader, MoveDay(booking=booking.id, on=on, rack=asked.rack))
    if quote.missing_tokens:
        buy = best_buy(reader, on_sale, quote.missing_tokens)
        return [buy, [button(label("All packs"), Packs()), button(label("Look again"), asked)], [length], back]
    confirm = ConfirmMove(
        booking=booking.id, at=asked.at, minutes=(quote.ends_at - quote.starts_at) // wording.MINUTE,
        cost=quote.price.total_tokens, refund=moving.returned_tokens, moves=booking.moves, rack=asked.rack,
    )  # fmt: skip
    return [[recommended(_confirm(reader, moving.difference_tokens), confirm)], [length], back]


def _confirm(reader: Reader, difference_tokens: int) -> str:
    words = wording.tokens(reader, abs(difference_tokens))
    if difference_tokens > 0:
        return reader.label("Move – pay {tokens}", tokens=words)
    return reader.label("Move – {tokens} back", tokens=words) if difference_tokens else reader.label("Move")


def moved(reader: Reader, booking: Booking, place: Place, *, asked: ConfirmMove, balance_tokens: int) -> Screen:
    """Stays in the chat: where it is now, what that cost, what came back."""
    zone = place.venue.timezone
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    relative = wording.live(booking.starts_at, wording.relative(reader, booking.starts_at))
    free_until = bookings.free_cancellation_until(booking.starts_at, booking.terms)
    text = lines(
        title(reader.say("Moved: {rack}, {span}", rack=place.resource.code, span=span)),
        reader.say("Starts {relative}", relative=relative),
        wording.own_time(reader, booking.starts_at, booking.ends_at, zone),
        reader.say("Paid {paid}, {returned} came back.", paid=wording.tokens(reader, asked.cost),
                   returned=wording.number(reader, asked.refund)),
        reader.say("Code {code} · {tokens} · balance {balance}", code=Html(f"<code>{booking.code}</code>"),
                   tokens=wording.tokens(reader, booking.cost_tokens), balance=wording.number(reader, balance_tokens)),
        terms(reader, booking.terms, free_until, zone),
    )  # fmt: skip
    label = reader.label
    return Screen(
        text=text,
        keyboard=keyboard(
            [
                button(label("Details"), Details(booking=booking.id, is_new=True)),
                button(label("Add to calendar"), CalendarFile(booking=booking.id)),
            ]
        ),
    )


def as_it_is(reader: Reader) -> Html:
    """The first line when the chosen time is the one it has."""
    return title(reader.say("That is what the booking has already."))


def changed_since(reader: Reader) -> Html:
    """The first line when the booking is no longer what the question was about."""
    return title(reader.say("The booking has been changed since. This is what a move means now."))
