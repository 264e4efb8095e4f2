"""Make the Chinese font that printed pages carry: a part of Debian's Noto Sans CJK SC, regular and bold.

    apt-get install fonts-noto-cjk unicode-data
    .venv/bin/python tools/font.py

It holds GB 2312 and the 8,105 characters of the national table (通用规范汉字表, Unihan's kTGH), by
which names are registered. The family has a name of its own, so that it is never mixed with one that the
machine has.
"""

from __future__ import annotations

import bz2
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).resolve().parents[1] / "src" / "unionhall" / "kernel" / "fonts"
NOTO = Path("/usr/share/fonts/opentype/noto")
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
FAMILY = "Unionhall Sans SC"
# Latin letters of names and loan words; signs that are not in GB 2312: 〇, dashes, units, numbers in circles;
# and the rare character that is oftenest met in names (U+20BB7).
MORE = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2028),
    *range(0x2460, 0x2500),
    *range(0x3000, 0x3040),
    *range(0x3200, 0x3400),
    0x20AC,
    0x2122,
    0x20BB7,
}
LICENCE = "https://openfontlicense.org"


def characters() -> set[int]:
    """Every code point that the font is to hold."""
    rows = range(0xA1, 0xF8)
    both = [bytes([row, cell]) for row in rows for cell in range(0xA1, 0xFF)]
    gb2312 = {ord(one) for pair in both for one in pair.decode("gb2312", "ignore")}
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as lines:
        fields = [line.split("\t") for line in lines]
    table = {int(line[0].removeprefix("U+"), 16) for line in fields if len(line) == 3 and line[1] == "kTGH"}
    return gb2312 | table | MORE


def part(weight: str, wanted: set[int]) -> TTFont:
    """The wanted characters of one weight, under our family's name."""
    faces = TTCollection(NOTO / f"NotoSansCJK-{weight}.ttc", lazy=True).fonts
    font = next(face for face in faces if str(face["name"].getDebugName(1)).startswith("Noto Sans CJK SC"))
    options = subset.Options()
    options.layout_features = ["ccmp"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.name_IDs = [0, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    names: Any = font["name"]
    full = f"{FAMILY} {weight}"
    for number, text in {1: FAMILY, 2: weight, 3: full, 4: full, 6: full.replace(" ", "")}.items():
        names.setName(text, number, 3, 1, 0x409)
    cff: Any = font["CFF "]
    cff.cff.fontNames = [full.replace(" ", "")]
    cff.cff[0].FullName, cff.cff[0].FamilyName = full, FAMILY
    return font


def main() -> int:
    """Write both weights and the manifest."""
    wanted, manifest = characters(), []
    for weight in ("Regular", "Bold"):
        file = FOLDER / f"UnionhallSansSC-{weight}.otf"
        font = part(weight, wanted)
        font.recalcTimestamp = False
        font.save(file)
        data = file.read_bytes()
        manifest.append(
            {
                "file": file.name,
                "from": "Noto Sans CJK SC 2.004 (Debian fonts-noto-cjk 1:20220127)",
                "licence": "SIL Open Font License 1.1",
                "url": "https://github.com/notofonts/noto-cjk",
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        )
        sys.stdout.write(f"{file.name}: {len(data):,} bytes, {len(font.getBestCmap()):,} characters\n")
    licence = FOLDER / "OFL.txt"
    manifest.append(
        {
            "file": licence.name,
            "from": "Noto Sans CJK SC",
            "licence": "SIL Open Font License 1.1",
            "url": LICENCE,
            "sha256": hashlib.sha256(licence.read_bytes()).hexdigest(),
        }
    )
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
