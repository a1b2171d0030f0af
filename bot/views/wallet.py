"""Tokens: the balance, what expires when, and every entry of the ledger."""

from bot.views import wording
from bot.views.buttons import History, Packs, Tokens
from bot.views.reader import Html, Reader
from bot.views.screen import Row, Screen, button, keyboard, lines, pager, recommended, title, way_out
from bot.views.session_buttons import SettleOwed
from domain.kernel import Page
from domain.wallets import EntryType, TokenLot, TokenTransaction, Wallet

LOTS_MAX = 20
NOTE_MAX = 80
DEFAULT_ZONE = "UTC"


def balance(reader: Reader, wallet: Wallet) -> Screen:
    """The balance, lot by lot, the soonest expiry first."""
    live = [lot for lot in wallet.lots if lot.expires_at is None or lot.expires_at > reader.now]
    live.sort(key=lambda lot: (lot.expires_at is None, lot.expires_at or reader.now))
    rows = [_lot(reader, lot) for lot in live[:LOTS_MAX]]
    total = wording.tokens(reader, wallet.spendable_tokens(reader.now))
    first = title(reader.say("Balance: {tokens}", tokens=total))
    text = lines(first, *(rows or [_none(reader)]), _owed(reader, wallet))
    label = reader.label
    settle = [recommended(label("Settle now"), SettleOwed())] if wallet.owed_tokens and live else []
    return Screen(
        text=text,
        keyboard=keyboard(
            settle, [recommended(label("Buy tokens"), Packs()), button(label("History"), History())], way_out(reader)
        ),
    )


def _owed(reader: Reader, wallet: Wallet) -> Html | None:
    if not wallet.owed_tokens:
        return None
    owed = wording.tokens(reader, wallet.owed_tokens)
    return reader.say("You owe {tokens}. Tokens that come in pay it first.", tokens=owed)


def ways_to_pay(reader: Reader) -> Row:
    """Below a refusal because of a debt."""
    return [recommended(reader.label("Buy tokens"), Packs()), button(reader.label("Tokens"), Tokens())]


def settled(reader: Reader, tokens: int) -> Html:
    """The first line after paying what was owed."""
    if not tokens:
        return title(reader.say("There was nothing to settle."))
    return title(reader.say("{tokens} went to what you owed.", tokens=wording.tokens(reader, tokens)))


def _none(reader: Reader) -> Html:
    return reader.say("You have no tokens yet. A pack brings some.")


def _lot(reader: Reader, lot: TokenLot) -> Html:
    number = wording.tokens(reader, lot.remaining)
    if lot.expires_at is None:
        return reader.say("{tokens} without end", tokens=number)
    zone = reader.timezone or DEFAULT_ZONE
    until = wording.day(reader, wording.local(lot.expires_at, zone).date())
    return reader.say(
        "{tokens} until {day} ({relative})", tokens=number, day=until, relative=wording.relative(reader, lot.expires_at)
    )


def history(reader: Reader, page: Page[TokenTransaction]) -> Screen:
    """The ledger, newest first."""
    rows = [_entry(reader, entry) for entry in page.items]
    text = lines(
        title(reader.say("History of your tokens")),
        *(rows or [reader.say("Nothing has happened yet.")]),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            pager(
                reader, number=page.number, pages=page.pages, earlier=History(page=max(1, page.number - 1)),
                later=History(page=page.number + 1),
            ),
            way_out(reader, Tokens()),
        ),
    )  # fmt: skip


def _entry(reader: Reader, entry: TokenTransaction) -> Html:
    zone = reader.timezone or DEFAULT_ZONE
    sign = "+" if entry.type is EntryType.INCREASE else "−"
    return reader.say(
        "{when} · {change} · {what} · balance {balance}", when=wording.moment(reader, entry.created_at, zone),
        change=f"{sign}{wording.number(reader, entry.amount)}", what=_what(reader, entry),
        balance=wording.number(reader, entry.balance_after),
    )  # fmt: skip


def _what(reader: Reader, entry: TokenTransaction) -> str:
    label = reader.label
    increases = {
        "payment": label("pack bought"), "bonus": label("bonus"), "refund": label("refund"),
        "adjustment": label("granted by the office"),
    }  # fmt: skip
    decreases = {
        "booking": label("booking"), "expiry": label("expired"), "penalty": label("penalty"),
        "adjustment": label("taken by the office"),
    }  # fmt: skip
    words = increases if entry.type is EntryType.INCREASE else decreases
    key = entry.increase_source.value if entry.increase_source else entry.decrease_source or ""
    what = words.get(key, key)
    return (
        f"{what} ({wording.cut(entry.note, characters_max=NOTE_MAX)})" if entry.note and key == "adjustment" else what
    )
