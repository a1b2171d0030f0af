"""The one way into a wallet: read it, post entries, store both at once.

A posting is one conditional update on (wallet, version, head of its chain) and one insert. The lots and the sum of what
is owed are part of the wallet, so balance, lots, debt and the head of the chain change together or not at all; two
postings to one wallet at once conflict, and MongoDB has the later one run again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack

from beanie import PydanticObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.kernel import KeyReused, Row, Tx, insert_rows, run_again
from domain.wallets import chain, policy, queries
from domain.wallets.models import EntryType, LotChange, Source, TokenLot, TokenTransaction, Wallet

EXPIRY = "expiry"
DUPLICATE_KEY = 11000
KNOWN_MAX = 10_000


class EntryFacts(TypedDict, total=False):
    """What an entry may say about where its tokens came from or went to."""

    increase_source: Source
    decrease_source: str
    booking: PydanticObjectId | None
    package: PydanticObjectId | None
    payment_transaction: PydanticObjectId | None
    refund_of: str
    note: str | None


@dataclass(kw_only=True)
class Posting:
    """A wallet as read, the lots and the debt as they will be, and the entries that say why."""

    wallet: Wallet
    is_new: bool = False
    lots: list[TokenLot]
    owed_tokens: int
    now: datetime
    rows: list[Row] = field(default_factory=list)
    entries: list[TokenTransaction] = field(default_factory=list)
    earlier: TokenTransaction | None = None
    """The entry that this command's key made before: then there is nothing to post."""

    @property
    def balance_tokens(self) -> int:
        """The wallet's tokens after the entries so far."""
        return self.entries[-1].balance_after if self.entries else self.wallet.token

    @property
    def live_tokens(self) -> int:
        """What can be taken from the lots as they are now."""
        return sum(lot.remaining for lot in self.lots)

    def add(
        self, kind: EntryType, changes: Sequence[LotChange], *, key: str, input_hash: str, **facts: Unpack[EntryFacts]
    ) -> TokenTransaction:
        """Append an entry for what went in or out of the lots, chained to the one before it."""
        tokens = sum(change.tokens for change in changes)
        balance_tokens = self.balance_tokens + (tokens if kind is EntryType.INCREASE else -tokens)
        assert balance_tokens >= 0, f"the wallet of {self.wallet.user} would be negative"
        entry = TokenTransaction(
            user=self.wallet.user, user_wallet=self.wallet.id,
            sequence=self.wallet.entries + len(self.entries) + 1,
            type=kind, amount=tokens, balance_after=balance_tokens, lots=list(changes), key=key, input_hash=input_hash,
            previous_hash=self.entries[-1].hash if self.entries else self.wallet.chain_hash, hash="",
            created_at=self.now, updated_at=self.now, **facts,
        )  # fmt: skip
        row = entry.model_dump(by_alias=True)  # the same as `row()`, in a fifth of the time
        row["hash"] = entry.hash = chain.seal(row)
        self.rows.append(row)
        self.entries.append(entry)
        return entry


_known: dict[PydanticObjectId, Wallet] = {}
"""Wallets as this process last left them, by member; only ever a guess."""


async def open_wallet(member_id: PydanticObjectId, *, key: str, input_hash: str, now: datetime) -> Posting:
    """Begin a posting under `key`, or find the entry it made `earlier`. Raises KeyReused for other facts."""
    earlier = await queries.entry(key=key)
    if earlier is not None and earlier.input_hash != input_hash:
        raise KeyReused(key=key)
    posting = await read_wallet(member_id, now=now)
    posting.earlier = earlier
    return posting


async def read_wallet(member_id: PydanticObjectId, *, now: datetime) -> Posting:
    """Begin a posting to the wallet as it is stored; to a new one for a member who has none."""
    wallet = await _read(member_id)
    posting = begin(wallet or Wallet(user=member_id, created_at=now, updated_at=now), now=now)
    posting.is_new = wallet is None
    return posting


