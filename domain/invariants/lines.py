"""That those who wait and what is kept for them agree."""

from domain import bookings, waitlists
from domain.invariants.violation import Violation
from domain.kernel import OutboxEvent, Row, WorkStatus


async def offers_agree(limit: int) -> list[Violation]:
    """An offered entry has exactly one held booking that names it, and an offer has its offered entry.

    What has just happened to the booking and is still on its way to the line (a pending event) counts as heard.
    """
    return (await _without_booking(limit) + await _without_entry(limit))[:limit]


async def _without_booking(limit: int) -> list[Violation]:
    held: Row = {"$match": {"status": bookings.Status.HELD.value}}
    pipeline: list[Row] = [
        {"$match": {"status": waitlists.Status.OFFERED.value}},
        {"$lookup": {"from": bookings.Booking.get_collection_name(), "localField": "_id", "foreignField": "entry_id",
                     "pipeline": [held, {"$project": {"_id": 1}}], "as": "held"}},
        {"$match": {"$expr": {"$or": [{"$ne": [{"$size": "$held"}, 1]},
                                      {"$ne": [{"$first": "$held._id"}, "$booking_id"]}]}}},
        {"$lookup": {"from": OutboxEvent.get_collection_name(), "localField": "booking_id",
                     "foreignField": "facts.booking_id", "as": "on_the_way",
                     "pipeline": [{"$match": {"work_status": WorkStatus.PENDING.value}}, {"$project": {"_id": 1}}]}},
        {"$match": {"on_the_way": []}},
        {"$limit": limit},
    ]  # fmt: skip
    return [
        Violation(
            name="offers_agree", subject=f"entry {row['_id']}",
            detail=f"offered booking {row['booking_id']}, but {len(row['held'])} are held for it",
        )
        async for row in await waitlists.WaitlistEntry.get_pymongo_collection().aggregate(pipeline)
    ]  # fmt: skip


async def _without_entry(limit: int) -> list[Violation]:
    pipeline: list[Row] = [
        {"$match": {"status": bookings.Status.HELD.value, "is_offer": True}},
        {"$lookup": {"from": waitlists.WaitlistEntry.get_collection_name(), "localField": "entry_id",
                     "foreignField": "_id", "as": "entry"}},
        {"$set": {"entry": {"$first": "$entry"}}},
        {"$match": {"$or": [{"entry.status": {"$ne": waitlists.Status.OFFERED.value}},
                            {"$expr": {"$ne": ["$entry.booking_id", "$_id"]}}]}},
        {"$limit": limit},
    ]  # fmt: skip
    return [
        Violation(
            name="offers_agree", subject=f"booking {row['code']}",
            detail=f"is an offer, but its entry is {row.get('entry', {}).get('status', 'not there')}",
        )
        async for row in await bookings.Booking.get_pymongo_collection().aggregate(pipeline)
    ]  # fmt: skip
