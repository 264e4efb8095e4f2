"""Two prepared registers linked: exact numbers first, then all that meet by a key, then one to one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from unionhall.engines.linkage.preparing import KEYS
from unionhall.engines.linkage.weights import Weights

# From here on a pair is linked without a person's eye; between the two it goes to review.
LINKED, REVIEW = 0.75, 0.25
# Pairs so many bits short of having no partner at all cannot win; they are not kept.
_HOPELESS = -8.0
# By a shared number, so probable and nobody else in sight: linked without looking further.
_CERTAIN = 0.999
# A table so many times larger than the other is first cut down to what can meet it.
FAR_LARGER = 10
_BY_NUMBER = ("organisation", "registration")
_ROUNDS = 50
# Who weighs the pairs of the pools that meet by these keys, into the table ``pairs``.
Scoring = Callable[[Any, Weights, Sequence[str]], None]


def score_pairs(connection: Any, weights: Weights, keys: Sequence[str], *, answers: bool = False) -> None:
    """Splink's weight of evidence for all pairs of the pools that meet by a key, into the table ``pairs``.

    With ``answers`` the answer to each question stands beside it, by its place from OTHER up.
    """
    from splink import DuckDBAPI

    api = DuckDBAPI(connection)
    sides = [api.register(f"pool_{side}", table_name=f"side_{side}") for side in "ab"]
    found = predict(sides, weights, keys, answers=answers)
    keep_pairs(connection, found.physical_name, answers=answers)
    found.drop_table_from_database_and_remove_from_cache()


def predict(sides: Sequence[Any], weights: Weights, keys: Sequence[str], *, answers: bool = False) -> Any:
    """Splink's table of all pairs that are not hopeless, by the backend the sides are registered with."""
    from splink import Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = Linker(
        sides, weights.settings(keys, answers=answers), log_level=logging.ERROR, validate_settings=False
    )
    return linker.inference.predict(threshold_match_weight=weights.nobody + _HOPELESS, warning_mode="never")


def keep_pairs(connection: Any, found: str, *, answers: bool = False) -> None:
    """The table ``pairs``: what Splink found, but for what is decided to be different."""
    more = ", COLUMNS('^gamma_')" if answers else ""
    connection.execute(
        "CREATE OR REPLACE TABLE pairs AS "
        f"SELECT n_l AS a, n_r AS b, match_weight AS bits, match_key AS key{more} "
        f"FROM {found} ANTI JOIN other ON n_l = other.a AND n_r = other.b"
    )


def link_tables(
    connection: Any,
    weights: Weights,
    left: str,
    right: str,
    least: float = REVIEW,
    score: Scoring = score_pairs,
) -> None:
    """Link two tables of prepared records into the table ``links``.

    It has ``a`` and ``b`` (the records' ``n``), ``bits``, ``probability`` and ``outcome``: LINKED or REVIEW;
    each record is in it once at most. What is decided beforehand stands in the tables ``same`` and ``other``.
    Pairs below the probability ``least`` are left out.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE links AS "
        "SELECT a, b, NULL::DOUBLE AS bits, 1.0::DOUBLE AS probability, 'LINKED' AS outcome FROM same"
    )
    larger = far_larger(connection, left, right)
    if larger == left:
        left = _within_reach(connection, left, right)
    elif larger == right:
        right = _within_reach(connection, right, left)
    fill_pools(connection, left, right)
    score(connection, weights, _BY_NUMBER)
    take_likeliest(connection, weights, _CERTAIN)
    fill_pools(connection, left, right)
    score(connection, weights, tuple(KEYS))
    take_likeliest(connection, weights, least)


def far_larger(connection: Any, left: str, right: str) -> str | None:
    """The table that holds many times what the other does, as a register does a day's changes; or None."""
    sizes = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in (left, right)
    }
    large, small = sorted(sizes, key=lambda table: -sizes[table])
    return large if sizes[large] >= FAR_LARGER * sizes[small] else None


def _within_reach(connection: Any, large: str, small: str) -> str:
    """Of a large table those records that meet one of the small one by a key.

    The others would be compared with nobody, so the links are the same, at the cost of what has changed.
    """
    meeting = " UNION ".join(
        f"SELECT n FROM {large} WHERE key_{key} IN (SELECT key_{key} FROM {small})" for key in KEYS
    )
    connection.execute(f"CREATE OR REPLACE TABLE within_reach AS FROM {large} WHERE n IN ({meeting})")
    return "within_reach"


def fill_pools(connection: Any, left: str, right: str) -> None:
    for side, table in (("a", left), ("b", right)):
        connection.execute(
            f"CREATE OR REPLACE VIEW pool_{side} AS FROM {table} ANTI JOIN links ON n = links.{side}"
        )


def raw_probabilities(connection: Any, weights: Weights) -> None:
    """The table ``raws``: each pair's odds against all that would exclude it.

    That is, against having no partner, against all other partners of b, and against whoever else claims a
    with better right. A weaker claim takes nothing from a stronger one: it may be the same, listed twice.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE raws AS
        WITH odds AS (SELECT a, b, bits, pow(2, least(bits - {weights.nobody!r}, 60)) AS odds FROM pairs)
        SELECT a, b, bits,
          odds / (1 + sum(odds) OVER (PARTITION BY b) + coalesce(sum(odds) OVER (
            PARTITION BY a ORDER BY odds DESC, b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ), 0)) AS raw
        FROM odds
        """
    )


def take_likeliest(connection: Any, weights: Weights, least: float = REVIEW) -> None:
    """Of the table ``pairs`` the likeliest, one to one, into ``links``, down to a probability."""
    raw_probabilities(connection, weights)
    connection.execute(
        f"CREATE OR REPLACE TABLE rivals AS SELECT a, b, bits, {weights.calibrated()} AS probability "
        "FROM raws WHERE raw > 0.01"
    )
    for _round in range(_ROUNDS):
        connection.execute(
            """
            CREATE OR REPLACE TABLE winners AS SELECT a, b, bits, probability FROM rivals
            QUALIFY row_number() OVER (PARTITION BY a ORDER BY probability DESC, bits DESC, b) = 1
                AND row_number() OVER (PARTITION BY b ORDER BY probability DESC, bits DESC, a) = 1
            """
        )
        connection.execute(
            f"INSERT INTO links SELECT *, CASE WHEN probability >= {LINKED} THEN 'LINKED' ELSE 'REVIEW' END "
            f"FROM winners WHERE probability >= {least}"
        )
        connection.execute(
            "CREATE OR REPLACE TABLE rivals AS FROM rivals "
            "WHERE a NOT IN (SELECT a FROM winners) AND b NOT IN (SELECT b FROM winners)"
        )
        if not connection.execute("SELECT count(*) FROM rivals").fetchall()[0][0]:
            break