async def open_boldly(tx: Tx, member_id: PydanticObjectId, *, tokens: int, now: datetime) -> Posting | None:
    """Begin to spend without looking for an earlier entry, and without reading a wallet that this process knows.

    None in a later run of the transaction, and when the tokens do not suffice or something is owed: then look, by
    `open_wallet`. What is wrong about the guess is refused in `store`, and the transaction runs again: an earlier entry
    by its unique key, and a remembered wallet by its version and the head of its chain, which stand for all that ever
    happened to it, debts without an entry included.
    """
    if tx.attempt > 1:
        return None
    wallet = _known.get(member_id) or await _read(member_id)
    if wallet is None or wallet.owed_tokens or wallet.spendable_tokens(now) < tokens:
        return None
    return begin(wallet, now=now)


async def _read(member_id: PydanticObjectId) -> Wallet | None:
    row = await Wallet.get_pymongo_collection().find_one({"user": member_id})
    return Wallet.read(row) if row else None


def begin(wallet: Wallet, *, now: datetime) -> Posting:
    """Begin a posting to a wallet; lots that lapsed by `now` are taken out with an entry of their own."""
    live, lapsed = policy.lapse(wallet.lots, now=now)
    posting = Posting(wallet=wallet, lots=live, owed_tokens=wallet.owed_tokens, now=now)
    if lapsed:
        # The version makes the key: two attempts to lapse the same lots are the same entry.
        expiry_key = f"{EXPIRY}:{wallet.id}:{wallet.version}"
        facts = chain.digest({"verb": EXPIRY, "key": expiry_key})
        posting.add(EntryType.DECREASE, lapsed, key=expiry_key, input_hash=facts, decrease_source=EXPIRY)
    return posting


async def store(tx: Tx, posting: Posting, *, package: PydanticObjectId | None = None) -> None:
    """Write the wallet and its new entries; without entries, what changed is the debt."""
    wallet, lots = posting.wallet, posting.lots
    after: dict[str, Any] = {
        "token": posting.balance_tokens,
        "owed_tokens": posting.owed_tokens,
        "lots": [lot.model_dump() for lot in lots],
        "package": package or wallet.package,
        "expires_at": min((lot.expires_at for lot in lots if lot.expires_at), default=None),
        "warn_at": policy.warn_at(lots),
        "version": wallet.version + 1,
        "entries": wallet.entries + len(posting.entries),
        "chain_hash": posting.entries[-1].hash if posting.entries else wallet.chain_hash,
        "updated_at": posting.now,
    }
    assert after["token"] == posting.live_tokens, f"lots and ledger of {wallet.user} disagree"
    assert posting.owed_tokens >= 0, f"{wallet.user} would owe less than nothing"
    # Who committed the same key, or the member's first wallet, after our snapshot makes this a write conflict; the verb
    # then runs again and finds it. Who committed the key before our snapshot is found by running again, too.
    await _store_wallet(tx, posting, after)
    if not posting.entries:  # should this be rolled back, no head of a chain would tell
        forget(wallet.user)
        return
    _remember(wallet.model_copy(update={**after, "lots": list(lots)}))
    try:
        await insert_rows(TokenTransaction, posting.rows)
    except (DuplicateKeyError, BulkWriteError) as error:
        if tx.attempt > 1 or not _is_duplicate(error):
            raise
        run_again(tx, error)


def _remember(wallet: Wallet) -> None:
    if len(_known) >= KNOWN_MAX:
        _known.clear()
    _known[wallet.user] = wallet


def forget(member_id: PydanticObjectId) -> None:
    """Read the member's wallet anew next time."""
    _known.pop(member_id, None)


def _is_duplicate(error: DuplicateKeyError | BulkWriteError) -> bool:
    if isinstance(error, DuplicateKeyError):
        return True
    return any(each["code"] == DUPLICATE_KEY for each in error.details["writeErrors"])


async def _store_wallet(tx: Tx, posting: Posting, after: Row) -> None:
    wallets = Wallet.get_pymongo_collection()
    if posting.is_new:
        await wallets.insert_one({**posting.wallet.row(), **after})
        return
    known = posting.wallet
    wanted = {"_id": known.id, "version": known.version, "chain_hash": known.chain_hash}
    result = await wallets.update_one(wanted, {"$set": after})
    if result.matched_count == 0:
        forget(known.user)
        run_again(tx, RuntimeError("the remembered wallet is not what is stored"))
