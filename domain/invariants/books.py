"""That the books agree: balances, lots, ledgers, chains, and what bookings and payments say of them."""

from domain import bookings, payments, wallets
from domain.invariants.violation import Violation
from domain.kernel import Row


async def balances_agree(limit: int) -> list[Violation]:
    """Balance = sum of the lots = sum of the ledger, and none is negative."""
    return [
        Violation(name="balances_agree", subject=f"member {member_id}", detail="balance, lots and ledger disagree")
        for member_id in await wallets.unbalanced(limit=limit)
    ]


async def chains_are_whole(limit: int) -> list[Violation]:
    """Every entry of every ledger is unchanged, in its place and linked to the one before."""
    found: list[Violation] = []
    async for row in wallets.Wallet.get_pymongo_collection().find({}, {"user": 1}):
        broken_at = await wallets.broken_chain(row["user"])
        if broken_at is not None:
            found.append(
                Violation(name="chains_are_whole", subject=f"member {row['user']}", detail=f"broken at {broken_at}")
            )
        if len(found) == limit:
            break
    return found


async def bookings_are_paid_for(limit: int) -> list[Violation]:
    """The ledger says of each booking what the booking says: its cost spent when confirmed, its refund returned."""
    is_confirmed = {"$ne": [{"$ifNull": ["$confirmed_at", None]}, None]}
    moved = {name: {"$ifNull": [f"$moved_{name}_tokens", 0]} for name in ("cost", "refund")}
    by_bookings: Row = {
        "spent": {"$add": [{"$cond": [is_confirmed, "$cost_tokens", 0]}, moved["cost"]]},
        "returned": {"$add": ["$refund_tokens", moved["refund"]]},
    }
    by_ledger: Row = {
        "_id": "$booking",
        "spent": {"$cond": [{"$eq": ["$type", "decrease"]}, {"$multiply": ["$amount", -1]}, 0]},
        "returned": {"$cond": [{"$eq": ["$type", "increase"]}, {"$multiply": ["$amount", -1]}, 0]},
    }
    ledger = wallets.TokenTransaction.get_collection_name()
    of_bookings: Row = {"booking": {"$type": "objectId"}, "decrease_source": {"$in": [None, "booking"]}}
    pipeline: list[Row] = [
        {"$project": by_bookings},
        {"$unionWith": {"coll": ledger, "pipeline": [{"$match": of_bookings}, {"$project": by_ledger}]}},
        {"$group": {"_id": "$_id", "spent": {"$sum": "$spent"}, "returned": {"$sum": "$returned"}}},
        {"$match": {"$or": [{"spent": {"$ne": 0}}, {"returned": {"$ne": 0}}]}},
        {"$limit": limit},
    ]
    rows = await bookings.Booking.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="bookings_are_paid_for", subject=f"booking {row['_id']}",
            detail=f"unspent {row['spent']}, unreturned {row['returned']} tokens of what the booking says",
        )
        async for row in rows
    ]  # fmt: skip


async def debts_agree(limit: int) -> list[Violation]:
    """What a wallet owes is the sum of what remains of the member's open receivables, and nothing remains below 0."""
    by_receivable: Row = {
        "user": "$user",
        "tokens": {"$cond": [{"$eq": ["$status", "open"]}, {"$multiply": ["$remaining", -1]}, 0]},
        "impossible": {"$or": [{"$lt": ["$remaining", 0]}, {"$gt": ["$remaining", "$amount"]}]},
    }
    receivables = wallets.Receivable.get_collection_name()
    pipeline: list[Row] = [
        {"$project": {"user": 1, "tokens": {"$ifNull": ["$owed_tokens", 0]}}},
        {"$unionWith": {"coll": receivables, "pipeline": [{"$project": by_receivable}]}},
        {"$group": {"_id": "$user", "tokens": {"$sum": "$tokens"}, "impossible": {"$max": "$impossible"}}},
        {"$match": {"$or": [{"tokens": {"$ne": 0}}, {"impossible": True}]}},
        {"$limit": limit},
    ]
    rows = await wallets.Wallet.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="debts_agree", subject=f"member {row['_id']}",
            detail=f"the wallet owes {row['tokens']} tokens more than its receivables say",
        )
        async for row in rows
    ]  # fmt: skip


async def overtime_is_charged(limit: int) -> list[Violation]:
    """What staying too long cost is in the ledger as far as it was paid, and in receivables for the rest."""
    charged: Row = {"$add": [{"$ifNull": ["$overtime_tokens", 0]}, {"$ifNull": ["$penalty_tokens", 0]}]}
    paid: Row = {"_id": "$booking", "tokens": {"$multiply": ["$amount", -1]}}
    unpaid: Row = {"_id": "$booking", "tokens": {"$multiply": ["$remaining", -1]}}
    of_bookings: Row = {"booking": {"$type": "objectId"}}
    penalties: Row = {**of_bookings, "type": "decrease", "decrease_source": "penalty"}
    ledger = wallets.TokenTransaction.get_collection_name()
    receivables = wallets.Receivable.get_collection_name()
    of_penalties: Row = {**of_bookings, "purpose": "penalty"}
    pipeline: list[Row] = [
        {"$project": {"tokens": charged}},
        {"$unionWith": {"coll": ledger, "pipeline": [{"$match": penalties}, {"$project": paid}]}},
        {"$unionWith": {"coll": receivables, "pipeline": [{"$match": of_penalties}, {"$project": unpaid}]}},
        {"$group": {"_id": "$_id", "tokens": {"$sum": "$tokens"}}},
        {"$match": {"tokens": {"$ne": 0}}},
        {"$limit": limit},
    ]
    rows = await bookings.Booking.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="overtime_is_charged", subject=f"booking {row['_id']}",
            detail=f"{row['tokens']} tokens of what the booking says were neither paid nor are they owed or forgiven",
        )
        async for row in rows
    ]  # fmt: skip


async def payments_are_credited_once(limit: int) -> list[Violation]:
    """Each paid payment has one ledger entry of its tokens, and there is no entry by a payment that is not paid."""
    paid: Row = {"status": {"$in": ["success", "partially_refunded", "refunded"]}}
    by_payment: Row = {
        "_id": "$payment_transaction",
        "entries": {"$literal": -1},
        "tokens": {"$multiply": ["$amount", -1]},
    }
    increases: Row = {"type": "increase", "increase_source": "payment"}
    ledger = wallets.TokenTransaction.get_collection_name()
    pipeline: list[Row] = [
        {"$match": paid},
        {"$project": {"entries": {"$literal": 1}, "tokens": "$token"}},
        {"$unionWith": {"coll": ledger, "pipeline": [{"$match": increases}, {"$project": by_payment}]}},
        {"$group": {"_id": "$_id", "entries": {"$sum": "$entries"}, "tokens": {"$sum": "$tokens"}}},
        {"$match": {"$or": [{"entries": {"$ne": 0}}, {"tokens": {"$ne": 0}}]}},
        {"$limit": limit},
    ]
    rows = await payments.PaymentTransaction.get_pymongo_collection().aggregate(pipeline, allowDiskUse=True)
    return [
        Violation(
            name="payments_are_credited_once", subject=f"payment {row['_id']}",
            detail=f"{-row['entries']} credits and {-row['tokens']} tokens more than it was paid for",
        )
        async for row in rows
    ]  # fmt: skip
