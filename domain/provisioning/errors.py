"""What people may be told no for about the preparation of racks."""

from domain.kernel import Conflict, NotFound


class RunNotFound(NotFound):
    """No such run; facts: run_id."""

    code = "RUN_NOT_FOUND"
    number = 3501


class NotRetryable(Conflict):
    """It has not been given up, or the rack has gone on without it; facts: run_id, status."""

    code = "RUN_NOT_RETRYABLE"
    number = 3502
