"""The summary before, the confirmation after, and the way there: price, terms, options."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import arriving, choices, kinds, wording
from bot.views.buttons import (
    CalendarFile,
    Confirm,
    ConfirmHold,
    Details,
    Length,
    ReleaseHold,
    ShowTicket,
    Summary,
)
from bot.views.changing_buttons import AskWeeks
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, grid, keyboard, lines, recommended, title, way_out
from bot.views.vehicle_buttons import AddVehicle
from domain import resources
from domain.bookings import Booking, Quote
from domain.resources import CancellationTerms, Options, Place, PriceLine, Resource
from domain.vehicles import Vehicle

TOGGLES_MAX = 24
VEHICLE_MAX = 40


def heading(rack: Resource, options: Options, vehicle: Vehicle | None = None) -> str:
    """`RACK-03 · ACI 6.0(5h) · Clean fabric`, `P1-01 · WB02AB1234`."""
    return " · ".join([rack.code, *choices.words(rack, options, vehicle)])


def price_lines(reader: Reader, lines_: list[PriceLine], resource: Resource) -> list[Html]:
    """The price, line by line."""
    return [_price_line(reader, line, resource) for line in lines_]


def _price_line(reader: Reader, line: PriceLine, resource: Resource) -> Html:
    amount = wording.number(reader, line.tokens)
    if line.kind == "base":
        each = wording.tokens(reader, resource.price_tokens_per_slot)
        slot = wording.length(reader, timedelta(minutes=resource.slot_minutes))
        return reader.say("{quantity} × {slot} at {each}: {amount}", quantity=line.quantity, slot=slot, each=each,
                          amount=amount)  # fmt: skip
    if line.kind == "peak":
        change = f"{line.percent - 100:+d} %".replace("-", "−")
        return reader.say("{hours} ({change}): {amount}", hours=line.label, change=change, amount=amount)
    return reader.say("Option {name}: {amount}", name=line.label, amount=amount)


def terms(reader: Reader, sold: CancellationTerms, free_until: datetime, zone: str) -> Html:
    """What cancelling returns, and until when."""
    if free_until <= reader.now:
        if sold.late_percent == 0:
            return reader.say("Cancelling returns nothing any more.")
        return reader.say("Cancelling returns {percent} % until it starts.", percent=sold.late_percent)
    until = wording.soon(reader, free_until, zone)
    if sold.full_refund_hours == 0:
        return reader.say("Cancelling is free until it starts.")
    if sold.late_percent == 0:
        return reader.say("Cancelling is free until {until}, then nothing comes back.", until=until)
    return reader.say("Cancelling is free until {until}, then {percent} % comes back.", until=until,
                      percent=sold.late_percent)  # fmt: skip


def summary(reader: Reader, quote: Quote, *, asked: Summary, vehicles: Sequence[Vehicle] = ()) -> Screen:
    """The whole booking, with what it costs and what is left; what was chosen can be switched right here.

    `vehicles` are those of the member that fit there.
    """
    zone = quote.venue.timezone
    vehicle = next((each for each in vehicles if each.id == quote.options.vehicle_id), None)
    total = quote.price.total_tokens
    after = quote.balance_tokens - total
    length = wording.length(reader, quote.ends_at - quote.starts_at)
    span = wording.span(reader, quote.starts_at, quote.ends_at, zone)
    text = lines(
        title(escape(heading(quote.resource, quote.options, vehicle))),
        _where(reader, quote.resource),
        f"{span} ({length})",
        wording.own_time(reader, quote.starts_at, quote.ends_at, zone),
        "",
        *price_lines(reader, quote.price.lines, quote.resource),
        title(reader.say("Total: {tokens}", tokens=wording.tokens(reader, total))),
        reader.say("Balance after: {tokens}", tokens=wording.tokens(reader, after))
        if after >= 0
        else reader.say("You have {tokens}; {missing} are missing.", missing=wording.number(reader, -after),
                        tokens=wording.number(reader, quote.balance_tokens)),
        terms(reader, quote.terms, quote.free_until, zone),
        arriving.before(reader, quote.resource),
        arriving.overtime(reader, resources.overtime_for(quote.resource)),
    )  # fmt: skip
    choice = choices.encode(quote.resource, quote.options)
    confirm = Confirm(rack=asked.rack, at=asked.at, slots=asked.slots, cost=total, choice=choice)
    switches = _vehicles(reader, quote, asked, vehicles) or _switches(quote, asked)
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(
            [recommended(reader.label("Confirm – {tokens}", tokens=wording.tokens(reader, total)), confirm)],
            *switches,
            _every_week(reader, quote, choice),
            way_out(reader, Length(rack=asked.rack, at=asked.at, choice=choice)),
        ),
    )


def _every_week(reader: Reader, quote: Quote, choice: str) -> Row:
    minutes = (quote.ends_at - quote.starts_at) // wording.MINUTE
    weeks = AskWeeks(rack=quote.resource.id, at=quote.starts_at, minutes=minutes, choice=choice)
    return [button(reader.label("Every week…"), weeks)]


def _where(reader: Reader, resource: Resource) -> str | None:
    told = kinds.facts(reader, resource) if resource.kind != "rack" else None
    return escape(told) if told else None


def _vehicles(reader: Reader, quote: Quote, asked: Summary, vehicles: Sequence[Vehicle]) -> list[Row]:
    """The vehicles that fit, where there is a choice, and the way to another one."""
    if quote.resource.kind != "parking_slot":
        return []

    def switch(vehicle: Vehicle) -> InlineKeyboardButton:
        choice = choices.encode(quote.resource, Options(vehicle_id=vehicle.id))
        mark = "✓" if vehicle.id == quote.options.vehicle_id else "+"
        text = wording.cut(f"{mark} {kinds.vehicle(vehicle)}", characters_max=VEHICLE_MAX)
        return button(text, asked.model_copy(update={"choice": choice}))

    add = AddVehicle(rack=asked.rack, at=asked.at, slots=asked.slots)
    several = [[switch(vehicle)] for vehicle in vehicles] if len(vehicles) > 1 else []
    return [*several, [button(reader.label("Add a vehicle"), add)]]


def no_vehicle(reader: Reader, place: Place, *, asked: Summary) -> Screen:
    """A parking slot for somebody who has no vehicle that fits: add one, and come back."""
    zone, step = place.venue.timezone, timedelta(minutes=place.resource.slot_minutes)
    span = wording.span(reader, asked.at, asked.at + asked.slots * step, zone)
    what = kinds.for_vehicles(reader, kinds.type_of(place.resource))
    text = lines(
        title(reader.say("Which vehicle will you park?")),
        f"{escape(place.resource.code)} · {what} · {span}",
        reader.say("You have none that fits. Add it once, then it is offered whenever you book."),
    )
    add = AddVehicle(rack=asked.rack, at=asked.at, slots=asked.slots)
    back = Length(rack=asked.rack, at=asked.at)
    return Screen(
        text=text, keeps_picture=True,
        keyboard=keyboard([recommended(reader.label("Add a vehicle"), add)], way_out(reader, back)),
    )  # fmt: skip


def _switches(quote: Quote, asked: Summary) -> list[Row]:
    rack = quote.resource.rack
    if rack is None:
        return []

    def switch(text: str, options: Options, *, is_on: bool) -> InlineKeyboardButton:
        action = asked.model_copy(update={"choice": choices.encode(quote.resource, options)})
        return button(f"{'✓' if is_on else '+'} {text}", action)

    chosen = quote.options
    versions = [
        switch(f"ACI {version}", chosen.model_copy(update={"aci_version": version}),
               is_on=version == chosen.aci_version)
        for version in rack.aci_versions
    ]  # fmt: skip
    options = [
        switch(f"{option.label} ({option.extra_tokens:+d})" if option.extra_tokens else option.label,
               choices.toggled(chosen, option.key), is_on=option.key in chosen.preconfig)
        for option in rack.preconfig_options
    ]  # fmt: skip
    several = versions if len(versions) > 1 else []
    return [*grid(several[:TOGGLES_MAX], columns=2), *grid(options[:TOGGLES_MAX], columns=1)]


def confirmed(
    reader: Reader, booking: Booking, place: Place, *, balance_tokens: int, vehicle: Vehicle | None = None
) -> Screen:
    """Stays in the chat: what was booked, its code, its price, until when it can be undone; what to do on arrival."""
    zone = place.venue.timezone
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    relative = wording.live(booking.starts_at, wording.relative(reader, booking.starts_at))
    free_until = booking.starts_at - timedelta(hours=booking.terms.full_refund_hours)
    text = lines(
        title(reader.say("Booked: {rack}, {span}", rack=place.resource.code, span=span)),
        reader.say("Starts {relative}", relative=relative),
        wording.own_time(reader, booking.starts_at, booking.ends_at, zone),
        reader.say("Code {code} · {tokens} · balance {balance}", code=Html(f"<code>{booking.code}</code>"),
                   tokens=wording.tokens(reader, booking.cost_tokens), balance=wording.number(reader, balance_tokens)),
        _options(booking, place, vehicle),
        _where(reader, place.resource),
        terms(reader, booking.terms, free_until, zone),
        arriving.after(reader, booking, zone),
        arriving.prepared(reader, booking.prepare_at, zone) if booking.prepare_at else None,
        arriving.overtime(reader, booking.overtime),
    )  # fmt: skip
    label = reader.label
    code = [recommended(label("Show code"), ShowTicket(booking=booking.id))] if booking.check_in == "required" else []
    return Screen(
        text=text,
        keyboard=keyboard(
            code,
            [
                button(label("Details"), Details(booking=booking.id, is_new=True)),
                button(label("Add to calendar"), CalendarFile(booking=booking.id)),
            ],
        ),
    )


def _options(booking: Booking, place: Place, vehicle: Vehicle | None) -> Html | None:
    words = choices.words(place.resource, booking.options) if vehicle is None else [kinds.vehicle(vehicle)]
    return Html(escape(" · ".join(words))) if words else None


def held(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int) -> Screen:
    """The kept time, now that the tokens suffice."""
    zone = place.venue.timezone
    assert booking.hold_expires_at is not None
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    cost = wording.tokens(reader, booking.cost_tokens)
    text = lines(
        title(reader.say("Kept for you until {until}: {rack}, {when}", rack=place.resource.code, when=span,
                         until=wording.clock(reader, booking.hold_expires_at, zone))),
        reader.say("Total: {tokens}", tokens=cost),
        reader.say("Balance after: {tokens}", tokens=wording.tokens(reader, balance_tokens - booking.cost_tokens)),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [recommended(reader.label("Confirm – {tokens}", tokens=cost), ConfirmHold(booking=booking.id))],
            [button(reader.label("Release the time"), ReleaseHold(booking=booking.id))],
            way_out(reader),
        ),
    )


def released(reader: Reader) -> Html:
    """The first line after giving a kept time up."""
    return title(reader.say("The time is released. Nothing was charged."))


def no_hold(reader: Reader) -> Html:
    """The first line when nothing is kept any more."""
    return title(reader.say("No time is kept for you now."))


def offer_changed(reader: Reader) -> Html:
    """The first line when a rack's options are not what the button meant."""
    return title(reader.say("The options of this rack have changed since. Please choose again."))


def vehicle_gone(reader: Reader) -> Html:
    """The first line when the vehicle that a button meant is no longer theirs."""
    return title(reader.say("That vehicle is no longer among yours. Please look again."))
