"""Money that came, or did not, and tokens that come and go."""

from bot.views import wording
from bot.views.buttons import Packs, Racks, ShowHold, Tokens
from bot.views.notices.parts import Facts, balance, booking_line, code, kept_buttons, own_clock, until_then
from bot.views.reader import Reader
from bot.views.screen import Row, Screen, button, keyboard, lines, link, recommended, title


def payment_received(reader: Reader, facts: Facts) -> Screen:
    """The receipt, and what became of the time that waited for it."""
    price = wording.money(reader, facts["amount_minor"], facts["currency"])
    added = reader.say("Paid: {price}. {tokens} are yours.", price=price,
                       tokens=wording.tokens(reader, facts["tokens"]))  # fmt: skip
    text = lines(
        title(added),
        reader.say("{name} · receipt:", name=facts["package_name"]),
        f"<code>{facts['reference']}</code>",
        balance(reader, facts),
        *_what_became_of_it(reader, facts),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard(*_receipt_buttons(reader, facts)))


def _what_became_of_it(reader: Reader, facts: Facts) -> list[str]:
    booking, state = facts.get("booking"), facts.get("booking_state")
    if booking is None:
        return []
    told = booking_line(reader, booking)
    own = own_clock(reader, booking)
    if state == "confirmed":
        booked = reader.say("Booked: {booking}", booking=told)
        return ["", booked, *([own] if own else []), code(reader, booking)]
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
        return [kept_buttons(reader, facts["booking"])]
    if state == "held":
        return [[recommended(reader.label("Finish the held booking"), ShowHold())]]
    return [[recommended(reader.label("Book"), Racks()), button(reader.label("Tokens"), Tokens())]]


def payment_failed(reader: Reader, facts: Facts) -> Screen:
    """Nothing was paid; the way to try again."""
    price = wording.money(reader, facts["amount_minor"], facts["currency"])
    text = lines(
        title(reader.say("The payment of {price} did not go through.", price=price)),
        reader.say("{name}: nothing was charged to your wallet.", name=facts["package_name"]),
        reader.say("Reason: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
    )
    again = [link(reader.label("Try again"), facts["pay_url"])] if facts.get("pay_url") else []
    return Screen(text=text, keyboard=keyboard(again, [button(reader.label("All packs"), Packs())]))


def tokens_adjusted(reader: Reader, facts: Facts) -> Screen:
    """The office gave or took."""
    tokens = facts["tokens"]
    amount = wording.tokens(reader, abs(tokens))
    first = (
        reader.say("The office gave you {tokens}.", tokens=amount)
        if tokens > 0
        else reader.say("The office took {tokens} from your wallet.", tokens=amount)
    )
    text = lines(title(first), reader.say("Reason: {reason}", reason=facts["reason"]), balance(reader, facts))
    return Screen(text=text, keyboard=keyboard([button(reader.label("Tokens"), Tokens())]))


def tokens_low(reader: Reader, facts: Facts) -> Screen:
    """Before a booking fails for it."""
    text = lines(
        title(reader.say("Few tokens are left: {tokens}.", tokens=wording.tokens(reader, facts["balance_tokens"]))),
        reader.say("With a pack bought in time the next booking takes one tap."),
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("All packs"), Packs())]))


def tokens_expiring(reader: Reader, facts: Facts) -> Screen:
    """They can still be used."""
    at = facts["expires_at"]
    day = wording.day(reader, wording.local(at, reader.timezone or "UTC").date())
    text = lines(
        title(reader.say("{tokens} expire on {day}.", tokens=wording.tokens(reader, facts["tokens"]), day=day)),
        reader.say("That is {relative}. Tokens that expire first are spent first.", relative=until_then(reader, at)),
        balance(reader, facts),
    )
    book = recommended(reader.label("Book"), Racks())
    return Screen(text=text, keyboard=keyboard([book, button(reader.label("Tokens"), Tokens())]))


def debt_settled(reader: Reader, facts: Facts) -> Screen:
    """What came in paid what was owed."""
    paid, owed = wording.tokens(reader, facts["paid_tokens"]), facts["owed_tokens"]
    text = lines(
        title(reader.say("{tokens} went to what you owed.", tokens=paid)),
        _still_owed(reader, owed) if owed else reader.say("Nothing is owed any more: you can book again."),
        balance(reader, facts),
    )
    return Screen(text=text, keyboard=keyboard(_after_debt(reader, owed)))


def debt_forgiven(reader: Reader, facts: Facts) -> Screen:
    """The office let it go."""
    owed = facts["owed_tokens"]
    text = lines(
        title(reader.say("You no longer owe {tokens}.", tokens=wording.tokens(reader, facts["tokens"]))),
        reader.say("Reason: {reason}", reason=facts["reason"]),
        _still_owed(reader, owed) if owed else reader.say("Nothing is owed any more: you can book again."),
    )
    return Screen(text=text, keyboard=keyboard(_after_debt(reader, owed)))


def _still_owed(reader: Reader, owed: int) -> str:
    return reader.say("Still owed: {tokens}. You can book again when it is paid.", tokens=wording.tokens(reader, owed))


def _after_debt(reader: Reader, owed: int) -> Row:
    if owed:
        return [recommended(reader.label("All packs"), Packs())]
    return [recommended(reader.label("Book"), Racks())]
