"""Telegram counts text in UTF-16 code units."""


def length(text: str) -> int:
    """Number of UTF-16 code units of `text`."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def boundaries(text: str) -> list[int]:
    """The offset of every character of `text`, and of its end."""
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + (2 if char > "\uffff" else 1))
    return offsets
