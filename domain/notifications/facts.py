"""What a notice carries so that it can be put into words by somebody who looks nothing up.

| kind | facts |
|---|---|
| booking_confirmed | booking, balance_tokens, is_series |
| auto_booked | booking, balance_tokens |
| booking_rescheduled, | booking, previous_starts_at, previous_ends_at, previous_code (the rack's, if another), |
| booking_moved | paid_tokens, returned_tokens, balance_tokens |
| booking_extended | booking, previous_ends_at, paid_tokens, balance_tokens |
| booking_cancelled | booking, refund_tokens, reason, because (asked, maintenance, not_ready), |
| | is_first (they are first in line for the same time) |
| hold_lapsed | booking, because (maintenance, when the operator took the time; else left out) |
| reminder_24h, reminder_30m | booking, minutes_before |
| session_preparing, session_ready, session_late, session_started, access_withdrawn | booking |
| access_shown (only noted, never told) | booking: its id alone |
| session_ends_soon | booking, extensions: slots, cost_tokens, ends_at of the one or two that are free, shortest first |
| session_ended | booking |
| session_overstayed | booking, price_tokens_per_hour, penalty_tokens_per_hour |
| session_missed | booking |
| overtime_charged | booking, checked_out_at, overtime_minutes, overtime_tokens, penalty_tokens, paid_tokens, |
| | owed_tokens, balance_tokens |
| offer_made | entry_id, booking, hold_expires_at, balance_tokens |
| offer_lapsed | entry_id, booking |
| waitlist_unserved | resource_code, or resource_kind, aci_version and venue_name (each may be None); timezone, |
| | starts_at, ends_at |
| payment_received | payment_id, reference, package_name, tokens, amount_minor, currency, balance_tokens, booking, |
| | booking_state (None, confirmed, held, lapsed), hold_expires_at and missing_tokens (held) |
| payment_failed | payment_id, reference, package_name, tokens, amount_minor, currency, reason, pay_url |
| tokens_adjusted | tokens (negative when taken), reason, balance_tokens |
| tokens_low | balance_tokens, threshold_tokens |
| tokens_expiring | tokens, expires_at (of the first), until_at (of all), balance_tokens |
| debt_settled | paid_tokens, owed_tokens (left), balance_tokens |
| debt_forgiven | tokens, reason, owed_tokens (left) |
| role_changed | role, previous_role |
| account_disabled, account_enabled | reason |
| payment_quarantined | payment_id, reference, reason, amount_minor, currency, gateway_payment_id, member_name |
| invariant_violated | total, violations: name and detail of the first few |
| resource_off | subject_id, what (resource, venue), code, name, status, by, coming (number of bookings) |
| preparation_failed | booking, step, script, status, failures, exit_code, output (its tail), is_preparation |
| booking_unready | booking, member_name |

`booking` is made by `booking_facts`.
"""

from datetime import datetime, timedelta

from beanie import PydanticObjectId

from domain import bookings, people, resources, wallets
from domain.kernel import Row

EXTENSIONS_MAX = 2


async def booking_facts(booking_id: PydanticObjectId) -> Row:
    """A booking as a notice tells of it, with its rack and its venue's time zone."""
    booking = await bookings.get(booking_id=booking_id, actor=people.SYSTEM)
    place = await resources.place(booking.resource_id)
    return {
        "id": booking.id,
        "code": booking.code,
        "resource_id": booking.resource_id,
        "resource_kind": place.resource.kind,
        "resource_code": place.resource.code,
        "resource_name": place.resource.name,
        "venue_name": place.venue.name,
        "venue_address": place.venue.address,
        "timezone": place.venue.timezone,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "cost_tokens": booking.cost_tokens,
        "needs_check_in": booking.check_in == "required" and booking.checked_in_at is None,
        "has_overtime": booking.overtime is not None,
        "prepare_at": booking.prepare_at,
        "moves": booking.moves,
    }


async def balance_tokens(member_id: PydanticObjectId, *, now: datetime) -> int:
    """What the member can spend at `now`."""
    return (await wallets.of(member_id)).spendable_tokens(now)


async def extensions(booking_id: PydanticObjectId, *, now: datetime) -> list[Row]:
    """By how many slots the running booking can be extended now, and what they cost; the shortest first."""
    choices = await bookings.extension_choices(booking_id=booking_id, actor=people.SYSTEM, now=now)
    return [
        {"slots": slots, "cost_tokens": choice.cost_tokens, "ends_at": choice.ends_at}
        for slots, choice in enumerate(choices[:EXTENSIONS_MAX], start=1)
        if choice.is_free
    ]


async def coming_bookings(resource_ids: list[PydanticObjectId], *, now: datetime) -> int:
    """How many sessions that members have booked are still to begin on these resources, or run."""
    found = 0
    from_at = now
    for _ in range(WINDOWS):
        until_at = from_at + WINDOW
        times = await bookings.taken(resource_ids=resource_ids, from_at=from_at, until_at=until_at, now=now)
        found += sum(
            busy.member_id != bookings.NOBODY
            and busy.status in (*bookings.AWAITED, bookings.Status.ACTIVE)
            and (busy.starts_at >= from_at or from_at == now)
            for one in times.values()
            for busy in one
        )
        from_at = until_at
    return found


WINDOW = timedelta(days=92)
WINDOWS = 4
"""A year ahead: nothing is booked beyond it."""
