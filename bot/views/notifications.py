"""What one wants to be told, and when not."""

from datetime import datetime, timedelta

from aiogram.types import InlineKeyboardButton

from bot.views import wording
from bot.views.buttons import AskZone, Settings
from bot.views.notification_buttons import AskQuietFrom, AskQuietUntil, Notifications, QuietOff, SetQuiet, SetTopic
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, title, way_out
from domain.notifications import Preference, Topic, quiet_ends_at

HOURS = 24
HOURS_A_ROW = 6
MINUTES_PER_HOUR = 60


def topic_word(reader: Reader, topic: Topic) -> str:
    """What a topic is about."""
    words = {
        Topic.REMINDER_24H: reader.label("Reminder a day before"),
        Topic.REMINDER_30M: reader.label("Reminder 30 min before"),
        Topic.BOOKINGS: reader.label("Booked or moved elsewhere"),
        Topic.SESSION: reader.label("Ready, begun, over"),
        Topic.SESSION_END: reader.label("Ends in 10 min"),
        Topic.WAITLIST: reader.label("Waitlist without success"),
        Topic.TOKENS: reader.label("Few or expiring tokens"),
    }
    return words[topic]


def notifications(reader: Reader, preference: Preference) -> Screen:
    """Every topic with its switch, and the quiet hours."""
    text = lines(
        title(reader.say("Notifications")),
        reader.say("A tap switches a message on or off."),
        _quiet(reader, preference),
        "",
        reader.say("Offers, cancellations, payments and what you owe are always told."),
    )
    rows = [[_switch(reader, topic, is_on=topic not in preference.muted)] for topic in Topic]
    off = [destructive(reader.label("No quiet hours"), QuietOff())] if preference.quiet_from else []
    return Screen(
        text=text,
        keyboard=keyboard(
            *rows, [button(reader.label("Quiet hours"), AskQuietFrom()), *off], way_out(reader, Settings())
        ),
    )


def _switch(reader: Reader, topic: Topic, *, is_on: bool) -> InlineKeyboardButton:
    word = topic_word(reader, topic)
    label = reader.label("{topic}: on", topic=word) if is_on else reader.label("{topic}: off", topic=word)
    return button(label, SetTopic(topic=topic.value, is_on=not is_on))


def _quiet(reader: Reader, preference: Preference) -> Html:
    begins, ends = preference.quiet_from, preference.quiet_until
    if begins is None or ends is None:
        return reader.say("Quiet hours: none. Messages come at any time.")
    if reader.timezone is None:
        return reader.say("Quiet from {begins} to {ends}, on the venue's clock.", begins=begins, ends=ends)
    until = quiet_ends_at(begins, ends, timezone=reader.timezone, now=reader.now)
    if until is None:
        return reader.say("Quiet from {begins} to {ends}, on your clock.", begins=begins, ends=ends)
    return reader.say("Quiet from {begins} to {ends}, on your clock: now, for {length} more.", begins=begins, ends=ends,
                      length=_left(reader, until))  # fmt: skip


def _left(reader: Reader, until: datetime) -> str:
    return wording.length(reader, until - reader.now + timedelta(seconds=59))


def ask_quiet_from(reader: Reader) -> Screen:
    """From which hour on."""
    hours = (button(_hour(number), AskQuietUntil(begins=number * MINUTES_PER_HOUR)) for number in range(HOURS))
    text = lines(
        title(reader.say("From when on do you want quiet?")),
        reader.say("What can wait comes afterwards. What cannot still comes: offers, a rack that is not ready, the end "
                   "of your time, cancellations and payments."),
        None if reader.timezone else reader.say("The hours are the venue's, until you say where you are."),
    )  # fmt: skip
    zone = [] if reader.timezone else [button(reader.label("Time zone"), AskZone())]
    return Screen(
        text=text, keyboard=keyboard(*grid(hours, columns=HOURS_A_ROW), zone, way_out(reader, Notifications()))
    )


def ask_quiet_until(reader: Reader, *, begins: int) -> Screen:
    """Until which hour; the hours are in their order after the beginning, past midnight."""
    first = begins // MINUTES_PER_HOUR + 1
    ends = [(first + offset) % HOURS for offset in range(HOURS - 1)]
    hours = (button(_hour(number), SetQuiet(begins=begins, ends=number * MINUTES_PER_HOUR)) for number in ends)
    text = title(reader.say("Quiet from {begins} until when?", begins=wall_time(begins)))
    return Screen(text=text, keyboard=keyboard(*grid(hours, columns=HOURS_A_ROW), way_out(reader, AskQuietFrom())))


def wall_time(minutes: int) -> str:
    """`07:30` for minutes after midnight."""
    return f"{minutes // MINUTES_PER_HOUR:02}:{minutes % MINUTES_PER_HOUR:02}"


def _hour(number: int) -> str:
    return wall_time(number * MINUTES_PER_HOUR)
