"""The log never holds a secret, and is one line per thing for people and for collectors."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import logs

TOKEN = "8123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"
SECRET = "rzp-key-secret-1"


@pytest.fixture(autouse=True)
def logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_tokens_and_secrets_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "logs" / "bot.log"
    logs.set_up(level="INFO", log_format="text", secrets=[SECRET], file=file)

    try:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe refused {SECRET}")
    except ValueError:
        logging.getLogger("bot").exception("calling %s", f"mongodb://berth:pass@mongo:27017/ with {TOKEN}")

    for text in (file.read_text(), capsys.readouterr().err):
        assert "calling mongodb://<user>@mongo:27017/ with <bot token>" in text
        assert TOKEN not in text
        assert SECRET not in text
        assert "pass@" not in text
    assert "Traceback" in file.read_text()


def test_the_terminal_of_up_hears_warnings_only_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(level="INFO", log_format="text", secrets=[], file=tmp_path / "bot.log")

    logging.getLogger("bot").info("polling")
    try:
        raise ValueError("boom")
    except ValueError:
        logging.getLogger("bot").exception("an update failed")

    assert capsys.readouterr().err == "error: bot: an update failed\n"
    assert "polling" in (tmp_path / "bot.log").read_text()


def test_json_is_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(level="INFO", log_format="json", secrets=[SECRET])

    logging.getLogger("api").info("two\nlines and %s", SECRET)

    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert entry["at"].endswith("+00:00")
    assert (entry["level"], entry["logger"], entry["message"]) == ("INFO", "api", "two\nlines and <secret>")
