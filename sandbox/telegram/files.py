"""Files of the bot: bytes on disk (or in memory), dimensions of pictures, file ids."""

import base64
import hashlib
import secrets
import struct
from pathlib import Path
from typing import Any

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.parameters import Upload
from sandbox.telegram.state import State

PHOTO_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024
PHOTO_SIDES_MAX = 10_000
PHOTO_RATIO_MAX = 20
FILES_MAX = 5000
PREFIXES = {"photo": "AgACAgUAAx", "document": "BQACAgUAAx"}
KIND_NAMES = {"photo": "Photo", "document": "Document"}
START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}

Json = dict[str, Any]


class Files:
    """Keeps uploads and makes the Bot API objects that stand for them."""

    def __init__(self, state: State, folder: Path | None) -> None:
        self._state = state
        self._folder = folder
        self._memory: dict[str, bytes] = {}

    def keep(self, upload: Upload, *, kind: str) -> str:
        """Store an upload as a `photo` or a `document`; answers its file_id."""
        if len(upload.content) > UPLOAD_MAX_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        if not upload.content:
            raise bad_request("file must be non-empty")
        shape = _photo_shape(upload.content) if kind == "photo" else _document_shape(upload)
        unique = hashlib.sha256(kind.encode() + upload.content).digest()[:9]
        unique_id = base64.urlsafe_b64encode(unique).decode()
        file_id = PREFIXES[kind] + secrets.token_urlsafe(36)
        suffix = ".jpg" if kind == "photo" else Path(upload.file_name).suffix
        self._state.files_made += 1
        stored = f"{unique_id}{suffix}"
        self._state.files[file_id] = {
            "kind": kind,
            "stored": stored,
            "mime_type": upload.mime_type,
            "file_path": f"{kind}s/file_{self._state.files_made}{suffix}",
            "shape": {"file_unique_id": unique_id, **shape, "file_size": len(upload.content)},
        }
        self._write(stored, upload.content)
        while len(self._state.files) > FILES_MAX:
            del self._state.files[next(iter(self._state.files))]
        return file_id

    def message_fields(self, file_id: str, *, kind: str) -> Json:
        """`{"photo": [PhotoSize]}` or `{"document": Document}` for a known file_id."""
        known = self._known(file_id)
        if known["kind"] != kind:
            has, wants = KIND_NAMES[known["kind"]], KIND_NAMES[kind]
            raise bad_request(f"can't use file of type {has} as {wants}")
        shape = {"file_id": file_id, **known["shape"]}
        return {kind: [shape] if kind == "photo" else shape}

    def file(self, file_id: str) -> Json:
        """The Bot API `File`."""
        known = self._known(file_id)
        shape = known["shape"]
        if shape["file_size"] > DOWNLOAD_MAX_BYTES:
            raise bad_request("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": shape["file_unique_id"],
            "file_size": shape["file_size"],
            "file_path": known["file_path"],
        }

    def find_by_path(self, file_path: str) -> str | None:
        """The file_id whose File has this path."""
        return next((id_ for id_, known in self._state.files.items() if known["file_path"] == file_path), None)

    def content(self, file_id: str) -> tuple[bytes, str, str] | None:
        """Bytes, media type and name, None when there is no such file."""
        known = self._state.files.get(file_id)
        if known is None:
            return None
        name = known["shape"].get("file_name") or Path(known["file_path"]).name
        stored = known["stored"]
        if self._folder is None:
            return self._memory[stored], known["mime_type"], name
        path = self._folder / stored
        return (path.read_bytes(), known["mime_type"], name) if path.exists() else None

    def _known(self, file_id: str) -> Json:
        known = self._state.files.get(file_id)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known

    def _write(self, stored: str, content: bytes) -> None:
        if self._folder is None:
            self._memory[stored] = content
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / stored).write_bytes(content)


def _document_shape(upload: Upload) -> Json:
    return {"file_name": upload.file_name, "mime_type": upload.mime_type}


def _photo_shape(content: bytes) -> Json:
    if len(content) > PHOTO_MAX_BYTES:
        raise bad_request("file is too big for a photo")
    size = picture_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > PHOTO_SIDES_MAX or max(width, height) > PHOTO_RATIO_MAX * max(min(width, height), 1):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return {"width": width, "height": height}


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP picture; None for anything else."""
    try:
        if content[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack(">II", content[16:24])
            return width, height
        if content[:4] == b"GIF8":
            width, height = struct.unpack("<HH", content[6:10])
            return width, height
        if content[:2] == b"\xff\xd8":
            return _jpeg_size(content)
        if content[:4] == b"RIFF" and content[8:16] == b"WEBPVP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker in START_OF_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
