"""The code by which a member is checked in: which booking it is of, signed; made anew whenever it is shown.

It says nothing of times or states, so a rescheduled booking keeps its code, and what may be done with it is asked of
the booking when it is used. Letters, digits, `-` and `_`, so that it fits a deep link.
"""

import base64

from beanie import PydanticObjectId

from domain.bookings.errors import InvalidTicket
from domain.bookings.models import Booking
from domain.kernel import Vault

PREFIX = "ci-"
PURPOSE = "check-in"
ID_BYTES = 12
SIGNATURE_BYTES = 16
TICKET_MAX = 64
"""What a deep link of Telegram carries."""


def ticket(booking: Booking, vault: Vault) -> str:
    """The booking's check-in code."""
    payload = booking.id.binary
    text = _written(payload + vault.sign(PURPOSE, payload, size=SIGNATURE_BYTES))
    assert len(text) <= TICKET_MAX
    return text


def read_ticket(text: str, vault: Vault) -> PydanticObjectId:
    """The booking that the code is of, whatever has become of it. Raises InvalidTicket."""
    if len(text) > TICKET_MAX:
        raise InvalidTicket
    written = text.removeprefix(PREFIX)
    try:
        content = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        raise InvalidTicket from None
    # The decoder overlooks foreign characters and trailing bits: only what we would write ourselves is ours.
    if len(content) != ID_BYTES + SIGNATURE_BYTES or _written(content) != text:
        raise InvalidTicket
    payload, signature = content[:ID_BYTES], content[ID_BYTES:]
    if not vault.verifies(PURPOSE, payload, signature):
        raise InvalidTicket
    return PydanticObjectId(payload)


def _written(content: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(content).decode().rstrip("=")
