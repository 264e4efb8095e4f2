"""What a run says about itself: how much was found, how much could not be, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.linking import LINKED, far_larger
from unionhall.engines.linkage.preparing import KEYS
from unionhall.engines.linkage.weights import Weights

_MOVED = 0.02
_NUMBERS = ("organisation", "registration")


def pair_report(connection: Any, weights: Weights, left: str, right: str) -> dict[str, Any]:
    """The figures of two registers just linked (the tables that `link_tables` leaves behind).

    ``met``: of the pairs linked for sure by a number, the share that another key would have brought together:
    an estimate of how many of those without a number were compared at all. ``wrong``: how many links the
    probabilities expect to be wrong. ``unlinkable``: records that say too little to be linked even with
    themselves; None for a register that meets only a day's changes, whose records are not gone through again.
    ``weights``: pairs compared without a shared number, by their bits against nobody.
    """
    other_keys = " OR ".join(f"l.key_{key} = r.key_{key}" for key in KEYS if key not in _NUMBERS)
    sure, met = connection.execute(
        f"SELECT count(*), count(*) FILTER ({other_keys}) FROM links JOIN {left} l ON l.n = a "
        f"JOIN {right} r ON r.n = b WHERE l.key_organisation = r.key_organisation AND probability >= {LINKED}"
    ).fetchall()[0]
    wrong = connection.execute(
        "SELECT coalesce(sum(1 - probability), 0) FROM links WHERE outcome = 'LINKED'"
    ).fetchall()[0][0]
    bits = connection.execute(
        f"SELECT (2 * round((bits - {weights.nobody!r}) / 2))::INT AS step, count(*) FROM pairs "
        "GROUP BY step ORDER BY step"
    ).fetchall()
    untouched = far_larger(connection, left, right)
    return {
        "met": round(met / sure, 4) if sure else None,
        "wrong": round(wrong, 1),
        "unlinkable": {
            side: None if table == untouched else _unlinkable(connection, weights, table)
            for side, table in (("a", left), ("b", right))
        },
        "weights": [list(row) for row in bits],
    }


def _unlinkable(connection: Any, weights: Weights, table: str) -> int:
    columns = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    both = ", ".join(f'"{one}" AS {one}_l, "{one}" AS {one}_r' for one in columns)
    total = " + ".join(
        one.case({code: repr(weights.bits(one.name, code)) for code in (*one.codes, "UNKNOWN")})
        for one in COMPARISONS
    )
    # As likely as having no partner, with nobody else in sight, is odds of one.
    least = LINKED / (1 - LINKED)
    return int(
        connection.execute(
            f"SELECT count(*) FROM (SELECT {total} AS bits FROM (SELECT {both} FROM {table})) "
            f"WHERE pow(2, least(bits - {weights.nobody!r}, 60)) < {least!r}"
        ).fetchall()[0][0]
    )


def drift(now: Mapping[str, float], before: Mapping[str, float]) -> list[dict[str, Any]]:
    """Shares that moved by two points or more since another run, the largest first."""
    found = [
        {"share": name, "before": before[name], "now": share}
        for name, share in now.items()
        if name in before and abs(share - before[name]) >= _MOVED
    ]
    return sorted(found, key=lambda one: -abs(one["now"] - one["before"]))
