"""What those who wait in line are told."""

from datetime import datetime

from domain import bookings, people, resources, waitlists
from domain.bookings import OfferMade
from domain.kernel import Row, Tx
from domain.notifications import Kind, balance_tokens, booking_facts
from domain.notifications import tell as tell_member
from domain.reactions.telling import tell
from domain.waitlists import OfferLapsed, WaitlistEntry, WaitUnserved


async def tell_offer(tx: Tx, event: OfferMade, now: datetime) -> None:
    """A time is kept for them; they take it or pass."""
    facts = {
        "entry_id": event.entry_id, "hold_expires_at": event.hold_expires_at,
        "balance_tokens": await balance_tokens(event.member_id, now=now),
    }  # fmt: skip
    await tell(tx, event, Kind.OFFER_MADE, facts, now)


async def tell_offer_lapsed(tx: Tx, event: OfferLapsed, now: datetime) -> None:
    """They did not answer in time. One that they had taken up as a hold of their own is told of as a hold."""
    booking = await bookings.get(booking_id=event.booking_id, actor=people.SYSTEM)
    if not booking.is_offer:
        return
    await tell_member(
        tx, member_id=event.member_id, kind=Kind.OFFER_LAPSED, now=now,
        facts={"entry_id": event.entry_id, "booking": await booking_facts(booking.id)},
        dedupe_key=f"{event.name}:{event.booking_id}",
    )  # fmt: skip


async def tell_unserved(tx: Tx, event: WaitUnserved, now: datetime) -> None:
    """The window is over, and nothing became free."""
    entry = await waitlists.get(entry_id=event.entry_id, actor=people.SYSTEM)
    await tell_member(
        tx, member_id=event.member_id, kind=Kind.WAITLIST_UNSERVED, facts=await _wanted(entry), now=now,
        dedupe_key=f"{event.name}:{event.entry_id}",
    )  # fmt: skip


async def _wanted(entry: WaitlistEntry) -> Row:
    """What was waited for, and on which clock: of any rack anywhere, the first venue's."""
    facts: Row = {
        "resource_code": None, "resource_kind": entry.kind, "aci_version": entry.aci_version, "venue_name": None,
        "starts_at": entry.window_starts_at, "ends_at": entry.window_ends_at,
    }  # fmt: skip
    if entry.resource_id is not None:
        place = await resources.place(entry.resource_id)
        return {**facts, "resource_code": place.resource.code, "timezone": place.venue.timezone}
    if entry.venue_id is not None:
        venue = await resources.venue(entry.venue_id)
        return {**facts, "venue_name": venue.name, "timezone": venue.timezone}
    (first, *_) = await resources.venues(limit=1)
    return {**facts, "timezone": first.timezone}
