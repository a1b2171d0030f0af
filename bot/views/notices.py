"""What is said unasked: one screen per kind of notice, from the facts listed in domain/notifications/facts.py."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.views import wording
from bot.views.buttons import Bookings, CalendarFile, Details, Packs, Racks, ShowHold, Tokens
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, keyboard, lines, link, recommended, title

Facts = Mapping[str, Any]


def render(kind: str, facts: Facts, reader: Reader) -> Screen:
    """The notice in the reader's words. KeyError for a kind nobody wrote words for."""
    return KINDS[str(kind)](reader, facts)


def _booking(reader: Reader, booking: Facts) -> str:
    span = wording.span(reader, booking["starts_at"], booking["ends_at"], booking["timezone"])
    return f"{booking['resource_code']}, {span}"


def _code(reader: Reader, booking: Facts) -> Html:
    return reader.say("Code {code}", code=Html(f"<code>{booking['code']}</code>"))


def _booked_buttons(reader: Reader, booking: Facts) -> Row:
    return [
        button(reader.label("Details"), Details(booking=booking["id"], is_new=True)),
        button(reader.label("Add to calendar"), CalendarFile(booking=booking["id"])),
    ]


def _balance(reader: Reader, facts: Facts) -> Html:
    return reader.say("Balance: {tokens}", tokens=wording.tokens(reader, facts["balance_tokens"]))


def _booking_confirmed(reader: Reader, facts: Facts) -> Screen:
    booking = facts["booking"]
    zone = booking["timezone"]
    text = lines(
        title(reader.say("Booked: {booking}", booking=_booking(reader, booking))),
        wording.own_time(reader, booking["starts_at"], booking["ends_at"], zone),
        reader.say("Code {code} · {tokens} · balance {balance}", code=Html(f"<code>{booking['code']}</code>"),
                   tokens=wording.tokens(reader, booking["cost_tokens"]),
                   balance=wording.number(reader, facts["balance_tokens"])),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(_booked_buttons(reader, booking)))


