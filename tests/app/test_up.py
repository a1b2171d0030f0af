"""`berth up`: one command starts everything, one signal stops it, and data stays."""

import json
import os
import signal
import socket
import stat
import time
from pathlib import Path

import httpx
import pytest

from app.checks import port_is_free
from tests.app.running import Running, running, telegram_elsewhere


def the_bot_answers(sandbox: str) -> bool:
    """Whether somebody who writes hears something; the bot may begin to listen a moment after everything is ready."""
    httpx.post(f"{sandbox}/sim/v1/people/1001/messages", json={"text": "/start"}).raise_for_status()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        chat = httpx.get(f"{sandbox}/sim/v1/people/1001/chat?settle_ms=300", timeout=30).json()
        if any(message["from"]["is_bot"] for message in chat["messages"]):
            return True
        time.sleep(0.05)
    return False


def test_everything_starts_stops_and_remembers(tmp_path: Path) -> None:
    data_dir = tmp_path / "berth"

    with running(data_dir) as first:
        assert httpx.get(f"{first.api}/ready").status_code == 200
        assert httpx.get(f"{first.sandbox}/").status_code == 200
        person = httpx.post(f"{first.sandbox}/sim/v1/people", json={"first_name": "Lena"}).json()
        seeded = httpx.get(f"{first.api}/api/v1/resources").json()["data"]
        assert first.sandbox in first.said()
        assert f"{first.api}/docs" in first.said()
        assert first.signal(signal.SIGTERM) == 0
        assert first.survivors() == []

    with running(data_dir) as second:
        assert person in httpx.get(f"{second.sandbox}/sim/v1/people").json()
        assert httpx.get(f"{second.api}/api/v1/resources").json()["data"] == seeded
        assert len(seeded) == 6
        assert second.signal(signal.SIGINT, whole_group=True) == 0
        assert second.survivors() == []


def test_the_bot_answers_in_the_demo(tmp_path: Path) -> None:
    with running(tmp_path / "berth") as berth:
        assert the_bot_answers(berth.sandbox)


def test_what_is_configured_gets_no_stand_in(tmp_path: Path) -> None:
    token = "123456:abcdefghijklmnopqrstuvwxyz123456789"
    razorpay = {"RAZORPAY_KEY_ID": "rzp_test_1", "RAZORPAY_KEY_SECRET": "secret1", "RAZORPAY_WEBHOOK_SECRET": "secret2"}

    with (
        telegram_elsewhere(token) as telegram,
        running(tmp_path / "berth", TELEGRAM_BOT_TOKEN=token, TELEGRAM_API_URL=telegram, **razorpay) as berth,
    ):
        assert "sandbox" not in berth.family()
        assert port_is_free("127.0.0.1", berth.sandbox_port)
        assert httpx.get(f"{berth.api}/api/v1/resources").json()["data"] == []
        assert the_bot_answers(telegram)


def test_secrets_of_the_demo_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    with running(tmp_path / "berth") as berth:
        file = tmp_path / "berth" / "demo.json"
        secrets = json.loads(file.read_text())
        httpx.get(f"{berth.sandbox}/sim/v1/people")
        logs = "".join(log.read_text() for log in (tmp_path / "berth" / "logs").iterdir())

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert secrets["bot_token"] not in logs + berth.said()
        assert secrets["razorpay_key_secret"] not in logs + berth.said()
        assert secrets["secret_key"] not in logs + berth.said()


def test_a_process_that_dies_stops_everything_with_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path / "berth") as berth:
        berth.family()["sandbox"].kill()

        assert berth.process.wait(30) == 1
        assert "sandbox stopped unexpectedly (SIGKILL)" in berth.said()
        assert "Traceback" not in berth.said()
        assert berth.survivors() == []


def test_nothing_outlives_a_launcher_that_was_killed(tmp_path: Path) -> None:
    with running(tmp_path / "berth") as berth:
        family = berth.family()

        berth.process.kill()

        assert [member for member in family.values() if member.wait(30) is None and member.is_running()] == []
    with running(tmp_path / "berth") as again:
        assert httpx.get(f"{again.api}/ready").status_code == 200


def test_a_second_start_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running(tmp_path / "berth") as first:
        second = Running(tmp_path / "berth")

        assert second.process.wait(30) == 1
        assert "already running" in second.said()
        assert httpx.get(f"{first.api}/ready").status_code == 200


@pytest.mark.parametrize("variable", ["BERTH_API_PORT", "BERTH_SANDBOX_PORT"])
def test_a_busy_port_is_named_and_nothing_is_started(tmp_path: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        berth = Running(tmp_path / "berth", **{variable: str(port)})

        assert berth.process.wait(30) == 1
        assert berth.said().splitlines() == [
            f"Port {port} on 127.0.0.1 cannot be used (Address already in use): set {variable} to another port."
        ]
        assert not (tmp_path / "berth" / "mongodb").exists()


def test_a_missing_libcurl_is_named(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    ldd = tools / "ldd"
    ldd.write_text("#!/bin/sh\necho '\tlibcurl.so.4 => not found'\n")
    ldd.chmod(0o755)

    berth = Running(tmp_path / "berth", PATH=f"{tools}:{os.environ['PATH']}")

    assert berth.process.wait(30) == 1
    assert "apt-get install libcurl4" in berth.said()
    assert len(berth.said().splitlines()) == 1
