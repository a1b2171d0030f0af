"""`berth work`: dead work is seen and gets another try, also beside a running `berth up`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest

from app.mongod import EmbeddedMongo
from domain.kernel import Database
from tests.app.running import berth, running

MADE = datetime.now(UTC) - timedelta(days=2, hours=3)


def a_dead_item(key: str) -> dict[str, Any]:
    return {
        "source": "test", "key": key, "lane": key, "sequence": 1, "body": "{}", "received_at": MADE,
        "created_at": MADE, "updated_at": MADE, "work_status": "dead", "failures": 12,
        "failure": "ValueError: \x1b[31mno\nsense",
    }  # fmt: skip


@pytest.mark.breaks_invariants
async def test_what_is_dead_is_listed_and_tried_again_on_demand(
    database: Database, mongo: EmbeddedMongo, tmp_path: Path
) -> None:
    await database["inbox"].insert_many([a_dead_item(f"k{number}") for number in range(102)])
    environment = {"MONGODB_URI": mongo.uri, "MONGODB_DATABASE": "test"}

    listed = berth("work", cwd=tmp_path, **environment)
    assert await database["inbox"].count_documents({"work_status": "dead"}) == 102
    retried = [berth("work", "--retry", cwd=tmp_path, **environment) for _ in range(3)]

    assert [run.returncode for run in (listed, *retried)] == [0] * 4, listed.stderr
    lines = listed.stdout.splitlines()
    assert len(lines) == 102
    assert lines[0].startswith("inbox  ")
    assert lines[0].split("  ", 2)[2].startswith("2d 03h 0")
    assert lines[0].endswith("ValueError: [31mno sense")
    assert lines[-2:] == ["There is more; these are 100.", "`berth work --retry` has them tried again."]
    assert [run.stdout.splitlines()[-1] for run in retried] == [
        "100 of 100 will be tried again.", "2 of 2 will be tried again.", "No work is dead.",
    ]  # fmt: skip
    assert await database["inbox"].count_documents({"work_status": "pending", "failures": 0}) == 102


def test_beside_berth_up_the_embedded_database_is_meant(tmp_path: Path) -> None:
    data_dir = tmp_path / "berth"
    with running(data_dir) as up:
        port = int((data_dir / "mongodb.port").read_text())
        with pymongo.MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
            client["berth"]["inbox"].insert_one(a_dead_item("k"))
        ports = {"BERTH_API_PORT": str(up.api_port), "BERTH_SANDBOX_PORT": str(up.sandbox_port)}

        retried = berth("work", "--retry", cwd=tmp_path, BERTH_DATA_DIR=str(data_dir), **ports)

        assert retried.stdout.splitlines()[-1] == "1 of 1 will be tried again.", retried.stderr
        assert up.process.poll() is None


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    ended = berth("work", cwd=tmp_path)

    assert ended.returncode == 1
    assert ended.stderr == "No database runs: start `berth up` on .berth, or set MONGODB_URI.\n"
    assert not (tmp_path / ".berth").exists()
