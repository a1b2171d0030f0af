"""What the payer sees. Plain HTML that works without scripts; everything people wrote is escaped."""

from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from sandbox.razorpay.entities import Entity

RETURN_SECONDS = 4
INDIA = timezone(timedelta(hours=5, minutes=30))
SYMBOLS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}
WITHOUT_DECIMALS = ("JPY",)
HERE = Path(__file__).parent
STYLE = (HERE / "payer.css").read_text()
LAYOUT = Template((HERE / "payer.html").read_text())
CLOSED = {
    "paid": ("good", "Already paid", "This link has been paid in full. There is nothing left to do."),
    "expired": ("muted", "This link has expired", "Ask the merchant for a new one. Nothing was charged."),
    "cancelled": ("muted", "This link was cancelled", "The merchant has withdrawn this payment. Nothing was charged."),
}
MARKS = {"good": "✓", "bad": "!", "muted": "–"}


def money(amount_minor: int, currency: str) -> str:
    """Write an amount as people in its country do: ₹1,00,000.00 for rupees, thousands elsewhere."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    if currency in WITHOUT_DECIMALS:
        return f"{symbol}{amount_minor:,}"
    units, cents = divmod(amount_minor, 100)
    grouped = _indian(units) if currency == "INR" else f"{units:,}"
    return f"{symbol}{grouped}.{cents:02}"


def _indian(units: int) -> str:
    digits = str(units)
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


def checkout(link: Entity, merchant: str) -> str:
    """The open link with its three ways on."""
    due = money(link["amount"] - link["amount_paid"], link["currency"])
    actions = (
        _button(link, "pay", f"Pay {due}", "primary")
        + _button(link, "fail", "Let the payment fail", "plain")
        + _button(link, "leave", "Leave without paying", "quiet")
    )
    summary = _summary(link, merchant, due=due, note="requests a payment") + _facts(_about(link) + _until(link))
    return _layout(f"Pay {merchant}", f'{summary}<div class="actions">{actions}</div>')


def closed(link: Entity, merchant: str) -> str:
    """A link that takes no money any more."""
    mood, headline, words = CLOSED[link["status"]]
    due = money(link["amount"], link["currency"])
    summary = _summary(link, merchant, due=due, note="requested a payment")
    return _layout(headline, _result(mood, headline, words) + summary + _facts(_about(link)))


def paid(link: Entity, merchant: str, *, payment: Entity, return_to: str) -> str:
    """The receipt; with a callback it returns by itself after a moment."""
    amount = money(payment["amount"], payment["currency"])
    facts = _facts(
        [("Paid to", merchant), ("Payment id", payment["id"]), ("Time", _moment(payment["created_at"])), *_about(link)]
    )
    if return_to:
        words = f"{amount} paid. You will be taken back in a moment."
        way_on = f'<a class="button primary" href="{escape(return_to)}">Return to merchant</a>'
        refresh = f'<meta http-equiv="refresh" content="{RETURN_SECONDS};url={escape(return_to)}">'
    else:
        words = f"{amount} paid. You can close this page and go back to the chat."
        way_on, refresh = "", ""
    body = _result("good", "Payment successful", words) + facts + f'<div class="actions">{way_on}</div>'
    return _layout("Payment successful", body, head=refresh)


def failed(link: Entity, merchant: str) -> str:
    """The bank said no; the link can still be paid."""
    words = f"The bank declined the payment to {merchant}. Nothing was charged, and you can try again."
    return _with_way_back(link, "bad", "Payment failed", words, "Try again")


def left(link: Entity, merchant: str) -> str:
    """The payer went away; the link stays open."""
    words = f"You left without paying {merchant}. You can close this page, or come back while the link is valid."
    return _with_way_back(link, "muted", "Nothing was paid", words, "Back to the payment")


def unknown() -> str:
    """No such link."""
    words = "Check that you opened the whole address, or ask the merchant for a new link."
    return _layout("Link not found", _result("muted", "Link not found", words))


def _with_way_back(link: Entity, mood: str, headline: str, words: str, label: str) -> str:
    way_back = f'<a class="button primary" href="{escape(urlsplit(link["short_url"]).path)}">{escape(label)}</a>'
    return _layout(headline, _result(mood, headline, words) + f'<div class="actions">{way_back}</div>')


def _layout(title: str, body: str, *, head: str = "") -> str:
    return LAYOUT.substitute(title=escape(title), style=STYLE, head=head, body=body)


def _button(link: Entity, action: str, label: str, look: str) -> str:
    return (
        f'<form method="post" action="{escape(urlsplit(link["short_url"]).path)}/{action}">'
        f'<button class="button {look}">{escape(label)}</button></form>'
    )


def _result(mood: str, headline: str, words: str) -> str:
    return (
        f'<section class="result {mood}" role="status"><span class="mark" aria-hidden="true">{MARKS[mood]}</span>'
        f"<h1>{escape(headline)}</h1><p>{escape(words)}</p></section>"
    )


def _summary(link: Entity, merchant: str, *, due: str, note: str) -> str:
    initial = escape(merchant[:1].upper() or "?")
    description = escape(link["description"] or "Payment")
    return (
        f'<section class="merchant"><span class="avatar" aria-hidden="true">{initial}</span>'
        f'<div><p class="name">{escape(merchant)}</p><p class="note">{note}</p></div></section>'
        f'<section class="amount"><p class="sum">{escape(due)}</p><p class="for">{description}</p></section>'
    )


def _about(link: Entity) -> list[tuple[str, str]]:
    return [("Reference", link["reference_id"])] if link["reference_id"] else []


def _until(link: Entity) -> list[tuple[str, str]]:
    return [("Valid until", _moment(link["expire_by"]))] if link["expire_by"] else []


def _facts(rows: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in rows) + "</dl>"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(INDIA).strftime("%-d %b %Y, %H:%M IST")
