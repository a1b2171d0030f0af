"""Those who wait in line: what is offered to them, and what is not any more."""

from bot.views import wording
from bot.views.buttons import PassOffer, Racks, TakeOffer
from bot.views.notices.parts import Facts, booking_line, own_clock, starts, until_then
from bot.views.reader import Reader
from bot.views.screen import Screen, button, keyboard, lines, recommended, title
from bot.views.waiter import any_of


def offer_made(reader: Reader, facts: Facts) -> Screen:
    """A place is free, for them alone and for some minutes."""
    booking = facts["booking"]
    until = wording.clock(reader, facts["hold_expires_at"], booking["timezone"])
    text = lines(
        title(reader.say("A place is free: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        starts(reader, booking),
        reader.say("It is kept for you until {until} ({relative}).", until=until,
                   relative=until_then(reader, facts["hold_expires_at"])),
        reader.say("{tokens} · balance {balance}", tokens=wording.tokens(reader, booking["cost_tokens"]),
                   balance=wording.number(reader, facts["balance_tokens"])),
    )  # fmt: skip
    take = recommended(reader.label("Book now"), TakeOffer(entry=facts["entry_id"]))
    leave = button(reader.label("Pass"), PassOffer(entry=facts["entry_id"]))
    return Screen(text=text, keyboard=keyboard([take, leave]))


def offer_lapsed(reader: Reader, facts: Facts) -> Screen:
    """No answer came in time."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("The offer is over: {booking}", booking=booking_line(reader, booking))),
        own_clock(reader, booking),
        reader.say("You did not answer in time, so the next in line was asked. Nothing was charged."),
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book"), Racks())]))


def unserved(reader: Reader, facts: Facts) -> Screen:
    """The window has passed and nothing became free."""
    span = wording.span(reader, facts["starts_at"], facts["ends_at"], facts["timezone"])
    window = {"starts_at": facts["starts_at"], "ends_at": facts["ends_at"], "timezone": facts["timezone"]}
    text = lines(
        title(reader.say("Nothing became free: {wanted}, {span}", wanted=_wanted(reader, facts), span=span)),
        own_clock(reader, window),
        reader.say("You no longer wait for it. Nothing was charged."),
    )
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book"), Racks())]))


def _wanted(reader: Reader, facts: Facts) -> str:
    """`RACK-01`, or any of a kind."""
    if facts["resource_code"]:
        return str(facts["resource_code"])
    return any_of(reader, facts["resource_kind"], aci_version=facts["aci_version"], venue_name=facts["venue_name"])
