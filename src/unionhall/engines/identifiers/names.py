"""Names of persons, as they are compared and found; what is shown stays as it was typed."""

from __future__ import annotations

import re
import unicodedata

# Each keyboard has another dot for the parts of a name; the standard one is U+00B7.
_DOTS = re.compile(r"\s*[·•‧・･∙⋅ꞏ᛫⸱●.．]\s*")
_BETWEEN_HAN = re.compile(r"(?<=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])\s+(?=[^\x00-\u024f])")
_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}


def normal_name(text: str) -> str:
    """A name for searching: NFC, one kind of middle dot, small half-width Latin letters, no idle blanks.

    Blanks within a Chinese name pad it in tables and fall away; those between Latin words become one.
    """
    visible = "".join(one for one in text if unicodedata.category(one) != "Cf")
    name = _DOTS.sub("·", unicodedata.normalize("NFC", visible).translate(_HALF).strip(" \t\n."))
    joined = re.sub(r"\s+", " ", _BETWEEN_HAN.sub("", name)).strip()
    return unicodedata.normalize("NFC", joined.casefold())
