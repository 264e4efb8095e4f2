"""Two samples of the demo street's list: one that was checked and closed, one that stewards are checking."""

from __future__ import annotations

from itertools import cycle
from typing import Any

GROUND = "梧桐里街道总工会"
# One turn of what is found: nineteen right, two wrong, one that is not there.
_FOUND = ["NONE"] * 9 + ["UNION"] + ["NONE"] * 7 + ["NOT_FOUND"] + ["NONE"] * 3 + ["UNION"]
_NOTES = {"UNION": "已加入楼宇联合工会，有会员证", "NOT_FOUND": "门牌还在，人已搬走"}


def make_samples(city: Any) -> None:
    """Draw and check; enterprises and stewards have to be there."""
    from unionhall.apps.coverage import queries
    from unionhall.apps.coverage.codes import Finding
    from unionhall.apps.coverage.usecases import samples

    ground, by, at = city.unions[GROUND], city.accounts["district"], city.at
    listed = len(queries.samples.listed(frozenset({ground.pk})))
    for size, part in ((60, 1.0), (40, 0.3)):
        sample = samples.draw_sample(by=by, at=at, union=ground, size=min(size, listed))
        rows = list(sample.drawn.select_related("enterprise").order_by("place"))
        for one, found in zip(rows[: round(len(rows) * part)], cycle(_FOUND), strict=False):
            samples.check_drawn(
                by=by, at=at, drawn=one, finding=Finding(found), key=one.public_id.ljust(16, "0"),
                note=_NOTES.get(found, ""),
            )  # fmt: skip
        if part == 1:
            samples.close_sample(by=by, at=at, sample=sample)
