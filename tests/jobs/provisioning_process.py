"""`python -m tests.jobs.provisioning_process URI DATABASE SCRIPTS KEY NOW LEASE`: a worker of scripts, to be killed."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from pymongo import AsyncMongoClient

from app.scripts import ScriptDirectory
from domain.kernel import Row, Transactor, Vault, enter_tenant, prepare
from domain.records import RECORDS
from jobs import provisioning


async def main(uri: str, database: str, scripts: str, key: str, now: str, lease_seconds: str) -> None:
    async with AsyncMongoClient[Row](uri, tz_aware=True) as client:
        await prepare(client[database], RECORDS)
        enter_tenant(client[database])
        moment = datetime.fromisoformat(now)
        await provisioning.worker(
            Transactor(client), lambda: moment, Vault([key]), ScriptDirectory(Path(scripts)),
            lease_seconds=float(lease_seconds),
        ).run()  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