def _booking_cancelled(reader: Reader, facts: Facts) -> Screen:
    booking = facts["booking"]
    reason = facts.get("reason")
    text = lines(
        title(reader.say("Your booking was cancelled: {booking}", booking=_booking(reader, booking))),
        _code(reader, booking),
        reader.say("We are sorry. {tokens} came back to your wallet.",
                   tokens=wording.tokens(reader, facts["refund_tokens"])),
        reader.say("Reason: {reason}", reason=reason) if reason else None,
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book another time"), Racks())]))


def _hold_lapsed(reader: Reader, facts: Facts) -> Screen:
    text = lines(
        title(reader.say("The time is no longer kept: {booking}", booking=_booking(reader, facts["booking"]))),
        reader.say("No payment arrived in time. Nothing was charged to your wallet."),
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book a rack"), Racks())]))


def _payment_received(reader: Reader, facts: Facts) -> Screen:
    price = wording.money(reader, facts["amount_minor"], facts["currency"])
    added = reader.say("Paid: {price}. {tokens} are yours.", price=price,
                       tokens=wording.tokens(reader, facts["tokens"]))  # fmt: skip
    text = lines(
        title(added),
        reader.say("{name} · receipt:", name=facts["package_name"]),
        f"<code>{facts['reference']}</code>",
        _balance(reader, facts),
        *_what_became_of_it(reader, facts),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(*_receipt_buttons(reader, facts)))


def _what_became_of_it(reader: Reader, facts: Facts) -> list[str]:
    booking, state = facts.get("booking"), facts.get("booking_state")
    if booking is None:
        return []
    told = _booking(reader, booking)
    if state == "confirmed":
        return ["", reader.say("Booked: {booking}", booking=told), _code(reader, booking)]
    if state == "held":
        until = wording.clock(reader, facts["hold_expires_at"], booking["timezone"])
        missing = wording.tokens(reader, facts["missing_tokens"])
        still = reader.say("{tokens} are still missing for it.", tokens=missing) if facts["missing_tokens"] else None
        kept = reader.say("Kept for you until {until}: {rack}, {when}", until=until, rack=booking["resource_code"],
                          when=wording.soon(reader, booking["starts_at"], booking["timezone"]))  # fmt: skip
        return ["", kept, *([still] if still else [])]
    return ["", reader.say("It came too late for {booking}: the time is free for others again.", booking=told)]


def _receipt_buttons(reader: Reader, facts: Facts) -> list[Row]:
    state = facts.get("booking_state") if facts.get("booking") else None
    if state == "confirmed":
        return [_booked_buttons(reader, facts["booking"])]
    if state == "held":
        return [[recommended(reader.label("Finish the held booking"), ShowHold())]]
    return [[recommended(reader.label("Book a rack"), Racks()), button(reader.label("Tokens"), Tokens())]]


def _payment_failed(reader: Reader, facts: Facts) -> Screen:
    price = wording.money(reader, facts["amount_minor"], facts["currency"])
    text = lines(
        title(reader.say("The payment of {price} did not go through.", price=price)),
        reader.say("{name}: nothing was charged to your wallet.", name=facts["package_name"]),
        reader.say("Reason: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
    )
    again = [link(reader.label("Try again"), facts["pay_url"])] if facts.get("pay_url") else []
    return Screen(text=text, keyboard=keyboard(again, [button(reader.label("All packs"), Packs())]))


def _payment_quarantined(reader: Reader, facts: Facts) -> Screen:
    amount, currency = facts.get("amount_minor"), facts.get("currency")
    text = lines(
        title(reader.say("A payment needs a person to look at it.")),
        reader.say("Member: {name}", name=facts.get("member_name") or "–"),
        reader.say("Amount: {price}", price=wording.money(reader, amount, currency))
        if amount is not None and currency
        else None,
        reader.say("Reason: {reason}", reason=facts["reason"]),
        reader.say("Reference: {reference}", reference=facts.get("reference") or "–"),
        reader.say("The gateway's number: {number}", number=facts.get("gateway_payment_id") or "–"),
        reader.say("Nothing was credited."),
    )
    return Screen(text=text)


def _tokens_adjusted(reader: Reader, facts: Facts) -> Screen:
    tokens = facts["tokens"]
    amount = wording.tokens(reader, abs(tokens))
    first = (
        reader.say("The office gave you {tokens}.", tokens=amount)
        if tokens > 0
        else reader.say("The office took {tokens} from your wallet.", tokens=amount)
    )
    text = lines(title(first), reader.say("Reason: {reason}", reason=facts["reason"]), _balance(reader, facts))
    return Screen(text=text, keyboard=keyboard([button(reader.label("Tokens"), Tokens())]))


def role_word(reader: Reader, role: str) -> str:
    """A role's name."""
    words = {
        "member": reader.label("member"), "power_user": reader.label("power user"), "staff": reader.label("staff"),
        "admin": reader.label("administrator"), "super_admin": reader.label("chief administrator"),
    }  # fmt: skip
    return words.get(role, role)


def _role_changed(reader: Reader, facts: Facts) -> Screen:
    return Screen(text=title(reader.say("Your role is now: {role}.", role=role_word(reader, str(facts["role"])))))


def _account_disabled(reader: Reader, facts: Facts) -> Screen:
    text = lines(
        title(reader.say("Your account was closed for booking and buying.")),
        reader.say("Reason: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
        reader.say("You can still see your bookings and tokens."),
    )
    return Screen(text=text, keyboard=keyboard([button(reader.label("My bookings"), Bookings())]))


def _account_enabled(reader: Reader, facts: Facts) -> Screen:
    text = title(reader.say("Your account is open again: you can book and buy."))
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book a rack"), Racks())]))


def _invariant_violated(reader: Reader, facts: Facts) -> Screen:
    first = reader.say_count(
        "{number} rule of the stored records is broken.", "{number} rules of the stored records are broken.",
        facts["total"],
    )  # fmt: skip
    found = [f"{title(escape(each['name']))}: {escape(str(each['detail'])[:300])}" for each in facts["violations"][:10]]
    return Screen(text=lines(title(first), *found))


KINDS: dict[str, Callable[[Reader, Facts], Screen]] = {
    "booking_confirmed": _booking_confirmed,
    "booking_cancelled": _booking_cancelled,
    "hold_lapsed": _hold_lapsed,
    "payment_received": _payment_received,
    "payment_failed": _payment_failed,
    "payment_quarantined": _payment_quarantined,
    "tokens_adjusted": _tokens_adjusted,
    "role_changed": _role_changed,
    "account_disabled": _account_disabled,
    "account_enabled": _account_enabled,
    "invariant_violated": _invariant_violated,
}
