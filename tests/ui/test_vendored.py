from __future__ import annotations

import gzip

from unionhall.ui.vendored import FOLDER


def test_compressed_assets_are_the_same_assets():
    compressed = sorted(FOLDER.glob("*.gz"))
    assert [path.stem for path in compressed] == ["bootstrap.min.css", "htmx.min.js"]
    for path in compressed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
