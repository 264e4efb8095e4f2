"""Generic mode: two tables of anything, compared column by column as they are, without the Chinese layer.

Columns of the same heading are compared. The weights are estimated on the tables themselves, by Splink's
expectation maximisation; then records are linked one to one as in the other mode.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
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
from unionhall.engines.linkage.writing import unfinished

# As Splink's sum has the odds of any two records in it already, having no partner weighs nothing more.
_AS_IT_IS = Weights({}, 0.0, ((0.0, 0.0), (1.0, 1.0)))
# A column whose values return more often than this brings too many strangers together by itself.
_SELDOM = 8.0
_FEW = 1_000_000
_SEED = 1
_KEPT = 0.01
_LEAST = 2
_TAUGHT_BY = 3


def link_plain(left: Path, right: Path, target: Path, limits: Limits | None = None) -> tuple[int, int]:
    """Link two tables by their common columns, ``target`` as in `link_files`.

    Says how many are linked, and to review.

    Raises RegisterError: NO_COMMON_COLUMNS (two at least), and those of reading a file.
    """
    tables = [_Table(left), _Table(right)]
    common = [title for title in tables[0].places if title in tables[1].places]
    if len(common) < _LEAST:
        found = ["、".join(table.places)[:100] for table in tables]
        raise RegisterError("NO_COMMON_COLUMNS", found=found[0], other=found[1])
    form = "FORMAT parquet" if target.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
    with (
        TemporaryDirectory(prefix="linkage-") as folder,
        database(Path(folder), limits or Limits()) as connection,
        unfinished(target) as unready,
    ):
        for name, table in zip(("plain_a", "plain_b"), tables, strict=True):
            table.load(connection, name, common)
        # Headings may be anything; within, columns have names of ours.
        _score(connection, [f"c{place}" for place in range(len(common))])
        take_likeliest(connection, _AS_IT_IS)
        connection.execute(
            "COPY (SELECT l.id AS a, r.id AS b, round(probability, 4) AS probability, "
            "lower(outcome) AS outcome "
            "FROM links JOIN plain_a l ON l.n = links.a JOIN plain_b r ON r.n = links.b ORDER BY ALL) "
            f"TO {quoted(unready)} ({form})"
        )
        counts = dict(connection.execute("SELECT outcome, count(*) FROM links GROUP BY outcome").fetchall())
    return counts.get("LINKED", 0), counts.get("REVIEW", 0)


class _Table:
    """A file of records; ``places`` has where each column stands, but for the id."""

    def __init__(self, path: Path) -> None:
        self._source = open_source(path)
        first = self._source.first()
        if len(first) < 2:
            raise RegisterError("NO_ROWS" if first else "EMPTY", register=path.name)
        self.places = {title.strip(): place for place, title in enumerate(first[0][1]) if title.strip()}
        named = next((title for title in self.places if title.lower() == "id"), None)
        self._named = None if named is None else self.places.pop(named)

    def load(self, connection: Any, name: str, titles: Sequence[str]) -> None:
        """Put these columns into a table as text, beside ``n`` and ``id``."""
        import pyarrow as pa

        columns = ", ".join(f"c{place} VARCHAR" for place in range(len(titles)))
        connection.execute(f"CREATE TABLE {name} (n BIGINT, id VARCHAR, {columns})")
        rows = 0
        for portion in self._source.portions(PORTION):
            ids = [str(number) if self._named is None else cells[self._named] for number, cells in portion]
            told = {
                f"c{place}": [_cell(cells, self.places[title]) for _number, cells in portion]
                for place, title in enumerate(titles)
            }
            connection.register("portion", pa.table({"n": range(rows, rows + len(ids)), "id": ids, **told}))
            connection.execute(f"INSERT INTO {name} FROM portion")
            connection.unregister("portion")
            rows += len(ids)


def _cell(cells: Sequence[str], place: int) -> str | None:
    """As it is compared; an empty cell says nothing."""
    return (cells[place].strip().lower() or None) if place < len(cells) else None


def _score(connection: Any, columns: Sequence[str]) -> None:
    """Splink's weight of each pair that shares a rare value, or two common ones: the table ``pairs``."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as compare
    from splink.internals.exceptions import EMTrainingException

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
    # Where too few records share a value nothing is learned from it; Splink's own first guesses stand then.
    for column in sorted(columns, key=returns.__getitem__)[:_TAUGHT_BY]:
        with suppress(EMTrainingException):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict(threshold_match_probability=_KEPT, warning_mode="never")
    connection.execute(
        f"CREATE TABLE pairs AS SELECT n_l AS a, n_r AS b, match_weight AS bits FROM {found.physical_name}"
    )
    connection.execute(
        "CREATE TABLE links (a BIGINT, b BIGINT, bits DOUBLE, probability DOUBLE, outcome VARCHAR)"
    )
