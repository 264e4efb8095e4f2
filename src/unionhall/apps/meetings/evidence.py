"""What may be handed in as evidence: one picture, made anew without place and device, or one PDF."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from unionhall.kernel.refusals import Refusal

LIMIT = 5 * 1024 * 1024
PIXELS = 50_000_000
EDGE = 2000  # of the picture that is kept: enough to read a sign in it
JPEG, PDF = "image/jpeg", "application/pdf"


class Evidence(NamedTuple):
    """A file as it is kept."""

    content_type: str
    content: bytes


def made_safe(content: bytes) -> Evidence:
    """A PDF as it is; a picture upright, without place and device, and no larger than it need be.

    Refused with FILE_TOO_LARGE or FILE_UNKNOWN. What the sender calls the file is not looked at.
    """
    if len(content) > LIMIT:
        raise Refusal("FILE_TOO_LARGE", megabytes=LIMIT // 1024 // 1024)
    if content.startswith(b"%PDF-"):
        return Evidence(PDF, content)
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > PIXELS:
                raise Refusal("FILE_TOO_LARGE", megabytes=LIMIT // 1024 // 1024)
            picture.thumbnail((EDGE, EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise Refusal("FILE_UNKNOWN") from None
    made = Image.new("RGB", upright.size, "white")
    made.paste(upright, mask=upright)
    out = BytesIO()
    made.save(out, "JPEG", quality=85)
    return Evidence(JPEG, out.getvalue())
