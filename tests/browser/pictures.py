"""Pictures for the bot to send."""

from io import BytesIO

from PIL import Image, ImageDraw


def png(width: int, height: int) -> bytes:
    """A picture of a day: light where it is free, dark where it is taken."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    row = height // 4
    for number in range(3):
        top = row // 2 + number * row
        draw.rectangle((width // 20, top, width - width // 20, top + row // 2), fill="#dbe7f0")
        draw.rectangle(
            (width // 4 + number * width // 8, top, width // 2 + number * width // 8, top + row // 2), fill="#3b4a58"
        )
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
