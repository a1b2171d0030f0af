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


SENTENCES: dict[str, Callable[[Reader, Facts], Html]] = {
    "INVALID_RESOURCE": _field,
    "INVALID_VENUE": _field,
    "INVALID_PACK": _field,
    "CODE_TAKEN": lambda reader, facts: reader.say("The code {code} is taken.", code=facts["code"]),
    "LAST_SUPER_ADMINISTRATOR": lambda reader, _: reader.say("Somebody must remain who can make administrators."),
    "NOT_PERMITTED": lambda reader, _: reader.say("Only a chief administrator can do that."),
    "INVALID_TOKEN_AMOUNT": lambda reader, _: reader.say("That is not a number of tokens that can be moved."),
    "REASON_MISSING": lambda reader, _: reader.say("Please give a reason."),
}


def office_sentence(reader: Reader, refusal: DomainError) -> Html | None:
    """The office's own words for a refusal; None where the members' words will do."""
    if refusal.code == "INSUFFICIENT_BALANCE":  # another person's, here
        return _insufficient(reader, refusal.facts)
    words = SENTENCES.get(refusal.code)
    return words(reader, refusal.facts) if words else None
