"""Printed pages: a Typst template and its data become a PDF.

The compiler is an extra (`unionhall[pdf]`). Fonts are the machine's: without a Chinese one Typst would print
boxes and only warn, so that is refused here.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from unionhall.kernel.refusals import Refusal

# The first that the machine has is taken: for ceremony, and for work.
SONG = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The PDF of a template, which reads ``data`` (JSON values) as ``sys.inputs.data``.

    Raises Refusal NO_TYPST or NO_FONT when this machine cannot print Chinese.
    """
    try:
        import typst
    except ImportError:
        raise Refusal("NO_TYPST") from None
    told = {**data, "fonts": _fonts()}
    return bytes(
        typst.compile(
            str(template),
            root=str(template.parent),
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        )
    )


@lru_cache(maxsize=1)
def _fonts() -> dict[str, str]:
    import typst

    families = set(typst.Fonts().families())
    song = next((name for name in SONG if name in families), "")
    sans = next((name for name in SANS if name in families), "")
    if not (song or sans):
        raise Refusal("NO_FONT")
    return {"song": song or sans, "sans": sans or song}
