"""The menu, the greeting, help: where everything starts."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from aiogram.types import CopyTextButton, InlineKeyboardButton

from bot.views import kinds, sessions, waitlist, wording
from bot.views.admin.buttons import Office
from bot.views.buttons import Bookings, Help, Menu, Racks, Settings, ShowHold, Tokens
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, keyboard, lines, recommended, title, way_out
from bot.views.vehicle_buttons import Vehicles
from domain.bookings import Booking, Status
from domain.resources import Place
from domain.waitlists import Offer


def _greeting(reader: Reader, name: str, zone: str) -> Html:
    hour = reader.now.astimezone(ZoneInfo(zone)).hour
    if 5 <= hour < 12:
        return reader.say("Good morning, {name}.", name=name)
    if 12 <= hour < 17:
        return reader.say("Good afternoon, {name}.", name=name)
    return reader.say("Good evening, {name}.", name=name)


def menu(
    reader: Reader,
    *,
    name: str,
    balance_tokens: int,
    coming: tuple[Booking, Place] | None,
    hold: tuple[Booking, Place] | None,
    has_office: bool = False,
    offer: Collection[str] = (),
    place_free: tuple[Offer, Place] | None = None,
) -> Screen:
    """Greeting, balance, what comes next; the four doors, and the office's for those who work there. `offer` has the
    kinds that can be booked, `place_free` what the waitlist offers them now.
    """
    place = (coming or hold or (None, None))[1]
    zone = reader.timezone or (place.venue.timezone if place else "UTC")
    text = lines(
        title(_greeting(reader, name, zone)),
        None if balance_tokens or place else kinds.what_we_do(reader, offer),
        reader.say("Balance: {tokens}", tokens=wording.tokens(reader, balance_tokens)),
        _next(reader, *coming) if coming else None,
        _held(reader, *hold) if hold else None,
        *_free(reader, *place_free, balance_tokens=balance_tokens) if place_free else [],
    )
    label = reader.label
    return Screen(
        text=text,
        keyboard=keyboard(
            waitlist.offer_buttons(reader, place_free[0].entry) if place_free else [],
            [recommended(label("Finish the held booking"), ShowHold())] if hold else [],
            [button(kinds.book(reader, offer), Racks()), button(label("My bookings"), Bookings())],
            [button(label("Tokens"), Tokens()), button(label("Help"), Help())],
            [button(label("Settings"), Settings()), *_office(reader, has_office)],
        ),
    )


def _office(reader: Reader, has_office: bool) -> Row:
    return [button(reader.label("Administration"), Office())] if has_office else []


def _next(reader: Reader, booking: Booking, place: Place) -> Html:
    zone, rack = place.venue.timezone, place.resource.code
    ends = wording.clock(reader, booking.ends_at, zone)
    if sessions.is_over(reader, booking):
        return reader.say("Over since {time}: {rack}. Check out when you leave.", rack=rack, time=ends)
    if booking.status is Status.ACTIVE:
        return reader.say("Now: {rack}, until {time}", rack=rack, time=ends)
    when = wording.soon(reader, booking.starts_at, zone)
    return reader.say("Next: {rack}, {when}", rack=rack, when=when)


def _held(reader: Reader, booking: Booking, place: Place) -> Html:
    zone = place.venue.timezone
    assert booking.hold_expires_at is not None
    return reader.say(
        "Kept for you until {until}: {rack}, {when}", until=wording.clock(reader, booking.hold_expires_at, zone),
        rack=place.resource.code, when=wording.soon(reader, booking.starts_at, zone),
    )  # fmt: skip


def _free(reader: Reader, offer: Offer, place: Place, *, balance_tokens: int) -> list[str]:
    first = title(waitlist.offer_line(reader, offer.booking, place))
    return ["", first, *waitlist.offer_terms(reader, offer.booking, place, balance_tokens=balance_tokens)]


def help_(reader: Reader, offer: Collection[str] = ()) -> Screen:
    """What can be done here, on one screen."""
    text = lines(
        title(kinds.what_we_do(reader, offer)),
        "",
        reader.say("/book – find a free time and book it"),
        reader.say("/now – what is free at this moment"),
        reader.say("/bookings – see, change, cancel or repeat your bookings"),
        reader.say("/waitlist – what you wait for, and at which place in line"),
        reader.say("/balance – your tokens and when they expire"),
        reader.say("/packs – buy tokens"),
        reader.say("/settings – language, time zone, pictures, notifications"),
        reader.say("/token – a token for programs that book for you"),
        "",
        reader.say("Times are the venue's own. A booking can be cancelled until it starts; what comes back is always "
                   "said before."),
        reader.say("If you have too few tokens, the time is kept for you for 10 minutes while you buy a pack."),
    )  # fmt: skip
    vehicles = [button(reader.label("My vehicles"), Vehicles())] if "parking_slot" in offer else []
    book = recommended(kinds.book(reader, offer), Racks())
    return Screen(text=text, keyboard=keyboard([book], vehicles, way_out(reader)))


def api_token(reader: Reader, token: str) -> Screen:
    """The API token, this once, behind a spoiler."""
    text = lines(
        title(reader.say("Your API token")),
        f"<tg-spoiler>{escape(token)}</tg-spoiler>",
        "",
        reader.say("It is shown only now. Whoever has it can book with your tokens: keep it like a password."),
        reader.say("A new /token ends this one."),
    )
    copy = InlineKeyboardButton(text=reader.label("Copy the token"), copy_text=CopyTextButton(text=token))
    return Screen(text=text, keyboard=keyboard([copy], way_out(reader)))


def only_in_private(reader: Reader, *, username: str) -> Screen:
    """For groups: where to find us."""
    return Screen(text=reader.say("You can book with me in a private chat: https://t.me/{username}", username=username))


def apology(reader: Reader, *, reference: str) -> Screen:
    """Something broke on our side."""
    text = lines(
        title(reader.say("Something went wrong on our side. Please try again.")),
        reader.say("Nothing is booked or paid twice. If it stays, tell us this reference: {reference}",
                   reference=Html(f"<code>{reference}</code>")),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard([button(reader.label("Menu"), Menu())]))


def refusal(reader: Reader, sentence: str, ways: Row = ()) -> Screen:
    """A plain no, with its reason and the ways on."""
    return Screen(text=title(sentence), keyboard=keyboard(ways, way_out(reader)))


def not_understood(reader: Reader) -> Html:
    """The first line after words we cannot use."""
    return reader.say("I did not understand that. Here is what can be done:")


def unknown_command(reader: Reader) -> Html:
    """The first line after a command there is not."""
    return reader.say("There is no such command. Here is what can be done:")


def old_button(reader: Reader) -> str:
    """The short answer to a button from another age."""
    return reader.label("This button is out of date. Here is the menu.")
