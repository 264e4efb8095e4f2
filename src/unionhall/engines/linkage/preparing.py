"""A register made ready once: taken apart, with how frequent its values are and the keys it is found by.

What is ready is one Parquet file, so that the next day's changes meet a register of millions without its
being read anew. As a program it makes one register ready: `python -m unionhall.engines.linkage.preparing`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unionhall.engines.linkage.duck import PAUSE, Limits, Stopped, database, go_on, never, quoted
from unionhall.engines.linkage.files import Mapped, Register, RegisterFile
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.records import COLUMNS
from unionhall.engines.linkage.writing import unfinished

# The columns that are written before frequencies and keys are known.
_TAKEN_APART = ("id", *COLUMNS)
_REFUSED = 3
# Two registers may be made ready beside each other.
_LIMITS = Limits(memory="400MB", threads=1)
# How often a value occurs in its register before it says less: few (0), some (1), many (2), no evidence (3).
_STEPS = (2, 12, 100)
# What is counted: a phone of many firms is an agent's, an address of many a business park's.
_COUNTED = {
    "brand": "sound",
    "core": "core_sound",
    "person": "person_sound",
    "phone": "phone",
    "place": "city || place",
}
# By what records meet; a value that more records of one register share brings strangers together and is
# left out.
KEYS = {
    "organisation": ("organisation", 50),
    "registration": ("registration", 50),
    "name": ("core_sound", 30),
    "name_here": ("core_sound || city", 60),
    "brand_here": ("sound || city", 60),
    "brand": ("CASE WHEN length(brand) > 2 THEN sound END", 30),
    "phone": ("phone", 30),
    "person": ("person_sound || city", 40),
    "person_sign": ("person_sound || left(sound, 2)", 30),
    "place": ("place || coalesce(district, city)", 40),
    "place_start": ("place || left(sound, 2)", 40),
    "place_end": ("place || right(core, 1)", 40),
    "ends": ("left(core, 1) || right(core, 3) || city", 40),
    "start": ("left(core, 2) || district", 40),
    "end": ("substr(core, 2) || city", 40),
}

_FEATURES = """
SELECT n, id, name,
  nullif(organisation, '') AS organisation, nullif(registration, '') AS registration,
  nullif(credit, '') AS credit, nullif(code_written, '') AS written,
  nullif(brand, '') AS brand, nullif(replace(brand_pinyin, ' ', ''), '') AS sound,
  nullif(brand || trade, '') AS core,
  nullif(replace(brand_pinyin || trade_pinyin, ' ', ''), '') AS core_sound,
  trade, nullif(form, '') AS form,
  CASE WHEN branch_kind <> '' THEN branch || branch_kind END AS branch,
  nullif(person, '') AS person, nullif(replace(person_pinyin, ' ', ''), '') AS person_sound,
  CASE WHEN coalesce(nullif(area_code, ''), region_code) NOT LIKE '__0000'
    THEN nullif(left(coalesce(nullif(area_code, ''), region_code), 4), '') END AS city,
  CASE WHEN coalesce(nullif(area_code, ''), region_code) NOT LIKE '%00'
    THEN nullif(coalesce(nullif(area_code, ''), region_code), '') END AS district,
  nullif(road, '') AS road,
  CASE WHEN road <> '' AND number <> '' THEN road || number END AS place,
  CASE WHEN phone LIKE '0%' THEN right(phone, 8) ELSE nullif(phone, '') END AS phone
FROM read_parquet({taken_apart})
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A register that is ready.

    ``counts`` tells what was found: RECORDS, NO_NAME, NO_CODE, REPEATED (an earlier record's number again,
    or without numbers all that an earlier one has), and bad numbers by their problem.
    """

    path: Path
    records: int
    counts: dict[str, int]


def prepare(source: Path, target: Path, mapped: Mapped | None = None) -> Prepared:
    """Make a register ready and write it to ``target``.

    Raises RegisterError, and OSError when the target cannot be written.
    """
    counts: Counter[str] = Counter()
    # Beside the target, where there is room for it, and gone in any case: it holds the register in the open.
    # Of a process that is ended it goes with the folder it works in.
    with unfinished(target) as finished, TemporaryDirectory(prefix=".", dir=target.parent) as folder:
        apart = Path(folder, "apart.parquet")
        records = _take_apart(RegisterFile(source, mapped), apart, counts)
        counts["REPEATED"] = _count_and_key(apart, finished, Path(folder))
    return Prepared(target, records, dict(counts))


def prepared_before(path: Path) -> Prepared | None:
    """A file that `prepare` has made, as it is; None for any other."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return None
        from pyarrow.parquet import ParquetFile

        told = ParquetFile(path)
    except (ImportError, OSError):
        return None
    if "key_organisation" not in told.schema_arrow.names:
        return None
    return Prepared(path, told.metadata.num_rows, {})


