"""What is wrong with a configuration is one sentence, before anything is started."""

import socket
import subprocess
from pathlib import Path

import pytest

from app import mongod
from tests.app.running import Running, berth, telegram_elsewhere
from tests.conftest import free_port

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz123456789"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
RAZORPAY = {"RAZORPAY_KEY_ID": "rzp_test_1", "RAZORPAY_KEY_SECRET": "secret1", "RAZORPAY_WEBHOOK_SECRET": "secret2"}


def test_a_wrong_token_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with telegram_elsewhere("1:the-right-one") as telegram:
        run = Running(tmp_path / "berth", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram)

        assert run.process.wait(30) == 1
    assert run.said().splitlines() == ["Telegram refuses TELEGRAM_BOT_TOKEN: copy the token again from @BotFather."]
    assert not (tmp_path / "berth" / "mongodb").exists()


def test_a_silent_telegram_is_told_without_the_token(tmp_path: Path) -> None:
    run = Running(tmp_path / "berth", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=f"http://127.0.0.1:{free_port()}")

    assert run.process.wait(30) == 1
    assert "Telegram did not answer" in run.said()
    assert TOKEN not in run.said()


def test_an_unreachable_mongodb_is_told(tmp_path: Path) -> None:
    run = Running(tmp_path / "berth", MONGODB_URI=f"mongodb://user:secret@127.0.0.1:{free_port()}/?replicaSet=rs0")

    assert run.process.wait(30) == 1
    assert "MongoDB did not answer at MONGODB_URI" in run.said()
    assert "secret" not in run.said()


def test_a_mongodb_without_a_replica_set_is_told(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "db").mkdir()
    command = [mongod.binary(), "--dbpath", tmp_path / "db", "--port", str(port), "--bind_ip", "127.0.0.1"]
    standalone = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        run = Running(tmp_path / "berth", MONGODB_URI=f"mongodb://127.0.0.1:{port}/")

        assert run.process.wait(30) == 1
        assert "without a replica set" in run.said()
    finally:
        standalone.terminate()
        standalone.wait()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"RAZORPAY_KEY_ID": "rzp_test_1"},
            "Razorpay is half configured: also set RAZORPAY_KEY_SECRET and RAZORPAY_WEBHOOK_SECRET, "
            "or none of the three.",
        ),
        ({"BERTH_API_PORT": "0"}, "BERTH_API_PORT: input should be greater than or equal to 1."),
        (
            {"TELEGRAM_BOT_TOKEN": "nonsense"},
            "TELEGRAM_BOT_TOKEN: is not a bot token: @BotFather gives it as digits, a colon and 35 characters.",
        ),
        (
            {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_URL": "https://berth.example"},
            "TELEGRAM_WEBHOOK_URL needs TELEGRAM_WEBHOOK_SECRET beside it.",
        ),
        (
            {"TELEGRAM_WEBHOOK_SECRET": "a b!"},
            "TELEGRAM_WEBHOOK_SECRET: must be 1 to 256 of A-Z a-z 0-9 _ -, or Telegram refuses it.",
        ),
        (
            {"BERTH_TRUSTED_PROXIES": "127.0.0.1, anybody"},
            "BERTH_TRUSTED_PROXIES: must be IP addresses or networks, comma separated.",
        ),
        ({"ADMIN_TELEGRAM_IDS": "me"}, "ADMIN_TELEGRAM_IDS: must be numbers, comma separated."),
        (
            {"BERTH_SECRET_KEYS": f"{KEY},c2hvcnQ="},
            "BERTH_SECRET_KEYS: must be 32 random bytes in base64, as `openssl rand -base64 32` prints.",
        ),
        ({"MONGODB_URI": "mongo"}, "MONGODB_URI: must begin with mongodb:// or mongodb+srv://."),
    ],
)
def test_half_a_configuration_is_one_sentence(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    ended = berth("up", cwd=tmp_path, **environment)

    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [sentence]
    assert ended.stdout == ""
    assert not (tmp_path / ".berth").exists()


def test_an_address_of_another_machine_is_no_matter_of_the_port(tmp_path: Path) -> None:
    ended = berth("up", cwd=tmp_path, BERTH_API_HOST="192.0.2.1", BERTH_API_PORT=str(free_port()))

    assert ended.returncode == 1
    assert ended.stderr == "192.0.2.1 is not an address of this machine: set BERTH_API_HOST to one.\n"


def test_a_role_alone_says_what_it_needs(tmp_path: Path) -> None:
    ended = berth("bot", cwd=tmp_path, **RAZORPAY)

    assert ended.returncode == 2
    assert ended.stderr == (
        "`berth bot` needs TELEGRAM_BOT_TOKEN, MONGODB_URI, BERTH_SECRET_KEYS to be set; see .env.example.\n"
    )


@pytest.mark.parametrize("role", ["bot", "api", "jobs"])
def test_a_role_without_a_key_for_its_secrets_says_so(tmp_path: Path, role: str) -> None:
    ended = berth(role, cwd=tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, MONGODB_URI="mongodb://127.0.0.1:1", **RAZORPAY)

    assert ended.returncode == 2
    assert ended.stderr == f"`berth {role}` needs BERTH_SECRET_KEYS to be set; see .env.example.\n"


def test_every_command_explains_itself(tmp_path: Path) -> None:
    for command in ("up", "bot", "api", "jobs", "seed", "doctor", "work"):
        assert len(berth(command, "--help", cwd=tmp_path).stdout) > 80


def test_the_doctor_says_a_line_for_each_thing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        well = berth("doctor", cwd=tmp_path, BERTH_API_PORT=str(free_port()), BERTH_SANDBOX_PORT=str(free_port()))
        ill = berth("doctor", cwd=tmp_path, BERTH_API_PORT=str(taken.getsockname()[1]))

    assert (well.returncode, ill.returncode) == (0, 1)
    assert {line.split()[0] for line in well.stdout.splitlines()} == {"ok"}
    assert len([line for line in ill.stdout.splitlines() if line.startswith("FAIL  Ports: Port")]) == 1
