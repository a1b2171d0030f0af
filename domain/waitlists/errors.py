"""What people may be told no for about waiting."""

from domain.kernel import Conflict, Invalid, LimitReached, NotFound


class EntryNotFound(NotFound):
    """No such entry, or it is somebody else's."""

    code = "WAITLIST_ENTRY_NOT_FOUND"
    number = 3401


class InvalidWindow(Invalid):
    """Nothing that matches could ever be booked in this window; facts: problem.

    `problem` is `no_match` (nothing of that kind), `order`, `past`, `too_wide`, `closed` (no slot begins in it), or
    what `resources.check` says of its first slot, as a code in small letters.
    """

    code = "INVALID_WAITLIST_WINDOW"
    number = 3402


class TooManyEntries(LimitReached):
    """The member waits in as many places as one may; facts: open_max."""

    code = "TOO_MANY_WAITLIST_ENTRIES"
    number = 3403


class AlreadyWaiting(Conflict):
    """The member waits for the same already; facts: entry_id."""

    code = "ALREADY_WAITING"
    number = 3404


class NothingToWaitFor(Conflict):
    """It is free right now: book it; facts: resource_id, starts_at, ends_at."""

    code = "NOTHING_TO_WAIT_FOR"
    number = 3405


class OfferGone(Conflict):
    """There is no offer to take or to pass; facts: entry_id, status."""

    code = "OFFER_GONE"
    number = 3406
