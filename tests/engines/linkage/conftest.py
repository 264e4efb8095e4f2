"""The tables are read before a test's time is taken."""

from __future__ import annotations

import pytest

from unionhall.engines.linkage import normalise


@pytest.fixture(scope="session", autouse=True)
def tables_are_read():
    normalise(
        "（杭州）云栖科技有限公司西湖店",
        codes=["330100799655058"],
        person="单志明",
        address="文三路1号",
        phone="1",
    )
