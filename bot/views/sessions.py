"""A session as its member sees it: how far its preparation is, how to get in, leaving, and what that cost."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiogram.types import CopyTextButton, InlineKeyboardButton

from bot.views import arriving, wording
from bot.views.buttons import (
    Again,
    CheckOut,
    Details,
    OtherRack,
    Packs,
    RefundUnready,
    ShowAccess,
    ShowTicket,
    Tokens,
)
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, grid, keyboard, lines, recommended, title, way_out
from bot.views.session_buttons import CheckOutNow, TakeOther, TakeRefund
from domain import bookings, provisioning
from domain.bookings import AWAITED, Booking, Status
from domain.provisioning import RunStatus, RunView
from domain.resources import Place, Resource

COPY_MAX = 256
"""What Telegram lets a button copy."""
LABEL_MAX = 40
ACCESS_MAX = 10
"""Access data shown; scripts say fewer."""
VALUES_MAX = 3000
"""Characters of all of them together."""
MINUTE = timedelta(minutes=1)


def needs_ticket(booking: Booking) -> bool:
    """Whether there is still somebody to check in."""
    return booking.check_in == "required" and booking.status in AWAITED and booking.checked_in_at is None


def state(reader: Reader, booking: Booking, place: Place, runs: Sequence[RunView]) -> list[Html]:
    """What is to be said of a session beside its status: its check-in, its preparation, having stayed too long."""
    zone = place.venue.timezone
    said: list[Html] = []
    if needs_ticket(booking):
        said.append(arriving.window(reader, booking, zone))
    elif booking.checked_in_at is not None and booking.status in (*AWAITED, Status.ACTIVE):
        said.append(reader.say("Checked in at {time}", time=wording.clock(reader, booking.checked_in_at, zone)))
    if booking.status is Status.PREPARING:
        said.append(_preparation(reader, place.resource, runs))
        if bookings.is_unready(booking, reader.now):
            said.append(reader.say("Wait, take another rack for the same time, or have everything back."))
    if is_over(reader, booking):
        said.append(reader.say("The time is over: every minute costs until you check out."))
    return said


def is_over(reader: Reader, booking: Booking) -> bool:
    """Whether somebody stays beyond the end."""
    return booking.status is Status.ACTIVE and booking.overtime is not None and booking.ends_at < reader.now


def _preparation(reader: Reader, resource: Resource, runs: Sequence[RunView]) -> Html:
    hooks = resource.rack.hooks if resource.rack else None
    steps = [step for step in provisioning.PREPARATION if hooks and getattr(hooks, step.value)]
    latest = next(
        (run for run in reversed(runs)
         if run.resource_id == resource.id and run.step in steps and run.status is not RunStatus.CANCELLED),
        None,
    )  # fmt: skip
    if latest is None:
        return reader.say("Preparing")
    if latest.status in (RunStatus.FAILED, RunStatus.TIMED_OUT):
        return reader.say("Preparing it did not succeed. Our staff know and look after it.")
    number = steps.index(latest.step) + 1 + (latest.status is RunStatus.SUCCEEDED)
    return reader.say("Preparing: step {number} of {steps}", number=min(number, len(steps)), steps=len(steps))


def actions(reader: Reader, booking: Booking) -> list[Row]:
    """What a member can do about a session that is near or runs."""
    label, each = reader.label, booking.id
    access = [recommended(label("Access details"), ShowAccess(booking=each))]
    has_access = booking.prepare_at is not None and booking.ends_at > reader.now
    rows: list[Row] = []
    if needs_ticket(booking):
        rows.append([recommended(label("Show code"), ShowTicket(booking=each))])
    if booking.status is Status.READY or (booking.status is Status.ACTIVE and has_access):
        rows.append(access)
    if bookings.is_unready(booking, reader.now):
        rows.append([
            recommended(label("Another rack"), OtherRack(booking=each)),
            button(label("Full refund"), RefundUnready(booking=each)),
        ])  # fmt: skip
    if bookings.has_begun(booking, reader.now):
        rows.append([button(label("Check out"), CheckOut(booking=each))])
    return rows


def overtime_so_far(reader: Reader, booking: Booking) -> tuple[int, int, int]:
    """Minutes beyond the end, what they cost at this moment, and the penalty."""
    if booking.overtime is None or booking.status is not Status.ACTIVE:
        return 0, 0, 0
    minutes = bookings.overtime_minutes(booking.ends_at, reader.now)
    return minutes, *bookings.overtime_due(booking.overtime, minutes)


def overtime_lines(
    reader: Reader, booking: Booking, *, minutes: int, overtime_tokens: int, penalty_tokens: int
) -> list[Html]:
    """Having stayed too long, as arithmetic."""
    assert booking.overtime is not None
    length = wording.length(reader, minutes * MINUTE)
    said = [
        reader.say("Overtime: {length} at {percent} % of the price: {tokens}", length=length,
                   percent=booking.overtime.multiplier_percent, tokens=wording.number(reader, overtime_tokens))
    ]  # fmt: skip
    if penalty_tokens:
        said.append(reader.say("Penalty: {tokens}", tokens=wording.number(reader, penalty_tokens)))
    return said


def overtime_charged(reader: Reader, booking: Booking) -> list[Html]:
    """What staying too long has cost, once it is over."""
    if not booking.overtime_minutes:
        return []
    return overtime_lines(
        reader, booking, minutes=booking.overtime_minutes, overtime_tokens=booking.overtime_tokens,
        penalty_tokens=booking.penalty_tokens,
    )  # fmt: skip


def ask_check_out(
    reader: Reader, booking: Booking, place: Place, *, balance_tokens: int, notice: Html | None = None
) -> Screen:
    """What leaving now means, before it is done."""
    due = due_tokens(reader, booking)
    out = CheckOutNow(booking=booking.id, cost=due)
    label = reader.label("Check out – {tokens}", tokens=wording.tokens(reader, due))
    return Screen(
        text=lines(
            notice,
            title(reader.say("Check out of {rack} now?", rack=place.resource.code)),
            *consequences(reader, booking, place, balance_tokens=balance_tokens),
            reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
        ),
        keyboard=keyboard(
            [recommended(label, out) if due else destructive(reader.label("Check out now"), out)],
            way_out(reader, Details(booking=booking.id)),
        ),
    )


def due_tokens(reader: Reader, booking: Booking) -> int:
    """What leaving at this moment costs."""
    _minutes, overtime_tokens, penalty_tokens = overtime_so_far(reader, booking)
    return overtime_tokens + penalty_tokens


def consequences(reader: Reader, booking: Booking, place: Place, *, balance_tokens: int | None) -> list[Html | None]:
    """What leaving now means; with the balance, what is paid at once and what is owed."""
    ends = wording.clock(reader, booking.ends_at, place.venue.timezone)
    minutes, overtime_tokens, penalty_tokens = overtime_so_far(reader, booking)
    if not minutes:
        return [reader.say("The rest of the time, until {time}, is free for others; nothing comes back.", time=ends)]
    due = overtime_tokens + penalty_tokens
    missing = 0 if balance_tokens is None else max(0, due - balance_tokens)
    return [
        reader.say("The time was over at {time}.", time=ends),
        *overtime_lines(
            reader, booking, minutes=minutes, overtime_tokens=overtime_tokens, penalty_tokens=penalty_tokens
        ),
        reader.say("Your wallet pays {paid}; {owed} is owed then.", paid=wording.number(reader, due - missing),
                   owed=wording.tokens(reader, missing))
        if missing
        else None,
        reader.say("Each further minute counts, until the check-out."),
    ]  # fmt: skip


def costs_by_now(reader: Reader) -> Html:
    """The first line when the time ran out between question and answer."""
    return title(reader.say("The time is over by now: leaving costs something."))


def checked_out(
    reader: Reader, booking: Booking, place: Place, *, paid_tokens: int, owed_tokens: int, balance_tokens: int
) -> Screen:
    """The receipt of a session that was left: what staying too long cost, what was paid, what is owed."""
    zone = place.venue.timezone
    assert booking.checked_out_at is not None
    due = booking.overtime_tokens + booking.penalty_tokens
    is_early = booking.original_ends_at is not None
    over = overtime_charged(reader, booking)
    text = lines(
        title(reader.say("Checked out: {rack}, at {time}", rack=place.resource.code,
                         time=wording.clock(reader, booking.checked_out_at, zone))),
        escape(wording.span(reader, booking.starts_at, booking.ends_at, zone)),
        reader.say("The rest of the time is free for others.") if is_early else None,
        *over,
        reader.say("Paid from your wallet: {tokens}", tokens=wording.number(reader, paid_tokens)) if due else None,
        reader.say("Still owed: {tokens}. You can book again when it is paid.",
                   tokens=wording.tokens(reader, owed_tokens)) if owed_tokens else None,
        reader.say("Balance: {tokens}", tokens=wording.tokens(reader, balance_tokens)),
        reader.say("Code {code}", code=Html(f"<code>{booking.code}</code>")),
    )  # fmt: skip
    again = button(reader.label("Book again"), Again(booking=booking.id))
    buy = [recommended(reader.label("Buy tokens"), Packs()), button(reader.label("Tokens"), Tokens())]
    return Screen(
        text=text,
        keyboard=keyboard(
            buy if owed_tokens else [again], way_out(reader, Details(booking=booking.id)),
        ),
    )  # fmt: skip


def access(reader: Reader, booking: Booking, place: Place, found: Mapping[str, str]) -> Screen:
    """How to get in, hidden until tapped, with a button to copy each: a spoiler cannot be copied as code can."""
    shown = list(found.items())[:ACCESS_MAX]
    each = VALUES_MAX // max(1, len(shown))
    text = lines(
        title(reader.say("Access details of {rack}", rack=place.resource.code)),
        *(f"{escape(_name(name))}: <tg-spoiler>{escape(wording.cut(value, characters_max=each))}</tg-spoiler>"
          for name, value in shown),
        "",
        reader.say("They work until {time}. Keep them like a password.",
                   time=wording.clock(reader, booking.ends_at, place.venue.timezone)),
    )  # fmt: skip
    copies = [
        InlineKeyboardButton(text=reader.label("Copy: {name}", name=_name(name)), copy_text=CopyTextButton(text=value))
        for name, value in shown
        if 0 < len(value) <= COPY_MAX
    ]
    details = button(reader.label("Details"), Details(booking=booking.id, is_new=True))
    return Screen(text=text, keyboard=keyboard(*grid(copies, columns=2), [details]))


def _name(name: str) -> str:
    return wording.cut(name.replace("_", " "), characters_max=LABEL_MAX)


def no_access(reader: Reader, booking: Booking) -> Screen:
    """Not yet, or no more, or there never was any."""
    if booking.prepare_at is not None and booking.status in (Status.CONFIRMED, Status.PREPARING):
        said = reader.say("Access details arrive when the rack is ready.")
    elif booking.prepare_at is not None and booking.status in (Status.READY, Status.ACTIVE):
        said = reader.say("There are no access details to show now.")
    else:
        said = reader.say("The access details are no longer available.")
    details = button(reader.label("Details"), Details(booking=booking.id))
    return Screen(text=title(said), keyboard=keyboard([details], way_out(reader)))


def others(reader: Reader, booking: Booking, place: Place, found: Sequence[Place]) -> Screen:
    """Other racks that are free for the same time."""
    span = wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)
    buttons = [button(_where(each, place), TakeOther(booking=booking.id, rack=each.resource.id)) for each in found]
    text = lines(
        title(reader.say("Another rack instead of {rack}?", rack=place.resource.code)),
        escape(span),
        reader.say("It costs nothing more. One that prepares itself needs some minutes.")
        if found
        else reader.say("No other rack is free for that time."),
    )
    refund = button(reader.label("Full refund"), RefundUnready(booking=booking.id))
    return Screen(
        text=text, keyboard=keyboard(*grid(buttons, columns=2), [refund], way_out(reader, Details(booking=booking.id)))
    )


def _where(each: Place, place: Place) -> str:
    elsewhere = each.venue.id != place.venue.id
    return wording.cut(f"{each.resource.code} · {each.venue.name}" if elsewhere else each.resource.code,
                       characters_max=LABEL_MAX)  # fmt: skip


def taken_instead(reader: Reader, place: Place) -> Html:
    """The first line after taking another rack."""
    return title(reader.say("{rack} is yours instead, for the same time.", rack=place.resource.code))


def ask_refund(reader: Reader, booking: Booking, place: Place) -> Screen:
    """What having everything back means."""
    tokens = wording.tokens(reader, booking.cost_tokens)
    text = lines(
        title(reader.say("Have everything back for {rack}?", rack=place.resource.code)),
        escape(wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)),
        reader.say("All {tokens} come back, and the booking ends.", tokens=tokens),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Full refund, {tokens}", tokens=tokens), TakeRefund(booking=booking.id))],
            way_out(reader, Details(booking=booking.id)),
        ),
    )
