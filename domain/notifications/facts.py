"""What a notice carries so that it can be put into words by somebody who looks nothing up.

| kind | facts |
|---|---|
| booking_confirmed | booking, balance_tokens |
| booking_cancelled | booking, refund_tokens, reason |
| hold_lapsed | booking |
| payment_received | payment_id, reference, package_name, tokens, amount_minor, currency, balance_tokens, booking, |
| | booking_state (None, confirmed, held, lapsed), hold_expires_at and missing_tokens (held) |
| payment_failed | payment_id, reference, package_name, tokens, amount_minor, currency, reason, pay_url |
| payment_quarantined | payment_id, reference, reason, amount_minor, currency, gateway_payment_id, member_name |
| tokens_adjusted | tokens (negative when taken), reason, balance_tokens |
| role_changed | role, previous_role |
| account_disabled, account_enabled | reason |
| invariant_violated | total, violations: name and detail of the first few |

`booking` is made by `booking_facts`.
"""

from datetime import datetime

from beanie import PydanticObjectId

from domain import bookings, people, resources, wallets
from domain.kernel import Row


async def booking_facts(booking_id: PydanticObjectId) -> Row:
    """A booking as a notice tells of it, with its rack and its venue's time zone."""
    booking = await bookings.get(booking_id=booking_id, actor=people.SYSTEM)
    place = await resources.place(booking.resource_id)
    return {
        "id": booking.id,
        "code": booking.code,
        "resource_code": place.resource.code,
        "resource_name": place.resource.name,
        "venue_name": place.venue.name,
        "timezone": place.venue.timezone,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "cost_tokens": booking.cost_tokens,
    }


async def balance_tokens(member_id: PydanticObjectId, *, now: datetime) -> int:
    """What the member can spend at `now`."""
    return (await wallets.of(member_id)).spendable_tokens(now)
