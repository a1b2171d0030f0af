"""What the office did to a member, and what administrators must know."""

from aiogram.types import InlineKeyboardButton

from bot.views import wording
from bot.views.admin.buttons import Booking as OfficeBooking
from bot.views.buttons import Bookings, Racks
from bot.views.notices.parts import Facts, booking_line, own_clock
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, keyboard, lines, recommended, title

OUTPUT_MAX = 1200


def payment_quarantined(reader: Reader, facts: Facts) -> Screen:
    """Money that fits nothing."""
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


def role_word(reader: Reader, role: str) -> str:
    """A role's name."""
    words = {
        "member": reader.label("member"), "power_user": reader.label("power user"), "staff": reader.label("staff"),
        "admin": reader.label("administrator"), "super_admin": reader.label("chief administrator"),
    }  # fmt: skip
    return words.get(role, role)


def role_changed(reader: Reader, facts: Facts) -> Screen:
    """What the member is from now on."""
    return Screen(text=title(reader.say("Your role is now: {role}.", role=role_word(reader, str(facts["role"])))))


def account_disabled(reader: Reader, facts: Facts) -> Screen:
    """Reading only, from now on."""
    text = lines(
        title(reader.say("Your account was closed for booking and buying.")),
        reader.say("Reason: {reason}", reason=facts["reason"]) if facts.get("reason") else None,
        reader.say("You can still see your bookings and tokens."),
    )
    return Screen(text=text, keyboard=keyboard([button(reader.label("My bookings"), Bookings())]))


def account_enabled(reader: Reader, facts: Facts) -> Screen:
    """As before."""
    text = title(reader.say("Your account is open again: you can book and buy."))
    return Screen(text=text, keyboard=keyboard([recommended(reader.label("Book"), Racks())]))


def invariant_violated(reader: Reader, facts: Facts) -> Screen:
    """What must always hold does not."""
    first = reader.say_count(
        "{number} rule of the stored records is broken.", "{number} rules of the stored records are broken.",
        facts["total"],
    )  # fmt: skip
    found = [f"{title(escape(each['name']))}: {escape(str(each['detail'])[:300])}" for each in facts["violations"][:10]]
    return Screen(text=lines(title(first), *found))


def resource_off(reader: Reader, facts: Facts) -> Screen:
    """Something takes no bookings any more, and who is still to come."""
    states = {
        "maintenance": reader.label("in maintenance"), "retired": reader.label("retired"),
        "closed": reader.label("closed"),
    }  # fmt: skip
    status = states.get(facts["status"], facts["status"])
    coming = reader.say_count(
        "{number} booking is still to come there.", "{number} bookings are still to come there.", facts["coming"]
    )
    text = lines(
        title(reader.say("{code} takes no bookings now: {status}.", code=facts["code"], status=status)),
        escape(facts["name"]),
        coming,
        reader.say("Changed by {name}", name=facts["by"]) if facts.get("by") else None,
    )
    return Screen(text=text)


def step_word(reader: Reader, step: str) -> str:
    """What a script is for."""
    words = {
        "provision": reader.label("setting up"), "power_on": reader.label("power on"),
        "power_off": reader.label("power off"), "deprovision": reader.label("wiping"),
    }  # fmt: skip
    return words.get(step, step)


def preparation_failed(reader: Reader, facts: Facts) -> Screen:
    """Which script failed, how, and what it said last."""
    booking = facts["booking"]
    rack, step = booking["resource_code"], step_word(reader, facts["step"])
    first = (
        reader.say("{rack} could not be prepared: {step} failed.", rack=rack, step=step)
        if facts["is_preparation"]
        else reader.say("{rack} could not be cleared: {step} failed.", rack=rack, step=step)
    )
    code = facts["exit_code"]
    said = facts["output"].strip()[-OUTPUT_MAX:]
    text = lines(
        title(first),
        reader.say("Booking {code}: {booking}", code=booking["code"], booking=booking_line(reader, booking)),
        own_clock(reader, booking),
        reader.say("Script {script}, exit code {code}", script=facts["script"], code=code)
        if code is not None
        else reader.say("Script {script} was stopped: it took too long or was killed.", script=facts["script"]),
        reader.say_count("Tried {number} time.", "Tried {number} times.", facts["failures"]),
        Html(f"<pre>{escape(said)}</pre>") if said else None,
    )
    return Screen(text=text, keyboard=keyboard([_office_booking(reader, booking)]))


def booking_unready(reader: Reader, facts: Facts) -> Screen:
    """A member waits before a rack that is not ready."""
    booking = facts["booking"]
    text = lines(
        title(reader.say("{rack} is not ready, and {name} is waiting.", rack=booking["resource_code"],
                         name=facts["member_name"])),
        reader.say("Booking {code}: {booking}", code=booking["code"], booking=booking_line(reader, booking)),
        own_clock(reader, booking),
        reader.say("They were offered another rack or everything back."),
    )  # fmt: skip
    return Screen(text=text, keyboard=keyboard([_office_booking(reader, booking)]))


def _office_booking(reader: Reader, booking: Facts) -> InlineKeyboardButton:
    return button(reader.label("Open the booking"), OfficeBooking(booking=booking["id"]))
