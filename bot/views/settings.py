"""Language, time zone, pictures."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from babel.dates import get_timezone_location

from bot.views import wording
from bot.views.buttons import AskLanguage, AskZone, SetAppearance, SetLanguage, Settings, SetZone, TypeCity
from bot.views.notification_buttons import Notifications
from bot.views.reader import LANGUAGES, Reader, babel_locale
from bot.views.screen import Screen, button, grid, keyboard, lines, pager, recommended, title, way_out
from bot.views.vehicle_buttons import Vehicles

ZONES = (
    "Asia/Kolkata", "Asia/Dubai", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Colombo", "Asia/Singapore", "Asia/Tokyo",
    "Asia/Riyadh", "Europe/London", "Europe/Berlin", "Europe/Istanbul", "Africa/Nairobi", "Africa/Lagos",
    "Africa/Johannesburg", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Sao_Paulo", "America/Toronto", "Australia/Sydney", "Australia/Perth", "Pacific/Auckland", "Etc/UTC",
)  # fmt: skip
"""Offered by button; every other one is found by typing a city."""
ZONES_PER_PAGE = 6
MATCHES_MAX = 8
ZONE_LENGTH_MAX = 32


CLDR_NAMES = {
    "Asia/Kolkata": "Asia/Calcutta", "Asia/Kathmandu": "Asia/Katmandu", "Asia/Yangon": "Asia/Rangoon",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
}  # fmt: skip
"""Zones that CLDR, and so Babel, translates under their former name."""


def city(reader: Reader, zone: str) -> str:
    """`Kolkata` in the reader's language."""
    known_as = CLDR_NAMES.get(zone, zone)
    cities = reader.locale.time_zones
    named = cities.get(known_as, {}).get("city") if reader.language != "en" else None
    return "UTC" if zone == "Etc/UTC" else str(named or zone.rpartition("/")[2].replace("_", " "))


@cache
def _names(language: str) -> list[tuple[str, str]]:
    """Every zone with the names a person may type for it, in lower case."""
    names = []
    for zone in sorted(available_timezones()):
        if "/" not in zone or zone.startswith(("Etc/", "SystemV/", "posix/", "right/")) or len(zone) > ZONE_LENGTH_MAX:
            continue
        localized = str(get_timezone_location(CLDR_NAMES.get(zone, zone), locale=babel_locale(language)))
        names.append((zone, f"{zone.replace('_', ' ').rpartition('/')[2]} {localized}".lower()))
    return names


def zones_named(text: str, language: str) -> list[str]:
    """Time zones whose city or country the text names, the ones that begin with it first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = [(not names.startswith(wanted), zone) for zone, names in _names(language) if wanted in names]
    return [zone for zone, _ in groupby(zone for _, zone in sorted(found))][:MATCHES_MAX]


def ask_language(reader: Reader, *, then: str = "", is_first: bool = False) -> Screen:
    """Which language, in each one's own name."""
    rows = [
        [button(name, SetLanguage(language=language, is_first=is_first, then=then))]
        for language, name in LANGUAGES.items()
    ]
    text = lines("<b>Which language shall we speak?</b>", "<b>हम किस भाषा में बात करें?</b>")
    return Screen(text=text, keyboard=keyboard(*rows, [] if is_first else way_out(reader, Settings())))


def ask_zone(reader: Reader, *, guess: str, page: int, is_first: bool, then: str) -> Screen:
    """Which time zone: the guess first, the usual ones by page, any other by typing a city."""
    others = [zone for zone in ZONES if zone != guess]
    pages = -(-len(others) // ZONES_PER_PAGE)
    page = min(max(page, 1), pages)
    shown = others[(page - 1) * ZONES_PER_PAGE : page * ZONES_PER_PAGE]
    ask = AskZone(page=page, is_first=is_first, then=then)
    text = lines(
        title(reader.say("Where are you?")),
        reader.say("Times are shown on the venue's clock, and on yours where it differs."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [recommended(_zone_label(reader, guess), SetZone(zone=guess, is_first=is_first, then=then))],
            *grid(
                (button(_zone_label(reader, zone), SetZone(zone=zone, is_first=is_first, then=then)) for zone in shown),
                columns=2,
            ),
            pager(
                reader, number=page, pages=pages, earlier=ask.model_copy(update={"page": page - 1}),
                later=ask.model_copy(update={"page": page + 1}),
            ),
            [button(reader.label("Type a city"), TypeCity(is_first=is_first, then=then))],
            [] if is_first else way_out(reader, Settings()),
        ),
    )  # fmt: skip


def _zone_label(reader: Reader, zone: str) -> str:
    return f"{city(reader, zone)} · {wording.clock(reader, reader.now, zone)}"


def type_city(reader: Reader, *, is_first: bool, then: str) -> Screen:
    """Waiting for the name of a city."""
    text = reader.say("Write the name of your city, or of a large one on the same clock.")
    back = AskZone(is_first=is_first, then=then)
    return Screen(text=title(text), keyboard=keyboard([button(reader.label("Back"), back)]))


def cities_found(reader: Reader, typed: str, zones: Sequence[str], *, is_first: bool, then: str) -> Screen:
    """Which of these; or that there is none of that name."""
    back = AskZone(is_first=is_first, then=then)
    if not zones:
        text = reader.say("No time zone is named like “{typed}”. Try a larger city nearby.", typed=typed[:64])
    else:
        text = reader.say("Which one is it?")
    rows = [[button(_zone_label(reader, zone), SetZone(zone=zone, is_first=is_first, then=then))] for zone in zones]
    return Screen(text=title(text), keyboard=keyboard(*rows, [button(reader.label("Back"), back)]))


def settings(reader: Reader, *, appearance: str, can_park: bool = False) -> Screen:
    """What is set, each with the button that changes it."""
    zone = city(reader, reader.timezone) if reader.timezone else reader.label("not set")
    look = reader.label("light") if appearance == "light" else reader.label("dark")
    other = "dark" if appearance == "light" else "light"
    text = lines(
        title(reader.say("Settings")),
        reader.say("Language: {language}", language=LANGUAGES[reader.language]),
        reader.say("Time zone: {zone}", zone=zone),
        reader.say("Pictures: {look}", look=look),
    )
    switch = reader.label("Dark pictures") if other == "dark" else reader.label("Light pictures")
    return Screen(
        text=text,
        keyboard=keyboard(
            [button(reader.label("Language"), AskLanguage()), button(reader.label("Time zone"), AskZone())],
            [button(switch, SetAppearance(appearance=other))],
            [button(reader.label("Notifications"), Notifications())],
            [button(reader.label("My vehicles"), Vehicles())] if can_park else [],
            way_out(reader),
        ),
    )
