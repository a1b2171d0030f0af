"""Reading a body without letting anybody fill the memory."""

from fastapi import Request

from api.errors import BodyTooLarge

BODY_BYTES_MAX = 1024 * 1024


async def raw(request: Request) -> bytes:
    """The body exactly as it was sent. Raises BodyTooLarge past `BODY_BYTES_MAX`."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge(bytes_max=BODY_BYTES_MAX)
        chunks.append(chunk)
    return b"".join(chunks)
