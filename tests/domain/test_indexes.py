"""What is asked often is answered by an index: a scan would grow with everything that was ever stored."""

from datetime import UTC, datetime

import pytest
from beanie import PydanticObjectId

from domain.kernel import Database, Row

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ID = PydanticObjectId()

ASKED: list[tuple[str, Row]] = [
    ("wallets", {"expires_at": {"$lte": NOW, "$type": "date"}}),
    ("wallets", {"user": ID}),
    ("wallets", {"warn_at": {"$lte": NOW, "$type": "date"}}),
    ("receivables", {"key": "k"}),
    ("receivables", {"user": ID, "status": "open"}),
    ("receivables", {"status": "open"}),
    ("vehicles", {"plate": "WB02AB1234", "is_deleted": False}),
    ("vehicles", {"member_id": ID, "place": {"$gte": 0}}),
    ("token_transactions", {"key": "k"}),
    ("token_transactions", {"refund_of": "k"}),
    ("payment_transactions", {"check_at": {"$lte": NOW, "$type": "date"}, "created_at": {"$lte": NOW}}),
    ("payment_transactions", {"gateway_session_id": "plink_1"}),
    ("payment_transactions", {"gateway_transaction_id": "pay_1"}),
    ("members", {"api_token_digest": "digest"}),
    ("members", {"telegram_id": 1}),
    ("bookings", {"member_id": ID, "key": "k"}),
    ("bookings", {"member_id": ID, "seat": {"$gte": 0}}),
    ("bookings", {"status": "held", "hold_expires_at": {"$lte": NOW}}),
    ("bookings", {"status": "confirmed", "starts_at": {"$lte": NOW}}),
    ("bookings", {"status": "active", "ends_at": {"$lte": NOW}}),
    ("inbox", {"source": "telegram", "work_status": "pending"}),
    ("outbox", {"work_status": "pending"}),
    ("notices", {"work_status": "pending"}),
]


def stages(plan: Row) -> list[str]:
    """The names of all stages of a plan."""
    below = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return [plan["stage"], *(name for stage in below for name in stages(stage))]


@pytest.mark.parametrize(("collection", "asked"), ASKED)
async def test_it_is_found_by_an_index(database: Database, collection: str, asked: Row) -> None:
    explained = await database.command("explain", {"find": collection, "filter": asked}, verbosity="queryPlanner")

    used = stages(explained["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in used
    assert "COLLSCAN" not in used


async def test_the_check_sees_a_scan(database: Database) -> None:
    explained = await database.command(
        "explain", {"find": "members", "filter": {"phone": "1"}}, verbosity="queryPlanner"
    )

    assert "COLLSCAN" in stages(explained["queryPlanner"]["winningPlan"])
