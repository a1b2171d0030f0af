"""The bot as a process of its own, killed without a word while it answers."""

import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.mongod import EmbeddedMongo
from domain import resources
from domain.kernel import Database, Transactor, Vault
from tests.app.running import clean_environment, telegram_elsewhere
from tests.bot.test_booking import choose_tomorrow_at_ten
from tests.building import a_rack, a_venue
from tests.people import Person, text_of

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz123456789"
SLOW_MS = 60_000


class BotProcess:
    """`berth bot`, which can be killed and started again."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "bot"], env=self._environment, stdout=output, stderr=output
            )

    def kill(self) -> None:
        """SIGKILL: no last word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None


@pytest.fixture
def telegram() -> Iterator[str]:
    with telegram_elsewhere(TOKEN) as url:
        yield url


@pytest.fixture
def bot_process(telegram: str, mongo: EmbeddedMongo, database: Database, tmp_path: Path) -> Iterator[BotProcess]:
    environment = clean_environment(
        TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram, MONGODB_URI=mongo.uri, MONGODB_DATABASE=database.name,
        RAZORPAY_KEY_ID="rzp_test_1", RAZORPAY_KEY_SECRET="secret1", RAZORPAY_WEBHOOK_SECRET="secret2",
        BERTH_SECRET_KEYS=Vault.generate_key(),
    )  # fmt: skip
    process = BotProcess(environment, tmp_path / "bot.log")
    process.start()
    yield process
    process.kill()


@pytest.fixture
async def asha(telegram: str, bot_process: BotProcess) -> AsyncIterator[Person]:
    """Somebody who has answered the questions of the first contact."""
    async with httpx.AsyncClient(base_url=telegram, timeout=30) as sandbox:
        person = await Person.meets(sandbox)
        await person.says("/start")
        await person.sees("Which language shall we speak?")
        await person.taps("English")
        await person.taps("Kolkata")
        yield person


@pytest.fixture
async def rack(database: Database, transact: Transactor) -> resources.Resource:
    venue = await a_venue(transact, code="SECTOR-V")
    return await a_rack(transact, venue=venue, code="RACK-01", price_tokens_per_slot=0)


async def until_booked(database: Database) -> None:
    deadline = time.monotonic() + 15
    while not await database["bookings"].count_documents({}):
        assert time.monotonic() < deadline, "nothing was booked"


async def test_a_bot_killed_between_booking_and_answer_is_followed_by_one_that_answers(
    rack: resources.Resource, asha: Person, bot_process: BotProcess, database: Database
) -> None:
    await choose_tomorrow_at_ten(asha)
    summary = await asha.sees("Confirm – 0 tokens")
    stuck = {"service": "telegram", "fault": "delay", "times": 9, "delay_ms": SLOW_MS}
    for route in ("deleteMessage", "editMessageCaption"):
        (await asha.sandbox.post("/sim/v1/faults", json={**stuck, "route": route})).raise_for_status()
    await asha.tap(summary["message_id"], text="Confirm – 0 tokens")
    await until_booked(database)

    bot_process.kill()
    await asha.sandbox.delete("/sim/v1/faults")
    bot_process.start()

    await asha.sees("Booked: RACK-01")
    assert sum("Booked: RACK-01" in text_of(message) for message in await asha.screens()) == 1
    assert await database["bookings"].count_documents({}) == 1


async def test_a_question_survives_the_process_that_asked_it(asha: Person, bot_process: BotProcess) -> None:
    await asha.says("/settings")
    await asha.taps("Time zone")
    await asha.taps("Type a city")
    await asha.sees("Write the name of your city")

    bot_process.kill()
    with contextlib.suppress(AssertionError):  # nobody answers yet
        await asha.says("tokyo")
    bot_process.start()

    await asha.sees("Which one is it?", "Tokyo")
