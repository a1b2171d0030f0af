"""What a script says: the end of it for people, and the access data, which nobody shall read there."""

import asyncio
import json

LINE_BYTES_MAX = 8 * 1024
ACCESS_KEYS = ("address", "user", "password")
ACCESS_VALUE_MAX = 256
CUT_OUT = "[access data]"
HIDDEN = "•••"
SECRET_LENGTH_MIN = 4
"""Hiding shorter ones would hide ordinary words, and hide nothing."""


class Transcript:
    """Listens to the streams of one script; never keeps more than a tail of lines."""

    def __init__(self, *, tail_bytes_max: int, said_bytes_max: int) -> None:
        self.access: dict[str, str] | None = None
        """Of the last line that was a JSON object with `access`."""
        self.too_long = asyncio.Event()
        self._tail_bytes_max = tail_bytes_max
        self._said_bytes_max = said_bytes_max
        self._said_bytes = 0
        self._lines: list[str] = []
        self._kept_bytes = 0
        self._secrets: set[str] = set()

    @property
    def is_too_long(self) -> bool:
        """Whether it said more than it may."""
        return self.too_long.is_set()

    def text(self) -> str:
        """The end of what was said, without access data, and without the passwords among them anywhere else."""
        text = "\n".join(self._lines)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text.encode()[-self._tail_bytes_max :].decode(errors="ignore")

    async def listen(self, stream: asyncio.StreamReader | None) -> None:
        """Take in a stream to its end; what comes after too much is thrown away, so that nobody waits for us."""
        assert stream is not None
        rest = b""
        is_overlong = False
        while said := await stream.read(64 * 1024):
            self._said_bytes += len(said)
            if self._said_bytes > self._said_bytes_max:
                self.too_long.set()
                rest = b""
                continue
            *lines, rest = (rest + said).split(b"\n")
            for line in lines:
                self._take(line, is_overlong=is_overlong)
                is_overlong = False
            if len(rest) > LINE_BYTES_MAX:
                rest, is_overlong = b"", True
        if rest or is_overlong:
            self._take(rest, is_overlong=is_overlong)

    def _take(self, line: bytes, *, is_overlong: bool) -> None:
        if is_overlong or len(line) > LINE_BYTES_MAX:
            # Not even a part of it: it could be access data whose password begins just there.
            self._keep(f"[a line of more than {LINE_BYTES_MAX} bytes]")
            return
        text = line.decode(errors="replace").rstrip("\r").replace("\x00", "")
        if not (text.lstrip().startswith("{") and '"access"' in text):
            self._keep(text)
            return
        self._keep(CUT_OUT)  # also when it is not quite JSON: what was meant to be hidden is
        said = _object(text).get("access")
        if isinstance(said, dict):
            self.access = _access(said) or self.access
            password = said.get("password")
            if isinstance(password, str) and len(password) >= SECRET_LENGTH_MIN:
                self._secrets.add(password)

    def _keep(self, line: str) -> None:
        self._lines.append(line)
        self._kept_bytes += len(line) + 1
        if self._kept_bytes > 4 * self._tail_bytes_max:  # now and then, not at every line
            kept = 0
            while kept < len(self._lines) and self._kept_bytes > 2 * self._tail_bytes_max:
                self._kept_bytes -= len(self._lines[kept]) + 1
                kept += 1
            del self._lines[:kept]


def _object(line: str) -> dict[str, object]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _access(said: dict[str, object]) -> dict[str, str] | None:
    found = {key: value for key in ACCESS_KEYS if isinstance(value := said.get(key), str) and value}
    # All or nothing: half a password is none.
    return found if found and all(_is_shown(value) for value in found.values()) else None


def _is_shown(value: str) -> bool:
    """Whether it can be written down: JSON knows half characters (lone surrogates), UTF-8 does not."""
    return len(value) <= ACCESS_VALUE_MAX and not any("\ud800" <= character <= "\udfff" for character in value)
