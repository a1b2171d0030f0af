"""Packs: what is on sale, what it buys, how to pay."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.views import wording
from bot.views.buttons import Buy, CheckPayment, Packs, ReleaseHold, ShowHold, Tokens
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, keyboard, lines, link, recommended, title, way_out
from domain.bookings import Booking
from domain.packs import Package
from domain.payments import PaymentTransaction
from domain.resources import Place, Resource

CURRENCY = "INR"
SHOWN_MAX = 12
DESCRIPTION_MAX = 160


def price_of(pack: Package) -> tuple[int, str]:
    """The amount in minor units and its currency: rupees where there are any, else the pack's first."""
    currency = CURRENCY if CURRENCY in pack.price else next(iter(pack.price))
    return pack.price[currency], currency


def _money(reader: Reader, pack: Package) -> str:
    return wording.money(reader, *price_of(pack))


def what_it_buys(reader: Reader, tokens: int, rack: Resource | None) -> Html | None:
    """`about 12 hours of RACK-01` at its plain price; hours rounded down."""
    if rack is None or not rack.price_tokens_per_slot:
        return None
    hours = tokens // rack.price_tokens_per_slot * timedelta(minutes=rack.slot_minutes) // timedelta(hours=1)
    if hours < 1:
        return None
    return reader.say_count("about {number} hour of {rack}", "about {number} hours of {rack}", hours, rack=rack.code)


def _buy(reader: Reader, pack: Package, *, for_hold: bool = False) -> Buy:
    return Buy(package=pack.id, asked=int(reader.now.timestamp()), for_hold=for_hold)


def best_fit(packs: Sequence[Package], missing_tokens: int) -> Package | None:
    """The smallest pack that suffices, else the largest."""
    by_size = sorted(packs, key=lambda pack: pack.token)
    return next((pack for pack in by_size if pack.token >= missing_tokens), by_size[-1] if by_size else None)


def best_buy(reader: Reader, on_sale: Sequence[Package], missing_tokens: int, *, for_hold: bool = False) -> Row:
    """The button that buys what fits best; none when nothing is on sale."""
    best = best_fit(on_sale, missing_tokens)
    if best is None:
        return []
    label = reader.label("Buy {tokens} – {price}", tokens=wording.tokens(reader, best.token),
                         price=_money(reader, best))  # fmt: skip
    return [recommended(label, _buy(reader, best, for_hold=for_hold))]


def packs(reader: Reader, on_sale: Sequence[Package], *, rack: Resource | None, hold: Booking | None) -> Screen:
    """Everything on sale; bought with one tap."""
    shown = on_sale[:SHOWN_MAX]
    rows = [
        [button(reader.label("{name} – {price}", name=pack.name, price=_money(reader, pack)),
                _buy(reader, pack, for_hold=hold is not None))]
        for pack in shown
    ]  # fmt: skip
    text = lines(
        title(reader.say("Packs of tokens")),
        *(_pack(reader, pack, rack) for pack in shown),
        None if shown else reader.say("No pack is on sale now."),
    )
    return Screen(text=text, keyboard=keyboard(*rows, way_out(reader, ShowHold() if hold else Tokens())))


def _pack(reader: Reader, pack: Package, rack: Resource | None) -> str:
    price = " · ".join((wording.tokens(reader, pack.token), _money(reader, pack), _validity(reader, pack.duration)))
    name = title(escape(pack.name))
    told = escape(wording.cut(pack.description, characters_max=DESCRIPTION_MAX)) if pack.description else None
    return lines("", name, price, what_it_buys(reader, pack.token, rack), told)


def _validity(reader: Reader, days: int | None) -> str:
    if days is None:
        return reader.label("without end")
    return reader.label_count("valid for {number} day", "valid for {number} days", days)


def pay(reader: Reader, pack: Package, payment: PaymentTransaction, *, for_hold: bool) -> Screen:
    """The way to the payer's page."""
    assert payment.pay_url is not None
    price = wording.money(reader, payment.amount, payment.currency)
    zone = reader.timezone or "Asia/Kolkata"
    until = wording.clock(reader, payment.expires_at, zone) if payment.expires_at else None
    text = lines(
        title(reader.say("{name}: {tokens} for {price}", name=pack.name, tokens=wording.tokens(reader, payment.token),
                         price=price)),
        reader.say("Pay on the page behind the button. The receipt arrives here by itself."),
        reader.say("The link works until {until}.", until=until) if until else None,
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            [link(reader.label("Pay {price}", price=price), payment.pay_url)],
            [button(reader.label("Check the payment"), CheckPayment(payment=payment.id))],
            way_out(reader, ShowHold() if for_hold else Packs()),
        ),
    )


def not_paid_yet(reader: Reader) -> str:
    """Short answer: the gateway has no money for it."""
    return reader.label("The gateway has not seen the payment yet. When it does, the receipt arrives here by itself.")


def paid(reader: Reader) -> str:
    """Short answer: it is paid."""
    return reader.label("The payment has arrived.")


def payment_failed(reader: Reader) -> str:
    """Short answer: it did not go through."""
    return reader.label("The payment did not go through. Nothing was charged to your wallet.")


def short(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int, on_sale: Sequence[Package]) -> Screen:
    """Too few tokens: the time is kept, and this pack fits best."""
    missing = max(0, booking.cost_tokens - balance_tokens)
    assert booking.hold_expires_at is not None
    until = booking.hold_expires_at.astimezone(ZoneInfo(place.venue.timezone)).strftime("%H:%M")
    first = reader.say(
        "This booking needs {needed}; you have {balance}.", needed=wording.tokens(reader, booking.cost_tokens),
        balance=wording.number(reader, balance_tokens),
    )  # fmt: skip
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    text = lines(
        title(first),
        f"{place.resource.code}, {span}",
        reader.say("The time is kept for you until {until} ({relative}).", until=until,
                   relative=wording.live(booking.hold_expires_at, wording.relative(reader, booking.hold_expires_at))),
        reader.say("When the payment lands by then, it is booked by itself."),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            best_buy(reader, on_sale, missing, for_hold=True),
            [
                button(reader.label("All packs"), Packs()),
                button(reader.label("Release the time"), ReleaseHold(booking=booking.id)),
            ],
            way_out(reader),
        ),
    )
