"""What wallets say no to."""

from domain.kernel import Conflict, Insufficient, Invalid, NotFound


class InsufficientBalance(Insufficient):
    """Live tokens do not suffice; facts: needed_tokens, balance_tokens, missing_tokens. Nothing was stored."""

    code = "INSUFFICIENT_BALANCE"
    number = 4001


class InvalidAmount(Invalid):
    """Not a number of tokens that one entry can move; facts: tokens."""

    code = "INVALID_TOKEN_AMOUNT"
    number = 4002


class RefundExceedsSpending(Conflict):
    """More would come back than was spent and not yet returned; facts: spent_key, tokens, refundable_tokens."""

    code = "REFUND_EXCEEDS_SPENDING"
    number = 4003


class SpendingNotFound(NotFound):
    """The member spent nothing under that key; facts: spent_key."""

    code = "SPENDING_NOT_FOUND"
    number = 4004


class ReasonMissing(Invalid):
    """Whoever grants or takes tokens, or forgives a debt, says why."""

    code = "REASON_MISSING"
    number = 4005


class DebtOutstanding(Conflict):
    """Nothing is booked while something is owed; facts: owed_tokens, balance_tokens."""

    code = "DEBT_OUTSTANDING"
    number = 4006


class ReceivableNotFound(NotFound):
    """No such receivable; facts: receivable_id."""

    code = "RECEIVABLE_NOT_FOUND"
    number = 4007


class ReceivableSettled(Conflict):
    """It was paid: there is nothing left to forgive; facts: receivable_id."""

    code = "RECEIVABLE_SETTLED"
    number = 4008
