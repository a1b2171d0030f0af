"""Around and during a session: prepared, ready or late, begun, nearly over, over, overdue."""

from datetime import timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import wording
from bot.views.buttons import (
    Again,
    CheckOut,
    Details,
    ExtendTo,
    OtherRack,
    Packs,
    RefundUnready,
    ShowAccess,
)
from bot.views.notices.parts import Facts, balance, booking_line, code, own_clock, starts, until_then
from bot.views.reader import Html, Reader
from bot.views.screen import Row, Screen, button, keyboard, lines, recommended, title

MINUTE = timedelta(minutes=1)


def preparing(reader: Reader, facts: Facts) -> Screen:
    """It begins; said without a sound, and edited into `ready`."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("Your rack is being prepared: {rack}", rack=booking["resource_code"])),
        starts(reader, booking),
        own_clock(reader, booking),
        reader.say("This message changes when it is ready."),
    )
    return Screen(text=text, keyboard=keyboard([_details(reader, booking)]), silent=True)


def ready(reader: Reader, facts: Facts) -> Screen:
    """How to get in."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("Your rack is ready: {booking}", booking=booking_line(reader, booking))),
        starts(reader, booking) if booking["starts_at"] > reader.now else None,
        own_clock(reader, booking),
        code(reader, booking),
    )
    access = recommended(reader.label("Access details"), ShowAccess(booking=booking["id"]))
    return Screen(text=text, keyboard=keyboard([access, _details(reader, booking)]))


def late(reader: Reader, facts: Facts) -> Screen:
    """Our fault: wait, go elsewhere, or have everything back."""
    booking = facts["booking"]
    began = wording.clock(reader, booking["starts_at"], booking["timezone"])
    text = lines(
        title(reader.say("{rack} is not ready yet.", rack=booking["resource_code"])),
        reader.say("We are sorry: your time began at {time}, and the rack is still being prepared.", time=began),
        own_clock(reader, booking),
        reader.say("You are told when it is ready. Or take another rack for the same time, or have everything back: "
                   "{tokens}.", tokens=wording.tokens(reader, booking["cost_tokens"])),
    )  # fmt: skip
    other = recommended(reader.label("Another rack"), OtherRack(booking=booking["id"]))
    refund = button(reader.label("Full refund"), RefundUnready(booking=booking["id"]))
    return Screen(text=text, keyboard=keyboard([other, refund]))


def access_withdrawn(reader: Reader, facts: Facts) -> Screen:
    """In the place of the access details."""
    text = title(reader.say("These access details are no longer valid."))
    details = Details(booking=facts["booking"]["id"], is_new=True)
    return Screen(text=text, keyboard=keyboard([button(reader.label("Details"), details)]))


def started(reader: Reader, facts: Facts) -> Screen:
    """It runs, until when."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("Your time has begun: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        _ends(reader, booking),
        reader.say("Check out when you leave: after the end every minute costs.") if booking["has_overtime"] else None,
    )
    access = [recommended(reader.label("Access details"), ShowAccess(booking=booking["id"]))]
    out = [button(reader.label("Check out"), CheckOut(booking=booking["id"]))]
    return Screen(
        text=text,
        keyboard=keyboard(
            [*(access if booking["prepare_at"] else []), *(out if booking["has_overtime"] else [])],
            [_details(reader, booking)],
        ),
    )


def ends_soon(reader: Reader, facts: Facts) -> Screen:
    """In ten minutes; longer only where that is possible at this moment."""
    booking = facts["booking"]
    minutes = max(1, -((reader.now - booking["ends_at"]) // MINUTE))
    at = wording.clock(reader, booking["ends_at"], booking["timezone"])
    free = facts["extensions"]
    text = lines(
        title(reader.say("{rack} ends in {minutes} min, at {time}.", rack=booking["resource_code"], minutes=minutes,
                         time=at)),
        own_clock(reader, booking),
        reader.say("The time after it is free: you can stay longer.")
        if free
        else reader.say("It cannot be extended: the time after it is taken, or the limit is reached."),
    )  # fmt: skip
    rows: list[Row] = [[_extend(reader, booking, choice, first=choice is free[0])] for choice in free]
    out = [button(reader.label("Check out"), CheckOut(booking=booking["id"]))]
    return Screen(text=text, keyboard=keyboard(*rows, out if booking["has_overtime"] else []))


def _extend(reader: Reader, booking: Facts, choice: Facts, *, first: bool) -> InlineKeyboardButton:
    label = reader.label(
        "Extend by {length} – {tokens}", length=wording.length(reader, choice["ends_at"] - booking["ends_at"]),
        tokens=wording.tokens(reader, choice["cost_tokens"]),
    )  # fmt: skip
    action = ExtendTo(booking=booking["id"], slots=choice["slots"], cost=choice["cost_tokens"], at=choice["ends_at"])
    return recommended(label, action) if first else button(label, action)


def ended(reader: Reader, facts: Facts) -> Screen:
    """The receipt of a session."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("Your time is over: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        reader.say("Code {code} · {tokens}", code=Html(f"<code>{booking['code']}</code>"),
                   tokens=wording.tokens(reader, booking["cost_tokens"])),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard([_again(reader, booking)]))


