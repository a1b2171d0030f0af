"""A tap, from the person's finger until our answer has reached the sandbox: our bot beside a bare one, on one wire.

Every process is real: the sandbox in memory with its flood limits raised, our API, bot and jobs as `berth` runs them,
the echo bot, the wire. One sandbox serves all; between two passes its webhook is pointed at the next contender.
"""

import asyncio
import itertools
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from pymongo import AsyncMongoClient

from app.demos.racks import DEMO
from app.mongod import EmbeddedMongo
from app.seed import plant
from bench.crowd import Choose, Person, Sandbox, end, first_button, menu_and_tokens, months, tap_at_once
from bench.opponents import PATH
from bench.processes import LOOPBACK, Fleet, cpu_seconds, free_port, memory_mib
from bench.report import Line, percentile
from domain import people, wallets
from domain.kernel import Row, Transactor, Vault, enter_tenant, prepare
from domain.records import RECORDS

DATABASE = "bench_taps"
BOT_ID = 4242
PROFILE_BYTES = 64 * 2**20
OURS = ("bot", "api", "jobs")


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Somebody who answers taps: where its updates go, how its screen is opened, which button is tapped."""

    name: str
    service: str
    opening: str
    choose: Choose


MENU = Contender(name="Berth: Menu ⇄ Tokens", service="bot", opening="/start", choose=menu_and_tokens)
MONTH = Contender(
    name="Berth: paging the month (53 buttons)", service="bot", opening="/start book_RACK-02", choose=months
)
ECHO_MENU = Contender(name="echo bot, 5 buttons", service="echo", opening="/start small", choose=first_button)
ECHO_MONTH = Contender(name="echo bot, 53 buttons", service="echo", opening="/start month", choose=first_button)
WIRE_MENU = Contender(name="sandbox, driver and HTTP alone, 5 buttons", service="wire", opening="/start small",
                      choose=first_button)  # fmt: skip
WIRE_MONTH = Contender(name="sandbox, driver and HTTP alone, 53 buttons", service="wire", opening="/start month",
                       choose=first_button)  # fmt: skip
CONTENDERS = (MENU, ECHO_MENU, WIRE_MENU, MONTH, ECHO_MONTH, WIRE_MONTH)
BESIDE = {MENU: ECHO_MENU, MONTH: ECHO_MONTH}


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much is measured."""

    passes: int = 3
    seconds: float = 2.0
    warm_up_seconds: float = 0.3
    counted_seconds: float = 2.0
    contenders: tuple[Contender, ...] = CONTENDERS
    crowd: int = 16


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One pass: taps per second, seconds of each tap, and what each process used of the processor per tap."""

    rate: float
    seconds: Sequence[float]
    cpu_ms: dict[str, float]


class Arena:
    """Everything that runs during the measurement."""

    def __init__(self, fleet: Fleet, sandbox: Sandbox, mongo: EmbeddedMongo, secret: str) -> None:
        self._fleet = fleet
        self._sandbox = sandbox
        self._mongo = mongo
        self._secret = secret
        self._crowds: dict[Contender, list[Person]] = {}
        self.webhooks: dict[str, str] = {}
        self.client: AsyncMongoClient[Row]

    async def gather(self, load: Load, *, first_id: int) -> None:
        """Make a crowd for each contender; ours are members who have answered the two questions and own tokens."""
        numbers = itertools.count(first_id)
        for contender in sorted(load.contenders, key=lambda one: one.service):
            ids = [next(numbers) for _ in range(load.crowd)]
            if contender.service == "bot":
                await asyncio.gather(*(_member(Transactor(self.client), user_id) for user_id in ids))
            await self._listen_to(contender)
            crowd = [Person(self._sandbox, user_id, contender.choose) for user_id in ids]
            await asyncio.gather(*(person.begin(contender.opening) for person in crowd))
            self._crowds[contender] = crowd

    async def run(self, contender: Contender, *, at_once: int, load: Load) -> Pass:
        """One pass."""
        await self._listen_to(contender)
        crowd = self._crowds[contender][:at_once]
        await tap_at_once(crowd, seconds=load.warm_up_seconds)
        before = self._used()
        rate, seconds = await tap_at_once(crowd, seconds=load.seconds)
        spent = {name: (after - before[name]) * 1000 / len(seconds) for name, after in self._used().items()}
        return Pass(rate=rate, seconds=seconds, cpu_ms=spent)

    async def commands(self, contender: Contender, *, seconds: float) -> dict[str, float]:
        """What a tap asks of MongoDB, counted by its profiler, as `process collection command`."""
        await self._listen_to(contender)
        database = self.client[DATABASE]
        await database.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
        await database.command("profile", 2)
        _, taps = await tap_at_once(self._crowds[contender][:1], seconds=seconds)
        await database.command("profile", 0)
        found: Counter[str] = Counter()
        async for row in database["system.profile"].find():
            who, collection = row.get("appName", "").removeprefix("berth-"), row["ns"].partition(".")[2]
            verb = next(iter(row.get("command", {})), "?") if row["op"] == "command" else row["op"]
            if who in OURS and collection != "heartbeats" and verb not in ("getmore", "hello"):
                found[f"{who} {collection} {verb}"] += 1
        await database.drop_collection("system.profile")
        return {what: number / len(taps) for what, number in sorted(found.items()) if number * 2 >= len(taps)}

    def memory(self) -> dict[str, tuple[float, float]]:
        """RSS and PSS of our three processes in MiB."""
        pids = self._fleet.pids()
        return {name: memory_mib(pids[name]) for name in OURS}

    async def _listen_to(self, contender: Contender) -> None:
        await self._sandbox.point_webhook(self.webhooks[contender.service], secret=self._secret)

    def _used(self) -> dict[str, float]:
        pids = {"mongod": self._mongo.pid, **self._fleet.pids()}
        return {name: cpu_seconds(pid) for name, pid in pids.items()}


async def _member(transact: Transactor, user_id: int) -> None:
    now = datetime.now(UTC)
    member = await transact(
        people.meet, telegram_id=user_id, name="Asha", username=None, first_role=people.Role.MEMBER, now=now
    )
    actor = people.actor_of(member, "chat")
    await transact(people.set_language, actor=actor, language="en", now=now)
    await transact(people.set_timezone, actor=actor, timezone="Asia/Kolkata", now=now)
    await transact(wallets.credit, member_id=member.id, tokens=1000, source="bonus", key=f"bench:{user_id}", now=now)


@asynccontextmanager
async def arena(mongo: EmbeddedMongo, folder: Path, load: Load) -> AsyncIterator[Arena]:
    """Start everything, and stop it when the block ends."""
    token, secret = f"{BOT_ID}:{secrets.token_hex(18)}", secrets.token_hex(16)
    ports = {name: free_port() for name in ("sandbox", "api", "echo", "wire")}
    url = f"http://{LOOPBACK}:{ports['sandbox']}"
    environment = {
        "TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": url, "TELEGRAM_WEBHOOK_SECRET": secret,
        "RAZORPAY_KEY_ID": "rzp_test_bench", "RAZORPAY_KEY_SECRET": "bench", "RAZORPAY_WEBHOOK_SECRET": "bench",
        "RAZORPAY_API_URL": f"{url}/razorpay", "MONGODB_URI": mongo.uri, "MONGODB_DATABASE": DATABASE,
        "BERTH_API_PORT": str(ports["api"]), "LOG_LEVEL": "WARNING", "SANDBOX_BOT_TOKEN": token,
        "BERTH_SECRET_KEYS": Vault.generate_key(),
    }  # fmt: skip
    fleet = Fleet(folder)
    async with (
        AsyncMongoClient[Row](mongo.uri, tz_aware=True) as client,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), read_bufsize=2**20) as http,
    ):
        await _prepare(client)
        try:
            opponents = {contender.service for contender in load.contenders} - set(OURS)
            await asyncio.to_thread(_start, fleet, ports, environment, opponents)
            sandbox = Sandbox(http, url, token)
            listening = asyncio.create_task(sandbox.listen())
            ready = Arena(fleet, sandbox, mongo, secret)
            ready.client = client
            ready.webhooks = {
                "bot": f"http://{LOOPBACK}:{ports['api']}/webhooks/telegram/{BOT_ID}",
                "echo": f"http://{LOOPBACK}:{ports['echo']}{PATH}",
                "wire": f"http://{LOOPBACK}:{ports['wire']}{PATH}",
            }
            await ready.gather(load, first_id=100_000)
            yield ready
            await end(listening)
        finally:
            await asyncio.to_thread(fleet.stop)


async def _prepare(client: AsyncMongoClient[Row]) -> None:
    database = client[DATABASE]
    await prepare(database, RECORDS)
    enter_tenant(database)
    await Transactor(client)(plant, demo=DEMO, now=datetime.now(UTC), with_people=False)


def _start(fleet: Fleet, ports: dict[str, int], environment: dict[str, str], opponents: Iterable[str]) -> None:
    unlimited = (
        "--messages-per-second",
        "1e9",
        "--chat-messages-per-second",
        "1e9",
        "--chat-messages-burst",
        str(10**9),
    )
    fleet.start("sandbox", "-m", "sandbox", "--port", str(ports["sandbox"]), *unlimited, environment=environment)
    fleet.wait_for("sandbox", f"http://{LOOPBACK}:{ports['sandbox']}/sim/v1/clock")
    for name in OURS:
        fleet.start(name, "-m", "bench.roles", name, environment=environment)
    for name in opponents:
        fleet.start(name, "-m", "bench.opponents", name, str(ports[name]), environment=environment)
    for name in opponents:
        fleet.wait_for(name, f"http://{LOOPBACK}:{ports[name]}/health")
    fleet.wait_for("api", f"http://{LOOPBACK}:{ports['api']}/ready")


async def measure(mongo: EmbeddedMongo, folder: Path, load: Load) -> list[Line]:
    """Parts (c) and (e): interleaved passes, of which the best counts; then what a tap asks of MongoDB; then memory."""
    best: dict[tuple[Contender, int], Pass] = {}
    async with arena(mongo, folder, load) as ready:
        for _ in range(load.passes):
            for contender, at_once in itertools.product(load.contenders, (1, load.crowd)):
                found = await ready.run(contender, at_once=at_once, load=load)
                known = best.get((contender, at_once))
                best[contender, at_once] = found if known is None or found.rate > known.rate else known
        asked = {
            mine: await ready.commands(mine, seconds=load.counted_seconds) for mine in BESIDE if mine in load.contenders
        }
        memory = ready.memory()
    lines = [_line(contender, at_once, best) for contender, at_once in best]
    lines += [_asked(mine, counted) for mine, counted in asked.items()]
    return lines + [
        Line(part="e", what=f"memory of `{name}` after the load", remark=f"PSS {pss:.0f} MiB, RSS {rss:.0f} MiB")
        for name, (rss, pss) in memory.items()
    ]


def _line(contender: Contender, at_once: int, best: dict[tuple[Contender, int], Pass]) -> Line:
    found = best[contender, at_once]
    used = ", ".join(f"{name} {spent:.1f}" for name, spent in found.cpu_ms.items() if spent >= 0.1)
    remark = f"CPU ms: {used}"
    if contender in BESIDE:
        remark = f"{found.rate / best[BESIDE[contender], at_once].rate:.2f} of the echo bot's rate; {remark}"
    return Line(
        part="c", what=contender.name, at_once=at_once, rate=found.rate,
        p50_ms=percentile(found.seconds, 50) * 1000, p95_ms=percentile(found.seconds, 95) * 1000, remark=remark,
    )  # fmt: skip


def _asked(contender: Contender, counted: dict[str, float]) -> Line:
    each = ", ".join(f"{what} {number:.1f}" for what, number in counted.items())
    return Line(
        part="c", what=f"{contender.name}: MongoDB commands", remark=f"{sum(counted.values()):.1f} a tap: {each}"
    )
