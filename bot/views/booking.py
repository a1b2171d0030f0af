"""The summary before, the confirmation after, and the way there: price, terms, options."""

from datetime import datetime, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import choices, wording
from bot.views.buttons import (
    CalendarFile,
    Confirm,
    ConfirmHold,
    Details,
    Length,
    ReleaseHold,
    Summary,
)
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, grid, keyboard, lines, recommended, title, way_out
from domain.bookings import Booking, Quote
from domain.resources import CancellationTerms, Options, Place, PriceLine, Resource

TOGGLES_MAX = 24


def heading(rack: Resource, options: Options) -> str:
    """`RACK-03 · ACI 6.0(5h) · Clean fabric`."""
    return " · ".join([rack.code, *choices.words(rack, options)])


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
        return reader.say("Cancelling returns {percent} % until it starts.", percent=sold.late_percent)
    until = wording.soon(reader, free_until, zone)
    if sold.full_refund_hours == 0:
        return reader.say("Cancelling is free until it starts.")
    return reader.say("Cancelling is free until {until}, then {percent} % comes back.", until=until,
                      percent=sold.late_percent)  # fmt: skip


def summary(reader: Reader, quote: Quote, *, asked: Summary) -> Screen:
    """The whole booking, with what it costs and what is left; version and options can be switched right here."""
    zone = quote.venue.timezone
    total = quote.price.total_tokens
    after = quote.balance_tokens - total
    length = wording.length(reader, quote.ends_at - quote.starts_at)
    span = wording.span(reader, quote.starts_at, quote.ends_at, zone)
    text = lines(
        title(escape(heading(quote.resource, quote.options))),
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
    )  # fmt: skip
    choice = choices.encode(quote.resource, quote.options)
    confirm = Confirm(rack=asked.rack, at=asked.at, slots=asked.slots, cost=total, choice=choice)
    buttons = _switches(quote, asked)
    return Screen(
        text=text,
        keeps_picture=True,
        keyboard=keyboard(
            [recommended(reader.label("Confirm – {tokens}", tokens=wording.tokens(reader, total)), confirm)],
            *buttons,
            way_out(reader, Length(rack=asked.rack, at=asked.at, choice=choice)),
        ),
    )


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


def confirmed(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int) -> Screen:
    """Stays in the chat: what was booked, its code, what it cost and until when it can be undone."""
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
        _options(reader, booking, place),
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


def _options(reader: Reader, booking: Booking, place: Place) -> Html | None:
    words = choices.words(place.resource, booking.options)
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
