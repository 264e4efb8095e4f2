"""What the engine is held against: exact codes, Splink with raw names, recordlinkage. All end in one 1:1 step.

`python -m benchmarks.linkage.peers exact|splink|recordlinkage A.parquet B.parquet LINKS.parquet`
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.linkage.rates import UNION

# As decided as a careful office would have it; the same for all peers that say how likely they are.
THRESHOLD = 0.95
MARKET = {
    "name": "企业名称",
    "code": "统一社会信用代码",
    "person": "法定代表人",
    "address": "住所",
    "phone": "联系电话",
}
_FIELDS = tuple(MARKET)


def raw(path: Path, headings: dict[str, str]) -> str:
    """A query of the fields that peers compare, as they are; what is empty is unknown."""
    columns = ", ".join(f"nullif(trim(\"{headings[field]}\"), '') AS {field}" for field in _FIELDS)
    return f"SELECT id AS unique_id, {columns} FROM '{path}'"


def best_both_ways(connection: duckdb.DuckDBPyConnection, scored: str, links: Path) -> None:
    """Keep pairs in which each is the other's best, ties by id; ``scored`` has columns a, b, probability."""
    connection.execute(
        f"""
        COPY (
            SELECT a, b, probability, 'linked' AS outcome FROM (
                SELECT *, row_number() OVER (PARTITION BY a ORDER BY probability DESC, strength DESC, b) AS best_b,
                    row_number() OVER (PARTITION BY b ORDER BY probability DESC, strength DESC, a) AS best_a
                FROM ({scored})
            ) WHERE best_a = 1 AND best_b = 1 ORDER BY a
        ) TO '{links}' (FORMAT parquet)
        """
    )


def exact(a: Path, b: Path, links: Path, _folder: Path) -> None:
    """The same code, character by character: what offices do today."""
    with duckdb.connect() as connection:
        market, union = raw(a, MARKET), raw(b, UNION.headings)
        best_both_ways(
            connection,
            f"SELECT a.unique_id AS a, b.unique_id AS b, 1.0 AS probability, 1.0 AS strength "
            f"FROM ({market}) a JOIN ({union}) b USING (code)",
            links,
        )


def splink(a: Path, b: Path, links: Path, folder: Path) -> None:
    """Splink with the registers as they are: similar names and addresses, codes, persons, phones; trained by EM."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink import comparison_library as compare

    logging.getLogger("splink").setLevel(logging.WARNING)
    # Splink's connection is its own: a cursor that is not read to its end would stop it.
    with duckdb.connect(folder / "splink.duckdb") as connection:
        connection.execute(f"SET memory_limit = '8GB'; SET temp_directory = '{folder}'")
        connection.execute(f"CREATE TABLE market AS {raw(a, MARKET)}")
        connection.execute(f"CREATE TABLE kept AS {raw(b, UNION.headings)}")
        database = DuckDBAPI(connection)
        settings = SettingsCreator(
            link_type="link_only",
            comparisons=[
                compare.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85, 0.76]).configure(
                    term_frequency_adjustments=True
                ),
                compare.JaroWinklerAtThresholds("address", [0.97, 0.92, 0.85]).configure(
                    term_frequency_adjustments=True
                ),
                compare.LevenshteinAtThresholds("code", [1, 2]),
                compare.ExactMatch("person").configure(term_frequency_adjustments=True),
                compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("code"),
                block_on("phone"),
                block_on("name"),
                block_on("person"),
                block_on("substr(name, 1, 7)"),
                block_on("substr(address, 1, 14)"),
            ],
            retain_matching_columns=False,
        )
        inputs = [database.register(name, dataset_display_name=name) for name in ("market", "kept")]
        linker = Linker(inputs, settings)
        linker.training.estimate_probability_two_random_records_match(
            [
                block_on("code"),
                block_on("name", "person"),
                block_on("name", "phone"),
                block_on("name", "address"),
            ],
            recall=0.75,
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
        for rule in (block_on("code"), block_on("phone"), block_on("name")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=2e6)
        scored = linker.inference.predict(threshold_match_probability=THRESHOLD).physical_name
        best_both_ways(
            connection,
            f"SELECT unique_id_l AS a, unique_id_r AS b, match_probability AS probability, match_weight AS strength FROM {scored} "
            "WHERE source_dataset_l = 'market'"
            f" UNION ALL SELECT unique_id_r, unique_id_l, match_probability, match_weight FROM {scored} WHERE source_dataset_r = 'market'",
            links,
        )


def recordlinkage(a: Path, b: Path, links: Path, _folder: Path) -> None:
    """recordlinkage's classifier by expectation maximisation over raw fields, all in memory."""
    import recordlinkage as toolkit

    with duckdb.connect() as connection:
        market = connection.sql(raw(a, MARKET)).df().set_index("unique_id")
        union = connection.sql(raw(b, UNION.headings)).df().set_index("unique_id")
    for frame in (market, union):
        frame["start"] = frame["name"].str[:7]
    # Each field by itself, so that two unknown values are no agreement.
    blocks = [
        toolkit.index.Block(field).index(market.dropna(subset=[field]), union.dropna(subset=[field]))
        for field in ("code", "phone", "person", "start")
    ]
    pairs = functools.reduce(lambda one, other: one.union(other), blocks)
    compare = toolkit.Compare()
    compare.string("name", "name", method="jarowinkler", threshold=0.88, label="name")
    compare.string("address", "address", method="jarowinkler", threshold=0.88, label="address")
    for field in ("code", "person", "phone"):
        compare.exact(field, field, label=field)
    vectors = compare.compute(pairs, market, union)
    classifier = toolkit.ECMClassifier()
    classifier.fit(vectors)
    likely = classifier.prob(vectors)
    # What its classifier calls a link.
    scored: Any = likely[likely >= 0.5].rename("probability").reset_index()
    scored.columns = ["a", "b", "probability"]
    with duckdb.connect() as connection:
        connection.register("scored", scored)
        best_both_ways(connection, "SELECT *, probability AS strength FROM scored", links)


PEERS = {"exact": exact, "splink": splink, "recordlinkage": recordlinkage}


if __name__ == "__main__":
    which, *paths = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as scratch:
        PEERS[which](*map(Path, paths), Path(scratch))
