"""`berth up`: everything by one command. The embedded MongoDB, the sandbox for what is not configured, and the roles.

While mongod starts, the heavy modules are imported here, once; the roles are then forked, so that they begin at once
and share the memory. Nothing here has a thread or an event loop: what needs one runs in a child.
"""

import contextlib
import dataclasses
import functools
import gc
import http.client
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from app import checks, logs, quick_import
from app.installation import demo_secrets, with_sandbox
from app.mongod import CannotStart, EmbeddedMongo
from app.settings import Settings
from app.supervisor import Stopped, Supervisor, ignore_stop_signals, stop_signals_raise

READY_SECONDS_MAX = 60.0
ROOT = Path(__file__).resolve().parent.parent
PREPARING = "preparing the database"
LOOPBACK = "127.0.0.1"


def up(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Start everything, stay until asked to stop, stop everything. Raises CannotStart when something is in the way."""
    with contextlib.suppress(Stopped), stop_signals_raise(), checks.locked(settings.berth_data_dir):
        launch = Launch(settings, say=say)
        try:
            launch.start()
            launch.stay()
        finally:
            ignore_stop_signals()
            launch.stop()


class Launch:
    """One run of `berth up`."""

    def __init__(self, settings: Settings, *, say: Callable[[str], None]) -> None:
        self._began = time.monotonic()
        self._say = say
        self._given = settings
        self._data_dir = settings.berth_data_dir.resolve()
        self._installation = with_sandbox(settings, demo_secrets(self._data_dir))
        self._supervisor = Supervisor()
        self._mongo: EmbeddedMongo | None = None
        self._has_sandbox = not (settings.has_telegram and settings.has_razorpay)

    def start(self) -> None:
        """Check first, then start, and return when everything answers. Raises CannotStart."""
        settings = self._installation.settings
        listener = checks.listener(settings.berth_api_host, settings.berth_api_port, variable="BERTH_API_PORT")
        with listener:
            if self._has_sandbox:
                checks.listener(LOOPBACK, settings.berth_sandbox_port, variable="BERTH_SANDBOX_PORT").close()
            self._check_connections()
            self._start_mongod()
            self._start_sandbox()
            self._import_roles()
            self._supervisor.finish(self._supervisor.fork(PREPARING, self._prepare, log=self._log("prepare")))
            self._fork_roles(listener)
        self._wait_until_ready()
        self._greet()

    def stay(self) -> None:
        """Return only by Stopped; a process that ends by itself raises CannotStart with its name."""
        ended = self._supervisor.first_to_end()
        assert ended is not None
        raise CannotStart(ended.ending)

    def stop(self) -> None:
        """Stop the roles, then what they talk to, the database last."""
        self._supervisor.stop("bot", "api", "jobs", PREPARING)
        self._supervisor.stop("sandbox")
        if self._mongo is not None:
            self._mongo.stop()

    def _check_connections(self) -> None:
        if not (self._given.has_telegram or self._given.has_mongodb):
            return
        from app import connections  # a fifth of a second that the demo need not wait

        if self._given.has_telegram:
            connections.telegram(self._given)
        if self._given.has_mongodb:
            connections.mongodb(self._given)

    def _start_mongod(self) -> None:
        settings = self._installation.settings
        if settings.has_mongodb:
            return
        self._mongo = EmbeddedMongo(self._data_dir / "mongodb", port=_remembered_port(self._data_dir / "mongodb.port"))
        self._mongo.launch()
        self._supervisor.watch("mongod", self._mongo.pid, log=self._mongo.log)
        complete = settings.model_copy(update={"mongodb_uri": SecretStr(self._mongo.uri)})
        self._installation = dataclasses.replace(self._installation, settings=complete)

    def _start_sandbox(self) -> None:
        if not self._has_sandbox:
            return
        settings = self._installation.settings
        demo = demo_secrets(self._data_dir)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SANDBOX_BOT_TOKEN": demo.bot_token,
            "SANDBOX_RAZORPAY_KEY_ID": demo.razorpay_key_id,
            "SANDBOX_RAZORPAY_KEY_SECRET": demo.razorpay_key_secret,
            "SANDBOX_RAZORPAY_WEBHOOK_SECRET": demo.razorpay_webhook_secret,
            "SANDBOX_RAZORPAY_WEBHOOK_URL": f"http://{LOOPBACK}:{settings.berth_api_port}/webhooks/razorpay",
        }
        command = [sys.executable, "-m", "sandbox", "--host", LOOPBACK, "--port", str(settings.berth_sandbox_port)]
        command += ["--data-dir", str(self._data_dir / "sandbox")]
        self._supervisor.start("sandbox", command, environment=environment, log=self._log("sandbox"))

    def _import_roles(self) -> None:
        with quick_import.without_garbage_collection():
            quick_import.aiogram()
            import app.roles
            import app.seed  # noqa: F401 - imported here so that the forked children have it
        gc.freeze()  # what is imported stays: the collector of a child need not touch, and so copy, its pages

    def _prepare(self) -> None:
        """In a child: wait for the database, make its indexes, and plant the demo once."""
        from app import seed

        self._set_up_logs("prepare")
        if self._mongo is not None:
            self._mongo.wait_until_ready()
        seed.prepare(self._installation)

    def _fork_roles(self, listener: socket.socket) -> None:
        from app import roles

        def be_api() -> None:
            self._set_up_logs("api")
            roles.run_until_stopped("api", roles.run_api(self._installation, listener))

        def be(name: str) -> None:
            listener.close()
            self._set_up_logs(name)
            roles.run_until_stopped(name, roles.WORKERS[name](self._installation))

        for name in roles.WORKERS:
            self._supervisor.fork(name, functools.partial(be, name), log=self._log(name))
        self._supervisor.fork("api", be_api, log=self._log("api"))

    def _set_up_logs(self, name: str) -> None:
        settings = self._installation.settings
        logs.set_up(
            level=settings.log_level,
            log_format=settings.log_format,
            secrets=self._installation.secrets(),
            file=self._log(name),
        )

    def _log(self, name: str) -> Path:
        return self._data_dir / "logs" / f"{name}.log"

    def _wait_until_ready(self) -> None:
        settings = self._installation.settings
        asked = [(settings.local_api_host, settings.berth_api_port, "/ready")]
        if self._has_sandbox:
            asked.append((LOOPBACK, settings.berth_sandbox_port, "/"))
        deadline = time.monotonic() + READY_SECONDS_MAX
        while asked:
            if _answers(*asked[0]):
                asked.pop(0)
            elif time.monotonic() > deadline:
                raise CannotStart(
                    f"Berth was not ready after {READY_SECONDS_MAX:.0f} s; see {self._data_dir / 'logs'}."
                )
            elif (ended := self._supervisor.first_to_end(seconds=0.03)) is not None:
                raise CannotStart(ended.ending)

    def _greet(self) -> None:
        settings = self._installation.settings
        if self._installation.is_demo:
            self._say(f"  Chat page  http://{LOOPBACK}:{settings.berth_sandbox_port}/")
        self._say(f"  API docs   http://{settings.local_api_host}:{settings.berth_api_port}/docs")
        self._say(f"  Data       {settings.berth_data_dir} (logs in {settings.berth_data_dir / 'logs'})")
        self._say(f"Berth is ready after {time.monotonic() - self._began:.1f} s. Ctrl-C stops it; the data stays.")


def _remembered_port(file: Path) -> int:
    """The database's port of last time while it is free, else another free one."""
    if file.exists() and checks.port_is_free(LOOPBACK, int(file.read_text())):
        return int(file.read_text())
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = int(probe.getsockname()[1])
    file.write_text(str(port))
    return port


def _answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
