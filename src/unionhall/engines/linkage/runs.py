"""A whole run from register files to a file of links, without a server or a database."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unionhall.engines.linkage.duck import Limits, Stopped, database, go_on, never, quoted, stoppable
from unionhall.engines.linkage.explaining import Waterfall, waterfalls
from unionhall.engines.linkage.files import Mapped
from unionhall.engines.linkage.keyed import Keyed, key_register
from unionhall.engines.linkage.linking import Scoring, link_tables, score_pairs
from unionhall.engines.linkage.preparing import Prepared, prepare_apart, prepared_before
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.reporting import pair_report
from unionhall.engines.linkage.weights import Weights, read_weights
from unionhall.engines.linkage.writing import unfinished

Told = Callable[[str], None]
# Ids of two records, and whether they are one enterprise.
Decision = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registers that were linked, and what came of it."""

    left: str
    right: str
    linked: int
    review: int
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found: its registers by name, and each two of them."""

    registers: Mapping[str, Prepared]
    pairs: Sequence[Pair]

    def report(self) -> dict[str, Any]:
        """All figures of the run, for JSON; ``shares`` is what another run is compared by."""
        registers = {name: {**one.counts, "RECORDS": one.records} for name, one in self.registers.items()}
        shares = {
            f"{name} {code}": round(count / one["RECORDS"], 4)
            for name, one in registers.items()
            for code, count in one.items()
            if code != "RECORDS"
        }
        for pair in self.pairs:
            # Of a register made ready before nothing may be left to link with.
            fewer = min(registers[pair.left]["RECORDS"], registers[pair.right]["RECORDS"]) or 1
            shares[f"{pair.left} – {pair.right} LINKED"] = round(pair.linked / fewer, 4)
            shares[f"{pair.left} – {pair.right} REVIEW"] = round(pair.review / fewer, 4)
        return {"registers": registers, "pairs": [asdict(pair) for pair in self.pairs], "shares": shares}


def register_names(paths: Sequence[Path]) -> list[str]:
    """What registers are called: their files' names, with a number where two are alike."""
    names: list[str] = []
    for path in paths:
        name, number = path.stem, 2
        while name in names:
            name, number = f"{path.stem} {number}", number + 1
        names.append(name)
    return names


def link_files(
    paths: Sequence[Path],
    target: Path,
    *,
    mapped: Mapping[str, Mapped] | None = None,
    weights: Weights | None = None,
    decided: Iterable[Decision] = (),
    why: Path | None = None,
    why_all: bool = True,
    limits: Limits | None = None,
    score: Scoring = score_pairs,
    keyed: Keyed | None = None,
    work: Path | None = None,
    tell: Told = lambda _step: None,
    stopped: Stopped = never,
) -> Run:
    """Link two or more registers, each with each; ``target`` is CSV or, by its ending, Parquet.

    ``mapped`` tells the columns of a register by its name, or of all by ``*``. ``decided`` are pairs of ids,
    a of the first register and b of the second, that a person has said to be one enterprise (True) or not.
    ``why`` is where each link's reasons go (CSV): question, answer, bits, in Chinese words; only those of
    links that go to review unless ``why_all``, for millions of sure ones are not read by anybody.
    ``score`` is who weighs the pairs: DuckDB here, or Spark (`spark.spark_scoring`); the links are the same.
    With ``keyed`` persons are compared as `keyed.key_register` leaves them; what was made ready before must
    have been through it. ``work`` is a folder for what is made on the way; registers made ready stay there.
    ``stopped`` is asked twice a second, by other threads: what it gives ends the work, even in the middle of
    a step, and is raised; only Spark ends its step first.
    Raises RegisterError with the file's name in ``data["register"]``, and OSError.
    """
    names = register_names(paths)
    limits = limits or Limits()
    decided = list(decided)
    weights = weights or read_weights()
    with TemporaryDirectory(prefix="linkage-", dir=work) as folder:
        tell(", ".join(names))
        registers = _prepare_all(paths, names, mapped or {}, work or Path(folder), limits, keyed, stopped)
        ready = dict(zip(names, registers, strict=True))
        with (
            database(Path(folder), limits) as connection,
            unfinished(target) as unready,
            stoppable(connection, stopped),
        ):
            several = len(names) > 2
            _create(connection, several)
            pairs = []
            for left, right in combinations(names, 2):
                tell(f"{left} – {right}")
                _load(connection, ready[left], ready[right], decided)
                link_tables(connection, weights, "register_a", "register_b", score=score)
                pairs.append(_collect(connection, weights, left, right, several))
                if why:
                    links = "links" if why_all else "(FROM links WHERE outcome = 'REVIEW')"
                    falls = waterfalls(connection, weights, links, "register_a", "register_b")
                    _write_reasons(why, left, right, falls, first=len(pairs) == 1)
            _write(connection, unready, target.suffix.lower())
    return Run(ready, pairs)


