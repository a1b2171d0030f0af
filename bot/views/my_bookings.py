"""My bookings: the lists, one booking, cancelling."""

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton
from beanie import PydanticObjectId

from bot.views import arriving, changing, sessions, wording
from bot.views import series as series_views
from bot.views.booking import heading, price_lines, terms
from bot.views.buttons import (
    Again,
    AskCancel,
    Bookings,
    CalendarFile,
    Cancel,
    ConfirmHold,
    Details,
    Racks,
    ReleaseHold,
)
from bot.views.reader import Html, Reader, escape
from bot.views.screen import (
    Row,
    Screen,
    button,
    destructive,
    grid,
    keyboard,
    lines,
    pager,
    recommended,
    title,
    way_out,
)
from bot.views.waitlist_buttons import Waiting
from domain.bookings import AWAITED, Booking, Cancellation, Status, has_begun
from domain.kernel import Page
from domain.provisioning import RunView
from domain.resources import Place
from domain.vehicles import Vehicle

Places = Mapping[PydanticObjectId, Place]


def status_word(reader: Reader, status: Status) -> str:
    """The state in one word."""
    words = {
        Status.HELD: reader.label("held"), Status.CONFIRMED: reader.label("booked"),
        Status.ACTIVE: reader.label("running"), Status.COMPLETED: reader.label("over"),
        Status.CANCELLED: reader.label("cancelled"), Status.EXPIRED: reader.label("lapsed"),
        Status.PREPARING: reader.label("being prepared"), Status.READY: reader.label("ready"),
        Status.NO_SHOW: reader.label("missed"),
    }  # fmt: skip
    return words[status]


def bookings(reader: Reader, page: Page[Booking], places: Places, *, is_past: bool, waiting: int = 0) -> Screen:
    """One page of the coming or the past ones; `waiting` says for how much the member waits."""
    first = reader.say("Past bookings") if is_past else reader.say("Coming bookings")
    none = reader.say("There is none yet.") if is_past else reader.say("You have nothing booked.")
    rows = [_row(reader, booking, places[booking.resource_id]) for booking in page.items]
    asked = Bookings(is_past=is_past, page=page.number)
    other = reader.label("Coming") if is_past else reader.label("Past")
    return Screen(
        text=lines(title(first), *(rows or [none])),
        keyboard=keyboard(
            *grid((_open(reader, booking, places[booking.resource_id]) for booking in page.items), columns=2),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [button(other, Bookings(is_past=not is_past)), button(_waitlist(reader, waiting), Waiting())]
            + ([] if rows or is_past else [recommended(reader.label("Book"), Racks())]),
            way_out(reader),
        ),
    )  # fmt: skip


def _waitlist(reader: Reader, waiting: int) -> str:
    return reader.label("Waitlist ({number})", number=waiting) if waiting else reader.label("Waitlist")


def _row(reader: Reader, booking: Booking, place: Place) -> Html:
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    word = reader.label("not checked out") if sessions.is_over(reader, booking) else status_word(reader, booking.status)
    return Html(escape(f"{place.resource.code} · {span} · {word}"))


def _open(reader: Reader, booking: Booking, place: Place) -> InlineKeyboardButton:
    when = wording.moment(reader, booking.starts_at, place.venue.timezone)
    return button(f"{place.resource.code} · {when}", Details(booking=booking.id))


def details(
    reader: Reader, booking: Booking, place: Place, cancellation: Cancellation, runs: Sequence[RunView] = (),
    series: Sequence[Booking] = (), vehicle: Vehicle | None = None,
) -> Screen:  # fmt: skip
    """Everything about one booking."""
    zone = place.venue.timezone
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    is_coming = booking.status in (*AWAITED, Status.HELD)
    relative = wording.live(booking.starts_at, wording.relative(reader, booking.starts_at))
    text = lines(
        title(reader.say("{rack}, {span}: {status}", rack=place.resource.code, span=span,
                         status=status_word(reader, booking.status))),
        reader.say("Starts {relative}", relative=relative) if is_coming else None,
        wording.own_time(reader, booking.starts_at, booking.ends_at, zone),
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
        escape(", ".join(part for part in (place.venue.name, place.venue.address, place.venue.city) if part)),
        escape(heading(place.resource, booking.options, vehicle)),
        series_views.place_in(reader, booking, series),
        *sessions.state(reader, booking, place, runs),
        "",
        *price_lines(reader, booking.price_lines, place.resource),
        *sessions.overtime_charged(reader, booking),
        title(reader.say("Total: {tokens}", tokens=wording.tokens(reader, _paid_tokens(booking)))),
        terms(reader, booking.terms, cancellation.free_until, zone) if booking.status in AWAITED else None,
        arriving.overtime(reader, booking.overtime) if booking.status in AWAITED else None,
        _returned(reader, booking),
    )  # fmt: skip
    return Screen(
        text=text,
        keyboard=keyboard(
            *_actions(reader, booking, place, series),
            way_out(reader, Bookings(is_past=booking.status not in _COMING)),
        ),
    )


