"""Photos and documents."""

from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import Files
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import content
from sandbox.telegram.methods.messages import send
from sandbox.telegram.methods.registry import method
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import Message


@method("sendPhoto")
async def send_photo(messenger: Messenger, parameters: Parameters) -> Message:
    """Send a picture: an upload, `attach://name`, or a file_id."""
    return await _send(messenger, parameters, kind="photo")


@method("sendDocument")
async def send_document(messenger: Messenger, parameters: Parameters) -> Message:
    """Send a file, likewise."""
    return await _send(messenger, parameters, kind="document")


async def _send(messenger: Messenger, parameters: Parameters, *, kind: str) -> Message:
    chat = messenger.chat(parameters)
    messenger.check_open(chat)
    fields = content.caption_fields(messenger, parameters)
    fields |= media_fields(messenger.files, parameters, parameters.text(kind) or f"attach://{kind}", kind=kind)
    if kind == "photo" and parameters.boolean("has_spoiler"):
        fields["has_media_spoiler"] = True
    return send(messenger, chat, parameters, fields)


def media_fields(files: Files, parameters: Parameters, reference: str, *, kind: str) -> dict[str, Any]:
    """The message field for an `attach://name` reference or a file_id."""
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    if not reference.startswith("attach://"):
        return files.message_fields(reference, kind=kind)
    upload = parameters.uploads.get(reference.removeprefix("attach://"))
    if upload is None:
        raise bad_request(f"there is no {kind} in the request")
    return files.message_fields(files.keep(upload, kind=kind), kind=kind)


@method("getFile")
async def get_file(messenger: Messenger, parameters: Parameters) -> dict[str, Any]:
    """Where a file can be downloaded."""
    file_id = parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    return messenger.files.file(file_id)
