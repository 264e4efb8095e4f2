"""Names of persons, as they are compared and found."""

from __future__ import annotations

import re
import unicodedata

# The dots between the parts of a name, of which each keyboard has another; the standard one is U+00B7.
_DOTS = re.compile(r"\s*[·•‧∙・･．⋅●]\s*")


def normal_name(text: str) -> str:
    """A name in NFC with one kind of middle dot and single blanks; nothing of it is dropped."""
    name = _DOTS.sub("·", unicodedata.normalize("NFC", text.replace("\u3000", " ")))
    return re.sub(r"\s+", " ", name).strip()
