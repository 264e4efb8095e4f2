"""Generic mode: two tables of anything, compared column by column as they are, without the Chinese layer.

Columns of the same heading are compared. The weights are estimated on the tables themselves, by Splink's
expectation maximisation; then records are linked one to one as in the other mode.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unionhall.engines.linkage.duck import Limits, database, quoted
from unionhall.engines.linkage.files import PORTION
from unionhall.engines.linkage.linking import take_likeliest
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.sources import open_source
from unionhall.engines.linkage.weights import Weights

# As Splink's sum has the odds of any two records in it already, having no partner weighs nothing more.
_AS_IT_IS = Weights({}, 0.0, ((0.0, 0.0), (1.0, 1.0)))
# A column whose values return more often than this brings too many strangers together by itself.
_SELDOM = 8.0
_FEW = 1_000_000
_SEED = 1
_KEPT = 0.01


def link_plain(left: Path, right: Path, target: Path, limits: Limits | None = None) -> tuple[int, int]:
    """Link two tables by their common columns; ``target`` as in `link_files`. How many are linked, and to review.

    Raises RegisterError: NO_COMMON_COLUMNS (two at least), and those of reading a file.
    """
    with TemporaryDirectory(prefix="linkage-") as folder, database(Path(folder), limits or Limits()) as connection:
        tables = [_read(connection, name, path) for name, path in (("plain_a", left), ("plain_b", right))]
        columns = [column for column in tables[0] if column in tables[1]]
        if len(columns) < 2:
            raise RegisterError("NO_COMMON_COLUMNS", found="、".join(tables[0])[:100], other="、".join(tables[1])[:100])
        _score(connection, columns)
        take_likeliest(connection, _AS_IT_IS)
        form = "FORMAT parquet" if target.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
        connection.execute(
            "COPY (SELECT l.id AS a, r.id AS b, round(probability, 4) AS probability, lower(outcome) AS outcome "
            "FROM links JOIN plain_a l ON l.n = links.a JOIN plain_b r ON r.n = links.b ORDER BY ALL) "
            f"TO {quoted(target)} ({form})"
        )
        counts = dict(connection.execute("SELECT outcome, count(*) FROM links GROUP BY outcome").fetchall())
        return counts.get("LINKED", 0), counts.get("REVIEW", 0)


def _read(connection: Any, name: str, path: Path) -> list[str]:
    """A file as a table of text with ``n`` and ``id``; the names of its other columns."""
    import pyarrow as pa

    source = open_source(path)
    first = source.first()
    if len(first) < 2:
        raise RegisterError("EMPTY" if not first else "NO_ROWS", register=path.name)
    heading = [title.strip() for title in first[0][1]]
    titles = [title for title in heading if title and title.lower() != "id"]
    ids = next((place for place, title in enumerate(heading) if title.lower() == "id"), None)
    for portion in source.portions(PORTION):
        columns = {
            title: [cells[place] if place < len(cells) else "" for _number, cells in portion]
            for place, title in enumerate(heading)
            if title in titles
        }
        named = [cells[ids] if ids is not None else str(number) for number, cells in portion]
        rows = pa.table({"id": named, **columns})
        blank = ", ".join(f'nullif(lower(trim("{title}")), \'\') AS "{title}"' for title in titles)
        made = "INSERT INTO" if _exists(connection, name) else "CREATE TABLE"
        how = " AS" if made == "CREATE TABLE" else ""
        connection.register("portion", rows)
        count = connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] if not how else 0
        connection.execute(
            f"{made} {name}{how} SELECT {count} + row_number() OVER () AS n, id, {blank} FROM portion"
        )
        connection.unregister("portion")
    return titles


def _exists(connection: Any, name: str) -> bool:
    found = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [name])
    return bool(found.fetchall()[0][0])


def _score(connection: Any, columns: Sequence[str]) -> None:
    """Splink's weight of each pair that shares a rare value, or two commoner ones, into the table ``pairs``."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as compare

    logging.getLogger("splink").setLevel(logging.ERROR)
    returns = {
        column: connection.execute(
            f'SELECT count("{column}") / greatest(count(DISTINCT "{column}"), 1) FROM plain_a'
        ).fetchall()[0][0]
        for column in columns
    }
    rare = [column for column in columns if returns[column] <= _SELDOM]
    common = [column for column in columns if column not in rare]
    keys = [(column,) for column in rare] + list(combinations(common, 2))
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="n",
        comparisons=[
            compare.JaroWinklerAtThresholds(column, [0.92, 0.8]).configure(term_frequency_adjustments=True)
            for column in columns
        ],
        blocking_rules_to_generate_predictions=[block_on(*key) for key in keys],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection)
    sides = [api.register(f"plain_{side}", table_name=f"side_{side}") for side in "ab"]
    linker = Linker(sides, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*pair) for pair in combinations(rare, 2)] or [block_on(*columns[:2])], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_FEW, seed=_SEED)
    for column in sorted(columns, key=returns.__getitem__)[:3]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict(threshold_match_probability=_KEPT, warning_mode="never")
    connection.execute(
        f"CREATE TABLE pairs AS SELECT n_l AS a, n_r AS b, match_weight AS bits FROM {found.physical_name}"
    )
    connection.execute("CREATE TABLE links (a BIGINT, b BIGINT, bits DOUBLE, probability DOUBLE, outcome VARCHAR)")
