"""The demo street's blocks: forty with outlines, eight stewards, channels, a shop reported.

The streets are crooked lines over the open sea where the demo's ledger lies; nobody's neighbourhood is meant.
"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

from unionhall.kernel.clock import CITY

GROUND = "梧桐里街道总工会"
COLUMNS, ROWS = 8, 5
WEST, SOUTH, WIDE, TALL = 125.2865, 30.0825, 0.0064, 0.0086
TOWNS = ["梧桐社区", "东港社区", "江湾社区", "站前社区"]
STEWARDS = ["田野", "宋佳宁", "彭立", "夏雨荷", "孔令辉", "温晓", "葛长安", "白雪"]
CHANNELS = [
    ("GROUP", "梧桐里骑手之家群", 186), ("VIDEO", "梧桐里工会视频号", 2350),
    ("STATION", "梧桐里小哥驿站", 90), ("GROUP", "站前商户互助群", 214), ("STATION", "东港党群服务中心", 130),
]  # fmt: skip


def outlines() -> bytes:
    """The blocks as a street's office would hand them in: a grid whose corners are moved a little."""
    rng = random.Random(40)  # noqa: S311 - an invented street, the same each time

    def corner(x: int, y: int) -> list[float]:
        inside = 0 < x < COLUMNS, 0 < y < ROWS
        return [
            round(WEST + WIDE * x + (rng.uniform(-0.0014, 0.0014) if inside[0] else 0), 6),
            round(SOUTH + TALL * y + (rng.uniform(-0.0018, 0.0018) if inside[1] else 0), 6),
        ]

    corners = [[corner(x, y) for y in range(ROWS + 1)] for x in range(COLUMNS + 1)]
    features = []
    for y in range(ROWS):
        for x in range(COLUMNS):
            number = y * COLUMNS + x + 1
            ring = [corners[x][y], corners[x + 1][y], corners[x + 1][y + 1], corners[x][y + 1], corners[x][y]]
            town = TOWNS[2 * (y * 2 // ROWS) + x * 2 // COLUMNS]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"编号": f"WTL{number:02}", "名称": f"{town}第{number}地块", "社区": town},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def make_blocks(city: Any) -> None:
    """Divide the demo's street. It stands before the ledger is filled, so that everything finds its block."""
    from unionhall.apps.coverage.usecases.blocks import importing

    ground, by, at = city.unions[GROUND], city.accounts["district"], city.at
    people = [city.people.get(name) or city.person(name, GROUND) for name in STEWARDS]
    staged = importing.hand_in_blocks(
        by=by, at=at, ground=ground, name="梧桐里街道地块.geojson", data=outlines()
    )
    importing.commit_blocks(by=by, at=at, ground=ground, staged=staged, steward=people[0])


def divide_blocks(city: Any) -> None:
    """Stewards by hand, uneven as such things grow; with channels, and a shop that was found."""
    from unionhall.apps.coverage.codes import TouchpointKind
    from unionhall.apps.coverage.models import Block
    from unionhall.apps.coverage.usecases import rounds
    from unionhall.apps.coverage.usecases.blocks import keeping

    ground, by, at = city.unions[GROUND], city.accounts["district"], city.at
    people = [city.people[name] for name in STEWARDS]
    blocks = list(Block.objects.filter(ground=ground).order_by("code"))
    # Two columns and half the rows each, as somebody draws with a ruler: in one piece, and not even.
    for number, block in enumerate(blocks):
        x, y = number % COLUMNS, number // COLUMNS
        person = people[x // 2 + 4 * (y >= 3 or (y == 2 and x < 4))]
        if person != people[0]:
            keeping.hand_over(by=by, at=at, block=block, person=person, reason="街道分片包干名单")
    today = at.astimezone(CITY).date()
    for number, (kind, handle, reach) in enumerate(CHANNELS):
        keeping.note_touchpoint(
            by=by, at=at, block=blocks[number * 7], kind=TouchpointKind(kind), handle=handle, reach=reach,
            counted_on=today - timedelta(days=9),
        )  # fmt: skip
    keeping.change_block(
        by=by, at=at, block=blocks[0], name=blocks[0].name, town=blocks[0].town, locked_=True
    )
    rounds.report_lead(
        by=city.accounts["station"], at=at, block=blocks[0], name="老街牛肉面馆", key="d3m0" * 8,
        address="梧桐路 18 号旁", headcount=6, note="门口贴着招工启事，老板说去年换了执照",
    )  # fmt: skip