_COMING = (Status.HELD, *AWAITED, Status.ACTIVE)


def _paid_tokens(booking: Booking) -> int:
    return booking.cost_tokens + booking.overtime_tokens + booking.penalty_tokens


def _returned(reader: Reader, booking: Booking) -> Html | None:
    if booking.status is not Status.CANCELLED:
        return None
    return reader.say("Came back: {tokens}", tokens=wording.tokens(reader, booking.refund_tokens))


def _actions(reader: Reader, booking: Booking, place: Place, series: Sequence[Booking]) -> list[Row]:
    label = reader.label
    again = button(label("Book again"), Again(booking=booking.id))
    if booking.status is Status.HELD:
        cost = wording.tokens(reader, booking.cost_tokens)
        return [
            [recommended(label("Confirm – {tokens}", tokens=cost), ConfirmHold(booking=booking.id))],
            [button(label("Release the time"), ReleaseHold(booking=booking.id))],
        ]
    calendar_file = button(label("Add to calendar"), CalendarFile(booking=booking.id))
    rows, changes = sessions.actions(reader, booking), changing.actions(reader, booking, place.resource.kind)
    if booking.status in AWAITED and booking.starts_at > reader.now:
        cancel = destructive(label("Cancel the booking"), AskCancel(booking=booking.id))
        rest = series_views.actions(reader, booking, series)
        return [*rows, *changes, [calendar_file, again], [cancel], *rest]
    if has_begun(booking, reader.now):
        return [*rows, *changes, [calendar_file, again]]
    return [*rows, [again]]


def ask_cancel(reader: Reader, booking: Booking, place: Place, cancellation: Cancellation) -> Screen:
    """What cancelling now would mean, before it is done."""
    zone = place.venue.timezone
    consequence = reader.say_count(
        "Cancelling now returns {refund} of {number} token.", "Cancelling now returns {refund} of {number} tokens.",
        booking.cost_tokens, refund=cancellation.refund_tokens,
    )  # fmt: skip
    span = wording.span(reader, booking.starts_at, booking.ends_at, zone)
    text = lines(
        title(consequence),
        f"{place.resource.code}, {span}",
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
        terms(reader, booking.terms, cancellation.free_until, zone),
    )
    cancel = Cancel(booking=booking.id, refund=cancellation.refund_tokens)
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Cancel, {tokens} back",
                                      tokens=wording.tokens(reader, cancellation.refund_tokens)), cancel)],
            [recommended(reader.label("Keep the booking"), Details(booking=booking.id))],
            way_out(reader),
        ),
    )  # fmt: skip


def refund_changed(reader: Reader) -> Html:
    """The first line when the terms have moved on since the question."""
    return title(reader.say("Time has passed since: another amount comes back now."))


def cancelled(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int) -> Screen:
    """The fact after."""
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    back = reader.say_count(
        "Cancelled. {number} token is back in your wallet (balance {balance}).",
        "Cancelled. {number} tokens are back in your wallet (balance {balance}).",
        booking.refund_tokens, balance=wording.number(reader, balance_tokens),
    )  # fmt: skip
    again = button(reader.label("Book again"), Again(booking=booking.id))
    return Screen(
        text=lines(title(back), f"{place.resource.code}, {span}"),
        keyboard=keyboard([again, button(reader.label("My bookings"), Bookings())], way_out(reader)),
    )


def calendar_file_sent(reader: Reader, booking: Booking) -> str:
    """The caption of the calendar file."""
    return reader.say("Open the file to put {code} into your calendar.", code=booking.code)
