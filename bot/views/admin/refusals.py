"""What the office is told no for, in its own words; everything else is said as to members."""

from collections.abc import Callable
from typing import Any

from bot.views import wording
from bot.views.reader import Html, Reader
from domain.kernel import DomainError

Facts = dict[str, Any]


def _insufficient(reader: Reader, facts: Facts) -> Html:
    return reader.say("They have only {tokens}.", tokens=wording.tokens(reader, facts["balance_tokens"]))


def _field(reader: Reader, facts: Facts) -> Html:
    return reader.say("“{field}” cannot be so: {problem}", field=facts["field"], problem=facts.get("problem", "–"))


def _period(reader: Reader, facts: Facts) -> Html:
    words = {
        "order": reader.say("The end must come after the begin."),
        "past": reader.say("That time is over."),
        "too_long": reader.say("A maintenance lasts 31 days at most."),
        "too_many_affected": reader.say("More than 200 bookings lie there. Choose a shorter time."),
        "nothing_there": reader.say("Nothing stands there that could be reserved."),
        "too_much": reader.say("That is too much at once. Choose a shorter time."),
    }
    return words.get(facts["problem"]) or reader.say("That time cannot be reserved.")


def _taken(reader: Reader, facts: Facts) -> Html | None:
    code = facts.get("maintenance")
    return reader.say("Maintenance {code} is reserved there already.", code=code) if code else None


def _others(reader: Reader, facts: Facts) -> Html:
    return reader.say_count(
        "Meanwhile {number} booking lies there. Look again.", "Meanwhile {number} bookings lie there. Look again.",
        facts["affected"],
    )  # fmt: skip


SENTENCES: dict[str, Callable[[Reader, Facts], Html | None]] = {
    "INVALID_RESOURCE": _field,
    "INVALID_VENUE": _field,
    "INVALID_PACK": _field,
    "CODE_TAKEN": lambda reader, facts: reader.say("The code {code} is taken.", code=facts["code"]),
    "LAST_SUPER_ADMINISTRATOR": lambda reader, _: reader.say("Somebody must remain who can make administrators."),
    "NOT_PERMITTED": lambda reader, _: reader.say("Only a chief administrator can do that."),
    "INVALID_TOKEN_AMOUNT": lambda reader, _: reader.say("That is not a number of tokens that can be moved."),
    "INVALID_PERIOD": _period,
    "AFFECTED_CHANGED": _others,
    "SLOT_TAKEN": _taken,
    "RUN_NOT_RETRYABLE": lambda reader, _: reader.say("It cannot be tried again: the rack has gone on."),
    "NOT_PREPARING": lambda reader, _: reader.say("Nothing is being prepared there now."),
    "RECEIVABLE_SETTLED": lambda reader, _: reader.say("It has been paid meanwhile."),
    "REASON_MISSING": lambda reader, _: reader.say("Please give a reason."),
}


def office_sentence(reader: Reader, refusal: DomainError) -> Html | None:
    """The office's own words for a refusal; None where the members' words will do."""
    if refusal.code == "INSUFFICIENT_BALANCE":  # another person's, here
        return _insufficient(reader, refusal.facts)
    words = SENTENCES.get(refusal.code)
    return words(reader, refusal.facts) if words else None
