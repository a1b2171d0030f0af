"""What Berth says about itself: calm lines for people, JSON for collectors, and never a secret."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
NOISY = ("aiogram.event", "apscheduler", "httpx", "httpcore", "pymongo", "urllib3", "uvicorn.access", "tzlocal")
SECRETS_IN_TEXT = (
    (re.compile(r"(?<!\d)\d{3,20}:[A-Za-z0-9_-]{20,}"), "<bot token>"),
    (re.compile(r"(mongodb(?:\+srv)?://)[^@/\s]+@"), r"\1<user>@"),
    (re.compile(r"\bberth_[A-Za-z0-9_-]{20,}"), "<api token>"),
)


class Redacted:
    """Takes secrets out of a text: those it was given, and what looks like a token wherever it came from."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted((secret for secret in secrets if len(secret) >= 6), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text, fit to be stored."""
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        for pattern, instead in SECRETS_IN_TEXT:
            text = pattern.sub(instead, text)
        return text


class TextFormatter(logging.Formatter):
    """One line for a person; times in UTC. Redacts the finished text, tracebacks included."""

    def __init__(self, redacted: Redacted) -> None:
        super().__init__(LINE)
        self._redacted = redacted

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - inherited name
        """The moment in UTC, to the millisecond."""
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return self._redacted(super().format(record))


class BriefFormatter(logging.Formatter):
    """What the person at the terminal of `berth up` should know; the traceback is in the log file."""

    def __init__(self, redacted: Redacted) -> None:
        super().__init__()
        self._redacted = redacted

    def format(self, record: logging.LogRecord) -> str:
        """Level, who says it, and its first line."""
        lines = record.getMessage().splitlines() or [""]
        return self._redacted(f"{record.levelname.lower()}: {record.name}: {lines[0]}")


class JsonFormatter(logging.Formatter):
    """One JSON object per line; redacted like the text."""

    def __init__(self, redacted: Redacted) -> None:
        super().__init__()
        self._redacted = redacted

    def format(self, record: logging.LogRecord) -> str:
        """The object as one line."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return self._redacted(json.dumps(entry, ensure_ascii=False))


def set_up(*, level: str, log_format: str, secrets: Iterable[str], file: Path | None = None) -> None:
    """Send everything from `level` up to stderr; with `file`, to that file, and only warnings to stderr."""
    redacted = Redacted(secrets)
    formatter = JsonFormatter(redacted) if log_format == "json" else TextFormatter(redacted)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(formatter)
    handlers: list[logging.Handler] = [terminal]
    if file is not None:
        terminal.setLevel(logging.WARNING)
        terminal.setFormatter(BriefFormatter(redacted))
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(file, encoding="utf-8"))
        handlers[-1].setFormatter(formatter)
    logging.basicConfig(level=level, handlers=handlers, force=True)
    logging.captureWarnings(capture=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
