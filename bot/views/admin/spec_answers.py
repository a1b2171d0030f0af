"""What a person typed about a rack's, a seat's or a parking slot's own things, read as a value."""

import re

from bot.views.admin.answers import NAME_MAX, NONE, Mistyped, terms
from bot.views.reader import Reader

SCRIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.(sh|py))?")
NAMES_MAX = 12
VEHICLES = ("car", "motorcycle", "van", "truck", "bicycle")
CHECK_INS = ("none", "required")


def script(reader: Reader, typed: str) -> str | None:
    """The name of a script in the one directory of scripts; `-` for none."""
    value = typed.strip()
    if value == NONE:
        return None
    if SCRIPT.fullmatch(value) is None:
        raise Mistyped(reader.say("Write the name of a script without its folder, such as power_on.sh."))
    return value


def names(reader: Reader, typed: str) -> list[str]:
    """Names between commas, each once; `-` for none."""
    if typed.strip() == NONE:
        return []
    found = list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", typed) if part.strip()))
    if not 0 < len(found) <= NAMES_MAX or any(len(each) > NAME_MAX for each in found):
        raise Mistyped(reader.say("Write at most {most} words with commas between them.", most=NAMES_MAX))
    return found


def vehicle(reader: Reader, typed: str) -> str:
    """A kind of vehicle, by button."""
    return _one_of(reader, typed, VEHICLES)


def check_in(reader: Reader, typed: str) -> str:
    """Whether one has to check in, by button."""
    return _one_of(reader, typed, CHECK_INS)


def _one_of(reader: Reader, typed: str, known: tuple[str, ...]) -> str:
    if typed.strip() not in known:
        raise Mistyped(reader.say("Please choose by button."))
    return typed.strip()


def own_terms(reader: Reader, typed: str) -> dict[str, int] | None:
    """Cancellation terms of its own; `-` for those of the venue."""
    return None if typed.strip() == NONE else terms(reader, typed)
