"""Splink on Spark, for registers that are too many for one machine: who weighs the pairs, and nothing else.

What grows with the square of the records is done there. The pools go out and the weighed pairs come back as
Parquet; preparing before and deciding after are DuckDB's as ever, so the links are the same.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unionhall.engines.linkage.duck import quoted
from unionhall.engines.linkage.linking import Scoring, keep_pairs, predict
from unionhall.engines.linkage.weights import Weights

_STDERR = 2
# So Java says what happened; the lines that follow say where.
_TELLING = re.compile(r"\S+(?:Exception|Error): .+")
_LONGEST = 300


class SparkError(Exception):
    """Spark cannot be used: NO_PYSPARK, NO_JAVA, NO_START or FAILED; ``why`` in its own words."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code} {why}")
        self.code = code
        self.why = why


@contextmanager
def spark_scoring(master: str = "") -> Iterator[Scoring]:
    """Scoring for `link_files` by a Spark session, which is closed at the end.

    ``master`` is Spark's; without it MASTER of the environment, else all cores of this machine. On a cluster
    the folder for temporary files (TMPDIR) must be one that all its machines see. Raises SparkError.
    """
    _require()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with TemporaryDirectory(prefix="linkage-spark-") as folder:
        session = _started(master or os.environ.get("MASTER") or "local[*]", Path(folder))
        try:
            yield partial(_score, session, Path(folder))
        except (PySparkException, Py4JError) as error:
            raise SparkError("FAILED", _reason(error)) from error
        finally:
            session.stop()


def _require() -> None:
    if find_spec("pyspark") is None:
        raise SparkError("NO_PYSPARK")
    home = os.environ.get("JAVA_HOME")
    if shutil.which(f"{home}/bin/java" if home else "java") is None:
        raise SparkError("NO_JAVA")


def _started(master: str, folder: Path) -> Any:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("unionhall link").master(master)
    for name, value in _options(master, folder).items():
        builder = builder.config(name, value)
    log = folder / "spark.log"
    try:
        with _stderr_to(log):
            return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise SparkError("NO_START", _reason(error, log.read_text("utf-8", "replace"))) from error


def _options(master: str, folder: Path) -> dict[str, str]:
    """What a run needs; all else is as Spark's own configuration says."""
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    if master.startswith("local"):
        # Nobody else is to be reached, and nobody is to reach us. 200 portions are for many machines.
        options |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(folder / "spill"),
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
    return options


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """What a process started within writes to standard error goes to a file, for as long as it lives."""
    sys.stderr.flush()
    kept = os.dup(_STDERR)
    with log.open("wb") as file:
        os.dup2(file.fileno(), _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _reason(error: Exception, log: str = "") -> str:
    """Of an error and what Spark wrote the words that tell why."""
    told = _TELLING.search(f"{error}\n{log}")
    return (told[0] if told else f"{error}".partition("\n")[0])[:_LONGEST].rstrip(".")


def _score(session: Any, folder: Path, connection: Any, weights: Weights, keys: Sequence[str]) -> None:
    """`linking.score_pairs`, done by Spark."""
    from splink import SparkAPI

    # Each round has names of its own in Spark, and its files go when its pairs have come back.
    session = session.newSession()
    # Splink's jar of string similarities is not needed: what is compared is prepared.
    api = SparkAPI(  # type: ignore[no-untyped-call]
        spark_session=session, register_udfs_automatically=False
    )
    with TemporaryDirectory(dir=folder) as name:
        # Between its steps Splink writes there what it would otherwise compute twice.
        session.sparkContext.setCheckpointDir(str(Path(name, "steps")))
        for side in "ab":
            pool = Path(name, f"{side}.parquet")
            # The keys and features are enough; who the records are stays here.
            connection.execute(
                f"COPY (SELECT * EXCLUDE (id, name) FROM pool_{side}) TO {quoted(pool)} (FORMAT parquet)"
            )
            session.read.parquet(str(pool)).createOrReplaceTempView(f"pool_{side}")
        sides = [api.register(f"pool_{side}", table_name=f"side_{side}") for side in "ab"]
        found = predict(sides, weights, keys).as_spark_dataframe()
        pairs = Path(name, "pairs")
        found.select("n_l", "n_r", "match_weight", "match_key").write.parquet(str(pairs))
        keep_pairs(connection, f"read_parquet({quoted(pairs / '*.parquet')})")
