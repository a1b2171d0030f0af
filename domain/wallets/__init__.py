"""Wallets: the tokens a member has, lot by lot, and the ledger that says how it came to be so.

Nouns: `Wallet` (one per member), `TokenLot` (tokens of one purchase or grant, with an expiry of their own, embedded in
the wallet), `TokenTransaction` (a ledger entry, never changed), `Receivable` (what remains to be paid of a charge).
Rules: spending takes the earliest expiry first, then bonus before paid, then the oldest lot. A refund goes back to the
lots it came from, the last taken first; for lots that lapsed meanwhile it opens one of 30 days. Lapsed lots cannot be
spent from the moment they lapse; they are written off, by an entry, with the next posting or by `expire`. A `charge` is
never refused: it takes what live tokens there are, and the rest is owed. While anything is owed nothing is spent for a
booking; whatever comes in, by purchase, grant or refund, pays what is owed first, the oldest first, in the same
posting, by entries of its own; an administrator can forgive what remains. A spending that brings the balance below
five tokens says so, and a member is told of each lot once, `WARNING` (seven days) before it lapses (`STEPS`).
Invariants: no balance is negative; the sum of the lots is the balance is the sum of the ledger (`unbalanced`); what a
wallet owes is the sum of what remains of its open receivables; what was charged is what the ledger says was paid and
what remains; an entry carries the hash of the one before it (`broken_chain`); a key makes one entry: replaying it
returns that entry, with other facts it is KeyReused; a refusal leaves no trace, so it may be tried again.
Errors: InsufficientBalance, DebtOutstanding, InvalidAmount, RefundExceedsSpending, SpendingNotFound, ReasonMissing,
ReceivableNotFound, ReceivableSettled.
"""

from domain.wallets.errors import (
    DebtOutstanding,
    InsufficientBalance,
    InvalidAmount,
    ReasonMissing,
    ReceivableNotFound,
    ReceivableSettled,
    RefundExceedsSpending,
    SpendingNotFound,
)
from domain.wallets.events import BalanceLow, DebtSettled, LotsExpiring, ReceivableForgiven, TokensAdjusted
from domain.wallets.models import (
    RECORDS,
    EntryType,
    LotChange,
    Receivable,
    ReceivableStatus,
    Source,
    TokenLot,
    TokenTransaction,
    Wallet,
)
from domain.wallets.owing import Charge, charge, forgive, settle_owed
from domain.wallets.passing import STEPS, claim_due, pass_time
from domain.wallets.policy import LOW_TOKENS, WARNING
from domain.wallets.queries import (
    broken_chain,
    entry,
    history,
    of,
    of_several,
    open_receivables,
    receivable,
    receivables,
    require_no_debt,
    unbalanced,
    with_expired_lots,
)
from domain.wallets.service import adjust, credit, expire, refund, spend

__all__ = [
    "LOW_TOKENS", "RECORDS", "STEPS", "WARNING", "BalanceLow", "Charge", "DebtOutstanding", "DebtSettled",
    "EntryType", "InsufficientBalance", "InvalidAmount", "LotChange", "LotsExpiring", "ReasonMissing", "Receivable",
    "ReceivableForgiven", "ReceivableNotFound", "ReceivableSettled", "ReceivableStatus", "RefundExceedsSpending",
    "Source", "SpendingNotFound", "TokenLot", "TokenTransaction", "TokensAdjusted", "Wallet", "adjust",
    "broken_chain", "charge", "claim_due", "credit", "entry", "expire", "forgive", "history", "of", "of_several",
    "open_receivables", "pass_time", "receivable", "receivables", "refund", "require_no_debt", "settle_owed", "spend",
    "unbalanced", "with_expired_lots",
]  # fmt: skip
