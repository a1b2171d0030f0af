"""What a booking cost, entry by entry of the ledger, and giving it back."""

from datetime import datetime

from beanie import PydanticObjectId

from domain import wallets
from domain.bookings.models import Booking, Spending
from domain.kernel import Row, Tx


def spending_key(booking_id: PydanticObjectId, moves: int = 0) -> str:
    """The ledger key under which a booking was paid; after it was moved or extended, with the number of that."""
    return f"booking:{booking_id}:{moves}" if moves else f"booking:{booking_id}"


def first_spending(booking_id: PydanticObjectId, tokens: int) -> list[Row]:
    """The stored spendings of a booking that has just been paid."""
    return [{"key": spending_key(booking_id), "tokens": tokens}] if tokens else []


def spendings_of(booking: Booking) -> list[Spending]:
    """The ledger entries by which the present times were paid; those of before spendings were kept have the first."""
    if booking.spendings or booking.confirmed_at is None or not booking.cost_tokens:
        return booking.spendings
    return [Spending(key=spending_key(booking.id), tokens=booking.cost_tokens)]


async def give_back(tx: Tx, booking: Booking, tokens: int, *, key: str, now: datetime) -> None:
    """Return `tokens` of what the present times cost to the lots they came from, the last spending first.

    The ledger's entries are under `key`, from the second on with a number behind it.
    """
    left = tokens
    for number, spending in enumerate(reversed(spendings_of(booking))):
        part = min(left, spending.tokens)
        if part:
            await wallets.refund(
                tx, member_id=booking.member_id, spent_key=spending.key, tokens=part,
                key=f"{key}:{number}" if number else key, now=now,
            )  # fmt: skip
        left -= part
    assert left == 0, f"{booking.code} was to return more than it cost"
