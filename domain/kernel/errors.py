"""The family of typed "no"s.

An expected refusal is a subclass of `DomainError` with a permanent `code`, its `number` for programs, and facts only;
the words are made at the edges (bot/errors.py, api/errors.py).

DomainError
├── Invalid        what was asked cannot be right            (HTTP 400)
├── Unauthorized   we do not know who asks                   (HTTP 401)
├── Insufficient   not enough tokens                         (HTTP 402)
├── Forbidden      known, but not allowed                    (HTTP 403)
├── NotFound       absent, or not yours to see               (HTTP 404)
├── Conflict       right, but not as things stand now        (HTTP 409)
├── LimitReached   too much or too often                     (HTTP 429)
└── Unavailable    somebody upstream did not answer          (HTTP 503; a gateway: 502)
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """An expected "no": `code` is permanent, `facts` are what a sentence may need."""

    code: ClassVar[str]
    number: ClassVar[int]

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(f"{self.code} {facts}" if facts else self.code)


class Invalid(DomainError):
    """What was asked cannot be right, whenever it is asked."""

    code = "VALIDATION_ERROR"
    number = 2001


class Unauthorized(DomainError):
    """Nobody we know asks this."""

    code = "UNAUTHORIZED"
    number = 1001


class Insufficient(DomainError):
    """Tokens do not suffice."""

    code = "INSUFFICIENT_BALANCE"
    number = 4001


class Forbidden(DomainError):
    """The one who asks is known and may not."""

    code = "FORBIDDEN"
    number = 1003


class NotFound(DomainError):
    """It does not exist, or it is not for this person to know that it does."""

    code = "NOT_FOUND"
    number = 3001


class Conflict(DomainError):
    """It could be right, but not as things stand."""

    code = "CONFLICT"
    number = 3002


class KeyReused(Conflict):
    """The same command key came with other facts."""

    code = "IDEMPOTENCY_KEY_REUSED"
    number = 3003


class LimitReached(DomainError):
    """More, or more often, than allowed."""

    code = "LIMIT_REACHED"
    number = 6001


class Unavailable(DomainError):
    """Something upstream gave no usable answer in time; what was asked may have been done: ask again with its key."""

    code = "UNAVAILABLE"
    number = 6003
