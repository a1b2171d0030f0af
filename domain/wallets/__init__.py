"""Wallets: the tokens a member has, lot by lot, and the ledger that says how it came to be so.

Nouns: `Wallet` (one per member), `TokenLot` (tokens of one purchase or grant, with an expiry of their own, embedded in
the wallet), `TokenTransaction` (a ledger entry, never changed).
Rules: spending takes the earliest expiry first, then bonus before paid, then the oldest lot. A refund goes back to the
lots it came from, the last taken first; for lots that lapsed meanwhile it opens one of 30 days. Lapsed lots cannot be
spent from the moment they lapse; they are written off, by an entry, with the next posting or by `expire`.
Invariants: no balance is negative; the sum of the lots is the balance is the sum of the ledger (`unbalanced`); an
entry carries the hash of the one before it (`broken_chain`); a key makes one entry: replaying it returns that entry,
with other facts it is KeyReused; a refusal leaves no trace, so it may be tried again.
Errors: InsufficientBalance, InvalidAmount, RefundExceedsSpending, SpendingNotFound, ReasonMissing.
"""

from domain.wallets.errors import (
    InsufficientBalance,
    InvalidAmount,
    ReasonMissing,
    RefundExceedsSpending,
    SpendingNotFound,
)
from domain.wallets.events import TokensAdjusted
from domain.wallets.models import RECORDS, EntryType, LotChange, Source, TokenLot, TokenTransaction, Wallet
from domain.wallets.queries import broken_chain, entry, history, of, unbalanced, with_expired_lots
from domain.wallets.service import adjust, credit, expire, refund, spend

__all__ = [
    "RECORDS", "EntryType", "InsufficientBalance", "InvalidAmount", "LotChange", "ReasonMissing",
    "RefundExceedsSpending", "Source", "SpendingNotFound", "TokenLot", "TokenTransaction", "TokensAdjusted", "Wallet",
    "adjust", "broken_chain", "credit", "entry", "expire", "history", "of", "refund", "spend", "unbalanced",
    "with_expired_lots",
]  # fmt: skip