def overstayed(reader: Reader, facts: Facts) -> Screen:
    """Minutes cost from now on."""
    booking = facts["booking"]
    at = wording.clock(reader, booking["ends_at"], booking["timezone"])
    penalty = facts["penalty_tokens_per_hour"]
    text = lines(
        title(reader.say("Your time at {rack} is over since {time}.", rack=booking["resource_code"], time=at)),
        own_clock(reader, booking),
        reader.say("Until you check out every minute costs, {tokens} an hour.",
                   tokens=wording.tokens(reader, facts["price_tokens_per_hour"])),
        reader.say("Each started hour costs {tokens} more.", tokens=wording.tokens(reader, penalty))
        if penalty
        else None,
    )  # fmt: skip
    return Screen(
        text=text, keyboard=keyboard([recommended(reader.label("Check out"), CheckOut(booking=booking["id"]))])
    )


def missed(reader: Reader, facts: Facts) -> Screen:
    """Nobody came."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("You did not check in: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        reader.say("The time is free for others again. By the terms nothing comes back."),
        code(reader, booking),
    )
    return Screen(text=text, keyboard=keyboard([_again(reader, booking)]))


def overtime_charged(reader: Reader, facts: Facts) -> Screen:
    """The receipt of having stayed too long: what it cost, what was paid, what is owed."""
    booking = facts["booking"]
    tokens, number = wording.tokens, wording.number
    due_tokens = facts["overtime_tokens"] + facts["penalty_tokens"]
    left = wording.clock(reader, facts["checked_out_at"], booking["timezone"])
    length = wording.length(reader, facts["overtime_minutes"] * MINUTE)
    owed = facts["owed_tokens"]
    text = lines(
        title(reader.say("Overtime at {rack}: {tokens}", rack=booking["resource_code"],
                         tokens=tokens(reader, due_tokens))),
        reader.say("Left at {time}, {length} after the end", time=left, length=length),
        own_clock(reader, booking),
        reader.say("Overtime: {tokens}", tokens=number(reader, facts["overtime_tokens"])),
        reader.say("Penalty: {tokens}", tokens=number(reader, facts["penalty_tokens"]))
        if facts["penalty_tokens"]
        else None,
        reader.say("Paid from your wallet: {tokens}", tokens=number(reader, facts["paid_tokens"])),
        reader.say("Still owed: {tokens}. You can book again when it is paid.", tokens=tokens(reader, owed))
        if owed
        else None,
        balance(reader, facts),
        code(reader, booking),
    )  # fmt: skip
    packs = [recommended(reader.label("All packs"), Packs())] if owed else []
    return Screen(text=text, keyboard=keyboard(packs, [_details(reader, booking)]))


def _ends(reader: Reader, booking: Facts) -> Html:
    return reader.say("Ends {relative}", relative=until_then(reader, booking["ends_at"]))


def _details(reader: Reader, booking: Facts) -> InlineKeyboardButton:
    return button(reader.label("Details"), Details(booking=booking["id"], is_new=True))


def _again(reader: Reader, booking: Facts) -> InlineKeyboardButton:
    return button(reader.label("Book again"), Again(booking=booking["id"]))
