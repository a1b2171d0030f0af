"""The embedded MongoDB: a real `mongod` on loopback, a replica set of one, for the demo and the tests."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

REPLICA_SET = "berth"
READY_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 15.0


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """In a new child: be told to stop when the parent dies without a word, so that nothing is left running."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class CannotStart(Exception):
    """Something on this machine is in the way; the text is one sentence for the person who started us."""

    exit_code = 1


def binary() -> Path:
    """The `mongod` to run: the one in the wheel, else the one on PATH."""
    spec = find_spec("fiftyone")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        mongod = Path(folder) / "db" / "bin" / "mongod"
        if mongod.exists():
            mongod.chmod(mongod.stat().st_mode | 0o111)
            return mongod
    on_path = shutil.which("mongod")
    if on_path is None:
        raise CannotStart(
            "No mongod was found: install the dependencies again, put one on PATH, or set MONGODB_URI to a replica set."
        )
    return Path(on_path)


def require_libraries(mongod: Path) -> None:
    """See that the dynamic linker finds what mongod needs. Raises CannotStart with what to install."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return
    listed = subprocess.run([ldd, str(mongod)], capture_output=True, text=True, check=False)  # noqa: S603
    missing = [line.split()[0] for line in listed.stdout.splitlines() if "not found" in line]
    if any("libcurl" in name for name in missing):
        raise CannotStart("The embedded MongoDB needs libcurl: run `apt-get install libcurl4` and start again.")
    if missing:
        raise CannotStart(f"The embedded MongoDB needs {', '.join(missing)}: install it, or set MONGODB_URI.")


class EmbeddedMongo:
    """One `mongod` process with its data in `data_dir`, on a port of the caller's choice."""

    def __init__(self, data_dir: Path, *, port: int, test_commands: bool = False) -> None:
        self.data_dir = data_dir
        self.port = port
        self._test_commands = test_commands
        self._process: subprocess.Popen[bytes] | None = None
        self._parent_pid = 0

    @property
    def log(self) -> Path:
        """Where it writes what it does."""
        return self.data_dir.parent / "mongod.log"

    @property
    def uri(self) -> str:
        """The connection string of the running server."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}&directConnection=true"

    def start(self) -> None:
        """Start and wait until it takes writes. Raises CannotStart with one clear sentence."""
        self.launch()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Start the process without waiting for it."""
        mongod = binary()
        require_libraries(mongod)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        command = [
            str(mongod), "--dbpath", str(self.data_dir), "--port", str(self.port), "--bind_ip", "127.0.0.1",
            "--replSet", REPLICA_SET, "--logpath", str(self.log), "--logappend", "--wiredTigerCacheSizeGB", "0.5",
            "--nounixsocket", "--setParameter", "diagnosticDataCollectionEnabled=false",
            # There is no other member to take over: waiting for one (15 s) would only delay the end.
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
            "--setParameter", "transactionLifetimeLimitSeconds=15",
        ]  # fmt: skip
        if self._test_commands:
            command += ["--setParameter", "enableTestCommands=1"]
        # Its own session: Ctrl-C in the terminal reaches us alone, and we stop it last.
        self._process = subprocess.Popen(  # noqa: S603 - a fixed command
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=end_with_parent,
        )  # fmt: skip
        self._parent_pid = os.getpid()

    def wait_until_ready(self) -> None:
        """Wait until it takes writes; also in a process forked after `launch`. Raises CannotStart."""
        assert self._process is not None
        deadline = time.monotonic() + READY_SECONDS_MAX
        config: dict[str, object] = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]}
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=200
        )
        with client:
            while time.monotonic() < deadline:
                if os.getpid() == self._parent_pid and self._process.poll() is not None:
                    raise CannotStart(f"The embedded MongoDB stopped at once; the reason is at the end of {self.log}.")
                try:
                    hello = client.admin.command("hello")
                    if hello.get("isWritablePrimary"):
                        return
                    if not hello.get("setName"):
                        self._initiate(client, config)
                except PyMongoError:
                    pass
                time.sleep(0.02)
        raise CannotStart(f"The embedded MongoDB was not ready after {READY_SECONDS_MAX:.0f} s; see {self.log}.")

    def _initiate(self, client: "pymongo.MongoClient[dict[str, object]]", config: dict[str, object]) -> None:
        status = client.local["system.replset"].find_one()
        if status is None:
            client.admin.command("replSetInitiate", config)
        elif status["members"] != config["members"]:  # the port changed since last time
            client.admin.command("replSetReconfig", {**status, **config, "version": 10_000}, force=True)

    def stop(self) -> None:
        """Shut it down cleanly; kill it when it does not go."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                os.kill(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._process is not None
        return self._process.pid
