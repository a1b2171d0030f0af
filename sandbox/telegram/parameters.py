"""The parameters of a Bot API call, however they were sent."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.telegram.errors import bad_request

WORDS = {"text", "caption", "description", "title", "payload"}  # may look like JSON and are not


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    file_name: str
    content: bytes
    mime_type: str


class Parameters:
    """Values by name; each getter reads both a native JSON value and its text form."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.uploads = uploads or {}

    def text(self, name: str) -> str:
        """The value as text, empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """The value as a whole number, or `default` when absent or empty."""
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise bad_request(f"{name} must be of type Integer") from None

    def boolean(self, name: str) -> bool:
        """Whether the value says yes."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def nested(self, name: str) -> Any:
        """The value decoded from JSON, None when absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def loggable(self) -> dict[str, Any]:
        """What the log of calls keeps: nested values decoded, files by name and size."""
        plain = {name: value if name in WORDS else _decoded(value) for name, value in self.values.items()}
        files = {
            name: {"file_name": upload.file_name, "size_bytes": len(upload.content)}
            for name, upload in self.uploads.items()
        }
        return plain | files


async def read_parameters(request: Request) -> Parameters:
    """Query, urlencoded form, JSON body or multipart form, together."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return await _multipart(request, values)
    body = await request.body()
    return Parameters(values | decode_body(body, kind))


def decode_body(body: bytes, content_type: str) -> dict[str, Any]:
    """The values in a JSON or urlencoded body."""
    if not body:
        return {}
    if "json" not in content_type:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        values = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("object expected as JSON body")
    return values


async def _multipart(request: Request, values: dict[str, Any]) -> Parameters:
    uploads = {}
    async with request.form(max_part_size=64 * 1024 * 1024) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                mime_type = value.content_type or "application/octet-stream"
                uploads[name] = Upload(value.filename or name, await value.read(), mime_type)
            else:
                values[name] = value
    return Parameters(values, uploads)


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