def _prepare_all(
    paths: Sequence[Path],
    names: Sequence[str],
    mapped: Mapping[str, Mapped],
    folder: Path,
    limits: Limits,
    keyed: Keyed | None,
    stopped: Stopped,
) -> list[Prepared]:
    """The registers made ready beside each other; those that were made ready before stay as they are."""

    def ready(place: int) -> Prepared:
        path, name = paths[place], names[place]
        if before := prepared_before(path):
            return before
        try:
            columns = mapped.get(name, mapped.get("*", {}))
            made = prepare_apart(path, folder / f"{place}.parquet", columns, stopped)
        except RegisterError as error:
            error.data["register"] = path.name
            raise
        if keyed is None:
            return made
        return key_register(made, folder / f"{place}.keyed.parquet", keyed, lambda: go_on(stopped))

    with ThreadPoolExecutor(limits.threads) as pool:
        return list(pool.map(ready, range(len(paths))))


def _create(connection: Any, several: bool) -> None:
    more = "register_a VARCHAR, register_b VARCHAR, " if several else ""
    connection.execute(
        f"CREATE TABLE result ({more}a VARCHAR, b VARCHAR, probability DOUBLE, outcome VARCHAR)"
    )


def _load(connection: Any, left: Prepared, right: Prepared, decided: Sequence[Decision]) -> None:
    """Both registers as views, and what is decided by their records' numbers."""
    for side, register in (("a", left), ("b", right)):
        connection.execute(
            f"CREATE OR REPLACE VIEW register_{side} AS FROM read_parquet({quoted(register.path)})"
        )
    connection.execute("CREATE OR REPLACE TABLE decided (a VARCHAR, b VARCHAR, same BOOLEAN)")
    if decided:
        connection.executemany("INSERT INTO decided VALUES (?, ?, ?)", decided)
    for table, condition in (("same", "same"), ("other", "NOT same")):
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT l.n AS a, r.n AS b FROM decided "
            f"JOIN register_a l ON l.id = decided.a JOIN register_b r ON r.id = decided.b WHERE {condition}"
        )


def _collect(connection: Any, weights: Weights, left: str, right: str, several: bool) -> Pair:
    more = "?, ?, " if several else ""
    connection.execute(
        f"INSERT INTO result SELECT {more}l.id, r.id, round(probability, 4), lower(outcome) FROM links "
        "JOIN register_a l ON l.n = links.a JOIN register_b r ON r.n = links.b",
        [left, right] if several else [],
    )
    counts = dict(connection.execute("SELECT outcome, count(*) FROM links GROUP BY outcome").fetchall())
    figures = pair_report(connection, weights, "register_a", "register_b")
    return Pair(left, right, counts.get("LINKED", 0), counts.get("REVIEW", 0), figures)


def _write_reasons(path: Path, left: str, right: str, falls: Iterable[Waterfall], *, first: bool) -> None:
    with path.open("w" if first else "a", encoding="utf-8-sig" if first else "utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        if first:
            out.writerow(("register_a", "a", "register_b", "b", "question", "answer", "bits", "words", *"ab"))
        for fall in falls:
            for step in fall.steps:
                told = (step.question, step.answer, step.bits, step.words(), step.left, step.right)
                out.writerow((left, fall.a, right, fall.b, *told))


def _write(connection: Any, target: Path, ending: str) -> None:
    order = "ORDER BY ALL"
    form = "FORMAT parquet" if ending == ".parquet" else "FORMAT csv, HEADER"
    connection.execute(f"COPY (FROM result {order}) TO {quoted(target)} ({form})")