def _take_apart(register: RegisterFile, target: Path, counts: Counter[str]) -> int:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.schema([("n", pa.int64()), *((name, pa.string()) for name in _TAKEN_APART)])
    records = 0
    with ParquetWriter(target, schema, compression="zstd") as writer:
        for portion in register.portions():
            parts = portion.parts()
            numbers = range(records, records + len(portion.rows))
            columns: dict[str, Any] = {"n": numbers, "id": portion.ids, **parts}
            writer.write_table(pa.table(columns, schema=schema))
            _tally(portion, parts, counts)
            records += len(portion.rows)
    return records


def _tally(portion: Register, parts: dict[str, list[str]], counts: Counter[str]) -> None:
    counts["RECORDS"] += len(portion.rows)
    counts["NO_NAME"] += parts["name"].count("")
    counts["NO_CODE"] += sum(
        not any(codes) for codes in zip(parts["organisation"], parts["registration"], strict=True)
    )
    counts.update(code for code in parts["code_problem"] if code)


def _count_and_key(apart: Path, target: Path, folder: Path) -> int:
    """The second pass, in SQL: features, how frequent each is, keys; how many records repeat another."""
    # Keys are compared by their hashes: eight bytes each, whatever they are made of.
    hashes = {f"key_{name}": value for name, (value, _most) in KEYS.items()}
    hashes |= {f"value_{name}": value for name, value in _COUNTED.items()}
    hashed = ", ".join(
        f"CASE WHEN ({value}) IS NOT NULL THEN (hash({value}) >> 1)::BIGINT END AS {name}"
        for name, value in hashes.items()
    )
    steps = " ".join(
        f"WHEN times > {step} THEN {level}" for level, step in reversed(list(enumerate(_STEPS, 1)))
    )
    features = _FEATURES.format(taken_apart=quoted(apart))
    # Only what is frequent is remembered; all else occurs a time or two.
    frequent = {f"key_{name}": most for name, (_value, most) in KEYS.items()}
    frequent |= {f"value_{name}": _STEPS[0] for name in _COUNTED}
    keys = ", ".join(
        f"CASE WHEN often_key_{name}.value IS NULL THEN key_{name} END AS key_{name}" for name in KEYS
    )
    many = ", ".join(
        f"CASE {steps.replace('times', f'often_value_{name}.times')} ELSE 0 END::TINYINT AS {name}_many"
        for name in _COUNTED
    )
    joins = " ".join(f"LEFT JOIN often_{name} ON often_{name}.value = {name}" for name in frequent)
    with database(folder, _LIMITS) as connection:
        connection.execute(f"CREATE TEMP TABLE features AS SELECT *, {hashed} FROM ({features})")
        for name, most in frequent.items():
            connection.execute(
                f"CREATE TEMP TABLE often_{name} AS SELECT {name} AS value, count(*) AS times FROM features "
                f"WHERE {name} IS NOT NULL GROUP BY ALL HAVING count(*) > {most}"
            )
        columns = f"features.* EXCLUDE ({', '.join(hashes)}), {many}, {keys}"
        connection.execute(
            f"COPY (SELECT {columns} FROM features {joins}) TO {quoted(target)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        same = "coalesce(organisation, registration, concat_ws('|', name, person, phone, city, place))"
        repeated = f"SELECT count(*) - count(DISTINCT {same}) FROM features WHERE {same} <> ''"
        return int(connection.execute(repeated).fetchall()[0][0])


def main() -> int:
    """Source, target and mapping (JSON) as arguments; 3 and the problem as JSON when it is no register."""
    source, target, mapped = sys.argv[1:]
    try:
        ready = prepare(Path(source), Path(target), json.loads(mapped))
    except RegisterError as error:
        sys.stdout.write(json.dumps({"code": error.code, **error.data}))
        return _REFUSED
    sys.stdout.write(json.dumps({"records": ready.records, "counts": ready.counts}))
    return 0


def prepare_apart(source: Path, target: Path, mapped: Mapped, stopped: Stopped = never) -> Prepared:
    """`prepare` in a process of its own, so that several registers are made ready at a time.

    Once ``stopped`` gives something, the process is ended and that is raised.
    """
    program = (sys.executable, "-m", "unionhall.engines.linkage.preparing")
    command = [*program, str(source), str(target), json.dumps(mapped)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603
        try:
            told = _told(running, stopped)
        except BaseException:
            running.terminate()
            raise
    if running.returncode == _REFUSED:
        raise RegisterError(**json.loads(told))
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return Prepared(target, **json.loads(told))


def _told(running: subprocess.Popen[str], stopped: Stopped) -> str:
    """What a process has told when it has ended."""
    while True:
        try:
            return running.communicate(timeout=PAUSE)[0]
        except subprocess.TimeoutExpired:
            go_on(stopped)


if __name__ == "__main__":
    sys.exit(main())
